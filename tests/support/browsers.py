"""What tests in a real browser share: the served page, and how a user asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from benchmarks.page.served import chromium
from tests.support.served import serving

# Playwright talks to its driver, and asyncio to itself, through sockets that are not addresses.
MARKS = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
Test = TypeVar("Test", bound=Callable[..., None])
ANSWERS_WITHIN = 90_000
expect.set_options(timeout=30_000)  # two browsers and what they ask share two cores

Serve = Callable[..., str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = start(playwright)
        yield started
        started.close()


def start(playwright: Playwright, *arguments: str) -> Browser:
    """A browser; without one, the test is skipped."""
    try:
        return chromium(playwright, *arguments)
    except PlaywrightError as error:
        pytest.skip(f"no Chromium can be started: {str(error).splitlines()[0]}")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that reaches nothing but this machine, and has run nothing from a document."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    hosts: set[str | None] = set()
    failures: list[str] = []
    page.add_init_script("window.hits = 0; window.hit = () => window.hits++")
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    assert page.evaluate("window.hits") == 0
    assert hosts == {"localhost"}
    assert not failures, failures
    context.close()


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Start ``rag-app chat`` over a store, from another folder, and return its address."""
    with ExitStack() as servers:

        def serve(store: Path, *, port: int | None = None, **environment: str) -> str:
            for name, value in environment.items():
                monkeypatch.setenv(name, value)
            return servers.enter_context(serving(store, tmp_path, port=port)).address

        yield serve


def in_a_browser(test: Test) -> Test:
    """Mark one test of a file that has others too."""
    for mark in MARKS:
        test = mark(test)
    return test


# At rest for a third of a second: what was clicked just now may not have begun.
AT_REST = """() => new Promise(done => {
  let rested = 0;
  const watch = setInterval(() => {
    const app = document.querySelector("[data-test-script-state]");
    rested = app && app.dataset.testScriptState === "notRunning" ? rested + 1 : 0;
    if (rested > 8) { clearInterval(watch); done(true); }
  }, 40);
})"""


def drawn(page: Page) -> None:
    """Wait until nothing more of the page is on its way: what stands there now stays."""
    page.wait_for_function(AT_REST, timeout=ANSWERS_WITHIN)


def page_links(page: Page) -> Locator:
    """The links of the sidebar to the pages."""
    return page.locator(".st-key-page-links").get_by_role("link")


def go_to(page: Page, name: str) -> None:
    """Go to a page by its link in the sidebar."""
    page_links(page).filter(has_text=name).click()


def ask(page: Page, question: str) -> None:
    # The first: for a moment, the one of an empty collection may still stand beside it.
    field = page.get_by_test_id("stChatInputTextArea").first
    expect(field).to_be_enabled(timeout=ANSWERS_WITHIN)
    field.fill(question)
    field.press("Enter")


def answered(page: Page, words: str) -> None:
    """Wait for an answer with these words, and for what can be done with it."""
    last = page.get_by_test_id("stChatMessage").last
    expect(last.locator(".rag-answer")).to_contain_text(words, timeout=ANSWERS_WITHIN)
    expect(last.get_by_role("button", name="Again")).to_be_visible(timeout=ANSWERS_WITHIN)
