"""Nothing that is sent or clicked is lost where the next click comes at once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsers import (
    ANSWERS_WITHIN,
    MARKS,
    answered,
    ask,
    browser,
    drawn,
    go_to,
    page,
)
from tests.support.served import serving
from tests.ui.chat.test_page import QUESTION, QUOTE

__all__ = ["browser", "page"]  # fixtures
pytestmark = MARKS

LOST = "Must dogs be kept on a lead?"
# A link is clicked as soon as a message has been sent, and before the server has begun with it; or
# the message that has certain words is lost on its way. What the page sends by itself can be sent
# after each message.
SENDING = """(send => {
  WebSocket.prototype.send = function(told) {
    if (window.loses && new TextDecoder().decode(told).includes(window.loses)) {
      window.loses = "";
      return;
    }
    send.call(this, told);
    if (window.looks) {
      window.looks = false;
      window.look = told;
    }
    if (window.look && window.clicksThen) send.call(this, window.look);
    if (window.clicksThen?.length) setTimeout(() => link(window.clicksThen.shift()), 0);
  };
  const link = (at) => {
    const there = document.querySelectorAll(".st-key-page-links a")[at];
    if (there) there.click();
    else setTimeout(() => link(at), 20);
  };
})(WebSocket.prototype.send)"""


@pytest.fixture(scope="module")
def address(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("clicks")
    with serving(Path(shutil.copytree(made_store, folder / "store")), folder) as served:
        yield served.address


def test_a_question_is_answered_though_a_link_is_clicked_at_once(page: Page, address: str) -> None:
    page.add_init_script(SENDING)
    page.goto(address)
    field = page.get_by_test_id("stChatInputTextArea").first
    expect(field).to_be_enabled(timeout=ANSWERS_WITHIN)
    drawn(page)
    for count in (1, 2):
        field.fill(QUESTION)
        page.evaluate("window.clicksThen = [1]")
        field.press("Enter")
        expect(page.get_by_role("heading", name="Documents")).to_be_visible(timeout=ANSWERS_WITHIN)
        go_to(page, "Chat")
        expect(page.locator(".rag-question")).to_have_count(count, timeout=ANSWERS_WITHIN)
        answered(page, QUOTE)
        expect(field).to_have_value("")


def test_of_clicks_one_after_the_other_the_last_is_followed(page: Page, address: str) -> None:
    page.add_init_script(SENDING)
    page.goto(address)
    expect(page.get_by_test_id("stChatInputTextArea").first).to_be_enabled(timeout=ANSWERS_WITHIN)
    for _ in range(2):
        page.evaluate("window.clicksThen = [1, 2, 0, 3, 1]")
        ask(page, QUESTION)
        expect(page.get_by_role("heading", name="Documents")).to_be_visible(timeout=ANSWERS_WITHIN)
        drawn(page)
        expect(page).to_have_url(re.compile("/documents"))
        go_to(page, "Chat")
        answered(page, QUOTE)


def test_a_click_is_followed_though_the_page_looks_for_news_at_that_moment(
    page: Page, address: str
) -> None:
    page.add_init_script(SENDING)
    page.goto(address)
    expect(page.get_by_test_id("stChatInputTextArea").first).to_be_enabled(timeout=ANSWERS_WITHIN)
    drawn(page)
    page.evaluate("window.looks = true")
    page.wait_for_function("() => window.look")
    for _ in range(2):
        page.evaluate("window.clicksThen = [2, 1]")
        ask(page, QUESTION)
        expect(page.get_by_role("heading", name="Documents")).to_be_visible(timeout=ANSWERS_WITHIN)
        go_to(page, "Chat")
        answered(page, QUOTE)


def test_a_question_that_reached_nobody_is_still_there_after_another_page(
    page: Page, address: str
) -> None:
    page.add_init_script(SENDING)
    page.goto(address)
    field = page.get_by_test_id("stChatInputTextArea").first
    expect(field).to_be_enabled(timeout=ANSWERS_WITHIN)
    ask(page, QUESTION)
    answered(page, QUOTE)
    page.evaluate(f"window.loses = '{LOST}'")
    ask(page, LOST)
    page.wait_for_function("() => !window.loses")
    go_to(page, "Documents")
    expect(page.get_by_role("heading", name="Documents")).to_be_visible(timeout=ANSWERS_WITHIN)
    go_to(page, "Chat")
    expect(field).to_have_value(LOST, timeout=ANSWERS_WITHIN)
    expect(page.locator(".rag-question")).to_have_text([QUESTION])
