"""Whether words of a document have the facts of a claim, and if not, what is there instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ingest.text.analyzer import stems
from rag_app.grounding.facts import NO_NAMES, WORD, Date, Facts, Number, as_written, facts_in, plain

# Who they are stands before: then the names of the sentences before count.
POINTS_BACK_ENGLISH = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|this|that|these|those|such|former|latter"
    r"|who|which|we|our|you|your|i|my)\b",
    re.IGNORECASE,
)
# Short words that begin alike are not related: Iran, Iraq.
SHORTEST_ROOT = 4


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a document that may support a claim, and what may stand elsewhere: ``over`` are
    the name of the document, its title and headings, ``before`` the passage up to these words,
    ``names`` all names of the passage, in lower case."""

    text: str
    over: str = ""
    before: str = ""
    names: frozenset[str] = frozenset()

    @property
    def context(self) -> str:
        """All of the passage in which names and codes of a claim may stand."""
        before = self.before if POINTS_BACK_ENGLISH.search(self.text) else ""
        return "\n".join((self.over, before, self.text))


def missing(claim: str, words: Words) -> str | None:
    """The first fact of a claim that is not there, as a reader is told; None if all are."""
    wanted, there, over = facts_in(claim), facts_in(words.text), facts_in(words.over)
    return (
        _missing_code(wanted, words)
        or _missing_date(wanted, there, over)
        or _missing_number(wanted, there, over)
        or _missing_name(claim, wanted, words)
    )


def _missing_code(wanted: Facts, words: Words) -> str | None:
    for code in wanted.codes:
        if not has_code(words.context, code):
            return f"the passage does not have {code}"
    return None


def has_code(text: str, code: str) -> bool:
    """Whether a text has a code, with hyphens, with spaces or without."""
    parts = re.findall(r"\d+|[^\W\d_]+", code)
    pattern = r"[\s_.-]?".join(map(re.escape, parts))
    return bool(re.search(rf"(?<![^\W_]){pattern}(?![^\W_])", text, re.IGNORECASE))


def _missing_date(wanted: Facts, there: Facts, over: Facts) -> str | None:
    known = (*there.dates, *over.dates)
    years: set[object] = {
        value for number in (*there.numbers, *over.numbers) for value in number.values
    }
    years |= {one.year for one in known if one.year}
    by_place: dict[int, list[Date]] = {}
    for date in wanted.dates:
        by_place.setdefault(date.place, []).append(date)
    for one_text in by_place.values():
        if not any(_same_date(date, other, years) for date in one_text for other in known):
            said = f"the passage says {there.dates[0].text}, not" if there.dates else _LACKS
            return f"{said} {one_text[0].text}"
    for time in sorted(wanted.times - there.times - over.times):
        return f"{_LACKS} the time {time}"
    return None


_LACKS = "the passage does not have"


def _same_date(wanted: Date, other: Date, years: Iterable[object]) -> bool:
    if wanted.month != other.month or (wanted.day and wanted.day != other.day):
        return False
    return wanted.year in (None, other.year) or (other.year is None and wanted.year in years)


def _missing_number(wanted: Facts, there: Facts, over: Facts) -> str | None:
    units = there.units | over.units
    dates = [part for date in (*there.dates, *over.dates) for part in (date.year, date.day) if part]
    known = (*there.numbers, *over.numbers)
    for number in wanted.numbers:
        same = [one for one in known if one.values & number.values]
        if not same:
            if number.values & set(dates) and not number.units:
                continue
            others = [one for one in there.numbers if one.units & number.units]
            others = others or [one for one in there.numbers if not one.units and not number.units]
            if others:
                return f"the passage says {_listed(others)}, not {number.text}"
            return f"{_LACKS} {number.text}"
        if not number.units or any(one.units & number.units for one in same):
            continue
        bare = any(not one.units for one in same)
        if not (bare and number.units & units):
            named = [one for one in same if one.units]
            if named:
                return f"the passage says {named[0].text}, not {number.text}"
            return f"{_LACKS} the unit of {number.text}"
    for unit in sorted(wanted.rates - there.rates - units - _counted(there)):
        return f"the passage does not speak of every {unit}"
    return None


def _counted(facts: Facts) -> frozenset[str]:
    return frozenset(unit for number in facts.numbers for unit in number.units)


def _listed(numbers: Iterable[Number]) -> str:
    return " and ".join(dict.fromkeys(number.text for number in numbers))


def _missing_name(claim: str, wanted: Facts, words: Words) -> str | None:
    if not (wanted.names or wanted.first):
        return None
    distinct, initials = _known(words.context)
    for name in wanted.names:
        parts = [name, *name.split("-")] if "-" in name else [name]
        if not any(_has_name(part, distinct, initials) for part in parts):
            return f"the passage does not have {as_written(name, WORD.findall(claim))}"
    if wanted.first and not _has_name(wanted.first, distinct, initials):
        other = _in_its_place(wanted.first, claim, words)
        if other:
            name = as_written(wanted.first, WORD.findall(claim))
            return f"the passage says {other}, not {name}"
    return None


@lru_cache(maxsize=512)  # what one question needs again and again
def _known(text: str) -> tuple[frozenset[str], str]:
    """The words of a text as names are compared, and their first letters."""
    known = [plain(word) for word in WORD.findall(text)]
    known += [part for word in known if "-" in word for part in word.split("-")]
    return frozenset(known), _initials(text)


def _has_name(name: str, known: frozenset[str], initials: str) -> bool:
    if name in known or (len(name) > 1 and len(name) < 7 and name in initials):
        return True
    root = stems(name)
    return any(
        (len(word) >= SHORTEST_ROOT and name.startswith(word) and len(name) - len(word) <= 3)
        or (len(name) >= SHORTEST_ROOT and word.startswith(name) and len(word) - len(name) <= 3)
        or (word[:2] == name[:2] and len(name) > 3 and stems(word) == root)
        for word in known
    )


def _initials(text: str) -> str:
    """The first letters of words with capitals, in lower case, so that WHO is found in World
    Health Organization; other words, but small ones, part them."""
    letters: list[str] = []
    for match in WORD.finditer(text):
        if match[0][0].isupper():
            letters.append(match[0][0].lower())
        elif match[0] not in ("of", "the", "and", "for", "in", "on"):
            letters.append(" ")
    return "".join(letters)


def _in_its_place(name: str, claim: str, words: Words) -> str | None:
    """The name that a passage has where a claim has another word: before the same next word.

    A claim may begin with any word that is not the passage's: only where one of the two is known
    for a name, by its capital inside a sentence, is it another name.
    """
    said = WORD.findall(claim)
    places = [place for place, word in enumerate(said) if plain(word) == name]
    following = {plain(word) for word in said[places[0] + 1 : places[0] + 3]} - NO_NAMES
    own = {plain(word) for word in said}
    there: list[str] = WORD.findall(words.text)
    for place, word in enumerate(there):
        if plain(word) not in following:
            continue
        for other in reversed(there[max(0, place - 2) : place]):
            bare = plain(other)
            if not other[0].isupper() or bare in own or bare in NO_NAMES:
                continue
            if bare in words.names or name in words.names:
                return other
    return None
