"""The page as its user meets it: how soon it is there, how soon it answers, and for how long.

    python -m benchmarks.page.measure [--store STORE] [--questions 1000] [--only words ...]

Serves the page over 10,000 chunks (``benchmarks.speed.synthetic``; or over a store of yours, which
is copied) without an LLM, asks it in Chromium, and prints the tables: the first paint, the first
words of an answer, a long session's memory, and four people who ask at the same time. The load of
the machine stands with the figures, because the page, the browser and the questions share it.

The first words are there when an answer or a refusal that was not on the page when Enter was
pressed is in the page's DOM, as a MutationObserver sees it: a sign that something is being read
does not count. Memory is the server's resident set (VmRSS, proc(5)).
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from playwright.sync_api import sync_playwright

from benchmarks.page.served import Served, chromium, serving
from benchmarks.speed import search
from benchmarks.speed.report import Table, machine
from benchmarks.speed.synthetic import TOPICS, Generator
from rag_app import AnswerSettings, Engine, Turn, open_engine

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

PARTS = ("paint", "words", "session", "people")
CHUNKS = 10_000
WORDS = 8  # a question
PAINTS, CONVERSATIONS, FIRST_WORDS, PEOPLE, ROUNDS = 12, 12, 40, 4, 5
LOOKS = 10  # at the long session
WITHIN = 60_000  # milliseconds
READING = 1000  # milliseconds between an answer and the next question, where that is not the load
FIELD = "stChatInputTextArea"
SIZE: ViewportSize = {"width": 1280, "height": 900}
SPREAD = ("", "times", "median", "p95", "most", "target")
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
# In the page: when Enter went down, when the first words came, when the answer was whole and the
# page at rest. Milliseconds, by performance.now().
WATCH = """() => {
  const words = () => [...document.querySelectorAll(".rag-answer, .rag-refusal")]
    .map((one) => one.textContent.trim()).filter(Boolean);
  const seen = window.seen = {};
  let before = new Set(), count = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    before = new Set(words());
    count = words().length;
    seen.entered = performance.now();
    seen.first = seen.whole = 0;
  }, true);
  new MutationObserver(() => {
    if (!seen.entered || seen.whole) return;
    const now = words();
    const isNew = now.length > count || now.some((one) => !before.has(one));
    if (!seen.first && isNew) seen.first = performance.now();
    const last = [...document.querySelectorAll("[data-testid=stChatMessage]")].at(-1);
    const waits = last?.querySelector(".rag-doing");
    if (seen.first && !waits && last?.querySelector(".rag-caption")) seen.whole = performance.now();
  }).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""


class Asker:
    """One person with a page, who asks and waits for the answer."""

    def __init__(self, browser: Browser, address: str) -> None:
        # The page's policy forbids what Playwright evaluates in it.
        self.context = browser.new_context(viewport=SIZE, bypass_csp=True)
        self.page = self.context.new_page()
        self.failures: list[str] = []
        self.page.on("pageerror", lambda error: self.failures.append(str(error)))
        self.page.goto(address)
        self.page.get_by_test_id(FIELD).wait_for(timeout=WITHIN)
        self.page.evaluate(WATCH)

    def wait(self) -> tuple[float, float]:
        """Seconds from Enter to the first words, and to the whole answer."""
        self.page.wait_for_function("window.seen.whole > 0", timeout=WITHIN)
        entered, first, whole = self.page.evaluate("[seen.entered, seen.first, seen.whole]")
        return (first - entered) / 1000, (whole - entered) / 1000

    def ask(self, question: str) -> tuple[float, float]:
        """Type a question, press Enter, and wait."""
        field = self.page.get_by_test_id(FIELD)
        field.fill(question)
        field.press("Enter")
        return self.wait()

    def end(self) -> None:
        """Close the page. Raises AssertionError if anything on it has failed."""
        exceptions = self.page.get_by_test_id("stException").count()
        self.context.close()
        assert not self.failures and not exceptions, self.failures


def first_paint(browser: Browser, served: Served, times: int) -> Table:
    """A browser that knows nothing of the page yet, until a question can be typed."""
    painted: list[float] = []
    usable: list[float] = []
    for _ in range(times + 1):
        context = browser.new_context(viewport=SIZE, bypass_csp=True)
        page = context.new_page()
        started = time.perf_counter()
        page.goto(served.address)
        page.get_by_role("heading", name="Ask your documents").wait_for(timeout=WITHIN)
        page.get_by_test_id(FIELD).wait_for(timeout=WITHIN)
        usable.append(time.perf_counter() - started)
        painted.append(page.evaluate(PAINTED))
        context.close()
    return Table(
        "page-paint",
        "The chat in a new browser context, from a warm server, seconds",
        SPREAD,
        [
            spread("Chromium's first contentful paint", painted[1:]),
            spread("the title and the field for a question are there", usable[1:], "2.5"),
        ],
        "After one time that is not counted.",
    )


def first_words(browser: Browser, served: Served, times: int) -> Table:
    """The first question of some conversations; then one conversation: its first ten questions,
    and those after them."""
    questions = made_questions(seed=5)
    begun = []
    for _ in range(CONVERSATIONS + 1):
        asker = Asker(browser, served.address)
        asker.page.wait_for_timeout(READING)
        begun.append(asker.ask(next(questions)))
        asker.end()
    asker = Asker(browser, served.address)
    asker.ask(next(questions))
    taken = []
    for _ in range(times):
        asker.page.wait_for_timeout(READING)
        taken.append(asker.ask(next(questions)))
    asker.end()
    rows = []
    for what, some in (
        ("the first question", begun[1:]),
        ("questions 2 to 10", taken[:9]),
        ("those after them", taken[9:]),
    ):
        rows.append(spread(f"first words, {what}", [first for first, _ in some], "0.3"))
        rows.append(spread(f"whole answer, {what}", [whole for _, whole in some]))
    return Table(
        "page-words",
        f"From Enter to the answer, {CHUNKS:,} chunks, no LLM, seconds",
        SPREAD,
        rows,
        "The first question of all loads what is not loaded yet, and is not counted. A second "
        "before each question, in which the page comes to rest.",
    )


def long_session(browser: Browser, served: Served, questions: int) -> Table:
    """One conversation on one page: what becomes of the server's memory, and of its time."""
    asker, asked = Asker(browser, served.address), made_questions(seed=7)
    every = max(questions // LOOKS, 1)
    rows: list[tuple[str, ...]] = []
    taken: list[tuple[float, float]] = []
    warm = 0.0
    for number in range(1, questions + 1):
        taken.append(asker.ask(next(asked)))
        if number in (1, 10) or number % every == 0:
            memory = memory_of(served.process)
            warm = memory if number <= every else warm
            first, whole = (statistics.median(some) for some in zip(*taken, strict=True))
            taken.clear()
            change = f"{memory / warm - 1:+.1%}" if number > every else ""
            rows.append((str(number), f"{memory:.0f}", change, f"{first:.2f}", f"{whole:.2f}"))
            print(" ", *rows[-1], f"load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    asker.end()
    return Table(
        "page-session",
        f"{questions:,} questions in one session",
        ("question", "memory, MB", f"since question {every}", "first words, s", "whole answer, s"),
        rows,
        "Seconds are medians of the questions since the row above. Memory may grow by 5 %.",
    )


def many_people(browser: Browser, served: Served, store: Path, rounds: int) -> Table:
    """Four people, each in a browser context of their own, who press Enter at the same moment."""
    askers = [Asker(browser, served.address) for _ in range(PEOPLE)]
    questions = made_questions(seed=11)
    asked: list[list[str]] = [[] for _ in askers]
    taken: list[tuple[float, float]] = []
    for _ in range(rounds):
        for asker, own in zip(askers, asked, strict=True):
            own.append(next(questions))
            asker.page.get_by_test_id(FIELD).fill(own[-1])
        for asker in askers:
            asker.page.get_by_test_id(FIELD).press("Enter")
        taken += [asker.wait() for asker in askers]
    with open_engine(store, answers=AnswerSettings()) as engine:
        wrong = sum(map(partial(_wrong, engine), askers, asked))
    addresses = {asker.page.url for asker in askers}
    for asker in askers:
        asker.end()
    return Table(
        "page-people",
        f"{PEOPLE} people who ask at the same time, {rounds} questions each, seconds",
        SPREAD,
        [
            spread("first words", [first for first, _ in taken]),
            spread("whole answer", [whole for _, whole in taken]),
        ],
        f"Questions or answers on a page that are not its reader's own: {wrong}; conversations: "
        f"{len(addresses)}.",
    )


def _wrong(engine: Engine, asker: Asker, asked: Sequence[str]) -> int:
    """How many of a page's questions and answers are not what its reader asked, and what is
    answered to that by the same collection."""
    questions = asker.page.locator(".rag-question").all_inner_texts()
    answers = asker.page.locator(".rag-answer, .rag-refusal").all_inner_texts()
    wrong = abs(len(questions) - len(asked)) + abs(len(answers) - len(asked))
    history: list[Turn] = []
    for question, own, told in zip(questions, asked, answers, strict=False):
        answer = engine.ask(own, history)
        history += [Turn("user", own, answer.standalone), Turn("assistant", answer.text)]
        expected = [one.quote for one in answer.citations] or [answer.text]
        wrong += question != own or not all(_plain(one) in _plain(told) for one in expected)
    return wrong


def _plain(text: str) -> str:
    return " ".join(text.split())


def memory_of(process: int) -> float:
    """The resident set of a process in MB, as Linux tells it."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def made_questions(seed: int) -> Iterator[str]:
    """Questions about one topic of the collection after another."""
    generator = Generator(seed=seed)
    return (generator.text(topic % TOPICS, words=WORDS) for topic in count())


def spread(what: str, seconds: Sequence[float], target: str = "") -> tuple[str, ...]:
    p95 = float(np.percentile(seconds, 95))
    figures = (statistics.median(seconds), p95, max(seconds))
    return (what, str(len(seconds)), *(f"{one:.2f}" for one in figures), target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="a store with a collection “default”")
    parser.add_argument("--questions", type=int, default=1000, help="of the long session")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        store = Path(home, "store")
        if options.store is None:
            shutil.copytree(search.make(Path(home, "made"), CHUNKS).root, store)
        else:
            shutil.copytree(options.store, store)
        browser = chromium(playwright)
        for part in options.only:
            with serving(store, Path(home)) as served:
                if part == "paint":
                    table = first_paint(browser, served, PAINTS)
                elif part == "words":
                    table = first_words(browser, served, FIRST_WORDS)
                elif part == "session":
                    table = long_session(browser, served, options.questions)
                else:
                    table = many_people(browser, served, store, ROUNDS)
            print(f"{table.markdown()}\n\n{machine()}.\n", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
