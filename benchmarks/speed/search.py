"""How long a search takes as a collection grows: python -m benchmarks.speed.search [--largest
1000000]

Makes collections of 770, 10,000, 100,000 and 1,000,000 chunks (``benchmarks.speed.synthetic``), or
uses those of an earlier run in ``--stores``, and searches each in a process of its own that is
warm: the question is embedded, the passages are read. Prints the median and the 95th percentile,
recall of the index against exact comparison, memory and disk, and the same beside a process that
ingests.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.speed.plot import draw
from benchmarks.speed.report import Table
from benchmarks.speed.synthetic import Generator, fill, refresh
from ingest.catalog.view import Catalog
from ingest.store.directory import Store
from rag_app import open_engine
from rag_app.retrieval.retriever import Retriever

P95_TARGETS = {770: 15, 10_000: 20, 100_000: 30, 1_000_000: 60}
SIZES = tuple(P95_TARGETS)
COLUMNS = (
    "chunks",
    "median, ms",
    "p95, ms",
    "target",
    "p95 beside an ingestion, at most 2 times",
    "recall@10",
    "first search, s",
    "memory, MB",
    "disk, MB, and that over float32 vectors and text",
)
K = 10
SEARCHES = 200
RECALLS = 100


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds, megabytes, and shares of 1. ``disk_share`` is of float32 vectors and text."""

    chunks: int
    first: float
    median: float
    p95: float
    beside_median: float
    beside_p95: float
    recall: float
    memory: float
    disk: float
    disk_share: float


def make(stores: Path, chunks: int) -> Store:
    """A collection of so many chunks, made once."""
    store = Store(stores / str(chunks), "default")
    for count in fill(store, chunks):
        if count % 100_000 == 0:
            print(f"  {count:,} chunks written", file=sys.stderr)
    refresh(store)
    return store


def of_sizes(stores: Path, largest: int) -> Iterator[Figures]:
    """Each size up to the largest, in a process of its own."""
    for chunks in (size for size in SIZES if size <= largest):
        store = make(stores, chunks)
        command = [sys.executable, "-m", "benchmarks.speed.search", "--measure", str(store.root)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        yield Figures(**json.loads(done.stdout))


def table(stores: Path, largest: int, plot: Path | None = None) -> Table:
    """What benchmarks.speed.run shows of it, and where wanted the plot."""
    found = list(of_sizes(stores, largest))
    if plot is not None:
        lines = {
            "p95": [(one.chunks, one.p95) for one in found],
            "p95 beside an ingestion": [(one.chunks, one.beside_p95) for one in found],
        }
        draw(plot, "A search in a warm process", lines)
    return Table(
        "growth",
        "A search in a warm process, as the collection grows",
        COLUMNS,
        [
            (
                f"{one.chunks:,}",
                f"{one.median:.1f}",
                f"{one.p95:.1f}",
                str(P95_TARGETS[one.chunks]),
                f"{one.beside_p95:.1f}, {one.beside_p95 / one.p95:.1f} times",
                f"{one.recall:.3f}",
                f"{one.first / 1000:.1f}",
                f"{one.memory:,.0f}",
                f"{one.disk:,.0f}, {one.disk_share:.1f} times",
            )
            for one in found
        ],
        "200 questions of eight words, ten passages each, after 200 others, with the files in the "
        "disk's cache; the question is embedded and the passages are read. Recall against exact "
        "comparison, 100 questions. The first search loads the model and opens the index. "
        "Collections of clustered vectors, and of words by Zipf's law, written by the code that "
        "ingestion uses (`benchmarks/speed/synthetic.py`).",
    )


def measure(store: Store) -> Figures:
    """Search a collection, alone and beside a process that ingests. In a process of its own."""
    generator = Generator(seed=12345)
    questions = [generator.text(topic, words=8) for topic in range(SEARCHES)]
    with open_engine(store.root) as engine:
        started = time.perf_counter()
        engine.search(questions[0], k=K)
        first = time.perf_counter() - started
        for topic in range(SEARCHES, 2 * SEARCHES):
            engine.search(generator.text(topic, words=8), k=K)
        _read_all(store.directory)
        alone = _times(engine.search, questions)
        with _ingesting():
            beside = _times(engine.search, questions)
    memory = _most_memory()
    return Figures(
        chunks=_count(store),
        first=first * 1000,
        median=statistics.median(alone),
        p95=_percentile(alone),
        beside_median=statistics.median(beside),
        beside_p95=_percentile(beside),
        recall=recall(store, generator),
        memory=memory,
        disk=_size(store.directory),
        disk_share=_size(store.directory) / _least(store),
    )


def recall(store: Store, generator: Generator) -> float:
    """The share of the ten nearest, by exact comparison, that a search finds."""
    queries, _ = generator.vectors(RECALLS)
    best: list[list[tuple[float, str]]] = [[] for _ in queries]
    with Catalog(store.catalog_path).reading() as view:
        for ids, matrix in view.vectors(batch_size=50_000):
            scores = queries @ matrix.T
            for number, row in enumerate(scores):
                near = np.argpartition(-row, min(K, len(row) - 1))[:K]
                best[number] += [(float(row[place]), ids[place]) for place in near]
                best[number] = sorted(best[number], reverse=True)[:K]
    retriever = Retriever(store)
    found = 0
    for query, exact in zip(queries, best, strict=True):
        ids_found = {passage.chunk.id for passage in retriever.nearest(query, K)}
        found += len(ids_found & {id_ for _, id_ in exact})
    retriever.close()
    return found / (K * RECALLS)


@contextmanager
def _ingesting() -> Iterator[None]:
    """A process that ingests all the while, into another store."""
    with tempfile.TemporaryDirectory() as home:
        docs = Path(home, "docs")
        docs.mkdir()
        generator = Generator(seed=1)
        for number in range(60):
            text = "\n\n".join(generator.text(number * 7 + part) for part in range(100))
            (docs / f"{number}.txt").write_text(text)
        command = [sys.executable, "-m", "ingest", str(docs), "--store", f"{home}/store"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(4)
        if process.poll() is not None:
            raise RuntimeError("the process that ingests has ended too early")
        try:
            yield
            if process.poll() is not None:
                raise RuntimeError("the process that ingests has ended too early")
        finally:
            process.terminate()
            process.wait()


def _read_all(directory: Path) -> None:
    """Have the files in the disk's cache, as a machine with room for them that answers all day."""
    for path in directory.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 24):
                    pass


def _times(search: Callable[..., object], questions: list[str]) -> list[float]:
    times = []
    for question in questions:
        started = time.perf_counter()
        search(question, k=K)
        times.append((time.perf_counter() - started) * 1000)
    return times


def _percentile(times: list[float]) -> float:
    return float(np.percentile(times, 95))


def _most_memory() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _count(store: Store) -> int:
    with Catalog(store.catalog_path).reading() as view:
        return view.chunk_count()


def _size(directory: Path) -> float:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()) / 1e6


def _least(store: Store) -> float:
    """Megabytes of the vectors, and of the text once."""
    with Catalog(store.catalog_path).reading() as view:
        text = view.connection.execute("SELECT sum(length(utf8)) FROM texts").fetchone()[0]
    return (_count(store) * 384 * 4 + int(text)) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stores", type=Path, help="where the collections are kept")
    parser.add_argument("--largest", type=int, default=1_000_000)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(asdict(measure(Store(options.measure, "default")))))
        return
    with tempfile.TemporaryDirectory() as home:
        for one in of_sizes(options.stores or Path(home), options.largest):
            print(
                f"{one.chunks:9,} chunks: first {one.first:5.0f} ms, median {one.median:5.1f} ms, "
                f"p95 {one.p95:5.1f} ms; beside ingestion {one.beside_median:5.1f} and "
                f"{one.beside_p95:5.1f} ms; recall {one.recall:.3f}; {one.memory:5.0f} MB of "
                f"memory, {one.disk:5.0f} MB on disk ({one.disk_share:.1f} times the least)",
                flush=True,
            )


if __name__ == "__main__":
    main()
