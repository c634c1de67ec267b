"""Times in the reader's zone and manner."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from rag_app.ui.widgets import times
from rag_app.ui.widgets.times import age_of, format_day, format_time

STORED = "2026-11-28T23:30:00"  # UTC


@pytest.mark.parametrize(
    ("zone", "locale", "time", "day"),
    [
        ("UTC", "en-GB", "28 Nov 2026, 23:30:00", "28 Nov 2026"),
        ("Asia/Tokyo", "de-DE", "29.11.2026, 08:30:00", "29.11.2026"),
        ("America/New_York", "en-US", "Nov 28, 2026, 6:30:00 PM", "Nov 28, 2026"),
        # What a browser says that nobody knows is no reason to fail.
        ("Mars/Olympus", "xx-YY", "28 Nov 2026, 23:30:00", "28 Nov 2026"),
        (None, None, "28 Nov 2026, 23:30:00", "28 Nov 2026"),
        ("../etc/passwd", "", "28 Nov 2026, 23:30:00", "28 Nov 2026"),
    ],
)
def test_a_time_is_told_as_its_reader_writes_it(
    monkeypatch: pytest.MonkeyPatch, zone: str | None, locale: str | None, time: str, day: str
) -> None:
    monkeypatch.setattr(times.st, "context", SimpleNamespace(timezone=zone, locale=locale))
    assert (format_time(STORED), format_day(STORED)) == (time, day)
    assert format_time("2026-11-29T00:30:00+01:00") == time


def test_today_is_the_day_of_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    context = SimpleNamespace(timezone="UTC", locale="en-GB")
    monkeypatch.setattr(times.st, "context", context)
    days = [date(2026, 11, day) for day in (28, 29, 30)]
    assert [age_of(STORED, day) for day in days] == ["Today", "Yesterday", "Earlier"]
    context.timezone = "Asia/Tokyo"  # where it was the 29th
    assert [age_of(STORED, day) for day in days] == ["Today", "Today", "Yesterday"]
