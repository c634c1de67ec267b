"""No place of the page "Explore" has a serious or critical violation of accessibility rules."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from rag_app.ui.explore.page import PLACES
from tests.support.browsers import ANSWERS_WITHIN, MARKS, Serve, browser, serve
from tests.ui.test_accessible import LOOKS, violations

__all__ = ["browser", "serve"]  # fixtures
pytestmark = [*MARKS, pytest.mark.long]

# What is typed where a place needs words first.
TYPED = {
    "Learn": ["expenses of a hotel\nannual leave"],
    "Compare": ["The hotel costs 90 euros.", "A room is 90 euros."],
    "Analogies": ["hotel, flight"],
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
            if work_out(page, TYPED.get(place, [])):
                found[f"{place}, worked out, {scheme}"] = violations(page)
        page.close()
    assert {place: lines for place, lines in found.items() if lines} == {}


def work_out(page: Page, typed: list[str]) -> bool:
    """Have it worked out, where it is not yet. Whether it was."""
    for field, words in zip(page.locator(".stMain :is(textarea, .stTextInput input)").all(), typed):
        field.fill(words)
        field.press("Control+Enter" if "\n" in words else "Tab")
    button = page.locator(".stMain [data-testid=stBaseButton-primary]")
    if not button.count() and typed:
        expect(button).to_be_visible()
    if not button.count() or button.is_disabled():
        return False
    button.click()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "running")
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=ANSWERS_WITHIN
    )
    return True
