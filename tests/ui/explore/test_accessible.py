"""No place of the page "Explore" has a serious or critical violation of accessibility rules."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from rag_app.ui.explore.page import PLACES
from tests.support.browsers import ANSWERS_WITHIN, MARKS, Serve, browser, drawn, serve
from tests.ui.test_accessible import LOOKS, violations

__all__ = ["browser", "serve"]  # fixtures
pytestmark = [*MARKS, pytest.mark.long]

# What is typed at a place, and the button that has it worked out.
WORKED_OUT: dict[str, tuple[list[str], str]] = {
    "Map": ([], "Draw the map"),
    "Topics": ([], "Find topics"),
    "Duplicates": ([], "Find duplicates"),
    "Does not belong": ([], "Look for what does not belong"),
    "Learn": (["expenses of a hotel\nannual leave"], "Find the way"),
    "Compare": (["The hotel costs 90 euros.", "A room is 90 euros."], "Compare"),
    "Analogies": (["hotel, flight"], "Add up"),
    "Bias": ([], "Audit"),
}


def test_no_place_of_explore_has_a_serious_violation(
    browser: Browser, serve: Serve, sample: Path, tmp_path: Path
) -> None:
    address = serve(Path(shutil.copytree(sample, tmp_path / "store")))
    found: dict[str, list[str]] = {}
    for scheme, width in LOOKS:
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        page.goto(f"{address}/explore")
        for place in PLACES:
            page.locator(".st-key-explore-place").get_by_text(place, exact=True).click()
            expect(page.locator(".rag-promise")).to_have_text(PLACES[place][0])
            found[f"{place}, {scheme}"] = violations(page)
            if place in WORKED_OUT:
                work_out(page, *WORKED_OUT[place])
                found[f"{place}, worked out, {scheme}"] = violations(page)
        page.close()
    assert {place: lines for place, lines in found.items() if lines} == {}


def work_out(page: Page, typed: list[str], button: str) -> None:
    """Have it worked out, where that was not done in another look already."""
    fields = page.locator(".stMain :is(textarea, .stTextInput input)")
    for number, words in enumerate(typed):
        fields.nth(number).fill(words)
        fields.nth(number).press("Tab")
        drawn(page)
    drawn(page)
    do = page.locator(".stMain .stButton button").filter(has_text=button)
    if do.count():
        do.click()
        if button != "Compare":  # which stays
            expect(do).to_have_count(0)
        expect(page.locator(".st-key-explore-stop")).to_have_count(0, timeout=ANSWERS_WITHIN)
    drawn(page)
