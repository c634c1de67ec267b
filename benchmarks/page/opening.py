"""How soon a click on a marker shows the page that it cites.

    python -m benchmarks.page.opening [--questions 9]

Ingests ``data/documents``, serves the page without an LLM, asks one question after another in one
conversation, and opens sources of the last answer by a click on their markers. A source is open
when the cited words are on the page, marked, on the drawn page of a PDF or in the text.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.page.measure import SPREAD, WITHIN, Asker, spread
from benchmarks.page.served import chromium, serving
from benchmarks.speed.report import Table, machine
from ingest import ingest_paths

DATA = Path(__file__).parents[2] / "data"
CLICKS = 3  # after each answer
READING = 2500  # milliseconds between an answer and the click
CLICK = """number => new Promise((done) => {
  const markers = [...[...document.querySelectorAll(".rag-answer")].at(-1)
    .querySelectorAll(".rag-marker[data-opens]")];
  const clicked = performance.now();
  markers[number % markers.length].click();
  const look = () => {
    const words = document.querySelector(".rag-region .rag-here");
    if (words?.getBoundingClientRect().width) done((performance.now() - clicked) / 1000);
    else setTimeout(look, 5);
  };
  look();
})"""


def opened(page: Page, number: int) -> float:
    """Seconds from a click on one of the last answer's markers to its words. Closes it again."""
    seconds: float = page.evaluate(CLICK, number)
    page.wait_for_timeout(READING / 3)
    page.keyboard.press("Escape")
    page.locator(".rag-region").wait_for(state="detached", timeout=WITHIN)
    return seconds


def _questions(many: int) -> list[str]:
    """The first that the documents answer."""
    lines = (DATA / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [one["question"] for one in map(json.loads, lines) if one["answerable"]][:many]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=9, help="of the conversation")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        ingest_paths([DATA / "documents"], store=Path(home, "store"))
        browser = chromium(playwright)
        taken: list[float] = []
        with serving(Path(home, "store"), Path(home)) as served:
            asker = Asker(browser, served.address)
            for question in _questions(options.questions):
                asker.ask(question)
                asker.page.wait_for_timeout(READING)
                taken += [opened(asker.page, click) for click in range(CLICKS)]
            asker.end()
        browser.close()
    table = Table(
        "page-opening",
        "From a click on a marker to the cited words beside the answer, seconds",
        SPREAD,
        [spread("a source", taken, "0.3")],
        f"One conversation of {options.questions} questions over data/documents.",
    )
    print(f"{table.markdown()}\n\n{machine()}.")


if __name__ == "__main__":
    main()
