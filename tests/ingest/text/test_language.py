"""The language of a text: named where it is clear, and nothing where it is not."""

from __future__ import annotations

import sys

import pytest

from ingest.load.read import load_bytes
from ingest.text.language import language_of

TEXTS = {
    "en": "The warranty covers all parts for two years after the date of purchase.",
    "de": "Die Garantie gilt für alle Teile zwei Jahre lang ab dem Kaufdatum.",
    "fr": "La garantie couvre toutes les pièces pendant deux ans après la date d'achat.",
    "es": "La garantía cubre todas las piezas durante dos años a partir de la compra.",
    "it": "La garanzia copre tutte le parti per due anni dalla data di acquisto.",
    "pl": "Gwarancja obejmuje wszystkie części przez dwa lata od daty zakupu.",
    "he": "האחריות מכסה את כל החלקים במשך שנתיים מתאריך הרכישה של המוצר.",
    "zh": "保修期为自购买之日起两年,涵盖所有部件,包括电池和显示屏。",
    "ja": "保証は購入日から2年間、すべての部品を対象とします。",
}


@pytest.mark.parametrize(("code", "text"), TEXTS.items())
def test_a_sentence_is_enough(code: str, text: str) -> None:
    assert language_of(text) == code
    assert load_bytes(text.encode(), "a.txt").language == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello there.",
        "WS-40",
        "E22 E23 0x33 11 22 33 44 55 66 77 88 99 110 121",
        "def f(x):\n    return x + 1\n\nclass A:\n    pass",
        # As much of the one as of the other.
        " ".join(TEXTS[code] for code in ("en", "de", "fr")),
        "\ud800\x00\x01 \x7f",
    ],
)
def test_what_is_short_or_unclear_has_none(text: str) -> None:
    assert language_of(text) is None


def test_without_the_library_there_is_none_and_documents_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pycld2", None)
    document = load_bytes(TEXTS["en"].encode(), "a.txt")
    assert (document.language, document.text) == (None, TEXTS["en"])


def test_it_is_the_same_each_time_and_only_a_beginning_is_looked_at() -> None:
    book = TEXTS["en"] * 20_000
    assert {language_of(book + TEXTS["de"] * 20_000) for _ in range(3)} == {"en"}
