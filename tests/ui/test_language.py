"""The page speaks the language of the browser; what it answers, that of the question."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsers import ANSWERS_WITHIN, MARKS, Serve, ask, browser, serve
from tests.ui.chat.test_page import QUESTION
from tests.ui.test_accessible import LOOKS, violations

__all__ = ["browser", "serve"]  # fixtures
pytestmark = MARKS


def opened(browser: Browser, address: str, locale: str, width: int = 1280) -> Page:
    page = browser.new_page(locale=locale, viewport={"width": width, "height": 900})
    page.goto(address)
    return page


def answer_in(page: Page, again: str) -> None:
    """Wait for the answer to the question that was asked last, and for the button below it."""
    last = page.get_by_test_id("stChatMessage").last
    expect(last.get_by_role("button", name=again)).to_be_visible(timeout=ANSWERS_WITHIN)


def test_the_page_speaks_german_and_arabic(browser: Browser, serve: Serve, own_store: Path) -> None:
    address = serve(own_store)
    german = opened(browser, address, "de-DE")
    expect(german.get_by_role("heading", name="Fragen Sie Ihre Dokumente")).to_be_visible(
        timeout=ANSWERS_WITHIN
    )
    ask(german, QUESTION)
    answer_in(german, "Noch einmal")
    expect(german.locator(".rag-shelf-title")).to_have_text("Quellen")
    expect(german.locator(".rag-age")).to_have_text("Heute")
    expect(german.locator("html")).to_have_attribute("lang", "de")
    # What is drawn by a callback and by a fragment, too, and an answer in its question's language.
    ask(german, "Who won the Battle of Hastings?")
    expect(german.locator(".rag-refusal")).to_contain_text(
        "No passage clearly answers", timeout=ANSWERS_WITHIN
    )
    expect(german.locator(".rag-nearest")).to_have_text("Nächstliegende Textstellen")
    german.close()

    arabic = opened(browser, address, "ar")
    expect(arabic.get_by_role("heading", name="اسأل مستنداتك")).to_be_visible(
        timeout=ANSWERS_WITHIN
    )
    expect(arabic.locator("html")).to_have_attribute("dir", "rtl")
    ask(arabic, QUESTION)
    answer_in(arabic, "مجددًا")
    direction = "(one) => getComputedStyle(one).direction"
    assert arabic.locator(".rag-quote").first.evaluate(direction) == "ltr"
    assert arabic.locator(".rag-shelf-title").evaluate(direction) == "rtl"
    sidebar = arabic.get_by_test_id("stSidebar").bounding_box()
    shelf = arabic.locator(".rag-shelf-title").bounding_box()
    assert sidebar is not None and shelf is not None
    assert shelf["x"] < sidebar["x"]  # the sidebar stands at the right, the sources at the left
    arabic.close()


@pytest.mark.long
@pytest.mark.parametrize("locale", ["de-DE", "ar"])
def test_no_page_has_a_serious_violation_in_another_language(
    browser: Browser, serve: Serve, own_store: Path, locale: str
) -> None:
    address = serve(own_store)
    for _, width in LOOKS:
        page = opened(browser, address, locale, width)
        expect(page.locator(".rag-promise")).to_be_visible(timeout=ANSWERS_WITHIN)
        assert violations(page) == []
        ask(page, QUESTION)
        answer_in(page, {"ar": "مجددًا"}.get(locale, "Noch einmal"))
        assert violations(page) == []
        for name in ("documents", "explore", "evaluation"):
            page.goto(f"{address}/{name}")
            expect(page.locator(".stMain h1")).to_be_visible(timeout=ANSWERS_WITHIN)
            assert violations(page) == []
        page.close()
