"""Numbers, codes, dates and mistyped words of a question in the form in which a collection has
them: "HP200" finds HP-200, "619.90" finds 619.9, "01.03.2025" finds 2025-03-01, "pasword" finds
password.

Only what the collection does not have as it was asked is looked for in other forms, so that
nothing changes where it has. A mistyped word is one edit away from a word of the collection: a
letter too many, too few or wrong, or two in the other order (Damerau, "A technique for computer
detection and correction of spelling errors", 1964: four of five mistypings).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from string import ascii_lowercase

from ingest.embed.embedder import Embedder
from ingest.text.analyzer import STOP_WORDS, first_stem, stems
from ingest.text.language import question_language
from rag_app.languages import MISTYPED as MISTYPED_WORDS
from rag_app.retrieval.query import Query, analyzed
from rag_app.retrieval.snapshot import Snapshot

# Where letters and digits of a code meet, and where hyphens part it.
SEAM = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
DOTTED = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})")
DECIMAL = re.compile(r"\d+\.\d+")
# Too many short words are one edit apart, and a name in capitals is asked for as it is.
MISTYPED = re.compile(r"[a-z]{5,20}")
# ... but a short one whose letters only stand in another order says nothing: "teh".
SHORT = re.compile(r"[a-z]{3}")
# In so many times as many chunks is the form in which a collection has a code.
MOSTLY = 2


def in_its_language(query: Query, snapshot: Snapshot, embedder: Embedder) -> Query:
    """The query read in its own language, as far as that can be told in this collection."""
    language = question_language(query.text, snapshot.languages) or query.language
    if language != query.language:
        query = analyzed(query.text, query.vector, language)
    crosses = bool(snapshot.languages) and language not in snapshot.languages
    compared = (language, *snapshot.languages[:1]) if crosses else (language,)
    is_known = all(map(embedder.knows, compared))
    return replace(query, crosses=crosses, is_known=is_known, model=embedder.name)


def in_its_forms(query: Query, snapshot: Snapshot, without: Sequence[str] = ()) -> Query:
    """The query with each number, code, date and word that the collection does not have as another
    form of it that it has, if there is one; as if the chunks with the ids of ``without`` were not
    there."""
    forms = {stem: tuple(_forms(stem)) for stem in query.stems if any(map(str.isdigit, stem))}
    foreign = _of_other_languages(query, snapshot.languages)
    typed = {
        own[0]: word
        for word, own in (query.words.items() if MISTYPED_WORDS.are_for(query.language) else ())
        if MISTYPED.fullmatch(word) and len(own) == 1
    }
    idle = {
        own[0]
        for word, own in (query.words.items() if MISTYPED_WORDS.are_for(query.language) else ())
        if SHORT.fullmatch(word) and not STOP_WORDS.isdisjoint(_swapped(word))
    }
    if not (forms or foreign or typed or idle):
        return query
    written = [one for others in (*forms.values(), *foreign.values()) for one in others]
    sought = {*forms, *foreign, *typed, *idle, *written}
    there = snapshot.often(sought, without)
    known = {stem: form for stem, others in forms.items() if (form := _form(stem, others, there))}
    for stem, others in foreign.items():
        if stem not in there and (form := _form(stem, others, there)):
            known[stem] = form
    for stem, word in typed.items():
        if not {stem, known.get(stem)} & there.keys() and (
            meant := _meant(word, snapshot, without)
        ):
            known[stem] = meant
    left_out = idle - there.keys()
    if not known and (not left_out or left_out.issuperset(query.stems)):
        return query
    words = {
        word: tuple(known.get(stem, stem) for stem in own)
        for word, own in query.words.items()
        if left_out.isdisjoint(own)
    }
    stems = tuple(known.get(stem, stem) for stem in query.stems if stem not in left_out)
    codes = frozenset(known.get(code, code) for code in query.codes)
    return replace(query, stems=stems, words=words, codes=codes)


def _of_other_languages(query: Query, languages: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By the stem of a word, its stems in the other languages of the documents: names and loan
    words are the same there, and have other endings taken off."""
    others = [one for one in languages if one != query.language]
    found: dict[str, tuple[str, ...]] = {}
    for word, own in query.words.items() if others else ():
        read = {tuple(stems(word, other)) for other in others}
        different = [one[0] for one in read if len(one) == 1 and one != own]
        if len(own) == 1 and different:
            found[own[0]] = tuple(different)
    return found


def _form(stem: str, others: Sequence[str], often: Mapping[str, int]) -> str | None:
    """The form of a number or code that most chunks have; None if that is the one it has, and for
    a number that is there, which may be another date or sum."""
    form = max(others, key=lambda other: often.get(other, 0), default=None)
    if form is None or form not in often:
        return None
    if stem in often and not any(map(str.isalpha, stem)):
        return None
    return form if often[form] > MOSTLY * often.get(stem, 0) else None


def code_in(code: str, text: str) -> bool:
    """Whether a text has a number or a code, as a whole, with or without hyphens and spaces in it:
    "ws40" is in "the WS-40", and not in "the WS-40S", which is another thing."""
    return _written(code).search(text) is not None


@lru_cache(256)
def _written(code: str) -> re.Pattern[str]:
    if not any(map(str.isalpha, code)):
        return re.compile(rf"(?<!\d){re.escape(code)}(?!\d)")
    parts = [part for one in re.split(r"[-\s]+", code) for part in SEAM.split(one)]
    joined = r"[-\s]?".join(map(re.escape, parts))
    return re.compile(rf"(?<!\w){joined}(?!\w|-\d|-\w\b)", re.IGNORECASE)


def _meant(word: str, snapshot: Snapshot, without: Sequence[str]) -> str | None:
    """The stem of the word that was meant by one that no document has: of those one edit away, the
    one in the most chunks."""
    often = snapshot.often(filter(None, map(first_stem, _edited(word))), without)
    return max(often, key=lambda stem: (often[stem], stem), default=None)


def _edited(word: str) -> set[str]:
    """All that one edit makes of a word. Its first letter stays: few mistype that."""
    parts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    dropped = {before + after[1:] for before, after in parts if after}
    changed = {
        before + one + after[1:] for before, after in parts if after for one in ascii_lowercase
    }
    added = {before + one + after for before, after in parts for one in ascii_lowercase}
    return dropped | _swapped(word) | changed | added


def _swapped(word: str) -> set[str]:
    """A word with two of its letters in the other order, but for the first."""
    return {
        f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}" for at in range(1, len(word) - 1)
    }


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
