"""The folders of the documents, asking about one of them, and files that are dropped on a page, in
a real browser."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from tests.support.browsers import ANSWERS_WITHIN, MARKS, Serve, ask, browser, page, serve

__all__ = ["browser", "page", "serve"]  # fixtures
pytestmark = [*MARKS, pytest.mark.long]

# What a browser does when a file is let go over an element.
DROP = """async ([selector, name, data]) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, {type: "text/plain"}));
  const place = document.querySelector(selector);
  const send = (kind) =>
    place.dispatchEvent(new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true}));
  send("dragenter");
  for (let i = 0; i < 5; i++) {
    send("dragover");
    await new Promise((later) => setTimeout(later, 100));
  }
  send("drop");
}"""


def drop(page: Page, selector: str, name: str, text: str) -> None:
    page.evaluate(DROP, [selector, name, base64.b64encode(text.encode()).decode()])


def test_from_a_folder_to_a_document_to_a_question_about_it_alone(
    page: Page, serve: Serve, tmp_path: Path, embedder: Embedder
) -> None:
    for name, text in {
        "boats/skiff.txt": "The skiff is painted every spring. It has two oars.",
        "boats/sails/jib.txt": "The jib is mended by the sailmaker.",
        "huts/hut.txt": "The hut is painted every autumn.",
    }.items():
        path = tmp_path / "club" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    ingest_paths([tmp_path / "club"], store=tmp_path / "store", embedder=embedder)
    page.goto(f"{serve(tmp_path / 'store')}/documents")
    listed = page.locator(".st-key-document-list")
    folders = page.locator(".st-key-folders")
    expect(folders.get_by_role("button", name="boats · 2")).to_be_visible(timeout=ANSWERS_WITHIN)
    folders.get_by_role("button", name="boats · 2").click()
    expect(listed.get_by_role("button", name="hut", exact=True)).to_have_count(0)
    folders.get_by_role("button", name="sails · 1").click()
    expect(listed.get_by_role("button", name="skiff")).to_have_count(0)
    folders.get_by_role("button", name="boats").click()
    listed.get_by_role("button", name="skiff").first.click()
    page.get_by_test_id("stMain").get_by_role("link", name="Ask about this").last.click()
    expect(page.get_by_text("Searching only in")).to_be_visible(timeout=ANSWERS_WITHIN)
    ask(page, "When is it painted?")
    answer = page.locator(".rag-answer").last
    expect(answer).to_contain_text("every spring", timeout=ANSWERS_WITHIN)
    expect(answer).not_to_contain_text("autumn")


@pytest.mark.parametrize("where", ["", "/documents"])
def test_a_file_that_is_dropped_anywhere_on_an_empty_page_is_taken(
    page: Page, serve: Serve, tmp_path: Path, where: str
) -> None:
    page.goto(serve(tmp_path / "store") + where)
    expect(page.get_by_test_id("stFileUploaderDropzone").first).to_be_visible(
        timeout=ANSWERS_WITHIN
    )
    drop(page, "[data-testid=stMain]", "pond.txt", "The pond is four feet deep.")
    expect(page.locator(".rag-receipts").first).to_contain_text("pond.txt", timeout=ANSWERS_WITHIN)


def test_a_file_that_is_dropped_beside_the_question_can_be_asked(
    page: Page, serve: Serve, own_store: Path
) -> None:
    page.goto(serve(own_store))
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_enabled(timeout=ANSWERS_WITHIN)
    drop(page, "[data-testid=stMain]", "pond.txt", "The pond is four feet deep.")
    expect(page.locator(".rag-receipts").first).to_contain_text("pond.txt", timeout=ANSWERS_WITHIN)
    ask(page, "How deep is the pond?")
    expect(page.locator(".rag-answer").last).to_contain_text(
        "four feet deep", timeout=ANSWERS_WITHIN
    )
