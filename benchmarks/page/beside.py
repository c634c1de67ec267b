"""How soon the page answers while documents are read into its collection.

    python -m benchmarks.page.beside [--questions 40]

Serves the page over 10,000 chunks without an LLM and asks it in Chromium, first at rest, then while
``python -m ingest`` reads a folder into the same collection, then while the page itself reads what
another tab uploaded. The ingestion lasts as long as the questions do, which is checked.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.page.measure import CHUNKS, READING, SPREAD, WITHIN, Asker, made_questions, spread
from benchmarks.page.served import chromium, serving
from benchmarks.speed import search
from benchmarks.speed.report import Table, machine
from benchmarks.speed.synthetic import TOPICS, Generator

FILES, SENTENCES = 300, 60
RECEIPTS = ".rag-receipts"


def write_folder(folder: Path, seed: int) -> list[Path]:
    """Text files in the language of the collection, sixty passages each."""
    generator = Generator(seed=seed)
    folder.mkdir()
    written = []
    for number in range(FILES):
        topic = generator.random.integers(TOPICS)
        path = folder / f"{number}.txt"
        path.write_text("\n\n".join(generator.text(topic) for _ in range(SENTENCES)), "utf-8")
        written.append(path)
    return written


def asked(browser: Browser, address: str, texts: Iterator[str], times: int) -> Iterator[float]:
    """Seconds from Enter to the first words of one question after another, on one page."""
    asker = Asker(browser, address)
    asker.ask(next(texts))
    for question in islice(texts, times):
        asker.page.wait_for_timeout(READING)
        yield asker.ask(question)[0]
    asker.end()


def beside_command(browser: Browser, address: str, store: Path, times: int) -> Sequence[float]:
    """The same while the command reads a folder."""
    write_folder(store.parent / "command", seed=21)
    command = [sys.executable, "-m", "ingest", "command", "--store", str(store)]
    with subprocess.Popen(command, cwd=store.parent, stdout=subprocess.DEVNULL) as reads:
        taken = list(asked(browser, address, made_questions(seed=22), times))
        assert reads.poll() is None, "the folder was read before the questions were answered"
        reads.kill()
    return taken


def beside_upload(browser: Browser, address: str, folder: Path, times: int) -> Sequence[float]:
    """The same while the page reads what another tab has uploaded."""
    files = write_folder(folder / "upload", seed=23)
    other = Asker(browser, address)
    other.page.locator("input[type=file]").first.set_input_files(files)
    other.page.get_by_text(f"Adding {FILES} files").first.wait_for(timeout=WITHIN)
    taken = list(asked(browser, address, made_questions(seed=24), times))
    assert not other.page.locator(RECEIPTS).count(), "the files were read before that"
    other.context.close()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=40)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        folder = Path(home)
        store = search.make(folder / "made", CHUNKS).root
        browser = chromium(playwright)
        with serving(store, folder) as served:
            address, times = served.address, options.questions
            rest = list(asked(browser, address, made_questions(seed=20), times))
            rows.append(spread("at rest", rest, "0.3"))
            taken = beside_command(browser, address, store, times)
            rows.append(spread("while the command reads a folder", taken, "0.6"))
            taken = beside_upload(browser, address, folder, times)
            rows.append(spread("while the page reads an upload", taken, "0.6"))
        browser.close()
    title = f"First words beside an ingestion, {CHUNKS:,} chunks, no LLM, seconds"
    print(f"{Table('page-beside', title, SPREAD, rows).markdown()}\n\n{machine()}.")


if __name__ == "__main__":
    main()
