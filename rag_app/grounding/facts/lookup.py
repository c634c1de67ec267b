"""Whether words of a document have the facts of a claim, and if not, what is there instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest.text.analyzer import STOP_WORDS, stems
from rag_app.grounding.facts.dates import Date
from rag_app.grounding.facts.reading import (
    NO_NAMES,
    WORD,
    Facts,
    Number,
    as_written,
    facts_in,
    plain,
)
from rag_app.grounding.language.wording import ENGLISH

# Who they are stands before: then the names of the sentences before count.
POINTS_BACK_ENGLISH = frozenset(
    "he she it they him her them his hers its their this that these those such former latter who "
    "which we our you your i my".split()
)
RUN = re.compile(r"\w+")
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
    language: str | None = ENGLISH

    @property
    def context(self) -> str:
        """All of the passage in which names and codes of a claim may stand."""
        before = self.before if self.before and points_back(self.text) else ""
        return "\n".join((self.over, before, self.text))


def points_back(text: str) -> bool:
    """Whether who or what a text speaks of may stand before it."""
    return not POINTS_BACK_ENGLISH.isdisjoint(RUN.findall(text.lower()))


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact of a claim that is not there, as a reader is told (``reason``); ``instead`` where the
    words have another one in its place. ``number`` or ``date`` is it, where it is one."""

    reason: str
    instead: bool = False
    number: Number | None = None
    date: Date | None = None
    time: str | None = None


def missing(claim: str, words: Words) -> str | None:
    """The first fact of a claim that is not there, as a reader is told; None if all are."""
    there = facts_in(words.text, words.language)
    found = missing_facts(claim, words, words.language, lambda _: there)
    reason = next((one.reason for one in found), None)
    return reason or next(iter(missing_names(claim, words)), None)


def missing_facts(
    claim: str,
    words: Words,
    language: str | None,
    near: Callable[[Number], Facts],
    asked: Facts | None = None,
) -> Iterator[Missing]:
    """The facts of a claim in a ``language`` that the words do not have, nor the question
    (``asked``). A number has to be among those that stand ``near`` what it is said of."""
    wanted = facts_in(claim, language)
    there, over = facts_in(words.text, words.language), facts_in(words.over, words.language)
    given = asked or facts_in("")
    yield from _missing_codes(wanted, words, given)
    yield from _missing_dates(wanted, there, over, given)
    for number in wanted.numbers:
        is_given = any(number.is_like(one) for one in given.numbers)
        if not is_given and not _is_label(number, claim, words):
            yield from _missing_number(number, near(number), there, over)
    if there.rates:
        for rate in sorted(wanted.rates - there.rates - there.units - over.units - given.rates):
            yield Missing(f"the passage does not speak of every {rate}", instead=True)


def _is_label(number: Number, claim: str, words: Words) -> bool:
    """Whether a number is the end of a name that the words have as a code: priority 1, P1."""
    if number.units or not number.text.isdigit():
        return False
    before = re.search(rf"([^\W\d_])[^\W\d_]*\s{number.text}(?!\d|[.,]\d)", claim)
    return before is not None and has_code(words.context, before[1] + number.text)


def _missing_codes(wanted: Facts, words: Words, given: Facts) -> Iterator[Missing]:
    asked = " ".join(given.codes)
    for code in wanted.codes:
        if not has_code(words.context, code) and not has_code(asked, code):
            yield Missing(f"{_LACKS} {code}")


def has_code(text: str, code: str) -> bool:
    """Whether a text has a code, with hyphens, with spaces or without."""
    parts = re.findall(r"\d+|[^\W\d_]+", code)
    # Most texts have none: that is told far sooner than where it stands.
    lowered = text.casefold()
    if not all(part.casefold() in lowered for part in parts):
        return False
    pattern = r"[\s_.-]?".join(map(re.escape, parts))
    return bool(re.search(rf"(?<![^\W_]){pattern}(?![^\W_])", text, re.IGNORECASE))


_LACKS = "the passage does not have"


def _missing_dates(wanted: Facts, there: Facts, over: Facts, given: Facts) -> Iterator[Missing]:
    known = (*there.dates, *over.dates, *given.dates)
    years: set[object] = {
        value
        for number in (*there.numbers, *over.numbers, *given.numbers)
        for value in number.values
    }
    years |= {one.year for one in known if one.year}
    by_place: dict[int, list[Date]] = {}
    for date in wanted.dates:
        by_place.setdefault(date.place, []).append(date)
    for one_text in by_place.values():
        if not any(_same_date(date, other, years) for date in one_text for other in known):
            said = f"the passage says {there.dates[0].text}, not" if there.dates else _LACKS
            yield Missing(f"{said} {one_text[0].text}", bool(there.dates), date=one_text[0])
    for time in sorted(wanted.times - there.times - over.times - given.times):
        yield Missing(f"{_LACKS} the time {time}", time=time)


def _same_date(wanted: Date, other: Date, years: Iterable[object]) -> bool:
    if wanted.month != other.month or (wanted.day and wanted.day != other.day):
        return False
    return wanted.year in (None, other.year) or (other.year is None and wanted.year in years)


def _missing_number(number: Number, near: Facts, there: Facts, over: Facts) -> Iterator[Missing]:
    # A number of a heading, such as "Article 3", counts where none is nearer.
    found = ([n for n in one.numbers if n.values & number.values] for one in (near, over))
    same = next(filter(None, found), [])
    if not same:
        dates = [
            part for date in (*there.dates, *over.dates) for part in (date.year, date.day) if part
        ]
        if number.values & set(dates) and not number.units:
            return
        others = [one for one in near.numbers if one.units & number.units]
        others = others or [one for one in near.numbers if not one.units and not number.units]
        reason = f"the passage says {_listed(others[:3])}, not" if others else _LACKS
        yield Missing(f"{reason} {number.text}", bool(others), number)
        return
    units = number.units | ({"°"} if number.units & {"°C", "°F"} else frozenset())
    if not number.units or any(one.units & units for one in same):
        return
    # A bare number may count anything: its unit may stand in a table's head, or be plain.
    if all(one.units for one in same):
        yield Missing(f"the passage says {same[0].text}, not {number.text}", True, number)


def _listed(numbers: Iterable[Number]) -> str:
    return " and ".join(dict.fromkeys(number.text for number in numbers))


def missing_names(claim: str, words: Words, given: Iterable[str] = ()) -> list[str]:
    """The names of a claim that are neither in the words nor ``given``, as a reader is told."""
    wanted = facts_in(claim, words.language)
    known, initials = _known(words.context)
    distinct = known | frozenset(given)
    found = []
    for name in wanted.names:
        parts = [name, *name.split("-")] if "-" in name else [name]
        if not any(_has_name(part, distinct, initials) for part in parts):
            found.append(f"{_LACKS} {as_written(name, WORD.findall(claim))}")
    return found


def strangers_in(claim: str, words: Words, given: Iterable[str] = ()) -> list[str]:
    """The missing names that are not only written out: no abbreviations, no first words, and none
    beside a known name, unless the words have another one there."""
    missing = missing_names(claim, words, given)
    if not missing:
        return []
    said, there = WORD.findall(claim), words.context
    lacking = {one.removeprefix(f"{_LACKS} ") for one in missing}
    names = facts_in(there, words.language).names
    found = []
    for place, word in enumerate(said):
        if word not in lacking:
            continue
        before, after = said[place - 1 : place] or [""], said[place + 1 : place + 2] or [""]
        alone = before[0] not in lacking and after[0] not in lacking
        short = word[1:2].isupper() or len(word) < SHORTEST_ROOT
        if alone and (place == 0 or short or _begins(claim, word)):
            continue
        # Of a name that is known a part may be left out, but not another one be put.
        known = [one for one in (*after, *before) if one[:1].isupper() and plain(one) in names]
        if alone and known:
            other = re.escape(known[0])
            beside = (
                rf"\b(?!The\b)[A-Z][\w.]* {other}\b" if known[0] in after else rf"\b{other} [A-Z]"
            )
            if not re.search(beside, there):
                continue
        found.append(f"{_LACKS} {word}")
    return found


def _begins(claim: str, word: str) -> bool:
    """Whether something begins with a word: after a colon, a bullet or a quotation mark."""
    return re.search(rf"[.!?:;|•–—-]\W*{re.escape(word)}\b", claim) is not None


def other_first_name(claim: str, words: Words) -> str | None:
    """The name with which a claim begins in the place of another, as a reader is told; for a claim
    that is nearly the words."""
    first = facts_in(claim, words.language).first
    known, initials = _known(words.context)
    if first is None or _has_name(first, known, initials):
        return None
    other = _in_its_place(first, claim, words)
    if other is None:
        return None
    return f"the passage says {other}, not {as_written(first, WORD.findall(claim))}"


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
            if not other[0].isupper() or bare in own or bare in NO_NAMES | STOP_WORDS:
                continue
            if bare in words.names or name in words.names:
                return other
    return None
