"""What a reader cannot see goes; what a script or an emoji needs stays."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ingest.text.invisible import without_invisible

# Needed: Persian, Hindi, Malayalam, Sinhala; a family, a flag in rainbow colours, a red heart and
# one on fire, a keycap; an ideograph's form, a Mongolian letter's.
NEEDED = [
    "می‌خواهم",
    "क्‍ष",
    "അവന്‍റെ",
    "ක්‍රී",
    "👩‍👩‍👧",
    "🏳️‍🌈",
    "❤️ ❤️‍🔥 ©️",
    "1️⃣",
    "葛\U000e0100",
    "ᠠ\u180b",
    "co\xadoperate",
    "naïve Ω\tЖ\n",
]


@pytest.mark.parametrize("text", NEEDED)
def test_what_is_needed_stays(text: str) -> None:
    assert without_invisible(text) == text


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("a\u200bb\ufeff\u2060c", "abc"),
        ("see\U000e0049\U000e0067\U000e006e this", "see this"),
        ("\u202egnp.exe\u2066", "gnp.exe"),
        ("а\u200cб\u200d", "аб"),  # Cyrillic
        ("می\u200c\u200d\u200c\u200cخواهم", "می\u200cخواهم"),
        ("😀\U000e0101\U000e0152", "😀"),
        ("😀\ufe00\u200d\ufe01\u200c\ufe02.", "😀\ufe00."),
        ("word\ufe0e\U000e0120", "word"),
        ("note\U0001d173s\ufff9", "notes"),
        ("a\x00b\x07c\ud800d", "abcd"),
    ],
)
def test_what_cannot_be_seen_goes(raw: str, seen: str) -> None:
    assert without_invisible(raw) == seen


@given(
    some.text(
        some.sampled_from("aж😀خक ©1\n\u200b\u200c\u200d\ufe0f\ufe00\U000e0101\U000e0041\xad")
    )
)
def test_at_most_one_of_each_kind_hides_behind_what_is_seen(text: str) -> None:
    seen = without_invisible(text)
    assert without_invisible(seen) == seen
    kept = [sign for sign in seen if sign not in "\u200c\u200d\ufe0f\ufe00\U000e0101"]
    gone = set("\u200b\u200c\u200d\ufe0f\ufe00\U000e0101\U000e0041")
    assert kept == [sign for sign in text if sign not in gone]
    assert len(seen) <= 3 * len(kept)


def test_no_format_character_is_forgotten() -> None:
    """Cf is format (https://www.unicode.org/reports/tr44/); signs that can be seen, such as the
    numbers of Arabic and the strokes of hieroglyphs, are in it too."""
    formats = [chr(code) for code in range(sys.maxunicode + 1)
               if unicodedata.category(chr(code)) == "Cf"]  # fmt: skip
    left = {sign for sign in formats if without_invisible(f"a{sign}a") != "aa"}
    names = {unicodedata.name(sign).split()[0] for sign in left}
    assert names <= {"SOFT", "ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"}


def test_long_runs_take_linear_time() -> None:
    for text in ("é" + "\u200d" * 200_000 + "é", "خ\u200d" * 100_000, "😀\ufe0f\u200d" * 70_000):
        begun = time.perf_counter()
        without_invisible(text)
        assert time.perf_counter() - begun < 1
