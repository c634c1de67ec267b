"""Values of a kind in a text: where they stand, and what they are in one form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from ingest.tables.values import (
    CODES,
    NO,
    SYMBOLS,
    YES,
    Style,
    is_missing,
    number_of,
    style_of,
    unit_of,
)
from ingest.text.analyzer import STOP_WORDS
from ingest.text.numbers_and_codes import CODE
from rag_app.extraction.records import Kind
from rag_app.grounding.facts.dates import Date, dates_in
from rag_app.grounding.facts.reading import NO_NAMES, Number, facts_in, plain
from rag_app.grounding.language.units import units_in
from rag_app.grounding.language.wording import wording_of

# Words of a name: with a capital, and what joins them. A comma ends it.
_NAME_WORD = r"[^\W\d_a-zß-öø-ÿ][^\W\d]*(?:['’&.-][^\W\d]*)*(?![\d-])"
_JOINS = r"(?:\s(?:&|of|and|the|de|di|van|von|der|den|für|und|et|y|la|le))?"
NAME = re.compile(rf"(?<!\w){_NAME_WORD}(?:{_JOINS}\s{_NAME_WORD})*")
# Longer is a sentence.
LONGEST_NAME, LONGEST_TEXT = 80, 200
# What follows a name on the line of a letterhead or an address.
ADDRESS = re.compile(r",(?=\s*\d)|\s[·|]\s|;")
WORD = re.compile(r"\w+")
DECIMALS = re.compile(r"\s*\d[\d ,.']*[.,]\d\d\s*")
CURRENCY_CODES = SYMBOLS | {code: code for code in CODES}
CURRENCY = re.compile("|".join(map(re.escape, sorted(SYMBOLS, key=len, reverse=True)))
                      + rf"|\b(?:{'|'.join(sorted(CODES))})\b")  # fmt: skip
LONG_WORD = re.compile(r"(?<!\w)\w{5,40}\.$")  # ends a sentence, where "Ltd." does not


class Value(NamedTuple):
    """A value, ``text[start:end]``, in one form (``Cell.value``). ``is_whole`` says whether it is
    all that its cell says, or as good as."""

    start: int
    end: int
    value: str
    is_whole: bool = False


class Reading(NamedTuple):
    """How a document writes: its language (ISO 639-1), its numbers and dates, and the currency of
    its amounts, if that is always the same one."""

    language: str | None
    style: Style
    currency: str = ""

    @classmethod
    def of(cls, text: str, language: str | None) -> Reading:
        """How a text is written."""
        words = text.split()
        found = {CURRENCY_CODES.get(one[0], "") for one in CURRENCY.finditer(text)} - {""}
        return cls(language, style_of(words), next(iter(found)) if len(found) == 1 else "")


def names_in(text: str) -> list[re.Match[str]]:
    """What is written as a name in a sentence: words with capitals, but for those that have one
    because the sentence begins."""
    found: list[re.Match[str]] = []
    rest = dates_in(text, None)[1]
    for match in NAME.finditer(rest):
        start = match.start()
        while (word := WORD.match(rest, start)) and word.end() <= match.end():
            if plain(word[0]) not in NO_NAMES and plain(word[0]) not in STOP_WORDS:
                break
            start = word.end() + 1
        end = match.end() - (match[0].endswith(".") and LONG_WORD.search(match[0]) is not None)
        named = NAME.match(rest, start, end) if start < end else None
        if named and (" " in named[0] or rest[:start].strip()):
            found.append(named)
    return found


def values_in(kind: Kind, text: str, reading: Reading) -> list[Value]:
    """The values of a kind in a sentence, in order: of texts, the codes; of names, what is written
    as one; none for yes and no, which a sentence says as a whole."""
    if kind == "date":
        found = list(_dates(text, reading))
    elif kind in ("number", "money"):
        found = list(_numbers(text, reading, money=kind == "money"))
    elif kind == "name" and reading.language != "de":  # where every noun has a capital
        found = [Value(*one.span(), " ".join(one[0].split())) for one in names_in(text)]
    elif kind == "text":
        rest = dates_in(text, reading.language)[1]
        found = [Value(*one.span(), one[0]) for one in CODE.finditer(rest)]
    else:
        found = []
    return sorted(found)


def value_of(kind: Kind, label: str, text: str, reading: Reading) -> Value | None:
    """The value of a kind that a cell is, or begins with, under its label; None if it has none."""
    if not text.strip() or (is_missing(text) and kind != "yes/no"):
        return None
    match kind:
        case "date":
            return _date_cell(text, reading)
        case "number":
            return _number_cell(label, text, reading)
        case "money":
            return _money_cell(label, text, reading)
        case "name":
            return _name_cell(text)
        case "yes/no":
            return _yes_no_cell(text, reading)
        case _:
            return _text_cell(text)


def says_no(text: str, reading: Reading) -> bool:
    """Whether a sentence denies, by a word of its language for that."""
    wording = wording_of(reading.language)
    words = {word.casefold() for word in re.findall(r"[^\W\d_]+", text)}
    return bool(wording and words & wording.negations)


def is_of_a_kind(text: str, reading: Reading) -> bool:
    """Whether a cell is a date, or an amount with decimals or a currency."""
    date = _date_cell(text, reading)
    is_date = date is not None and date.is_whole
    return (
        is_date or bool(values_in("money", text, reading)) or DECIMALS.fullmatch(text) is not None
    )


def _dates(text: str, reading: Reading) -> Iterator[Value]:
    read, _ = dates_in(text, reading.language)
    by_place: dict[int, list[Date]] = {}
    for one in read:
        by_place.setdefault(one.place, []).append(one)
    for place, several in by_place.items():
        # "03/04/2026" is read with the month first, and then with the day first.
        one = several[-1] if reading.style.day_first else several[0]
        start = place + len(text[place:]) - len(text[place:].lstrip())
        parts = [f"{one.year:04}" if one.year else "", f"{one.month:02}"]
        parts += [f"{one.day:02}"] if one.day else []
        if one.year:
            yield Value(start, start + len(one.text), "-".join(parts))


def _numbers(text: str, reading: Reading, *, money: bool) -> Iterator[Value]:
    _, rest = dates_in(text, reading.language)
    facts = facts_in(rest, reading.language)
    last, seen = 0, set[tuple[int, int]]()
    for number in facts.numbers:
        at = rest.find(number.text, last)
        at = rest.find(number.text) if at < 0 else at
        if at < 0 or (at, at + len(number.text)) in seen:
            continue
        last = at + len(number.text)
        seen.add((at, last))
        if not money:
            yield Value(at, last, _number(number, reading))
        elif currency := _currency(number):
            yield Value(at, last, f"{_amount(number, reading):.2f} {currency}")


def _number(number: Number, reading: Reading) -> str:
    value = f"{_amount(number, reading):f}"
    unit = min(number.units, key=len, default="")
    is_word = unit.isalpha() and unit.islower() and len(unit) > 2
    return f"{value} {unit}{'s' if is_word and value != '1' else ''}".strip()


def _amount(number: Number, reading: Reading) -> Decimal:
    if len(number.values) == 1:
        return next(iter(number.values))
    read = number_of(number.text, reading.style)
    return read.number if read is not None else min(number.values)


def _currency(number: Number) -> str:
    codes = {unit_of(unit) for unit in number.units} & CODES
    return min(codes, default="")


def _date_cell(text: str, reading: Reading) -> Value | None:
    found = values_in("date", text, reading)
    return found[0]._replace(is_whole=_is_most(found[0], text)) if found else None


def _number_cell(label: str, text: str, reading: Reading) -> Value | None:
    found = values_in("number", text, reading)
    if not found:
        return None
    first = found[0]
    if " " not in first.value and (units := units_in(label)):
        first = first._replace(value=f"{first.value} {min(units, key=len)}")
    return first._replace(is_whole=_is_most(first, text))


def _money_cell(label: str, text: str, reading: Reading) -> Value | None:
    found = values_in("money", text, reading)
    if found:
        return found[0]._replace(is_whole=_is_most(found[0], text))
    read = number_of(text.strip(), reading.style)
    if read is None or (read.unit and read.unit not in CODES):
        return None
    named = [CURRENCY_CODES[one[0]] for one in CURRENCY.finditer(label)]
    if not (read.unit or named or DECIMALS.fullmatch(text)):  # "Hours: 11"
        return None
    currency = read.unit or (named or [reading.currency])[0]
    start = len(text) - len(text.lstrip())
    end = start + len(text.strip())
    return Value(start, end, f"{read.number:.2f} {currency}".strip(), is_whole=True)


def _name_cell(text: str) -> Value | None:
    start = len(text) - len(text.lstrip())
    end = start + len(ADDRESS.split(text.strip())[0].strip())
    words = text[start:end]
    parts = re.split(r",\s*", words)
    if len(words) > LONGEST_NAME or not all(NAME.fullmatch(part) for part in parts):
        return None
    return Value(start, end, " ".join(words.split()), is_whole=True)


def _text_cell(text: str) -> Value | None:
    start = len(text) - len(text.lstrip())
    words = text.strip()
    if len(words) > LONGEST_TEXT:
        return None
    return Value(start, start + len(words), " ".join(words.split()), is_whole=True)


def _yes_no_cell(text: str, reading: Reading) -> Value | None:
    words = [word.casefold() for word in WORD.findall(text)] or [text.strip().casefold()]
    wording = wording_of(reading.language)
    start = len(text) - len(text.lstrip())
    end = start + len(text.strip())
    if words[0] in NO or (wording and (wording.negations & set(words[:1]))):
        return Value(start, end, "no", is_whole=True)
    if words[0] in YES:
        return Value(start, end, "yes", is_whole=True)
    if is_missing(text):
        return Value(start, end, "no", is_whole=True)
    return None


def _is_most(value: Value, text: str) -> bool:
    """Whether a cell says little beside its value."""
    return 2 * (value.end - value.start) >= len(text.strip())
