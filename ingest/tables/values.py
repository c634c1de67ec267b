"""Cells as values: numbers with units and currencies, dates, yes and no.

Numbers are decimals, exactly as they are written. Whether "1.234" is a thousand or a little more
than one, and whether "03/04" is in March or in April, is told by the other cells of its column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from ingest.tables.records import Column, Kind, Value

SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "US$": "USD"}
CODES = frozenset("USD EUR GBP JPY CHF INR CNY SEK NOK DKK PLN CZK CAD AUD NZD BRL KRW".split())
MISSING = frozenset({"", *"- – — n/a na n.a. none null tbd ? k.a. nil".split()})
YES = frozenset({"yes", "true", "ja", "wahr", "✓", "x"})
NO = frozenset({"no", "false", "nein", "falsch", "✗"})
# Of the cells that are filled, so many must be of a kind for the column to be.
ENOUGH = 0.7
FOOTNOTE = re.compile(r"(?:\s?(?:\[\w{1,3}\]|[*†‡§^]|\(\w\))){1,4}$")
NUMBER = re.compile(
    r"\s*(?:(?P<open>\()\s*)?(?:(?P<sign>[-−–+])\s*)?"
    r"(?:(?P<before>US\$|[$€£¥₹]|[A-Z]{3}\s)\s*)?(?P<minus>[-−–])?"
    r"(?P<digits>\d(?:[\d.,'’]|[   ](?=\d{3}))*)"
    r"(?:\s*(?P<after>%|[^\d\s().,;:/–-](?:[^\d().,;:]{0,13}[^\d\s().,;:])?))?"
    r"(?:\s*(?P<close>\)))?(?:\s*(?P<percent>%))?\s*"
)
# What may follow a number that it says again: "512 ft (156 m)", "26 (tie)", "512 feet / 156 m".
REST = re.compile(r"(?<=\w)\s*(?:\([^()]*\)|/\s*\d.*)$")
CLOCK = re.compile(r"(?:(\d\d?):)?(\d\d?):(\d\d(?:\.\d+)?)")
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar", "february feb februar", "march mar märz", "april apr",
            "may mai", "june jun juni", "july jul juli", "august aug",
            "september sep sept", "october oct oktober okt", "november nov",
            "december dec dezember dez",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)(?:[T ]\d\d:\d\d.*)?",
        r"(?P<y>\d{4})/(?P<m>\d\d?)/(?P<d>\d\d?)",
        rf"(?:(?<!\w)\w+,\s*)?(?P<d>\d\d?)(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<n>{MONTH})\.?,?\s+(?P<y>\d{{4}})",
        rf"(?:(?<!\w)\w+,\s*)?(?P<n>{MONTH})\.?\s+(?P<d>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})",
        rf"(?P<n>{MONTH})\.?,?\s+(?P<y>\d{{4}})",
        rf"(?P<d>\d\d?)-(?P<n>{MONTH})-(?P<y>\d{{4}})",
        r"(?P<y>\d{4})-(?P<m>\d\d)",
        rf"(?P<n>{MONTH})\.?\s+(?P<d>\d\d?)(?:st|nd|rd|th)?",
        rf"(?P<d>\d\d?)(?:st|nd|rd|th|\.)?\s+(?P<n>{MONTH})\.?",
    )
)
SLASHED = re.compile(r"(\d\d?)([./-])(\d\d?)\2(\d{4})")
YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


class Style(NamedTuple):
    """How a column is written: whether a comma begins the decimals, and a date with the day."""

    comma: bool = False
    day_first: bool = True


def style_of(cells: Iterable[str]) -> Style:
    """The style of a column, by its cells."""
    comma, day_first, month_first = False, False, False
    for cell in cells:
        if re.search(r"\d,\d{1,2}(?!\d)", cell) and not re.search(r",\d{3}\b", cell):
            comma = True
        if match := SLASHED.fullmatch(cell.strip()):
            day_first = day_first or int(match[1]) > 12 or match[2] == "."
            month_first = month_first or int(match[3]) > 12
    return Style(comma, day_first or not month_first)


def is_missing(cell: str) -> bool:
    """Whether a cell is empty, or says that nothing is in it: "n/a"."""
    return cell.strip().casefold() in MISSING


def number_of(cell: str, style: Style = Style()) -> Value | None:  # noqa: B008
    """The number that a cell is, with its unit; None if it is none, or more than one."""
    text = FOOTNOTE.sub("", cell.strip())
    if clock := CLOCK.fullmatch(text):
        hours, minutes, seconds = (Decimal(part or 0) for part in clock.groups())
        return Value(hours * 3600 + minutes * 60 + seconds)
    match = NUMBER.fullmatch(text) or NUMBER.fullmatch(REST.sub("", text))
    if match is None:
        return None
    number = _decimal(match["digits"], style)
    before, after = (match["before"] or "").strip(), (match["after"] or "").strip()
    if number is None or (before and before not in SYMBOLS and before not in CODES):
        return None
    if after in ("st", "nd", "rd", "th"):
        after = ""
    negative = bool(match["open"] and match["close"]) or bool(match["sign"] in ("-", "−", "–"))
    if negative or match["minus"]:
        number = -number
    after = after or match["percent"] or ""
    return Value(number, unit_of(before) or unit_of(after))


def unit_of(text: str) -> str:
    """The unit or currency that a text names, in one form: "€", "EUR" and "euros" are one."""
    text = text.strip(" .")
    words = {"euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "percent": "%",
             "pounds sterling": "GBP", "prozent": "%"}  # fmt: skip
    return SYMBOLS.get(text) or words.get(text.casefold(), text)


def date_of(cell: str, style: Style = Style()) -> int | None:  # noqa: B008
    """The date that a cell is, as a number of eight digits, 20240312, with zeros for a day, a month
    or a year that it does not say; None if it is none."""
    text = FOOTNOTE.sub("", cell.strip())
    if not text or not any(map(str.isdigit, text)) or len(text) > 40:
        return None
    if match := SLASHED.fullmatch(text):
        day, month = (match[1], match[3]) if style.day_first else (match[3], match[1])
        return _date(int(match[4]), int(month), int(day))
    for pattern in DATES:
        if match := pattern.fullmatch(text):
            found = match.groupdict()
            month = found.get("m") or MONTHS[found["n"].casefold()]
            return _date(int(found.get("y") or 0), int(month), int(found.get("d") or 0))
    return None


def column_of(name: str, cells: Sequence[str]) -> Column:
    """A column by its name and cells: its kind, and the unit that they or the name say."""
    style = style_of(cells)
    filled = [cell for cell in cells if not is_missing(cell)]
    numbers = [value for cell in filled if (value := number_of(cell, style)) is not None]
    if filled and len(numbers) >= ENOUGH * len(filled):
        units = tuple(sorted({value.unit for value in numbers} - {""}))
        money = tuple(unit for unit in units if unit in CODES)
        # Words after numbers that all differ ("3 apples") are no units.
        if len(units) > 4 and not money:
            units = ()
        own = unit_in(name)
        return Column(name, "number", units[0] if len(units) == 1 else own if not units else "",
                      units if len(units) > 1 else ())  # fmt: skip
    kind: Kind = "text"
    dates = sum(date_of(cell, style) is not None for cell in filled)
    dates += sum(bool(dates and YEAR.fullmatch(cell)) for cell in filled)
    if filled and dates >= ENOUGH * len(filled):
        kind = "date"
    elif filled and {cell.strip().casefold() for cell in filled} <= YES | NO:
        kind = "bool"
    return Column(name, kind)


def unit_in(name: str) -> str:
    """The unit or currency that the name of a column says: "Price (EUR)", "Weight in kg"; ""."""
    match = re.search(
        r"[(\[] ?([^()\[\]]{1,13})[)\]]\s*$|\bin\s+(%|[A-Z]{3}|[a-z]{1,3}|€|\$)$", name
    )
    if match:
        return unit_of((match[1] or match[2]).strip())
    last = name.split()[-1:] or [""]
    return unit_of(last[0]) if last[0] in CODES or last[0] in SYMBOLS or last[0] == "%" else ""


def _decimal(digits: str, style: Style) -> Decimal | None:
    text = re.sub(r"['’   ]", "", digits).rstrip(".,")
    dot, comma = text.rfind("."), text.rfind(",")
    if dot >= 0 and comma >= 0:
        text = text.replace(",", "") if dot > comma else text.replace(".", "").replace(",", ".")
    elif comma >= 0:
        grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:,\d{2})*,\d{3}", text)
        text = text.replace(",", "" if grouped and not style.comma else ".")
    elif text.count(".") > 1 or (style.comma and re.fullmatch(r"\d{1,3}\.\d{3}", text)):
        if not re.fullmatch(r"\d{1,3}(?:\.\d{3})+", text):
            return None
        text = text.replace(".", "")
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _date(year: int, month: int, day: int) -> int | None:
    if not 1 <= month <= 12 or not 0 <= day <= 31:
        return None
    return year * 10_000 + month * 100 + day
