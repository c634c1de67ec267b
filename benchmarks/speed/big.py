"""Large inputs: how much memory and time they take, how progress moves, and stopping in the middle.

python -m benchmarks.speed.big FOLDER [sheet text pdf files] [--scale 1.0] [--ingest]
    [--stop SECONDS]

Four are made in the folder: a sheet of 100,000 rows, a text of 50 MB, a PDF of 3,000 pages, and
100,000 small files. Each is read in the child and cut into chunks, by a process of its own; with
``--ingest`` it is ingested, with random vectors: what the model makes of a text takes the same
memory for each, and hours for so many. With ``--stop``, the process gets SIGINT after so many
seconds, and what is left is ingested by another.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.speed.synthetic import Generator
from ingest import FileReceipt, ingest_paths
from ingest.chunk import chunk_document
from ingest.embed.embedder import Embedder
from ingest.load.read import read_bytes
from ingest.load.sandbox.reader import IsolatedReader
from ingest.similarity import Vectors

ROWS, MEGABYTES, PAGES, FILES = 100_000, 50, 3_000, 100_000
DIMENSION = 384
# How often memory is looked at, in seconds.
LOOK = 0.1


class RandomEmbedder(Embedder):
    """The model's own tokens, and vectors that mean nothing."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.random.default_rng(0).standard_normal((len(texts), DIMENSION))
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


class TimedProgress:
    """How long progress stood still at most, in seconds, and where."""

    def __init__(self) -> None:
        self.longest, self.where = 0.0, ""
        self._last, self._path = time.perf_counter(), "before the first file"

    def _moved(self, path: str) -> None:
        now = time.perf_counter()
        if now - self._last > self.longest:
            self.longest, self.where = now - self._last, self._path
        self._last, self._path = now, path

    def begin(self, files: int, work: float) -> None:  # noqa: ARG002
        self._moved("the beginning")

    def working(self, path: str, chunks: int, work: float) -> None:  # noqa: ARG002
        self._moved(f"in {path}" if chunks else f"before {path}")

    def finished(self, receipt: FileReceipt, work: float) -> None:  # noqa: ARG002
        self._moved(f"after {receipt.path}")

    def end(self) -> None:
        self._moved("the end")


def sheet(path: Path, scale: float) -> None:
    """A workbook of ten columns: numbers, dates, words."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet("Orders")
    generator = Generator(0)
    page.append(
        ["Order", "Day", "Customer", "Part", "Count", "Price", "Paid", "City", "Note", "By"]
    )
    for row in range(int(ROWS * scale)):
        words = generator.text(row % 997, 6)
        page.append(
            [row, f"2026-{row % 12 + 1:02}-{row % 28 + 1:02}", f"Customer {row % 5000}", words[:20],
             row % 90, row / 7, "yes" if row % 2 else "no", words[20:32], words, row % 40]
        )  # fmt: skip
    book.save(path)


def text(path: Path, scale: float) -> None:
    """Paragraphs of sentences, and a heading now and then."""
    generator, size, number = Generator(0), 0, 0
    with path.open("w", encoding="utf-8") as file:
        while size < MEGABYTES * 1_000_000 * scale:
            sentences = ". ".join(generator.text(number, 15).capitalize() for _ in range(6))
            heading = f"{number}. Section {number}\n\n" if number % 20 == 0 else ""
            size += file.write(f"{heading}{sentences}.\n\n")
            number += 1


def pdf(path: Path, scale: float) -> None:
    """Pages of forty lines."""
    from reportlab.pdfgen.canvas import Canvas

    canvas, generator = Canvas(str(path)), Generator(0)
    for page in range(int(PAGES * scale)):
        for line in range(40):
            canvas.drawString(60, 780 - 18 * line, generator.text(page, 12)[:90])
        canvas.showPage()
    canvas.save()


def files(path: Path, scale: float) -> None:
    """A thousand to a folder, each with a sentence of its own."""
    for number in range(int(FILES * scale)):
        folder = path / f"{number // 1000:03}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"note-{number:06}.txt").write_text(f"Note {number} is about lamp {number}.\n")


KINDS: dict[str, tuple[str, Callable[[Path, float], None]]] = {
    "sheet": ("rows.xlsx", sheet),
    "text": ("text.txt", text),
    "pdf": ("pages.pdf", pdf),
    "files": ("files", files),
}


def read(path: Path) -> dict[str, object]:
    """Read a file in the child and cut it into chunks in this process, and tell what it took."""
    began, cpu = time.perf_counter(), time.process_time()
    with IsolatedReader(seconds=3600) as reader:  # it may have little of a busy machine
        document = reader.load(read_bytes(path), path.name)
        peaks = max(map(_peak, _children()), default=0)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    read_in = time.perf_counter() - began
    chunked = chunk_document(document, RandomEmbedder(), chunk_tokens=200)
    return {
        "megabytes": round(path.stat().st_size / 1e6, 1),
        "characters": len(document.text),
        "chunks": len(chunked.chunks),
        "child_cpu_seconds": round(children.ru_utime + children.ru_stime, 1),
        "main_cpu_seconds": round(time.process_time() - cpu, 1),
        "read_seconds": round(read_in, 1),
        "seconds": round(time.perf_counter() - began, 1),
        "main_mb": round(_peak("self") / 1e6),
        "child_mb": round(peaks / 1e6),
    }


def ingested(path: Path, store: Path) -> dict[str, object]:
    """Ingest in this process until SIGINT says to stop, and tell what it took."""
    stop, ended, child = threading.Event(), threading.Event(), [0]
    asked_at: list[float] = []

    def ask(*_: object) -> None:
        asked_at.append(time.perf_counter())
        stop.set()

    def watch() -> None:
        while not ended.wait(LOOK):
            child[0] = max(child[0], *map(_peak, _children()), 0)

    before = signal.signal(signal.SIGINT, ask)
    watcher = threading.Thread(target=watch)
    watcher.start()
    progress = TimedProgress()
    try:
        report = ingest_paths(
            [path], store=store, embedder=RandomEmbedder(), progress=progress, stop=stop
        )
    finally:
        ended.set()
        watcher.join()
        signal.signal(signal.SIGINT, before)
    counts = {name: count for name, count in report.counts.items() if count}
    reasons = {one.reason for one in report.files if one.is_unread}
    return {
        "seconds": round(report.seconds, 1),
        "main_mb": round(_peak("self") / 1e6),
        "child_mb": round(child[0] / 1e6),
        "still_seconds": round(progress.longest, 1),
        "still_at": progress.where,
        "stopped_after": round(time.perf_counter() - asked_at[0], 1) if asked_at else None,
        "counts": counts,
        "reasons": sorted(filter(None, reasons))[:3],
    }


def _children() -> list[str]:
    try:
        tasks = Path("/proc/self/task").iterdir()
        return [pid for task in tasks for pid in (task / "children").read_text().split()]
    except OSError:
        return []


def _peak(process: str) -> int:
    """The most memory that a process has had, in bytes; 0 where it is over, or unknown."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _run(path: Path, store: Path | None, stop: float | None) -> None:
    command = [sys.executable, "-m", "benchmarks.speed.big", "--one", os.fspath(path)]
    command += [] if store is None else [os.fspath(store)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    if stop is not None:
        time.sleep(stop)
        process.send_signal(signal.SIGINT)
    print(f"{path.name}: {process.communicate()[0].strip()}", flush=True)


def main() -> None:
    """Make the inputs that are not there yet, and measure each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--stop", type=float)
    parser.add_argument("--ingest", action="store_true")
    parser.add_argument("--one", action="store_true")
    options = parser.parse_args()
    if options.one:
        told = ingested(options.folder, Path(options.kinds[0])) if options.kinds else None
        print(json.dumps(told or read(options.folder)))
        return
    for kind in options.kinds or KINDS:
        name, make = KINDS[kind]
        path = options.folder / f"{options.scale:g}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            make(path, options.scale)
        if not options.ingest and kind != "files":
            _run(path, None, None)
            continue
        store = options.folder / f"store-{kind}"
        shutil.rmtree(store, ignore_errors=True)
        _run(path, store, options.stop)
        if options.stop is not None:
            _run(path, store, None)
        print(f"  {kind} again: ", end="", flush=True)
        _run(path, store, None)
        shutil.rmtree(store, ignore_errors=True)


if __name__ == "__main__":
    main()
