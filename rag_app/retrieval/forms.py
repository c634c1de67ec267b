"""Numbers, codes and dates of a question in the form in which a collection has them: "HP200" finds
HP-200, "619.90" finds 619.9, "01.03.2025" finds 2025-03-01.

Only what the collection does not have as it was asked is looked for in other forms, so that
nothing changes where it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rag_app.retrieval.query import Query
from rag_app.retrieval.snapshot import Snapshot

# Where letters and digits of a code meet, and where hyphens part it.
SEAM = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
DOTTED = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})")
DECIMAL = re.compile(r"\d+\.\d+")


def in_its_forms(query: Query, snapshot: Snapshot) -> Query:
    """The query with each number, code and date that the collection does not have as another form
    of it that it has, if there is one."""
    forms = {stem: tuple(_forms(stem)) for stem in query.stems if any(map(str.isdigit, stem))}
    forms = {stem: others for stem, others in forms.items() if others}
    if not forms:
        return query
    sought = {*forms, *(other for others in forms.values() for other in others)}
    there = snapshot.stems_there(sought, ())[1]
    known = {
        stem: next(other for other in others if other in there)
        for stem, others in forms.items()
        if stem not in there and not there.isdisjoint(others)
    }
    if not known:
        return query
    words = {
        word: tuple(known.get(stem, stem) for stem in own) for word, own in query.words.items()
    }
    stems = tuple(known.get(stem, stem) for stem in query.stems)
    codes = frozenset(known.get(code, code) for code in query.codes)
    return replace(query, stems=stems, words=words, codes=codes)


def _forms(stem: str) -> Iterator[str]:
    """Other ways to write a number, a code or a date, as the analyzer gives words."""
    if match := ISO.fullmatch(stem):
        year, month, day = match.groups()
        yield from (f"{day}.{month}.{year}", f"{int(day)}.{int(month)}.{year}")
    elif match := DOTTED.fullmatch(stem):
        day, month, year = match.groups()
        yield f"{year}-{int(month):02}-{int(day):02}"
        yield from {f"{day:0>2}.{month:0>2}.{year}", f"{int(day)}.{int(month)}.{year}"} - {stem}
    elif DECIMAL.fullmatch(stem):
        short = stem.rstrip("0").rstrip(".")
        yield from (form for form in (short, f"{short}0", f"{stem}0") if form != stem)
    elif stem.isdigit():
        yield f"{stem}.00"
    else:
        for form in ("-".join(SEAM.split(stem)), stem.replace("-", "")):
            if form != stem:
                yield form
