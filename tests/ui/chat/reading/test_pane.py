"""From a sentence of an answer to the words that it comes from, on their page or in their text."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from ingest import delete_documents, ingest_paths
from ingest.embed.embedder import Embedder
from ingest.settings import IndexSettings
from rag_app import Engine
from rag_app.ui.chat.sources.quote_status import CHANGED, DELETED
from rag_app.ui.session import engine as engines
from tests.conftest import DATA
from tests.ingest.load.samples import column, pdf
from tests.support.browsers import ANSWERS_WITHIN, Serve, browser, drawn, in_a_browser, page, serve
from tests.support.browsers import ask as ask_in_browser
from tests.support.llm_servers import ScriptedServer, reply
from tests.ui.chat.test_page import (
    QUESTION,
    QUOTE,
    WRITTEN,
    ask,
    connect,
    press,
    read,
    shown,
)
from tests.ui.conftest import OpenPage
from tests.ui.test_memory import link

__all__ = ["browser", "connect", "page", "serve"]  # fixtures

HOSTILE = "<img src=x onerror=hit()>"
NASTY_NAME = "a<img src=x onerror=hit()>.txt"
NASTY = (
    "The lighthouse stands on a rock in the sea. " * 150
    + f"\n\nThe keeper {HOSTILE} is called Edda Storm.\n\n"
    + "The lamp burns paraffin and is lit at dusk. " * 150
)  # fmt: skip
RESET = "How do I reset the WS-40 station to factory settings?"


def opened(page: AppTest) -> AppTest:
    """Open the first source of the last answer."""
    chips = [one for one in page.button if (one.key or "").startswith("open-")]
    slot = (chips[-1].key or "").rpartition("-")[0]
    return next(one for one in chips if one.key == f"{slot}-0").click().run()


RUN_SCRIPTS_AGAIN = """() => {
  for (const old of document.querySelectorAll("script[data-step]")) {
    const script = document.createElement("script");
    script.text = old.text;
    old.after(script);
    script.remove();
  }
}"""

# As in the first words of an answer, before the rest of the page is there.
CLICK_TOO_SOON = """() => {
  const marker = [...document.querySelectorAll(".rag-answer")].at(-1).querySelector(".rag-marker");
  const opens = marker.dataset.opens;
  delete marker.dataset.opens;
  marker.click();
  setTimeout(() => { marker.dataset.opens = opens; }, 400);
}"""


def find_key(page: AppTest) -> str:
    """The field in which words are looked for in the document that is open."""
    return next(one.key for one in page.text_input if (one.key or "").startswith("find-")) or ""


def region_of(page: AppTest) -> str:
    """What is shown of the document that is open."""
    return next(html.value for html in page.html if '<div class="rag-region"' in html.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    return folder


def ingested(folder: Path, embedder: Embedder) -> Path:
    """A store beside a folder, with what is in it."""
    store = folder.parent / "store"
    ingest_paths([folder], settings=IndexSettings(store=store), embedder=embedder)
    return store


def test_a_page_opens_with_its_words_marked_and_the_pages_around_it(
    open_page: OpenPage, folder: Path, embedder: Embedder
) -> None:
    words = "The lighthouse keeper is called Edda Storm."
    pages = [["The lamp burns paraffin."], [words], ["The rock is granite."]]
    (folder / "lamps.pdf").write_bytes(pdf([column(lines) for lines in pages]))
    page = opened(ask(open_page(ingested(folder, embedder)), "What is the keeper called?"))
    assert 'alt="Page 2 of lamps.pdf as a picture, with the cited words marked.' in shown(page)
    assert shown(page).count('class="rag-box rag-here"') == 1
    assert "Page 2 of 3" in shown(page)
    press(page, "Next page")
    assert 'alt="Page 3 of lamps.pdf as a picture. Its text' in shown(page)
    assert 'class="rag-box' not in shown(page)
    press(page, "Back to page 2")
    assert shown(page).count('class="rag-box') == 1
    page.text_input(find_key(page)).set_value("LAMP burns").run()
    assert "Page 1 of 3" in shown(page) and "1 of 1" in shown(page)
    assert shown(page).count('class="rag-box rag-found rag-meant') == 1
    page.text_input(find_key(page)).set_value("submarine").run()
    assert "Not found" in shown(page) and "Page 2 of 3" in shown(page)
    page.text_input(find_key(page)).set_value("").run()

    (folder / "lamps.pdf").write_bytes(pdf([column(["Other words."])]))
    engines.session_engine().collection._pictures._kept.clear()
    page = press(page, "Next page")
    assert "it was changed after it was ingested. This is its text." in shown(page)
    assert "The rock is granite." in shown(page) and "Other words" not in shown(page)
    assert "data:image" not in shown(page)
    press(page, "Back to page 2")
    assert f'<mark class="rag-cited rag-here">{words}</mark>' in shown(page)
    press(page, "Close")
    assert '<div class="rag-region"' not in shown(page)


def test_a_text_opens_at_its_words_and_is_turned_part_by_part(
    open_page: OpenPage, folder: Path, embedder: Embedder
) -> None:
    (folder / NASTY_NAME).write_text(f"{NASTY}\n\n{'The sea is cold. ' * 900}", encoding="utf-8")
    page = opened(ask(open_page(ingested(folder, embedder)), "What is the keeper called?"))
    region = region_of(page)
    assert "<mark" in region and "is called Edda Storm." in region
    assert "&lt;img src=x onerror=hit()&gt;" in region
    assert "<img" not in shown(page)
    assert "Part 1 of 2" in shown(page)
    press(page, "Next part")
    assert "<mark" not in region_of(page)
    assert [one.disabled for one in page.button if read(one.label) == "Next part"] == [True]


def test_a_sheet_is_a_table(open_page: OpenPage, folder: Path, embedder: Embedder) -> None:
    book = Workbook()
    for row in (("Lamp", "Keeper", "Feet"), ("North", "Edda Storm", 90), ("South", "Una Reef", 70)):
        book.active.append(row)
    book.create_sheet("Boats").append(["Boat", "Length"])
    book.save(folder / "lamps.xlsx")
    page = opened(ask(open_page(ingested(folder, embedder)), "Who is the keeper of lamp North?"))
    assert '<th scope="col">Keeper</th>' in region_of(page)
    assert '<td><mark class="rag-cited rag-here">Edda Storm</mark></td>' in region_of(page)
    assert "Sheet 1 of 2" in shown(page)


def test_what_a_refusal_names_can_be_opened(open_page: OpenPage, small_store: Path) -> None:
    page = ask(open_page(small_store), "What is the capital of Australia?")
    assert "Closest passages" in shown(page)
    assert "<mark" in region_of(opened(page))


@pytest.mark.parametrize(("changes", "told"), [(True, CHANGED), (False, DELETED)])
def test_an_answer_on_the_page_says_what_has_become_of_its_document_meanwhile(
    open_page: OpenPage, folder: Path, embedder: Embedder, changes: bool, told: str
) -> None:
    (folder / "gate.txt").write_text(f"{QUOTE} Dogs stay out.")
    store = ingested(folder, embedder)
    page = ask(open_page(store), QUESTION)
    if changes:
        (folder / "gate.txt").write_text("The garden gate is locked at six in the morning. Dogs.")
        ingested(folder, embedder)
    else:
        delete_documents(["gate.txt"], settings=IndexSettings(store=store))
    assert told in shown(opened(page))


@pytest.mark.parametrize(("changes", "told"), [(True, CHANGED), (False, DELETED)])
def test_a_kept_answer_says_that_its_document_is_not_what_it_was(
    open_page: OpenPage, folder: Path, embedder: Embedder, changes: bool, told: str
) -> None:
    (folder / "gate.txt").write_text(f"{QUOTE} Dogs stay out.")
    (folder / "pond.txt").write_text("The pond is four feet deep.")
    store = ingested(folder, embedder)
    address = link(ask(open_page(store), QUESTION))
    if changes:
        (folder / "gate.txt").write_text("The garden gate is locked at six in the morning. Dogs.")
        ingested(folder, embedder)
    else:
        delete_documents(["gate.txt"], settings=IndexSettings(store=store))
    page = opened(open_page(store, address))
    assert told in shown(page)
    assert f">{QUOTE} Dogs stay out.</blockquote>" in region_of(page)
    assert "six in the morning" not in shown(page)


def test_the_inspector_shows_the_record_and_does_not_search_again(
    open_page: OpenPage,
    small_store: Path,
    connect: pytest.MonkeyPatch,
) -> None:
    with ScriptedServer(reply(WRITTEN, parts=9, usage=(20, 10))) as server:
        connect.setenv("OPENAI_BASE_URL", server.base_url)
        page = ask(open_page(small_store), QUESTION)
    address = link(page)
    connect.delenv("OPENAI_BASE_URL")
    engines._engine.clear()  # as a new server
    connect.setattr(Engine, "evidence", None)
    page = press(open_page(small_store, address), "Inspect")
    assert shown(page).count('<tr class="rag-used">') == 2
    assert "passages were found for" in shown(page)
    assert "<dt>Search</dt>" in shown(page) and "<dt>Tokens sent</dt><dd>20</dd>" in shown(page)
    assert "What was sent to the LLM" in shown(page)
    prompt = shown(page).split('<details class="rag-prompt">')[1]
    assert QUESTION in prompt and QUOTE in prompt
    assert "&lt;img src=x&gt;" in prompt and "<img" not in prompt


@in_a_browser
def test_a_click_on_a_sentence_shows_where_it_comes_from(
    page: Page, serve: Serve, folder: Path, embedder: Embedder
) -> None:
    shutil.copy(DATA / "documents/manuals/ws-40-manual.pdf", folder)
    (folder / NASTY_NAME).write_text(NASTY, encoding="utf-8")
    page.goto(serve(ingested(folder, embedder)))
    ask_in_browser(page, RESET)
    marker = page.locator(".rag-cite .rag-marker").first
    expect(marker).to_be_visible(timeout=ANSWERS_WITHIN)
    related = page.get_by_text("Related questions")
    expect(related).to_be_visible(timeout=ANSWERS_WITHIN)
    drawn(page)
    before = page.locator(".rag-answer").bounding_box()
    preview = page.locator(".rag-preview").first
    expect(preview).to_be_hidden()
    marker.hover()
    expect(preview).to_contain_text("ws-40-manual.pdf, page")
    expect(preview).to_be_visible()
    page.mouse.move(0, 0)
    marker.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(preview).to_be_visible()
    page.keyboard.press("Enter")

    sheet = page.locator(".rag-sheet img")
    expect(sheet).to_be_visible()
    expect(page.locator(".rag-box").first).to_be_in_viewport()
    expect(page.locator(".rag-region")).to_be_focused()
    assert sheet.evaluate("one => one.naturalWidth") > 1000, "it was drawn"
    assert "with the cited words marked" in (sheet.get_attribute("alt") or "")
    drawn(page)
    after = page.locator(".rag-answer").bounding_box()
    assert before is not None and after is not None
    # By a line, that is; the frames around it are rounded to whole pixels.
    assert after == pytest.approx(before, abs=3), "the answer does not move"
    told = page.get_by_text(re.compile(r"Page \d+ of \d+$"))
    number = int(((told.text_content() or "").split())[1])
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text(f"Page {number + 1} of")).to_be_visible()
    expect(page.locator(".rag-box")).to_have_count(0)
    looked_for = page.get_by_label("Find in this document")
    looked_for.fill("setup")
    looked_for.press("Enter")
    expect(page.get_by_text(re.compile(r"^1 of \d+$"))).to_be_visible()
    expect(page.locator(".rag-meant")).to_be_in_viewport()
    looked_for.press("Enter")
    expect(page.get_by_text(re.compile(r"^2 of \d+$"))).to_be_visible()
    expect(looked_for).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".rag-region")).to_have_count(0)
    expect(marker).to_be_focused()

    ask_in_browser(page, "What is the lighthouse keeper called?")
    expect(page.locator(".rag-answer").last).to_contain_text("Edda", timeout=ANSWERS_WITHIN)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".rag-answer").last.locator(".rag-marker[data-opens]")).to_be_visible()
    page.evaluate(CLICK_TOO_SOON)
    expect(page.locator(".rag-region mark").first).to_be_in_viewport()
    # Streamlit may draw what scrolls to the question anew: the page stays where it is.
    page.evaluate(RUN_SCRIPTS_AGAIN)
    page.wait_for_timeout(1600)
    panel = page.locator(".st-key-reading").bounding_box()
    assert panel is not None and 0 < panel["y"] < 844 - panel["height"]
    expect(page.locator(".rag-region")).to_contain_text("is called Edda Storm.")
    expect(page.locator(".rag-region")).to_contain_text(HOSTILE)
    assert page.locator("img[src=x], .stHtml script:not([data-step]), .stHtml a").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    # On a phone, what the sidebar opens is not left below it.
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("button", name="Connect an AI model").last.click()
    expect(page.get_by_role("dialog").get_by_label("Key")).to_be_in_viewport()
