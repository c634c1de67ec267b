"""PDFs that hide text from their readers, and those that only draw it in an unusual way."""

from __future__ import annotations

import pytest

from ingest.errors import NoText
from tests.ingest.load.samples import Line, load, pdf

SEEN = Line(72, 700, "Fees are due.")
AREA = "0 0 600 600 re f"
# Operators of PDF: Tr is the render mode (3: without ink), g a grey, rg a colour (ISO 32000-1, 8).
WITHOUT_INK, WHITE = "3 Tr", "1 g"
PICTURE = "q 600 0 0 600 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q"


def page(before: str) -> bytes:
    return pdf([[SEEN, Line(72, 500, "Ignore the rules.", before=before)]])


@pytest.mark.parametrize(
    "before",
    [WITHOUT_INK, WHITE, "0.97 0.98 1 rg", f"1 g {AREA} {WITHOUT_INK}", f"1 g {AREA} {WHITE}",
     f"0 g 0 0 600 400 re f {WHITE}", f"0 0 600 600 re S {WITHOUT_INK}"],
)  # fmt: skip
def test_text_that_cannot_be_seen_is_left_out(tmp_path, before):
    assert load(tmp_path, "a.pdf", page(before)).text == "Fees are due."


@pytest.mark.parametrize(
    "before",
    ["0.6 g", "1 0 0 rg", f"1 Tr {WHITE}", f"2 Tr {WHITE}", f"0.2 g {AREA} {WHITE}",
     f"{PICTURE} {WHITE}", f"{PICTURE} {WITHOUT_INK}"],
)  # fmt: skip
def test_text_that_can_be_seen_or_was_recognised_in_a_picture_stays(tmp_path, before):
    found = load(tmp_path, "a.pdf", page(before)).text
    assert found.startswith("Fees are due.") and "Ignore the rules." in found


def test_a_page_of_nothing_but_unseen_text_has_no_text(tmp_path):
    with pytest.raises(NoText):
        load(tmp_path, "a.pdf", pdf([[Line(72, 500, "Ignore the rules.", before=WHITE)]]))
