"""What the page looks like where that is more than taste: nothing cut, nothing in the way."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
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
from tests.support.served import serving
from tests.ui.chat.test_page import QUESTION, QUOTE

__all__ = ["browser", "page", "serve"]  # fixtures
pytestmark = MARKS

RULES = ("mill", "barn", "tower", "lodge", "abbey", "forge", "manor")


@pytest.fixture(scope="module")
def address(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = Path(shutil.copytree(made_store, tmp_path_factory.mktemp("looks") / "store"))
    with serving(store, tmp_path_factory.mktemp("elsewhere")) as served:
        yield served.address


def box(place: Locator) -> dict[str, float]:
    found = place.bounding_box()
    assert found is not None
    return dict(found)


def test_the_open_conversation_stands_in_line_with_the_others(page: Page, address: str) -> None:
    for question in (QUESTION, "How long may a book be kept?"):
        page.goto(address)
        ask(page, question)
        expect(page.locator("[class*=st-key-present-]")).to_be_visible(timeout=ANSWERS_WITHIN)
    titles = "[class*=st-key-conversation-] p"
    opened = page.locator(f"[class*=st-key-present-] {titles}")
    expect(opened).to_have_count(1)  # the one before is taken away a moment later
    other = page.locator(f"[class*=st-key-kept-] {titles}").first
    assert box(opened)["x"] == pytest.approx(box(other)["x"], abs=1)
    # One sign for its menu, and no other beside it.
    icons = page.locator("[class*=st-key-present-] [data-testid=stIconMaterial]:visible")
    expect(icons).to_have_count(1)
    menu = page.locator("[class*=st-key-present-]").get_by_role("button", name="More about")
    assert box(menu)["width"] < 32


def test_the_sources_of_an_answer_stand_beside_it_and_open_there(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, QUESTION)
    answered(page, QUOTE)
    card = page.locator(".rag-card", has_text="gardens.md")
    expect(card).to_be_visible()
    drawn(page)
    before = box(page.locator(".rag-answer"))
    card.click()
    expect(page.locator(".rag-region mark").first).to_contain_text(QUOTE)
    drawn(page)
    after = box(page.locator(".rag-answer"))
    assert after == pytest.approx(before, abs=3), "the answer stays where it is"
    page.keyboard.press("Escape")
    expect(card).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(card).to_be_hidden()


@pytest.mark.long
def test_the_end_of_the_sidebar_is_seen_however_many_conversations_there_are(
    page: Page, address: str
) -> None:
    page.set_viewport_size({"width": 1280, "height": 640})
    page.goto(address)
    foot = page.locator(".st-key-foot")
    expect(foot).to_be_in_viewport(ratio=1, timeout=ANSWERS_WITHIN)
    for number in range(14):
        ask(page, f"Must dogs be on a lead at gate {number}?")
        expect(page.locator(".rag-question").last).to_contain_text(f"gate {number}?")
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator(".rag-question")).to_have_count(0, timeout=ANSWERS_WITHIN)
    expect(page.locator("[class*=st-key-kept-]").nth(12)).to_be_attached()
    expect(foot).to_be_in_viewport(ratio=1)


def test_before_the_first_question_the_field_stands_with_what_can_be_asked(
    page: Page, address: str
) -> None:
    page.goto(address)
    example = page.locator(".st-key-examples button").first
    expect(example).to_be_visible(timeout=ANSWERS_WITHIN)
    field = page.get_by_test_id("stChatInputTextArea")
    assert box(field)["y"] - box(page.locator(".st-key-examples"))["y"] < 400
    example.click()
    expect(page.locator(".rag-question")).to_be_visible(timeout=ANSWERS_WITHIN)
    size = page.viewport_size
    assert size is not None
    expect(page.get_by_role("button", name="Again")).to_be_visible(timeout=ANSWERS_WITHIN)
    assert box(field)["y"] > size["height"] - 150


def test_a_table_of_an_answer_fits_a_phone_and_its_markers_open_their_words(
    page: Page, serve: Serve, tmp_path: Path, embedder: Embedder
) -> None:
    (tmp_path / "notes").mkdir()
    for year, nights in (("2024", 3), ("2026", 5)):
        rules = [f"A guest of the {what} may stay {nights} nights." for what in RULES]
        text = f"# Guest rules {year}\n\nValid from 1 May {year}.\n\n" + "\n\n".join(rules)
        (tmp_path / "notes" / f"guest-rules-{year}.md").write_text(text)
    ingest_paths([tmp_path / "notes"], store=tmp_path / "store", embedder=embedder)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(serve(tmp_path / "store"))
    ask(page, "What changed in the guest rules?")
    answered(page, "Changed")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    row = page.locator(".rag-grid tbody tr").filter(has_text="of the mill")
    expect(row.locator("td strong")).to_have_text(["3", "5"])
    expect(row.locator("td .rag-marker")).to_have_count(2)
    # As many markers as there are sentences, but a chip for each document.
    chips = page.locator("[class*=st-key-sources-] button:visible")
    expect(chips).to_have_text(
        [re.compile("guest-rules-2024.md"), re.compile("guest-rules-2026.md")]
    )
    below = page.locator(".st-key-composer-row button:visible")
    expect(below).to_have_count(3)
    assert len({box(one)["y"] for one in below.all()}) == 1, "what is below the field is one line"
    row.locator("td .rag-marker").last.click()
    expect(page.locator("mark.rag-cited")).to_have_text("A guest of the mill may stay 5 nights.")
    expect(chips.last).to_have_attribute("data-testid", "stBaseButton-primary")
