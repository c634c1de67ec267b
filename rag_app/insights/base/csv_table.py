"""Rows from CSV, and as CSV that a spreadsheet can open."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from ingest.atomic_files import write_atomically
from ingest.errors import UsageError
from ingest.text.spreadsheet import without_formula


def read_rows(source: Path | bytes, needs: str) -> list[dict[str, str | None]]:
    """The rows of a CSV file in UTF-8 with a head, by its columns. ``needs`` says which it has to
    have. Raises UsageError for what is none."""
    name = source if isinstance(source, Path) else "The file"
    try:
        sent = source.read_bytes() if isinstance(source, Path) else source
        return list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{name} cannot be read as CSV ({error}); it needs {needs}") from None


def to_csv(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows with the same columns as CSV (RFC 4180), with a head. Texts that a spreadsheet would
    take for a formula have an apostrophe before them."""
    text = io.StringIO()
    writer = csv.writer(text)
    if rows:
        writer.writerow(rows[0])
    for row in rows:
        writer.writerow(map(_cell, row.values()))
    return text.getvalue()


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows as a CSV file, in UTF-8 with the mark by which spreadsheets know it. Raises
    UsageError where that is not possible."""
    try:
        write_atomically(path, "\ufeff" + to_csv(rows))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror or error}); give another file"
        ) from None


def _cell(value: object) -> object:
    if isinstance(value, str):
        return without_formula(value)
    return "" if value is None else value
