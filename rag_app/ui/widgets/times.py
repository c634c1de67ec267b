"""Times as a reader writes them: in the zone and the manner of their browser."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime

from rag_app.messages import decimal, say

ENGLISH = Locale("en", "GB")


def format_time(stored: str) -> str:
    """A time as it is stored (ISO 8601, UTC where it names no zone): ``29 Nov 2026, 14:05``."""
    return format_datetime(_local(stored), "medium", locale=_locale()).replace("\u202f", " ")


def format_day(stored: str) -> str:
    """The day of a time as it is stored: ``29 Nov 2026``."""
    return format_date(_local(stored), "medium", locale=_locale())


def age_of(stored: str, today: date | None = None) -> str:
    """``Today``, ``Yesterday`` or ``Earlier``, by the reader's calendar and in the language that is
    spoken."""
    today = today or datetime.now(_zone()).date()
    days = (today - _local(stored).date()).days
    if days <= 0:
        return say("Today")
    return say("Yesterday") if days == 1 else say("Earlier")


def format_seconds(seconds: float, digits: int = 0) -> str:
    """``1.3 s``, with so many digits after the point."""
    return say("{seconds} s", seconds=decimal(seconds, digits))


def _local(stored: str) -> datetime:
    time = datetime.fromisoformat(stored)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(_zone())


def _zone() -> tzinfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _locale() -> Locale:
    try:
        return Locale.parse(st.context.locale or "", sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return ENGLISH
