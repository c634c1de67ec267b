"""The rules: a sentence to a sentence that says something else, or to none.

They leave alone what the question says itself, markers and labels.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.answers.changed.language import Language

CODE = re.compile(
    r"(?<![\w.,£$€[-])(?:[A-Z]{1,5}-?\d[\w-]*|[A-Z]{1,3}\d+-\d+|\d{2}-\d{2,4}|\d+\.\d+\.\d+)(?![\w-])"
)
TIME = re.compile(r"(?<![\d:.,])(\d{1,2}):(\d\d)(?![\d:])")
SYMBOLS = {"US$": "€", "£": "€", "€": "US$", "GBP ": "EUR ", "EUR ": "GBP "}
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*")
NO_NAMES = frozenset(
    "Working Day Days Hours Hour Monday Tuesday Wednesday Thursday Friday Saturday Sunday Step "
    "Point Stage Yes No I You Head Service Incidents Incident Response".split()
)


@dataclass(frozen=True)
class Said:
    """A sentence to change: its language, the question that it answers, other names."""

    text: str
    language: Language
    question: str
    names: Sequence[str] = ()

    def given(self, words: str) -> bool:
        """Whether the question says it."""
        return bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", self.question, re.IGNORECASE))


Rule = Callable[[Said, random.Random], str | None]
Change = tuple[int, int, str]


def number(said: Said, chance: random.Random) -> str | None:
    """A number in digits another one, by at least a quarter."""
    one = said.language
    parts = rf"\d{{1,3}}(?:{re.escape(one.thousands)}\d{{3}})+(?!\d)"
    pattern = re.compile(
        rf"(?<![\w:/[–-])(?<!\d[.,])(?P<n>(?:{parts}|\d+)(?:{re.escape(one.decimal)}\d+)?)"
        r"(?![\w:/-]|[.,]\d|\. \w+ \d{4}| ?h\b)"
    )
    months = "|".join(one.months)

    def changes() -> Iterator[Change]:
        for match in pattern.finditer(said.text):
            before, after = said.text[: match.start()], said.text[match.end() :]
            if (
                said.given(match["n"])
                or re.search(rf"(?:{one.labels}|^\s*|(?:{months}) )$", before)
                or re.match(rf"(?:\.|er|st|nd|rd|th)? (?:de )?(?:{months})\b|\.\s", after)
                or re.search(rf"(?:{months}) (?:de )?$", before)
            ):
                continue
            yield match.start(), match.end(), _other_number(match["n"], one, chance)

    return _one_of(said.text, changes(), chance)


def _other_number(digits: str, language: Language, chance: random.Random) -> str:
    plain = digits.replace(language.thousands, "").replace(language.decimal, ".")
    value, places = float(plain), len(plain.partition(".")[2])
    if digits.isdigit() and 1900 <= value < 2100:
        return str(int(value) + chance.choice([3, 4, 7]))
    step = max(0.3 * value, 2 if not places else 10**-places)
    shown = f"{value + chance.choice([1, 1.5]) * step:,.{places}f}"
    if language.thousands not in digits:
        shown = shown.replace(",", "")
    swap = str.maketrans({",": language.thousands, ".": language.decimal})
    return shown.translate(swap)


def number_word(said: Said, chance: random.Random) -> str | None:
    """A number in letters another one."""
    words = said.language.number_words
    found = re.finditer(rf"\b(?:{'|'.join(words)})\b", said.text, re.IGNORECASE)

    def changes() -> Iterator[Change]:
        for match in found:
            if said.given(match[0]):
                continue
            place = words.index(match[0].lower())
            other = words[(place + chance.choice([2, 3, 4])) % len(words)]
            yield *match.span(), other.capitalize() if match[0][0].isupper() else other

    return _one_of(said.text, changes(), chance)


def date(said: Said, chance: random.Random) -> str | None:
    """A month of a date, or an hour, another one."""
    months = said.language.months
    dated = re.finditer(
        rf"(?:\d{{1,2}}(?:\.|er)? (?:de )?)?\b(?P<m>{'|'.join(months)})\b(?: (?:de )?\d{{1,4}})?",
        said.text,
    )

    def changes() -> Iterator[Change]:
        for match in dated:
            if said.given(match[0]) or not re.search(r"\d", match[0]):
                continue
            other = chance.choice([month for month in months if month != match["m"]])
            yield *match.span("m"), other
        for match in TIME.finditer(said.text):
            if not said.given(match[0]):
                hour = (int(match[1]) + chance.choice([1, 2, 3])) % 24
                yield *match.span(), f"{hour:0{len(match[1])}}:{match[2]}"

    return _one_of(said.text, changes(), chance)


def unit(said: Said, chance: random.Random) -> str | None:
    """The unit of a quantity, or a currency, another one."""
    units = said.language.units
    longest = sorted(units, key=len, reverse=True)
    words = "|".join(said.language.number_words)
    found = re.finditer(
        rf"(?P<n>\d|\b(?:{words}|one|eine?n?|une?|un))(?: )"
        rf"(?P<u>{'|'.join(map(re.escape, longest))})(?!\w)",
        said.text,
        re.IGNORECASE,
    )

    def changes() -> Iterator[Change]:
        for match in found:
            if not said.given(match[0]) and match["u"] in units:
                yield *match.span("u"), units[match["u"]]
        for symbol, other in SYMBOLS.items():
            for match in re.finditer(rf"(?<!US){re.escape(symbol)}(?=\d)", said.text):
                amount = re.match(r"[\d.,]*\d", said.text[match.end() :])
                if amount and not said.given(amount[0]):
                    yield *match.span(), other

    return _one_of(said.text, changes(), chance)


def name(said: Said, chance: random.Random) -> str | None:
    """A name another one of its kind; in English, any other with as many words."""

    def changes() -> Iterator[Change]:
        for group in said.language.names:
            for one in group:
                match = re.search(rf"(?<!\w){re.escape(one)}(?!\w)", said.text)
                others = [each for each in group if each not in said.text and not said.given(each)]
                if match and others and not said.given(one):
                    yield *match.span(), chance.choice(others)
        for match in () if said.language.names else _names(said.text):
            words = match[0].split()
            if said.given(match[0]) or {*words} & {*NO_NAMES, *said.language.months}:
                continue
            others = [
                one
                for one in said.names
                if (len(one.split()) > 1) == (len(words) > 1)
                and not {*one.split()} & {*words}
                and one not in said.text
                and not said.given(one)
            ]
            if others:
                yield *match.span(), chance.choice(others)

    return _one_of(said.text, changes(), chance)


def names_of(texts: Iterable[str], months: Iterable[str]) -> list[str]:
    """The names in English texts, by their capitals."""
    found = {match[0] for text in texts for match in _names(text)}
    return sorted(one for one in found if not {*one.split()} & {*NO_NAMES, *months})


def _names(text: str) -> Iterator[re.Match[str]]:
    """Not the rest of one that a sentence begins with."""
    for match in NAME.finditer(text):
        if not re.search(r"(?:^|\W)[A-Z][a-z]+ $", text[: match.start()]):
            yield match


def code(said: Said, chance: random.Random) -> str | None:
    """A digit of a code or a version another one."""

    def changes() -> Iterator[Change]:
        for match in CODE.finditer(said.text):
            if said.given(match[0]):
                continue
            place = max(at for at, sign in enumerate(match[0]) if sign.isdigit())
            digit = (int(match[0][place]) + chance.choice([2, 3, 5])) % 10
            yield *match.span(), f"{match[0][:place]}{digit}{match[0][place + 1 :]}"

    return _one_of(said.text, changes(), chance)


def negated(said: Said, chance: random.Random) -> str | None:
    """A sentence without a negation with one."""
    if re.search(said.language.negation, said.text):
        return None
    return _by_pattern(said, said.language.negated, chance)


def affirmed(said: Said, chance: random.Random) -> str | None:
    """A negation taken out."""
    return _by_pattern(said, said.language.affirmed, chance)


def quantifier(said: Said, chance: random.Random) -> str | None:
    """Only, all or some: another of them."""
    return _by_pattern(said, said.language.quantifiers, chance)


def opposite(said: Said, chance: random.Random) -> str | None:
    """A comparison the other way round; must for may; forbidden for allowed."""
    return _by_pattern(said, said.language.opposites, chance)


def _by_pattern(said: Said, patterns: Mapping[str, str], chance: random.Random) -> str | None:
    changes = (
        (*match.span(), match.expand(other))
        for pattern, other in patterns.items()
        for match in re.finditer(pattern, said.text)
    )
    return _one_of(said.text, changes, chance)


def _one_of(text: str, changes: Iterable[Change], chance: random.Random) -> str | None:
    possible = list(changes)
    if not possible:
        return None
    start, end, other = chance.choice(possible)
    return text[:start] + other + text[end:]


RULES: Mapping[str, Rule] = {
    "number": number,
    "number word": number_word,
    "date": date,
    "unit or currency": unit,
    "name": name,
    "code": code,
    "negation added": negated,
    "negation taken out": affirmed,
    "only, all, some": quantifier,
    "comparison, modality": opposite,
}
