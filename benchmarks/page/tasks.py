"""Ten tasks done by the page alone, from an empty store: the clicks and the seconds of each.

    python -m benchmarks.page.tasks

A click is one on a control, a drop of files, or Enter after something was typed. The seconds run
from the first of them until what was wanted is seen, the work of the machine included; no time to
read, think or type is in them. The files are ``data/documents`` and one that cannot be read; the
LLM is a server of ours that answers at once.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from benchmarks.page.measure import FIELD
from benchmarks.page.served import chromium, serving
from benchmarks.speed.report import Table, machine
from tests.support.llm_servers import ScriptedServer, reply

DATA = Path(__file__).parents[2] / "data" / "documents"
WITHIN = 240_000  # milliseconds
SETTLED = 1500  # milliseconds between two tasks
LIGHT = "# Lighthouse\n\nThe lighthouse keeper is called Edda Storm.\n"


class Person:
    """Somebody who does one task after another, and counts."""

    def __init__(self, page: Page, folder: Path, address: str, llm: str) -> None:
        self.page, self.folder, self.address, self.llm = page, folder, address, llm
        self.clicks = 0

    def click(self, place: Locator) -> None:
        place.click()
        self.clicks += 1

    def drop(self, place: str, files: list[Path]) -> None:
        self.page.locator(f"{place} input[type=file]").first.set_input_files(files)
        self.clicks += 1

    def enter(self, place: Locator, text: str) -> None:
        place.fill(text)
        place.press("Enter")
        self.clicks += 1

    def ask(self, question: str, words: str) -> None:
        field = self.page.get_by_test_id(FIELD).first
        expect(field).to_be_enabled()
        self.enter(field, question)
        expect(self.page.locator(".rag-answer").last).to_contain_text(words)

    def choose(self, action: str) -> None:
        """Something in the menu of the open conversation."""
        row = self.page.locator("[class*=st-key-present-]")
        row.hover()
        self.click(row.get_by_role("button", name="More about"))
        self.click(self.page.get_by_role("menuitem", name=action))

    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def visit(self, page: str) -> None:
        links = self.page.locator(".st-key-page-links").get_by_role("link")
        self.click(links.filter(has_text=page))


def drop_and_ask(one: Person) -> None:
    files = [path for path in DATA.rglob("*") if path.is_file()]
    (one.folder / "broken.pdf").write_bytes(b"no PDF at all")
    one.drop(".st-key-drop-here", [*files, one.folder / "broken.pdf"])
    one.ask("When does the desiccant pack have to be changed?", "12 months")


def open_page(one: Person) -> None:
    one.click(one.page.locator(".rag-marker").first)
    expect(one.page.locator(".rag-region .rag-here").first).to_be_visible()


def add_and_ask(one: Person) -> None:
    (one.folder / "lighthouse.md").write_text(LIGHT, encoding="utf-8")
    one.page.keyboard.press("Escape")
    one.drop("[data-testid=stSidebar]", [one.folder / "lighthouse.md"])
    expect(one.page.locator("[data-testid=stSidebar] .rag-receipts")).to_contain_text(
        "lighthouse.md"
    )
    one.ask("What is the lighthouse keeper called?", "Edda Storm")


def rename(one: Person) -> None:
    one.choose("Rename")
    one.enter(one.dialog().get_by_role("textbox"), "Lamps")
    title = one.page.locator("[class*=st-key-present-] [class*=st-key-conversation-]")
    expect(title).to_contain_text("Lamps")


def export(one: Person) -> None:
    one.choose("Export")
    with one.page.expect_download(timeout=WITHIN):
        one.click(one.dialog().get_by_role("button", name="Word"))
    one.page.keyboard.press("Escape")
    expect(one.dialog()).to_have_count(0)


def filter_to_one(one: Person) -> None:
    one.click(one.page.get_by_role("button", name="Filter", exact=True).first)
    one.page.get_by_role("combobox", name="Documents").fill("lighthouse")
    one.click(one.page.get_by_role("option", name="lighthouse.md"))
    expect(one.page.get_by_text("Searching only in:").first).to_be_visible()
    one.page.keyboard.press("Escape")
    one.page.keyboard.press("Escape")


def connect(one: Person) -> None:
    one.visit("Chat")
    model = one.page.locator(".st-key-model button:visible").first
    one.click(model)
    one.click(one.dialog().get_by_text("Another server"))
    one.enter(one.dialog().get_by_label("Address"), one.llm)
    chosen = one.dialog().get_by_role("combobox", name="Model")
    expect(chosen).to_have_value("tiny")  # the server's only model is chosen
    one.click(one.dialog().get_by_role("button", name="Use it"))
    expect(model).to_contain_text("tiny")


def delete(one: Person) -> None:
    one.visit("Documents")
    one.click(one.page.get_by_role("button", name="Lighthouse", exact=True))
    one.click(one.page.get_by_role("button", name="Delete", exact=True))
    one.click(one.page.locator(".st-key-danger-documents").get_by_role("button", name="Delete"))
    expect(one.page.get_by_text("1 deleted").first).to_be_visible()


def retry(one: Person) -> None:
    for path in one.folder.rglob("broken.pdf"):  # where it is kept, it is mended
        path.write_bytes(next(DATA.rglob("service-agreement.pdf")).read_bytes())
    row = one.page.locator("[class*=st-key-row-]", has_text="broken.pdf")
    one.click(row.get_by_role("button", name="Retry"))
    expect(row.get_by_role("button", name="Retry")).to_have_count(0)


def evaluate(one: Person) -> None:
    one.visit("Evaluation")
    one.click(one.page.get_by_role("button", name="Evaluate", exact=True))
    expect(one.page.locator(".rag-large-figures")).to_be_visible()


TASKS: dict[str, Callable[[Person], None]] = {
    "drop a folder and ask": drop_and_ask,
    "open the cited page": open_page,
    "add a file and ask about it": add_and_ask,
    "rename a conversation": rename,
    "export it as Word": export,
    "ask one document only": filter_to_one,
    "delete a document": delete,
    "retry a file that failed": retry,
    "evaluate with 20 questions": evaluate,
    "connect an LLM": connect,
}


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    expect.set_options(timeout=WITHIN)
    rows = []
    llm = ScriptedServer(reply("Of that, the documents say nothing."), models=("tiny",))
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright, llm:
        browser = chromium(playwright)
        with serving(Path(home, "store"), Path(home)) as served:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(WITHIN)
            page.goto(served.address)
            expect(page.locator(".st-key-drop-here")).to_be_visible()
            one = Person(page, Path(home), served.address, llm.base_url)
            for name, task in TASKS.items():
                page.wait_for_timeout(SETTLED)
                one.clicks, begun = 0, time.perf_counter()
                task(one)
                rows.append((name, str(one.clicks), f"{time.perf_counter() - begun:.1f}"))
        browser.close()
    columns = ("task", "clicks", "seconds")
    table = Table("page-tasks", "Ten tasks, from an empty store", columns, rows, "")
    print(f"{table.markdown()}\n\n{machine()}.")


if __name__ == "__main__":
    main()
