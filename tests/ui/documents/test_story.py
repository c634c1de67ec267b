"""Documents on their page, as a reader in another country meets them, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.support.browsers import ANSWERS_WITHIN, MARKS, Serve, answered, ask, browser, serve
from tests.ui.chat.test_page import QUESTION, QUOTE

__all__ = ["browser", "serve"]  # fixtures
pytestmark = MARKS

DROP = """(place) => {
  const data = new DataTransfer();
  data.items.add(new File(["The pond is four feet deep."], "pond.txt", {type: "text/plain"}));
  for (const kind of ["dragover", "drop"])
    place.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


def test_folders_dates_dropping_anywhere_and_asking_about_one(
    browser: Browser, serve: Serve, own_store: Path
) -> None:
    context = browser.new_context(locale="de-DE", timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.goto(f"{serve(own_store)}/documents")
    rows = page.locator(".st-key-document-list [class*=st-key-read-] button")
    expect(rows).to_have_count(3, timeout=ANSWERS_WITHIN)
    expect(page.locator(".st-key-document-list")).to_contain_text(re.compile(r"\d\d\.\d\d\.20\d\d"))
    folders = page.locator(".st-key-folders")
    folders.get_by_role("button", name="library · 1").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("loans.txt")
    folders.get_by_role("button", name="All documents").click()
    expect(rows).to_have_count(3)

    page.get_by_role("heading", name="Documents", exact=True).evaluate(DROP)
    expect(page.locator(".rag-receipts").first).to_contain_text("pond.txt", timeout=ANSWERS_WITHIN)
    expect(rows).to_have_count(4)

    rows.filter(has_text="Garden rules").click()
    page.get_by_role("link", name="Ask about this").click(timeout=ANSWERS_WITHIN)
    chosen = page.locator(".st-key-active-filter")
    expect(chosen.get_by_role("button", name="gardens.md")).to_be_visible(timeout=ANSWERS_WITHIN)
    ask(page, QUESTION)
    answered(page, QUOTE)
    asked = page.locator(".stChatMessage .rag-filter")
    expect(asked).to_have_text("Searching only in: document gardens.md")
    context.close()
