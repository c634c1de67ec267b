"""Which of several versions is meant: the newest, where a question asks for "the latest" or
"current", and the one of a number or a year that it names.

Documents are versions of each other if their names or titles differ only in what tells versions
apart: dates, numbers, words such as "draft". The newest is the one of the latest date in metadata,
name or title, or of the greatest version number there. Where they have version numbers, the newest
is meant a little more than the others even if nothing is said: minutes of two meetings have none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag_app.collection.dates import YEAR, dated
from rag_app.collection.rows import cells_of
from rag_app.grounding.facts.dates import MONTHS_ENGLISH, dates_in
from rag_app.records import Cells
from rag_app.retrieval.passage import Passage

NEWEST_ENGLISH = re.compile(
    r"\b(?:latest|newest|current(?:ly)?|most recent|up[ -]to[ -]date|in force)\b", re.IGNORECASE
)
NEWEST_GERMAN = re.compile(
    r"\b(?:neuest|jüngst|aktuell|gegenwärtig|derzeitig)(?:e[nmrs]?)?\b"
    r"|\b(?:derzeit|zurzeit|momentan|in kraft|auf dem (?:neuesten|aktuellen) stand)\b",
    re.IGNORECASE,
)
VERSION = re.compile(
    r"\b(?:version|v|rev(?:ision)?|edition|issue|fassung|ausgabe)[\s._-]*(\d+(?:\.\d+)*)",
    re.IGNORECASE,
)
REPLY = re.compile(r"\A(?:\s*+[^\W\d_]{1,4}\s?:(?=\s))+")  # "Re: ", "AW: Re: "
# What tells a document from another version of it.
VERSIONS = (
    frozenset(
        "version versions v rev revision edition draft final old new current latest copy updated"
        " previous former archive archived superseded obsolete signed approved pdf docx doc md txt"
        " html htm rtf odt page the of and entwurf fassung ausgabe kopie endfassung".split()
    )
    | MONTHS_ENGLISH.keys()
)
# What is left of the score of a passage that a newer version replaces.
REPLACED = 0.5
# ... and of one where the question says nothing of a time.
OLDER = 0.92

# How new something is: its date, as YYYY-MM-DD, and its version; "" and () where nothing says so.
Age = tuple[str, tuple[int, ...]]


def meant_first(
    question: str, passages: Sequence[Passage], *, is_newest: bool
) -> tuple[Passage, ...]:
    """Passages, best first, where those of a document have less of a score if another version of
    it, that is among them too, is the one that a question means: ``is_newest``, if it asks for the
    newest."""
    ages: dict[str, Age] = {}
    families: dict[str, set[frozenset[str]]] = {}
    for one in passages:
        chunk = one.chunk
        title = str(chunk.metadata.get("title") or "")
        document = chunk.documents[0]
        ages[document] = _age(document, title, dated(document, chunk.metadata, None))
        families[document] = {subject_of(document), subject_of(title)} - {frozenset()}
    share = REPLACED if is_newest else OLDER
    less: dict[str, float] = {}
    for document in ages:
        family = [one for one in ages if families[document] & families[one]]
        meant = family
        if not is_newest:
            family = [one for one in family if ages[one][1]]
            meant = _named(question, {one: ages[one] for one in family})
        if document not in meant and document in family and meant:
            less[document] = REPLACED
        elif document in meant and any(ages[one] > ages[document] for one in meant):
            less[document] = share
    scored = [
        replace(one, score=one.score * less.get(one.chunk.documents[0], 1.0)) for one in passages
    ]
    return tuple(sorted(scored, key=lambda one: -one.score))


def _named(question: str, ages: Mapping[str, Age]) -> list[str]:
    """The versions that a question names, by number or as those of a year that it names; all of
    them where it names none."""
    numbers = {
        tuple(map(int, number.split("."))) for number in VERSION.findall(question.casefold())
    }
    years = YEAR.findall(question)
    if numbers:
        return [one for one, (_, own) in ages.items() if own in numbers]
    if years:
        before = {one: date for one, (date, _) in ages.items() if date and date[:4] <= years[0]}
        return [one for one, date in before.items() if date == max(before.values())]
    return list(ages)


def newest_row(passage: Passage) -> tuple[int, int] | None:
    """Start and end of the row with the latest date, of those rows of a passage that have one; None
    where fewer than two do."""
    rows: list[tuple[str, int, int]] = []
    language = str(passage.chunk.metadata.get("language") or "en")
    for start, end in passage.chunk.sentences:
        if found := _date_of(cells_of(passage.chunk, start, end), language):
            rows.append((found, -start, end))
    if len(rows) < 2:
        return None
    _, start, end = max(rows)
    return -start, end


def subject_of(name: str) -> frozenset[str]:
    """The words of a document's name or title, without its folder, what a mail program puts before
    a subject, and words of versions and dates."""
    last = REPLY.sub("", name.rpartition("/")[2])
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", last))
    return frozenset(word.casefold() for word in words) - VERSIONS


def _age(document: str, title: str, date: tuple[str, bool] | None) -> Age:
    version = VERSION.search(title) or VERSION.search(document.rpartition("/")[2].replace("_", " "))
    numbers = tuple(map(int, version[1].split("."))) if version else ()
    return (date[0] if date else _latest(title)), numbers


def _date_of(cells: Cells, language: str) -> str:
    return max((_latest(cell, language) for _, cell in cells), default="")


def _latest(text: str, language: str = "en") -> str:
    """The latest whole date of a text, as YYYY-MM-DD; "" if it has none."""
    found = [
        f"{one.year:04}-{one.month:02}-{one.day:02}"
        for one in dates_in(text, language)[0]
        if one.year and one.month and one.day
    ]
    return max(found, default="")
