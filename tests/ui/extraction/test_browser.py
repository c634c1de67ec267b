"""A table of fields in a real browser: its cells open the words they were read from."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from tests.support.browsers import ANSWERS_WITHIN, MARKS, Serve, browser, drawn, go_to, page, serve
from tests.ui.extraction.test_page import INVOICES

__all__ = ["browser", "page", "serve"]  # fixtures
pytestmark = MARKS


def test_a_cell_opens_its_words_in_the_pane(
    tmp_path: Path, embedder: Embedder, page: Page, serve: Serve
) -> None:
    folder, store = tmp_path / "invoices", tmp_path / "store"
    folder.mkdir()
    for name, text in INVOICES.items():
        (folder / name).write_text(text, encoding="utf-8")
    ingest_paths([folder], store=store, embedder=embedder)
    page.goto(serve(store))
    go_to(page, "Documents")
    page.get_by_role("button", name="Extract fields").click()
    name = page.get_by_role("textbox", name="Field", exact=True).first
    name.fill("Total")
    name.press("Tab")
    drawn(page)
    page.get_by_role("button", name="Extract", exact=True).click()
    expect(page.get_by_text("3 of 3 documents; 3 of 3 fields found.")).to_be_visible(
        timeout=ANSWERS_WITHIN
    )
    drawn(page)
    cell = page.get_by_role("button", name="20.00", exact=False)
    cell.click()
    pane = page.locator(".st-key-reading")
    expect(pane.locator(".rag-here")).to_contain_text("20.00")
    expect(pane).to_contain_text("invoice-2.md")
    assert cell.bounding_box()["x"] < pane.bounding_box()["x"]  # type: ignore[index]

    page.set_viewport_size({"width": 390, "height": 844})
    expect(name).to_be_visible()
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] == wide[1]
    assert name.bounding_box()["width"] > 120  # type: ignore[index]
    page.keyboard.press("Escape")
    expect(pane).to_be_hidden()
