"""What a sentence claims that can be looked up: numbers with units, dates, times, codes, names.

Each has one form however it is written: 1,000 is 1000, "twelve" 12, "3.5 percent" 3.5 %, "May 3rd,
2024" 2024-05-03. Nothing is converted: 5 km are not 5 miles, and not 5,000 metres either, because
an answer is to copy what it says (rule 3 of the prompt).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from ingest.text.analyzer import STOP_WORDS
from ingest.text.numbers_and_codes import CODE
from rag_app.grounding.facts.dates import Date, dates_in
from rag_app.grounding.language.number_words import (
    NUMBER_WORD,
    NUMBER_WORDS,
    SCALES,
    with_digits,
    words_to_number,
)
from rag_app.grounding.language.units import BEFORE, RATES, UNIT, unit_of, unit_words, units_in
from rag_app.grounding.language.wording import ENGLISH

TIME = re.compile(
    r"(?<![\w.:])(?:(?P<hour>[0-2]?\d)[:.](?P<minute>[0-5]\d)\s*(?P<half>[ap])\.?m\b\.?"
    r"|(?P<hour2>[0-2]?\d):(?P<minute2>[0-5]\d)(?![\d:])"
    r"|(?P<hour3>1?\d)\s*(?P<half3>[ap])\.?m\b\.?|(?P<hour4>[0-2]?\d)\sUhr\b"
    r"|(?P<hour5>[0-2]?\d)\s?h\s?(?P<minute5>[0-5]\d)(?!\d))",
    re.IGNORECASE,
)
_DIGITS = (
    r"\d{1,3}(?:\.\d{3})+,\d+(?!\d)"
    r"|\d{1,3}(?:[,\u00a0\u202f\u2009']\d{3})+(?:\.\d+)?(?!\d)|\d+(?:[.,]\d+)?(?![.,]?\d)"
)
_QUANTITY = (
    rf"(?P<before>{BEFORE})?(?P<sign>(?<![\w)\]])[-−])?(?<![\w.])(?P<digits>{_DIGITS})"
    rf"(?P<ordinal>st|nd|rd|th)?(?:[\s-]?(?P<scale>{'|'.join(SCALES)})\b)?"
    rf"(?:(?P<plural>s)\b|(?:[\s\u00a0-]?|\s[A-Za-z]{{4,12}}\s(?=TIME))(?P<unit>UNIT))?"
)
# Between a number and a time may be what kind it is of: 15 working days.
_TIMES = r"(?i:hour|day|week|month|year)"
QUANTITY = re.compile(_QUANTITY.replace("UNIT", UNIT).replace("TIME", _TIMES))
# The readings of "1.000" and "3,5", which are other numbers in other countries.
_POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_POINTS_AND_COMMA = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+")
_COMMA = re.compile(r"\d+,(?:\d{1,2}|\d{4,})")
# What a number stands before with a hyphen is a word: "14-day", "30-year-old".
_COUNTED = re.compile(r"\d+(?:[.,]\d+)*(?:-[a-z]+)+|\d+(?:st|nd|rd|th|s|er?|re|[eè]me|[ºª])")
WORD = re.compile(r"[^\W\d_](?:[^\W_]|['’.-](?=[^\W_]))*")
# Where a sentence begins inside what was split as one: after a colon, a bullet, a quotation mark.
_BEGINS = re.compile(
    r"(?<![\s*_“\"'(‘])(?:^|(?<=[.!?:;|•])|(?<=[-–—])(?= )"
    r"|(?=[\s*_“\"'(‘]*(?:[\n“\"(]|\* )))[\s*_“\"'(‘]*+$"
)
NO_NAMES = frozenset(
    "section sections chapter table figure page pages note article appendix document documents i "
    "a an the this that it in on at of for and or but if yes no ok".split()
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it can be read (more than one way for "1.000"), with what it counts."""

    values: frozenset[Decimal]
    units: frozenset[str]
    text: str

    def is_like(self, other: Number) -> bool:
        """Whether it is another one, of which the unit may be left out."""
        units = not self.units or not other.units or bool(self.units & other.units)
        return units and bool(self.values & other.values)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text says that can be looked up. ``names`` are words, in lower case and in order;
    ``first`` is the word that it begins with, if that has a capital for no other reason."""

    numbers: tuple[Number, ...]
    dates: tuple[Date, ...]
    times: frozenset[str]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    rates: frozenset[str]
    units: frozenset[str]
    first: str | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look up."""
        return not (self.numbers or self.dates or self.times or self.codes or self.names)


@lru_cache(maxsize=4096)  # what one question needs again and again
def facts_in(text: str, language: str | None = ENGLISH) -> Facts:
    """Everything of a text in a language (ISO 639-1) that can be looked up."""
    text = with_digits(text, language)
    rates = frozenset(RATES[match[0].lower()] for match in _RATE_WORDS.finditer(text)) | {
        unit for match in _PER.finditer(text) for unit in unit_of(match[1])
    }
    units = units_in(text) | _other_units_in(text, language)
    dates, text = dates_in(text, language)
    times, text = _times(text)
    codes, text = _codes(text)
    # A unit, such as the C of 5 °C, is no name.
    plain = QUANTITY.sub(lambda match: "0" * len(match[0]), text)
    # In German every noun has a capital.
    names, first = _names(plain) if language != "de" else ((), None)
    return Facts(_numbers(text, language), dates, times, codes, names, rates, units, first)


# What the head of a cell says that it is in: "Preis in Euro: 17,90", "Length (mm): 26".
_HEAD = re.compile(r"(?:\b(?:in|en)\s|[(\[])([^\W\d_]{1,20}|[€$£%°]C?)[)\]]?:\s*$")
_AMOUNT = re.compile(r"\d[^\s,.;]{0,20}\s(?:[^\W\d_]{1,20}\s)?$")
_PER = re.compile(r"(?:\bper|\bevery|\beach|/)\s*([^\W\d_]+)")
_RATE_WORDS = re.compile(rf"\b(?:{'|'.join(RATES)})\b", re.IGNORECASE)


def _other_units_in(text: str, language: str | None) -> frozenset[str]:
    words = unit_words(language)
    return frozenset(words[w] for w in re.findall(r"[^\W\d_]+", text.casefold()) if w in words)


def _times(text: str) -> tuple[frozenset[str], str]:
    found: set[str] = set()
    for match in TIME.finditer(text):
        hours = ("hour", "hour2", "hour3", "hour4", "hour5")
        hour = int(next(match[one] for one in hours if match[one]))
        half = (match["half"] or match["half3"] or "").lower()
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        found.add(f"{hour:02}:{match['minute'] or match['minute2'] or match['minute5'] or '00'}")
    return frozenset(found), TIME.sub(lambda match: " " * len(match[0]), text)


def _codes(text: str) -> tuple[tuple[str, ...], str]:
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        code = match[0]
        number = QUANTITY.match(code)
        if _COUNTED.fullmatch(code) or (number and number.end() == len(code)):
            return code
        found.append(code)
        return " " * len(code)

    text = CODE.sub(take, text)
    return tuple(dict.fromkeys(found)), text


@cache
def _quantity_of(language: str | None) -> re.Pattern[str]:
    """``QUANTITY`` with the unit words of a language too, whatever they end on in a sentence."""
    words = sorted(map(re.escape, unit_words(language)), key=len, reverse=True)
    if not words:
        return QUANTITY
    endings = r"(?:n|en|s|es)?(?![^\W\d_])"
    # A German word may have more before it: Arbeitstage are days.
    before = r"[^\W\d_]*?" if language == "de" else ""
    own = rf"(?i:{before}(?:{'|'.join(words)})){endings}"
    with_own = _QUANTITY.replace("UNIT", f"{own}|{UNIT}")
    return re.compile(with_own.replace("TIME", own))


def _unit(written: str, language: str | None) -> frozenset[str]:
    own = unit_words(language)
    word = written.casefold()
    for ending in ("", "n", "en", "s", "es"):
        if (name := own.get(word.removesuffix(ending))) is not None:
            return frozenset([name])
    if language == "de" and (ends := [one for one in own if len(one) > 2 and one in word]):
        return frozenset([own[max(ends, key=len)]])
    return unit_of(written)


def _numbers(text: str, language: str | None) -> tuple[Number, ...]:
    found: list[Number] = []
    for match in _quantity_of(language).finditer(text):
        before = unit_of(match["before"] or "")
        scale = match["scale"]
        unit = match["unit"] or ""
        if before and unit == "m" and not scale:
            scale, unit = "m", ""
        if scale in ("k", "m") and not before:
            # "5 m" is metres where it is no money.
            scale, unit = None, match["scale"]
        factor = SCALES[scale.lower()] if scale else Decimal(1)
        sign = -1 if match["sign"] else 1
        values = frozenset(sign * value * factor for value in readings(match["digits"]))
        units = before | _unit(unit, language)
        if not units and (head := _HEAD.search(text, max(0, match.start() - 40), match.start())):
            units = _unit(head[1], language)
        found.append(Number(values, units, match[0].strip()))
    if language not in (None, ENGLISH):
        return tuple(found)
    for match in NUMBER_WORD.finditer(text):
        value = words_to_number(match["words"])
        units = unit_of(match["unit"] or "")
        # "one" and "a" count only where they count something: "one of them" does not, and
        # "£5 a day" is a rate.
        rate = match["words"].lower() in ("a", "an") and _AMOUNT.search(text[: match.start()][-30:])
        if rate or value is None:
            continue
        if units or match["words"].lower() not in ("one", "a", "an"):
            found.append(Number(frozenset([value]), units, match[0].strip()))
    return tuple(found)


def readings(digits: str) -> frozenset[Decimal]:
    """The numbers that digits with points and commas may stand for."""
    if _POINTS_AND_COMMA.fullmatch(digits):
        return frozenset([Decimal(digits.replace(".", "").replace(",", ".")).normalize()])
    values = {Decimal(re.sub(r"[,\u00a0\u202f\u2009']", "", digits)).normalize()}
    if _POINTS.fullmatch(digits):
        values.add(Decimal(digits.replace(".", "")).normalize())
    if _COMMA.fullmatch(digits):
        values = {Decimal(digits.replace(",", ".")).normalize()}
    return frozenset(values)


def _names(text: str) -> tuple[tuple[str, ...], str | None]:
    """The words that have a capital where a sentence does not ask for one; and a first word."""
    found: list[str] = []
    first: str | None = None
    words = list(WORD.finditer(text))
    for place, match in enumerate(words):
        word = plain(match[0])
        if (
            not match[0][0].isupper()
            or word in NO_NAMES
            or word in NUMBER_WORDS
            or (word in STOP_WORDS and not match[0][1:2].isupper())
        ):
            continue
        # A sentence begins after the word before, or not at all.
        end = words[place - 1].end() if place else 0
        if _BEGINS.search(text, end, match.start()) and not match[0][1:2].isupper():
            follows = words[place + 1] if place + 1 < len(words) else None
            together = follows and text[match.end() : follows.start()] == " "
            if not (together and follows and follows[0][0].isupper() and len(follows[0]) > 1):
                first = first or word
                continue
        found.append(word)
    return tuple(dict.fromkeys(found)), first


def as_written(name: str, words: Iterable[str]) -> str:
    """The first of some words that is a name, which is as ``plain`` gives it."""
    return next((word for word in words if plain(word) == name), name)


def plain(word: str) -> str:
    """A word as names are compared: in lower case, without its possessive and its points."""
    word = word.casefold().replace("’", "'").removesuffix("'s").removesuffix("'")
    return word.replace(".", "")
