"""The tables of docs/benchmarks.md: each stands between two markers, and is replaced as a whole."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

BEGIN, END = "<!-- bench: {} -->", "<!-- bench: end of {} -->"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of figures. ``name`` is that of its markers; ``note`` says what was compared."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def markdown(self) -> str:
        """The table with its title and its note."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        for line in lines:
            if len(line) != len(self.columns):
                raise ValueError(f"{self.title}: {len(self.columns)} columns, but {line}")
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return "\n\n".join(filter(None, [f"### {self.title}", table, self.note]))


def machine() -> str:
    """What the figures were measured on, and when."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), "
        f"load {load:.1f}, Python {platform.python_version()}, "
        f"onnxruntime {version('onnxruntime')}, chromadb {version('chromadb')}"
    )


def write(path: Path, table: Table, measured: str) -> None:
    """Put a table between its markers in a file, of which the rest stays as it is.

    ``measured`` stands below it: when, where and how. Raises ValueError where a marker is missing.
    """
    text = path.read_text(encoding="utf-8")
    begin, end = BEGIN.format(table.name), END.format(table.name)
    before, found, rest = text.partition(begin)
    _, also_found, after = rest.partition(end)
    if not (found and also_found):
        raise ValueError(f"{path} has no lines {begin!r} and {end!r}")
    inside = f"\n{table.markdown()}\n\n{measured}\n"
    path.write_text(f"{before}{begin}{inside}{end}{after}", encoding="utf-8")
