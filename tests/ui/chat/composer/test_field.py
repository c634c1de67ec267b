"""The composer, and what can be done with an answer without a run of the page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ingest.store.directory import Store
from tests.support.browsers import ANSWERS_WITHIN, MARKS, answered, ask, browser, page
from tests.support.llm_servers import Exchange, ScriptedServer, behaviour
from tests.support.served import serving
from tests.ui.chat.test_page import QUESTION

__all__ = ["browser", "page"]  # fixtures
pytestmark = MARKS

TABLE = (
    "The gate is locked at nine in the evening [1].\n\n"
    '| Gate | When |\n|---|---|\n| Garden | nine, "sharp" [1] |\n| =HYPERLINK(1) | -5 |\n'
)
LINES = "\n\n".join(f"The garden gate is locked at nine in the evening [1]. {n}" for n in range(60))


@behaviour
def flowing(exchange: Exchange, text: str, delay: float = 0.01) -> None:
    """The text in small parts, as a model writes it."""
    exchange.begin()
    for start in range(0, len(text), 24):
        if not exchange.wait(delay):
            return
        exchange.send_delta({"content": text[start : start + 24]})
    exchange.send_delta({}, "stop")
    exchange.end()


@pytest.fixture(scope="module")
def store(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(made_store, tmp_path_factory.mktemp("composer") / "store"))


@pytest.fixture(scope="module")
def served(
    store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, ScriptedServer]]:
    """A page with an LLM, for all of these tests."""
    with pytest.MonkeyPatch.context() as environment, ScriptedServer() as server:
        environment.setenv("OPENAI_BASE_URL", server.base_url)
        with serving(store, tmp_path_factory.mktemp("elsewhere")) as served:
            yield served.address, server


@pytest.fixture
def address(served: tuple[str, ScriptedServer]) -> str:
    """The page, whose LLM writes a table."""
    address, server = served
    server.behaviours, server.requests = (flowing(TABLE),), []
    return address


@pytest.fixture
def flowing_address(served: tuple[str, ScriptedServer]) -> str:
    """The page, whose LLM writes a long answer, slowly."""
    address, server = served
    server.behaviours, server.requests = (flowing(LINES, 0.03),), []
    return address


def test_an_answer_is_copied_with_its_sources_and_its_table_is_a_file(
    page: Page, address: str
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address)
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_focused(timeout=ANSWERS_WITHIN)
    ask(page, QUESTION)
    answered(page, "Garden")
    page.get_by_role("button", name="Copy with sources").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "at nine in the evening. [1]" in copied and "[1] gardens.md: “" in copied

    page.locator(".rag-grid table").hover()
    page.get_by_role("button", name="Copy table").click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("Gate\tWhen\nGarden\tnine")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download table as CSV").click()
    # A cell that a spreadsheet would take for a formula stays text; a number stays one.
    assert Path(download.value.path()).read_bytes().decode("utf-8-sig") == (
        'Gate,When\r\nGarden,"nine, ""sharp"""\r\n\'=HYPERLINK(1),-5\r\n'
    )


def test_the_view_follows_what_is_written_and_stop_is_where_one_sends(
    page: Page, flowing_address: str
) -> None:
    page.set_viewport_size({"width": 1200, "height": 500})
    page.goto(flowing_address)
    ask(page, QUESTION)
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_in_viewport()
    expect(page.get_by_test_id("stChatInputSubmitButton")).to_be_hidden()
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_hidden()
    expect(page.locator(".rag-answer")).to_contain_text(". 20", timeout=ANSWERS_WITHIN)
    expect(page.locator(".rag-doing-now")).to_be_in_viewport()
    stop.click()
    expect(page.get_by_text("What is written here was not checked.")).to_be_visible()
    expect(stop).to_be_hidden()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_focused()
    expect(page.get_by_test_id("stChatInputTextArea")).to_have_value("")


def test_a_question_that_is_sent_with_a_file_waits_for_it_also_over_a_reload(
    page: Page, address: str, store: Path
) -> None:
    page.goto(address)
    field = page.get_by_test_id("stChatInputTextArea")
    expect(field).to_be_enabled(timeout=ANSWERS_WITHIN)
    lamps = {"name": "lamps.txt", "mimeType": "text/plain", "buffer": b"The lamp is lit at dusk."}
    with page.expect_response("**/upload_file/**"):
        page.get_by_test_id("stChatInput").locator("input[type=file]").set_input_files(lamps)
    expect(page.get_by_test_id("stChatInput")).to_contain_text("lamps.txt")
    field.fill("When is the lamp lit?")
    asked = page.locator(".rag-question")
    with Store(store, "default").write_lock(0):  # the file has to wait
        page.get_by_test_id("stChatInputSubmitButton").click()
        for _ in range(2):
            expect(asked).to_have_text("When is the lamp lit?", timeout=ANSWERS_WITHIN)
            expect(page.get_by_text("Reading your files first")).to_be_visible()
            page.reload()
    answered(page, "Garden")
    page.get_by_role("button", name=re.compile("Inspect")).click()
    expect(page.locator(".rag-table")).to_contain_text("lamps.txt", timeout=ANSWERS_WITHIN)


def test_a_phone_has_room_for_what_was_chosen(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    ask(page, QUESTION)
    answered(page, "Garden")
    field = page.get_by_test_id("stChatInputTextArea")
    assert field.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 16, "no zoom"
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebar").get_by_role("button", name=QUESTION).first.click()
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
    page.locator("[class*=st-key-open-] button:visible").first.click()
    sheet = page.locator(".st-key-reading")
    expect(sheet).to_be_in_viewport(ratio=0.99)
    expect(page.locator(".rag-preview:visible")).to_have_count(0)
    page.get_by_role("button", name="New", exact=True).click()
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible()


def test_a_document_that_is_named_is_searched_alone(page: Page, address: str) -> None:
    page.goto(address)
    field = page.get_by_test_id("stChatInputTextArea")
    expect(field).to_be_enabled(timeout=ANSWERS_WITHIN)
    page.get_by_role("button", name="Filter").wait_for()
    options = page.get_by_role("option")
    field.press_sequentially("At me@home, @gard")
    expect(options).to_have_text("Garden rulesgardens.md")
    expect(page.get_by_role("status").filter(has_text="1 document: ")).to_be_attached()
    field.press("Escape")
    expect(options).to_have_count(0)
    field.press_sequentially("en loans")
    expect(options).to_have_count(0)
    field.fill("")
    field.press_sequentially("@")
    expect(options.nth(1)).to_be_visible()
    last = options.last.inner_text()
    field.press("ArrowUp")
    # What a screen reader is told: which option of which list.
    chosen = page.locator(f"[id='{field.get_attribute('aria-activedescendant')}']")
    expect(chosen).to_have_text(last.replace("\n", ""))
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("listbox", name="Documents")).to_be_visible()
    field.press("Escape")
    field.fill("")
    field.press_sequentially("@garden")
    field.press("Enter")
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    active = page.locator(".st-key-active-filter")
    expect(active.get_by_role("button", name="gardens.md")).to_be_visible()
    # As in a moment in which the page is drawn anew; what is written then was offered nothing.
    page.locator("[data-documents]").evaluate("(one) => one.removeAttribute('data-documents')")
    field.press_sequentially("When, @loans")
    options.click()
    expect(active.get_by_role("button", name="library/loans.txt")).to_be_visible()
    expect(field).to_have_value("When, ")
    active.get_by_role("button", name="gardens.md").click()
    expect(active.get_by_role("button", name="gardens.md")).to_have_count(0)
    ask(page, QUESTION)
    expect(page.locator(".stChatMessage .rag-filter")).to_have_text(
        "Searching only in: document library/loans.txt"
    )
