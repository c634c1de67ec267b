"""Dates as they are written in several languages: 3 May 2024, 2024-05-03, 3. Mai 2024."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rag_app.grounding.language.units import month_names

_ENGLISH = (
    "january february march april may june july august september october november december"
).split()
MONTHS_ENGLISH = {
    form: number
    for number, name in enumerate(_ENGLISH, start=1)
    for form in (name, name[:3], name[:4] if name == "september" else name)
}
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|º|\.)?"
_YEAR = r"(?P<year>[12]\d{3})"
_OF = r"(?:(?:of|de|del|d['’])\s+)?"


@cache
def _dates_of(language: str | None) -> tuple[tuple[re.Pattern[str], ...], dict[str, int]]:
    """The forms of dates, and the months' names of a language with the English ones."""
    plain = language in (None, "en")
    names = MONTHS_ENGLISH if plain else MONTHS_ENGLISH | month_names(language)
    either = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    # As a name: in English with a capital, for "may" and "march" are words.
    month = rf"(?P<month>{either.title() if plain else f'(?i:{either})'})"
    return tuple(
        re.compile(rf"(?<![\w.])(?:{pattern})(?![\w-]|[.,]\d)")
        for pattern in (
            rf"{_YEAR}-(?P<number>[01]\d)-(?P<day>[0-3]\d)",
            rf"(?P<day>[0-3]?\d)\.\s?(?P<number>[01]?\d)\.\s?{_YEAR}",
            rf"(?P<number>[01]?\d)/(?P<day>[0-3]?\d)/{_YEAR}",
            rf"(?P<day>[0-3]?\d)/(?P<number>[01]?\d)/{_YEAR}",
            rf"{_DAY}\s+{_OF}{month}\.?,?(?:\s+{_OF}{_YEAR})?",
            rf"{month}\.?\s+{_DAY}(?:,?\s+{_YEAR})?",
            rf"{month}\.?,?\s+{_OF}{_YEAR}",
        )
    ), names


@dataclass(frozen=True, slots=True)
class Date:
    """A date; None for what is not said. Two readings of one text have the same place."""

    year: int | None
    month: int
    day: int | None
    text: str
    place: int


def dates_in(text: str, language: str | None) -> tuple[tuple[Date, ...], str]:
    """The dates, and the text without them."""
    found: list[Date] = []
    taken: list[tuple[int, int]] = []
    patterns, months = _dates_of(language)
    for pattern in patterns:
        for match in pattern.finditer(text):
            span = match.span()
            if any(
                start < span[1] and span[0] < end for start, end in taken if (start, end) != span
            ):
                continue
            part = match.groupdict()
            named = part.get("month")
            month = months[named.casefold()] if named else int(part["number"])
            day = int(part["day"]) if part.get("day") else None
            year = int(part["year"]) if part.get("year") else None
            if 1 <= month <= 12 and (day is None or 1 <= day <= 31):
                found.append(Date(year, month, day, match[0].strip(), span[0]))
                taken.append(span)
    for start, end in set(taken):
        text = text[:start] + " " * (end - start) + text[end:]
    return tuple(found), text
