"""Values of cells as text by the codes of their formats: numbers as shown, dates in ISO form."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from ingest.load.sheets.number_format import shown_duration, shown_number, shown_text

_DAY, _MONTH, _YEAR = (re.compile(letter, re.I) for letter in "dmy")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]{0,60}\]|[_*].')


def shown_value(value: Any, code: str = "General") -> str:
    """A value as text."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return shown_number(value, code)
    if isinstance(value, str):
        return value if code in ("General", "@") else shown_text(value, code)
    if isinstance(value, timedelta):
        return shown_duration(value.total_seconds(), code)
    if isinstance(value, date | time):
        return _shown_date(value, code)
    return str(value)


def _shown_date(value: date | time, code: str) -> str:
    """A date or a time in ISO form, as far as the code shows its parts."""
    code = _LITERAL.sub("", code.split(";")[0])
    if isinstance(value, time):
        return value.isoformat("seconds" if "s" in code.lower() else "minutes")
    if isinstance(value, datetime) and value.time() != time():
        return value.isoformat(" ", "minutes")
    day = date(value.year, value.month, value.day).isoformat()
    if _DAY.search(code) or not _YEAR.search(code):
        return day
    return day[:7] if _MONTH.search(code) else day[:4]
