"""Folders of broken and hostile files through the whole of ingestion.

    python -m benchmarks.bad_input FOLDER...

Vectors are random here: what is measured is what files can do to the run. Fails if a file is not
in the report, if anything was written outside the store, or if the good neighbour that is put
beside them was not ingested.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ingest import FileReceipt, IngestReport, ingest_paths
from ingest.embed.embedder import Embedder
from ingest.progress import NoProgress
from ingest.similarity import Vectors

GOOD = "The lamp on the mast is checked every Monday."


class RandomEmbedder(Embedder):
    """The model's tokenizer, and vectors that mean nothing."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.random.default_rng(0).standard_normal((len(texts), self.dimension))
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit.astype(np.float32)


class Stopwatch(NoProgress):
    """How long each file took, from the one before it. Those that are embedded together count
    with the last that came before them."""

    def __init__(self, *, each: bool) -> None:
        self.seconds: dict[str, float] = {}
        self._each, self._last = each, time.perf_counter()

    def finished(self, receipt: FileReceipt, work: float) -> None:  # noqa: ARG002
        now = time.perf_counter()
        self.seconds[receipt.path], self._last = now - self._last, now
        if self._each:
            print(f"{self.seconds[receipt.path]:6.1f} s", receipt, file=sys.stderr, flush=True)


def most_memory() -> float:
    """The most memory that this process ever had, in MB (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def everything(folders: Sequence[Path]) -> dict[str, tuple[int, int]]:
    """Size and time of all files of some folders."""
    return {
        str(path): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for folder in folders
        for path in folder.rglob("*")
        if not path.is_dir()
    }


def missing(report: IngestReport, folders: Sequence[Path]) -> list[str]:
    """Files that the report does not speak of, neither of them nor of a file in them."""
    told = [receipt.path for receipt in report.files]
    names = [
        path.relative_to(folder).as_posix()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    ]
    return [
        name
        for name in names
        if not any(path == name or f"{name}/" in f"{path}/" or name in path for path in told)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--each", action="store_true", help="print each receipt as it comes")
    given = parser.parse_args()
    folders = [folder.resolve() for folder in given.folders]
    embedder = RandomEmbedder()
    with tempfile.TemporaryDirectory() as work:
        good, store, temporary = Path(work, "good"), Path(work, "store"), Path(work, "temporary")
        good.mkdir()
        temporary.mkdir()
        tempfile.tempdir = os.environ["TMPDIR"] = str(temporary)
        (good / "neighbour.txt").write_text(GOOD)
        # What every run needs (the tokenizer, Chroma, a reader) is not the files' doing.
        ingest_paths([good], store=Path(work, "warm-up"), embedder=embedder)
        before, memory, watch = (
            everything([*folders, good]),
            most_memory(),
            Stopwatch(each=given.each),
        )
        report = ingest_paths([*folders, good], store=store, embedder=embedder, progress=watch)
        grown = most_memory() - memory
        changed = everything([*folders, good]) != before
        escaped = [
            path
            for path in [*Path(work).iterdir(), *temporary.iterdir()]
            if path.name not in ("good", "store", "temporary", "warm-up")
        ]
    slowest = sorted(watch.seconds.items(), key=lambda item: -item[1])[:3]
    unread = Counter((receipt.reason or "")[:60] for receipt in report.files if not receipt.chunks)
    lost = missing(report, folders)
    neighbour = [one for one in report.files if one.path == "neighbour.txt" and one.chunks == 1]
    print(f"{len(report.files)} receipts: {report.counts}; {report.seconds:.0f} s")
    print(f"the main process grew by {grown:.0f} MB")
    print("slowest:", ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest))
    for reason, count in unread.most_common(12):
        print(f"{count:5} {reason}")
    print(f"not in the report: {lost or 'none'}")
    print(f"written elsewhere: {'yes' if changed or escaped else 'nothing'}")
    print(f"good neighbour: {'ingested' if neighbour else 'LOST'}")
    return 1 if lost or changed or escaped or not neighbour else 0


if __name__ == "__main__":
    sys.exit(main())
