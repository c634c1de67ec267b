"""The page in a real browser, served as a user starts it."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FileChooser, Locator, Page, expect

from ingest.store.directory import Store
from rag_app import Conversations
from rag_app.conversation.export import to_questions
from rag_app.eval.questions import read_questions
from rag_app.ui.chat.actions import SAME_AGAIN
from tests.support.browsers import (
    ANSWERS_WITHIN,
    MARKS,
    Serve,
    answered,
    ask,
    browser,
    drawn,
    page,
    serve,
)
from tests.support.llm_servers import ScriptedServer, reply, slow
from tests.support.served import serving
from tests.ui.chat.test_page import EMPTY, QUESTION, QUOTE, WRITTEN

__all__ = ["browser", "page", "serve"]  # fixtures
pytestmark = MARKS

FOCUSED = """(one => one.matches("button, a, input, textarea")
  ? one.ariaLabel || one.innerText : "")(document.activeElement)"""
SECOND = "How long may a book be kept?"
# A title that would be a picture, a script or a colour if it were not text.
TITLE = "Lamps <img src=x onerror=hit()> :red[x] $y$ www.evil.example -> :smile:"
LAMPS = f"# {html.escape(TITLE)}\n\nThe lighthouse keeper is called Edda Storm.\n"


def chip(page: Page, words: str) -> Locator:
    """The source of an answer that has some words in its name."""
    return page.locator("[class*=st-key-open-] button:visible", has_text=words)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something has the focus that has this in its name."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if name in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"Tab never comes to “{name}”")


def test_from_an_empty_store_to_a_checked_source_by_the_keyboard_alone(
    page: Page, serve: Serve, tmp_path: Path
) -> None:
    (tmp_path / "lamps.md").write_text(LAMPS, encoding="utf-8")
    choosers: list[FileChooser] = []
    # From the beginning on: Playwright may not hear of the first one if it begins to listen then.
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    page.goto(serve(tmp_path / "store"))
    expect(page.get_by_text(EMPTY)).to_be_visible(timeout=ANSWERS_WITHIN)
    drawn(page)
    tab_to(page, "Upload")
    with page.expect_file_chooser():
        page.keyboard.press("Enter")
    choosers[0].set_files(tmp_path / "lamps.md")
    expect(page.locator(".rag-receipts")).to_contain_text("added", timeout=ANSWERS_WITHIN)

    field = page.get_by_test_id("stChatInputTextArea").first
    expect(field).to_be_enabled(timeout=ANSWERS_WITHIN)
    tab_to(page, "Ask your documents")
    page.keyboard.type("What is the lighthouse keeper called?")
    page.keyboard.press("Enter")
    answered(page, "The lighthouse keeper is called Edda Storm.")
    page.keyboard.press("Shift+Tab")  # from the field back to the answer above it
    tab_to(page, "Source 1: lamps.md")
    page.keyboard.press("Enter")
    expect(page.locator(".rag-region mark")).to_contain_text("is called Edda Storm.")
    expect(page.locator(".rag-region")).to_be_focused()
    expect(page.locator(".rag-region")).to_contain_text("Lamps <img src=x onerror=hit()>")
    assert page.locator("img[src=x], .stHtml script:not([data-step]), .stHtml a").count() == 0
    page.keyboard.press("Escape")
    expect(page.locator(".rag-region")).to_have_count(0)
    marker = page.locator(".rag-cite .rag-marker").first
    expect(marker).to_be_focused()
    # Also before the chip of the source, which a mark presses, is drawn anew.
    assert marker.evaluate("one => { one.click(); return window.ragFrom() === one; }")


def test_an_answer_streams_can_be_stopped_and_shows_its_sources(
    page: Page, serve: Serve, own_store: Path
) -> None:
    replies = (slow(), reply(WRITTEN, parts=9))
    with ScriptedServer(*replies) as server:
        page.goto(serve(own_store, OPENAI_BASE_URL=server.base_url))
        ask(page, QUESTION)
        expect(page.locator(".rag-answer")).to_contain_text("word word", timeout=ANSWERS_WITHIN)
        # The page is left; the answer goes on.
        page.get_by_role("link", name="Documents").first.click()
        expect(page.get_by_text("Answering “When is")).to_be_visible()
        page.get_by_role("link", name="Back to the question").click()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("What is written here was not checked.")).to_be_visible()
        assert server.disconnected.wait(10)

        ask(page, QUESTION)
        expect(page.locator(".rag-answer strong")).to_have_text("at nine", timeout=ANSWERS_WITHIN)
        expect(page.locator(".rag-question").last).to_be_in_viewport()
        chip(page, "contradicts its sentence").click()
        expect(page.get_by_text("These words contradict the sentence")).to_be_visible()
        expect(page.locator(".rag-region mark").first).to_contain_text(QUOTE)

        # A source that is open stays open when the page is drawn anew.
        page.locator("input[type=file]").first.set_input_files(
            {"name": "more.txt", "mimeType": "text/plain", "buffer": b"The pond is four feet deep."}
        )
        expect(page.locator(".rag-receipts").first).to_contain_text(re.compile("added"))
        expect(page.locator(".rag-region mark").first).to_contain_text(QUOTE)


@pytest.fixture(scope="module")
def address(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page without an LLM, for those who do not mind what others ask."""
    store = Path(shutil.copytree(made_store, tmp_path_factory.mktemp("shared") / "store"))
    with serving(store, tmp_path_factory.mktemp("elsewhere")) as served:
        yield served.address


def test_a_filter_is_chosen_applies_and_is_cleared(page: Page, address: str) -> None:
    page.goto(address)
    # Not while the page is still being drawn, which may close what a click has opened.
    expect(page.get_by_text("Connect an AI model for")).to_be_visible(timeout=ANSWERS_WITHIN)
    page.get_by_role("button", name="Filter").click()
    folders = page.get_by_role("combobox", name="Folders")
    if not folders.is_visible(timeout=0):
        page.wait_for_timeout(1000)
    if not folders.is_visible():
        page.get_by_role("button", name="Filter").click()
    folders.fill("lib")
    page.get_by_role("option", name="library").click()
    active = page.get_by_text("Searching only in: folder library")
    expect(active).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    ask(page, QUESTION)
    expect(chip(page, "loans.txt")).to_be_visible(timeout=ANSWERS_WITHIN)
    assert chip(page, "gardens.md").count() == 0
    page.get_by_role("button", name="Clear filter").click()
    ask(page, QUESTION)
    answered(page, QUOTE)
    assert active.count() == 1, "the question that was asked with it still says so"


@pytest.mark.long
def test_a_conversation_is_rated_edited_exported_and_found_after_a_restart(
    page: Page, own_store: Path, tmp_path: Path
) -> None:
    with serving(own_store, tmp_path) as served:
        page.goto(served.address)
        ask(page, QUESTION)
        answered(page, QUOTE)
        page.locator("[class*=st-key-thumbs-] button").first.click()
        comment = page.get_by_label("What was good about it?")
        comment.fill("Just so.")
        comment.press("Enter")
        expect(page.get_by_text("It is kept with the answer.")).to_be_visible()

        ask(page, "Must dogs be on a lead?")
        answered(page, "on a lead")
        expect(page.get_by_role("button", name="Edit")).to_have_count(2)  # it is all there
        page.get_by_role("button", name="Edit").last.click()
        editor = page.get_by_label("Your question")
        expect(editor).to_be_focused()
        editor.fill(SECOND)
        editor.press("Enter")
        answered(page, "three weeks")
        expect(page.get_by_text("Version 2 of 2")).to_be_visible()
        page.get_by_role("button", name="Again").last.click()
        expect(page.get_by_text(SAME_AGAIN)).to_be_visible(timeout=ANSWERS_WITHIN)

        page.get_by_role("button", name="More about When").click()
        page.get_by_role("menuitem", name="Export").click()
        with page.expect_download() as download:
            page.get_by_role("dialog").get_by_role("button", name="Markdown").click()
        text = Path(download.value.path()).read_text(encoding="utf-8")
        assert "three weeks" in text and f": “{QUOTE}" in text
        page.keyboard.press("Escape")  # also where the download has taken the focus
        expect(page.get_by_role("dialog")).to_have_count(0)
        link = page.url
    assert re.search(r"\?conversation=[0-9a-f]{32}$", link)
    path = link.split("/", 3)[3]

    with serving(own_store, tmp_path) as served:
        page.goto(served.address)
        page.get_by_role("button", name=QUESTION, exact=True).click(timeout=ANSWERS_WITHIN)
        expect(page.get_by_text("Version 2 of 2")).to_be_visible(timeout=ANSWERS_WITHIN)
        expect(page).to_have_url(re.compile(re.escape(path) + "$"))
        page.goto(f"{served.address}/{path}")
        answered(page, "three weeks")
        expect(page.get_by_label("What was good about it?")).to_have_value("Just so.")
        page.get_by_role("button", name="Earlier").last.click()
        expect(page.get_by_text("Version 1 of 2")).to_be_visible()
        answered(page, "on a lead")

    kept = Conversations(Store(own_store, "default"))
    questions = tmp_path / "questions.jsonl"
    questions.write_text(to_questions(kept.rated()), encoding="utf-8")
    assert json.loads(questions.read_text(encoding="utf-8"))["comment"] == "Just so."
    assert read_questions(questions)[0].gold[0].quote.startswith(QUOTE)


def test_the_keyboard_alone_is_enough(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, QUESTION)
    answered(page, QUOTE)
    page.get_by_role("button", name="Inspect").press("Enter")
    table = page.get_by_role("region", name="Passages and their ranks")
    expect(table).to_be_visible(timeout=ANSWERS_WITHIN)
    expect(table.locator("tr.rag-used")).to_have_count(2)
    expect(page.locator(".rag-figures")).to_be_in_viewport()
    summary = table.locator("summary").first
    summary.press("Enter")
    expect(table.locator("blockquote").first).to_contain_text("garden gate")
    page.keyboard.press("Alt+n")
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible()
    expect(page).not_to_have_url(re.compile("conversation="))
    page.go_back()
    answered(page, QUOTE)
