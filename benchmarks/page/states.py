"""Pictures of the page in its states, to be looked at: light and dark, at three widths.

    python -m benchmarks.page.states FOLDER [--only NAMES ...] [--widths 1440] [--schemes dark]
    python -m benchmarks.page.states FOLDER --readme docs/images    # the README's pictures anew

Over ``data/documents``. The LLM is a server of ours that writes what it is told.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.page.measure import FIELD
from benchmarks.page.served import chromium, serving
from ingest import ingest_paths
from rag_app.auth.passwords import hashed
from tests.support.llm_servers import Exchange, ScriptedServer, behaviour

DATA = Path(__file__).parents[2] / "data" / "documents"
WIDTHS = (1440, 1024, 390)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEIGHT = 900
WITHIN = 90_000
SETTLED = 700  # milliseconds
QUESTION = "How do I reset the WS-40 to factory settings?"
FOLLOW_UP = "Which error codes should I know?"
TABLE = (
    "These are the codes that come up most often:\n\n"
    "| Code | Meaning |\n|---|---|\n| E22 | The battery is low [1] |\n"
    "| E31 | No satellite fix [1] |\n\n"
    "Code E99 means that the station is on fire [1]. The manual was printed in Oslo."
)
LONG = (
    "To reset the station, hold the button for ten seconds [1]. "
    "Then wait until the light turns green. "
)


class Visit:
    """A page in one look at one width, and the addresses that it knows."""

    def __init__(self, page: Page, addresses: dict[str, str]) -> None:
        self.page, self.addresses = page, addresses
        self.is_narrow = (page.viewport_size or {"width": 0})["width"] < 768

    def go(self, address: str, path: str = "") -> None:
        self.page.goto(self.addresses[address] + path)
        self.rest()

    def rest(self) -> None:
        """Wait until nothing more of the page is on its way."""
        app = self.page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-script-state", "notRunning")
        self.page.wait_for_timeout(SETTLED)

    def ask(self, question: str) -> None:
        field = self.page.get_by_test_id(FIELD).first
        expect(field).to_be_enabled()
        field.fill(question)
        field.press("Enter")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()
        self.rest()

    def go_and_press(self, address: str, path: str, name: str) -> None:
        self.go(address, path)
        self.press(name)

    def sidebar(self) -> None:
        if self.is_narrow:
            self.page.get_by_test_id("stExpandSidebarButton").click()
            self.page.wait_for_timeout(SETTLED)


def answered(one: Visit) -> None:
    one.go("quotes")
    one.ask(QUESTION)
    expect(one.page.get_by_role("button", name="Again", exact=True)).to_be_visible()
    one.rest()


def written(one: Visit) -> None:
    one.go("written")
    one.ask(FOLLOW_UP)
    expect(one.page.get_by_role("button", name="Again", exact=True)).to_be_visible()
    one.rest()


def writing(one: Visit) -> None:
    one.go("slow")
    one.ask(QUESTION)
    expect(one.page.locator(".rag-answer")).to_contain_text("turns green. To")


def refused(one: Visit) -> None:
    one.go("quotes")
    one.ask("Who built the lighthouse of Alexandria?")
    expect(one.page.locator(".rag-refusal")).to_be_visible()
    one.rest()


def source(one: Visit) -> None:
    answered(one)
    one.page.locator(".rag-cite .rag-marker").first.click()
    expect(one.page.locator(".rag-sheet img, .rag-region mark").first).to_be_visible()
    one.rest()


def found(one: Visit) -> None:
    source(one)
    field = one.page.get_by_label("Find in this document")
    field.fill("battery")
    field.press("Enter")
    one.rest()


def collections(one: Visit) -> None:
    one.go("quotes")
    one.sidebar()
    one.press("Collections")


def exporting(one: Visit) -> None:
    answered(one)
    one.sidebar()
    row = one.page.locator("[class*=st-key-present-]")
    row.hover()
    row.get_by_role("button", name="More about").click()
    one.page.get_by_role("menuitem", name="Export").click()
    one.rest()


def inspected(one: Visit) -> None:
    answered(one)
    one.press("Inspect")


def sidebar(one: Visit) -> None:
    answered(one)
    one.sidebar()


def extracting(one: Visit) -> None:
    one.go("quotes", "/documents")
    one.press("Extract fields")
    for number, name in enumerate(("Document number", "Date", "Kept by")):
        field = one.page.locator(f".st-key-field-name-{number} input")
        field.fill(name)
        field.press("Tab")
        one.rest()
    one.page.locator(".st-key-extract-begin button").click()
    expect(one.page.get_by_text("fields found.")).to_be_visible()
    one.rest()


def exploring(one: Visit) -> None:
    one.go("quotes", "/explore")
    one.page.locator(".st-key-explore-place").get_by_text("Topics", exact=True).click()
    one.rest()
    one.page.get_by_role("button", name="Find topics").click()
    expect(one.page.get_by_test_id("stExpander").first).to_be_visible()
    one.rest()


def evaluated(one: Visit) -> None:
    one.go("quotes", "/evaluation")
    one.page.get_by_role("button", name="Evaluate", exact=True).click()
    expect(one.page.locator(".rag-large-figures")).to_be_visible()
    one.rest()


def locked(one: Visit) -> None:
    one.page.goto(one.addresses["closed"])
    expect(one.page.get_by_label("Password")).to_be_visible()


STATES: dict[str, Callable[[Visit], None]] = {
    "chat-empty": lambda one: one.go("empty"),
    "documents-empty": lambda one: one.go("empty", "/documents"),
    "login": locked,
    "chat-new": lambda one: one.go("quotes"),
    "chat-quotes": answered,
    "chat-written": written,
    "chat-writing": writing,
    "chat-refused": refused,
    "chat-source": source,
    "chat-found": found,
    "chat-filter": lambda one: one.go_and_press("quotes", "", "Filter"),
    "chat-connect": lambda one: one.go_and_press("quotes", "", "Connect an AI model for"),
    "chat-collections": collections,
    "chat-sidebar": sidebar,
    "chat-export": exporting,
    "chat-inspected": inspected,
    "documents": lambda one: one.go("quotes", "/documents"),
    "document": lambda one: one.go("quotes", "/documents?document=manuals/ws-40-manual.pdf"),
    "document-text": lambda one: one.go("quotes", "/documents?document=glossary.md"),
    "document-delete": lambda one: one.go_and_press(
        "quotes", "/documents?document=glossary.md", "Delete"
    ),
    "extraction": extracting,
    "explore": lambda one: one.go("quotes", "/explore"),
    "explore-topics": exploring,
    "evaluation": lambda one: one.go("quotes", "/evaluation"),
    "evaluation-done": evaluated,
}


@behaviour
def at_length(exchange: Exchange) -> None:
    """An answer that goes on for a minute."""
    exchange.begin()
    for _ in range(600):
        for word in LONG.split(" "):
            if not exchange.wait(0.02):
                return
            exchange.send_delta({"content": f"{word} "})
    exchange.end()


@behaviour
def at_once(exchange: Exchange) -> None:
    exchange.begin()
    exchange.send_delta({"content": TABLE})
    exchange.send_delta({}, "stop")
    exchange.end()


def take(browser: Browser, addresses: dict[str, str], options: argparse.Namespace) -> None:
    """All pictures that are wanted."""
    for width in options.widths:
        for scheme in options.schemes:
            for name in options.only or STATES:
                page = browser.new_page(
                    color_scheme=scheme, viewport={"width": width, "height": HEIGHT}
                )
                try:
                    STATES[name](Visit(page, addresses))
                finally:  # also where it does not come to that
                    page.screenshot(path=options.folder / f"{name}-{width}-{scheme}.png")
                page.close()


def take_for_readme(browser: Browser, addresses: dict[str, str], folder: Path) -> None:
    """The two pictures of the README, with few colours, so that they are small."""
    for scheme in SCHEMES:
        page = browser.new_page(color_scheme=scheme, viewport={"width": 1440, "height": 900})
        source(Visit(page, addresses))
        path = folder / ("chat.png" if scheme == "light" else "chat-dark.png")
        page.screenshot(path=path)
        page.close()
        with Image.open(path) as picture:
            few = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE)
            few.save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--only", nargs="+", choices=STATES)
    parser.add_argument("--widths", nargs="+", type=int, default=WIDTHS)
    parser.add_argument("--schemes", nargs="+", choices=SCHEMES, default=SCHEMES)
    parser.add_argument("--readme", type=Path, help="only the README's pictures, into this folder")
    options = parser.parse_args()
    expect.set_options(timeout=WITHIN)
    options.folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        ScriptedServer(at_once(), models=("gpt",)) as quick,
        ScriptedServer(at_length(), models=("gpt",)) as slow,
        sync_playwright() as playwright,
        ExitStack() as servers,
    ):
        shutil.copytree(DATA, Path(home, "documents"))
        made = Path(home, "made")
        ingest_paths([Path(home, "documents")], store=made)
        addresses = {}
        for name, settings in {
            "empty": "",
            "quotes": "",
            "written": f"OPENAI_BASE_URL={quick.base_url}",
            "slow": f"OPENAI_BASE_URL={slow.base_url}",
            "closed": f"RAG_PASSWORD='{hashed('long enough')}'",
        }.items():
            folder = Path(home, name)
            folder.mkdir()
            (folder / ".env").write_text(settings)
            if name != "empty":
                shutil.copytree(made, folder / "store")
            served = serving(folder / "store", folder)
            addresses[name] = servers.enter_context(served).address
        browser = chromium(playwright)
        if options.readme is not None:
            take_for_readme(browser, addresses, options.readme)
        else:
            take(browser, addresses, options)
        browser.close()


if __name__ == "__main__":
    main()
