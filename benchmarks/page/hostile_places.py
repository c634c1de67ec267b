"""Every place of the page that shows what others wrote, and how to get there."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page

from benchmarks.page.hostile_store import Files, one_line
from benchmarks.page.served import serving
from benchmarks.page.watched import Watched, bare
from tests.support.llm_servers import (
    FOR_EVER,
    Behaviour,
    Exchange,
    ScriptedServer,
    behaviour,
    error,
)

FEW = 40
WITHIN = 120_000
IN_A_PART = 100
# After more words than may be held back for a bracket that is never closed.
END = f"{'The lamps are lit at nine. ' * 150} This is the end of it. "
# Where a conversation shows each of its strings, by CSS selector.
PLACES = {
    "question": ".rag-question",
    "filter of a question": ".rag-filter",
    "answer's marker": ".rag-preview",
    "answer's doubts": ".rag-remark-on",
    "answer by quotes": ".rag-quote",
    "refusal": ".rag-refusal",
    "note": "p.rag-note",
    "what was searched for": ".rag-caption",
    "error": "[data-testid=stAlert]",
    "comment": "input[type=text]",
    "inspector: document": ".rag-table .rag-document",
    "inspector: heading and words": ".rag-table details",
    "inspector: prompt": ".rag-prompt",
}


class Showing:
    """Shows strings on a page, and counts by place how many were shown, and which were not as they
    are."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self.page: Page = watched.page
        self.shown: Counter[str] = Counter()
        self.missing: dict[str, list[str]] = {}

    def look(
        self, place: str, selector: str, strings: Sequence[str], *, within: float = 0.0
    ) -> None:
        """Count what is shown in a place of the page, at the latest after so many seconds."""
        self.shown[place] += len(strings)
        missing = self.watched.missing(selector, strings, within=within)
        self.missing.setdefault(place, []).extend(missing)

    def go(self, address: str, ready: str) -> None:
        """Open an address, and wait for a selector and for the script's end."""
        self.watched.go(address)
        self.settle(ready)

    def settle(self, ready: str) -> None:
        self.page.locator(ready).last.wait_for(state="attached", timeout=WITHIN)
        running = "[data-testid=stApp][data-test-script-state=notRunning]"
        self.page.locator(running).wait_for(timeout=WITHIN)


def conversations(showing: Showing, address: str, ids: dict[str, Sequence[str]]) -> None:
    """Every place of a conversation, the inspector opened."""
    for id_, strings in ids.items():
        showing.go(f"{address}/?conversation={id_}", "[data-testid=stAlert]")
        showing.page.get_by_role("button", name="Inspect").first.click()
        showing.settle(".rag-prompt")
        for place, selector in PLACES.items():
            showing.look(place, selector, strings)
        opened_sources(showing)
        # An LLM's Markdown is read: of marks, what is between them is shown.
        showing.shown["answer of an LLM, stopped answer"] += len(strings)


def opened_sources(showing: Showing, most: int = FEW) -> None:
    """Some of the sources of a conversation, opened one after the other."""
    chips = showing.page.locator("[class*=st-key-open-] button:visible")
    for number in range(min(chips.count(), most)):
        chips.nth(number).evaluate("chip => chip.click()")
        showing.settle(".rag-region")
        showing.shown["citation's document, words and doubts"] += 1
        showing.watched.gather()
    showing.page.keyboard.press("Escape")


def titles(showing: Showing, address: str, words: dict[str, Sequence[str]]) -> None:
    """Titles of conversations in the sidebar, found by a word."""
    showing.go(address, "[data-testid=stChatInput]")
    field = showing.page.get_by_label("Search conversations")
    for word, strings in words.items():
        field.fill(word)
        field.press("Enter")
        showing.page.wait_for_function(
            "count => document.querySelectorAll('[class*=st-key-conversation-]').length === count",
            arg=len(strings), timeout=WITHIN,
        )  # fmt: skip
        # The list before it may have had as many.
        listed = "[class*=st-key-conversation-] button"
        showing.look("title in the sidebar", listed, strings, within=20.0)
        showing.watched.gather()


@behaviour
def streamed(exchange: Exchange, text: str) -> None:
    """The text in small parts, and never an end."""
    exchange.begin()
    for start in range(0, len(text), IN_A_PART):
        exchange.send_delta({"content": text[start : start + IN_A_PART]})
        exchange.wait(0.01)
    exchange.wait(FOR_EVER)


def streams(showing: Showing, store: Path, folder: Path, batches: Sequence[Sequence[str]]) -> None:
    """Answers as they are written, each stopped when all of it is there; then errors of the LLM
    with the strings as their message."""
    written: list[Behaviour] = [streamed("\n\n".join([*some, END])) for some in batches]
    few = [string for some in batches for string in some][:: max(1, len(batches) * 4)]
    few = few[:FEW]
    failed = [error(400, string) for string in few]
    page = showing.page
    with ScriptedServer(*written, *failed) as server:
        os.environ["OPENAI_BASE_URL"] = server.base_url
        try:
            with serving(store, folder) as served:
                for some in batches:
                    showing.go(served.address, "[data-testid=stChatInput]")
                    _ask(page)
                    page.locator(".rag-answer").wait_for(timeout=WITHIN)
                    _until(lambda: bare("This is the end") in showing.watched.texts(".rag-answer"))
                    showing.watched.gather()
                    showing.shown["streamed answer"] += len(some)
                    page.get_by_role("button", name="Stop").click()
                    page.get_by_text("What is written here was not checked.").wait_for()
                for _ in few:
                    showing.go(served.address, "[data-testid=stChatInput]")
                    _ask(page)
                    showing.settle("p.rag-note")
                    showing.shown["error of the LLM's server"] += 1
                showing.watched.gather()
        finally:
            del os.environ["OPENAI_BASE_URL"]


def documents(showing: Showing, address: str, files: Files) -> None:
    """The list of documents, page by page, and what each says that holds strings."""
    page = showing.page
    showing.go(f"{address}/documents", ".st-key-document-list button")
    expander = page.locator("[data-testid=stExpander] summary").first
    expander.click()
    showing.watched.gather()
    names = list(files.names.items())
    first = page.locator(".st-key-document-list button").first
    shown: list[str] = []
    while True:
        shown.append(showing.watched.texts(".st-key-document-list"))
        showing.watched.gather()
        after = page.get_by_test_id("stPaginationNext")
        if not after.count() or not after.is_enabled():
            break
        before = first.text_content()
        after.click()
        page.wait_for_function(
            "before => document.querySelector('.st-key-document-list button').textContent"
            " !== before", arg=before, timeout=WITHIN,
        )  # fmt: skip
        showing.settle(".st-key-document-list button")
    everything = "".join(shown)
    showing.shown["name of a document"] += len(names)
    missing = [string for name, string in names if bare(name) not in everything]
    showing.missing["name of a document"] = missing
    for name, strings in files.texts.items():
        showing.go(f"{address}/documents?document={quote(name)}", ".rag-text")
        texts = showing.watched.texts(".rag-text")
        while (after := page.get_by_test_id("stPaginationNext")).count():
            if not after.is_enabled():
                break
            after.click()
            _until(lambda seen=texts: showing.watched.texts(".rag-text") not in seen)
            showing.settle(".rag-text")
            texts += showing.watched.texts(".rag-text")
            showing.watched.gather()
        place = f"text of a document: {name.rpartition('.')[2]}"
        showing.shown[place] += len(strings)
        if not name.endswith((".htm", ".md")):  # of HTML and Markdown, the text is shown
            lost = [string for string in strings if bare(string) not in texts]
            showing.missing.setdefault(place, []).extend(lost)


def elsewhere(showing: Showing, address: str, strings: Sequence[str]) -> None:
    """Addresses that carry the strings, files that are called so, questions of an evaluation."""
    page = showing.page
    for string in strings:
        carried = quote(f"no {string}".encode("utf-8", "surrogateescape"))
        showing.go(f"{address}/?collection={carried}", "[data-testid=stAlert]")
        showing.shown["address: collection"] += 1
        showing.go(f"{address}/documents?document={carried}", "[data-testid=stMain]")
        showing.shown["address: document"] += 1
    showing.go(f"{address}/documents", "input[type=file]")
    page.locator("input[type=file]").first.set_input_files(
        [
            {"name": f"{one_line(one)}.txt", "mimeType": "text/plain", "buffer": b"Lamps."}
            for one in strings
        ]
    )
    showing.settle(".rag-note-plain")
    showing.shown["upload and its receipt"] += len(strings)
    lines = [
        json.dumps({"question": f"{one} ?", "gold": [{"document": one, "quote": one}]})
        for one in strings
    ]
    showing.go(f"{address}/evaluation", "[data-testid=stMain] button")
    page.get_by_text("From a file").click()
    page.locator(".stMain input[type=file]").set_input_files(
        {"name": "<img src=x onerror=hit()>.jsonl", "mimeType": "application/json",
         "buffer": "\n".join(lines).encode()}
    )  # fmt: skip
    page.get_by_role("button", name="Evaluate").click()
    showing.settle("[data-testid=stExpander], [data-testid=stAlert]")
    showing.shown["question of an evaluation"] += len(strings)
    showing.watched.gather()


def houses(showing: Showing, address: str, strings: Sequence[str]) -> None:
    """What the filter offers and has, and for each document a question: its answer's source,
    opened, and what could be asked next."""
    page = showing.page
    showing.go(address, "[data-testid=stChatInput]")
    page.get_by_role("button", name="Filter", exact=True).click()
    control = page.get_by_test_id("stMultiSelect").filter(has_text="keeper")
    for string in strings:
        control.locator("input").fill(one_line(string))
        page.get_by_role("option").first.wait_for(timeout=WITHIN)
        showing.look("option of the filter", "[role=option]", [string])
        showing.watched.gather()
        page.get_by_role("option").first.click()
        showing.settle(".stMain .rag-filter")
    page.keyboard.press("Escape")
    showing.look("filter of the next question", ".stMain .rag-filter", strings)
    asked = page.locator(".rag-question").last
    for number in range(len(strings)):
        _ask(page, f"When is the lamp of house {number} lit?")
        _until(lambda at=number: f"house {at} " in str(asked.text_content()))
        last = page.get_by_test_id("stChatMessage").last
        last.get_by_role("button", name="Again").wait_for(timeout=WITHIN)
        showing.settle(".rag-marker")
        last.locator(".rag-marker").first.click()
        page.locator(".rag-region").wait_for(timeout=WITHIN)
        showing.settle(".st-key-follow-ups button, .rag-region")
        showing.shown["opened source, what to ask next"] += 1
        showing.watched.gather()


def _ask(page: Page, question: str = "When are the lamps lit?") -> None:
    field = page.get_by_test_id("stChatInputTextArea")
    field.fill(question)
    field.press("Enter")


def _until(is_so: Callable[[], bool]) -> None:
    """Wait for it. Raises TimeoutError where there is no end to that."""
    until = time.monotonic() + WITHIN / 1000
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.05)
