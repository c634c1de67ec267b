"""Speed beside what a user would write or install instead: make bench, make bench-quick

    python -m benchmarks.speed.run [--bench-data DIR] [--peers DIR] [--rounds N] [--quick] [--only
    NAME]

All programs in one run, on one machine, in turns. Every figure is that of a whole process, from its
start to its end, but for embedding alone. ``--bench-data`` is a folder with ``northwind/pdfs/``;
without it the sample documents are ingested. ``--peers`` has a virtual environment for each other
program, as ``make bench`` makes them. The tables replace those of docs/benchmarks.md; with
``--quick`` they are small, and only printed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed import inputs, report, search
from benchmarks.speed.embedding import in_turns as in_turns_here
from benchmarks.speed.embedding import mixed_texts
from benchmarks.speed.memory import write_folder
from benchmarks.speed.processes import Usage, in_turns, measure, median, ratio
from benchmarks.speed.report import Table
from ingest.embed.embedder import Embedder

PAGE = inputs.REPOSITORY / "docs" / "benchmarks.md"
SCRIPTS = Path(__file__).resolve().parent / "peers"
OURS, PLAIN, TXTAI = "rag-app", "plain LlamaIndex", "txtai"
VECTOR_BYTES = 384 * 4
PLOT = inputs.REPOSITORY / "docs" / "images" / "search.svg"
CHUNKS = FILES = 10_000
MEGABYTES = (1, 10, 100)
# Nothing is fetched, and a peer sees nothing of this repository.
ALONE = {"HF_HUB_OFFLINE": "1", "PYTHONPATH": "", "ANONYMIZED_TELEMETRY": "False"}
HERE = {"PYTHONPATH": str(inputs.REPOSITORY), "HF_HUB_OFFLINE": "1"}


@dataclass(frozen=True, slots=True)
class Options:
    """``work`` is an empty folder; ``northwind`` None where there is no such data."""

    work: Path
    peers: Path
    bench_data: Path | None
    rounds: int
    quick: bool
    stores: Path | None = None
    largest: int = 100_000

    @property
    def northwind(self) -> Path | None:
        return self.bench_data / "northwind" if self.bench_data and not self.quick else None


def ingestion(options: Options) -> Table:
    """Files to searchable, all of their text embedded; then the disk that it takes."""
    folder = options.work / "documents"
    what = inputs.documents(options.northwind, folder)
    store = {name: options.work / f"ingested by {name}" for name in (OURS, PLAIN, TXTAI)}

    def ours() -> Usage:
        return _ours("-m", "ingest", folder, "--store", store[OURS], "--json")

    def other(name: str, script: str) -> Callable[[], Usage]:
        return lambda: _peer(options, script, "ingest", folder, store[name])

    actions = {
        OURS: ours,
        PLAIN: other(PLAIN, "plain_llama_index"),
        TXTAI: other(TXTAI, "plain_txtai"),
    }
    usages = in_turns(
        {name: _afresh(store[name], action) for name, action in actions.items()}, options.rounds
    )
    text = inputs.text_bytes(store[OURS])
    rows = []
    for name, of_program in usages.items():
        usage = median(of_program)
        chunks = _chunks(name, usage.output)
        disk = inputs.disk_bytes(store[name])
        share = disk / (chunks * VECTOR_BYTES + text)
        target = {OURS: "disk at most 3.0 times", PLAIN: "at least 4.0", TXTAI: "at least 2.5"}
        rows.append(
            (
                name,
                *_figures(usage),
                str(chunks),
                f"{disk / 1e6:.1f} MB, {share:.1f} times",
                *_ratios(of_program, usages[OURS]),
                target[name],
            )
        )
    return Table(
        "ingestion",
        f"Ingestion, {what}",
        (
            "",
            *FIGURES,
            "chunks",
            "disk, and that over float32 vectors and text",
            *RATIOS,
            "target",
        ),
        rows,
        "Files to searchable, in a new store. All embed with the same weights, this project in 8 "
        "bits (decision 0008), the others in float32. LlamaIndex's own setting, 1,024 tokens of "
        "another tokenizer a chunk, would leave 43 % of Northwind's tokens unembedded, since the "
        "model reads 256 of its own; so its splitter counts with the model's tokenizer, and a "
        "chunk with what LlamaIndex puts before it is what the model reads. txtai (hybrid, with "
        "content) is given pages read by pypdf, in parts of 200 tokens, since it installs no "
        "reader of PDFs: its Textractor takes Tika, which is Java, docling or liteparse. An index "
        "that a later run replaces stays on disk until the run after it.",
    )


def question(options: Options) -> Table:
    """A question from a cold process, and what importing takes."""
    made = inputs.many_chunks(CHUNKS, options.work / "chunks")
    plain = options.work / "chunks" / "plain"
    _peer(options, "plain_llama_index", "fill", made.texts, made.vectors, plain)
    usages = in_turns(
        {
            "`rag-app ask`": lambda: _ours(
                "-m", "rag_app", "ask", inputs.QUESTION, "--store", made.store
            ),
            PLAIN: lambda: _peer(options, "plain_llama_index", "ask", inputs.QUESTION, plain),
            '`python -c "import rag_app"`': lambda: _ours("-c", "import rag_app"),
            "`python -c pass`": lambda: _ours("-c", "pass"),
        },
        options.rounds,
    )
    targets = ("under 2 s", "at least 3.0", "under 0.3 s", "")
    return Table(
        "question",
        f"A question from a cold process, {CHUNKS:,} chunks",
        ("", *FIGURES, *RATIOS, "target"),
        [
            (name, *_figures(median(of_one)), *_ratios(of_one, usages["`rag-app ask`"]), target)
            for (name, of_one), target in zip(usages.items(), targets, strict=True)
        ],
        "In quotes mode: search, evidence, the answer with its citations. The plain path loads "
        "its store of the same texts and vectors and prints five passages.",
    )


def unchanged(options: Options) -> Table:
    """Files that have not changed are looked at again."""
    tree, store = inputs.many_files(FILES, options.work / "files")
    command = ("-m", "ingest", tree, "--store", store)
    usages = in_turns({OURS: lambda: _ours(*command)}, options.rounds)[OURS]
    usage = median(usages)
    if f"{FILES} unchanged" not in usage.output:
        raise RuntimeError(f"something had changed: {usage.output[-500:]}")
    return Table(
        "unchanged",
        f"{FILES:,} unchanged files",
        ("", *FIGURES, "target"),
        [("`python -m ingest`, the whole process", *_figures(usage), "under 5 s")],
    )


def embedding(options: Options) -> Table:
    """Embedding alone, the model loaded, texts of all lengths."""
    scifact = options.bench_data / "scifact" if options.bench_data else None
    reference, fast = Embedder(device="cpu", backend="torch"), Embedder(backend="onnx")
    texts = mixed_texts(scifact)
    reference.encode(texts[:8])
    fast.encode(texts[:8])
    slow, quick = in_turns_here(
        [lambda: reference.encode(texts), lambda: fast.encode(texts)], options.rounds
    )
    return Table(
        "embedding",
        f"Embedding alone, {len(texts)} texts of 3 to 180 words",
        ("", "texts a second", "takes so many times as long"),
        [
            (OURS, f"{len(texts) / quick:.1f}", "1.0"),
            ("sentence-transformers", f"{len(texts) / slow:.1f}", f"{slow / quick:.1f}"),
        ],
        "More of it, such as how far this is from what the machine can do: "
        "`python -m benchmarks.speed.embedding`.",
    )


def memory(options: Options) -> Table:
    """What an ingestion takes as folders grow."""
    rows = []
    for megabytes in (1, 10) if options.quick else MEGABYTES:
        folder = options.work / f"{megabytes} MB"
        write_folder(folder, megabytes)
        store = options.work / f"store of {megabytes} MB"
        usage = _ours("-m", "benchmarks.speed.memory", folder, store)
        rows.append(
            (f"{megabytes} MB", f"{int(usage.output):,}", *_figures(usage), "under 1500 MB")
        )
    return Table(
        "memory",
        "Memory of an ingestion, as folders grow",
        ("text", "chunks", *FIGURES, "target"),
        rows,
        "The most that the program, its reading process and the one that makes the index have at "
        "one time. The model embeds the first texts, the others get random vectors: embedding "
        "so many would take hours, and each text takes the same memory. What grows is the process "
        "that makes the index; it takes at most 200,000 chunks at a time, which the last row has "
        "reached.",
    )


def growth(options: Options) -> Table:
    """A search in a warm process, as the collection grows."""
    stores = options.stores or options.work
    if options.quick:
        return search.table(stores, 10_000)
    return search.table(stores, options.largest, plot=PLOT)


SECTIONS: dict[str, Callable[[Options], Table]] = {
    "ingestion": ingestion,
    "question": question,
    "unchanged": unchanged,
    "embedding": embedding,
    "memory": memory,
    "growth": growth,
}
FIGURES = ("seconds", "CPU seconds", "memory, MB")
RATIOS = ("takes so many times as long", "as much CPU")


def _figures(usage: Usage) -> tuple[str, str, str]:
    return f"{usage.seconds:.2f}", f"{usage.cpu_seconds:.2f}", f"{usage.memory / 1e6:.0f}"


def _ratios(others: list[Usage], ours: list[Usage]) -> tuple[str, str]:
    return f"{ratio(others, ours):.2f}", f"{ratio(others, ours, 'cpu_seconds'):.2f}"


def _chunks(name: str, output: str) -> int:
    """What a program said about how many chunks it made."""
    if name == OURS:
        return int(json.loads(output)["counts"]["chunks"])
    return int(json.loads(output.splitlines()[-1])["chunks"])


def _afresh(store: Path, action: Callable[[], Usage]) -> Callable[[], Usage]:
    """An action that finds no store."""

    def run() -> Usage:
        shutil.rmtree(store, ignore_errors=True)
        return action()

    return run


def _ours(*arguments: str | Path) -> Usage:
    return measure([sys.executable, *arguments], environment=HERE)


def _peer(options: Options, name: str, *arguments: str | Path) -> Usage:
    python = options.peers / name / "bin" / "python"
    if not python.exists():
        raise SystemExit(f"There is no {python}; run: make peers")
    return measure([python, SCRIPTS / f"{name}.py", *arguments], environment=ALONE)


def main() -> int:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench-data", type=Path)
    parser.add_argument("--peers", type=Path, default=inputs.REPOSITORY / ".venv-peers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=SECTIONS, action="append")
    parser.add_argument("--stores", type=Path, help="where collections for searching are kept")
    parser.add_argument("--largest", type=int, default=100_000, help="chunks; up to 1000000")
    given = parser.parse_args()
    rounds = 1 if given.quick else given.rounds
    for name in given.only or SECTIONS:
        with tempfile.TemporaryDirectory() as work:
            print(f"{name} …", file=sys.stderr)
            options = Options(
                Path(work),
                given.peers,
                given.bench_data,
                rounds,
                given.quick,
                given.stores,
                given.largest,
            )
            table = SECTIONS[name](options)
        print(f"{table.markdown()}\n", flush=True)
        if not given.quick:
            measured = (
                f"`python -m benchmarks.speed.run`, medians of {rounds} rounds; {report.machine()}."
            )
            report.write(PAGE, table, measured)
    return 0


if __name__ == "__main__":
    sys.exit(main())
