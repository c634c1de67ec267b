"""Comma-separated values, and those separated by semicolons, tabs or bars."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from ingest.errors import BrokenFile
from ingest.load.common.charset import decode
from ingest.load.common.compose import compose
from ingest.load.common.flat_tables import flat_blocks
from ingest.records import LoadedDocument

_SEPARATORS = (",", ";", "\t", "|")
_SAMPLE = 20
# What Excel writes for itself into the first line.
_DECLARED = re.compile(r"sep=(.)\r?\n")


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a file of separated values, whatever separates them. Raises BrokenFile."""
    text = decode(data)
    declared = _DECLARED.match(text)
    if declared:
        text = text[declared.end() :]
    separator = declared.group(1) if declared else _separator(text)
    try:
        return compose("csv", flat_blocks(_rows(text, separator)))
    except csv.Error as error:
        raise BrokenFile("damaged: its rows cannot be told apart") from error


def _separator(text: str) -> str:
    """The separator that gives the most rows of one width."""
    return max(_SEPARATORS, key=lambda separator: _regularity(text, separator))


def _regularity(text: str, separator: str) -> tuple[int, int]:
    widths = Counter(map(len, islice(_rows(text, separator), _SAMPLE)))
    width, rows = max(
        ((width, rows) for width, rows in widths.items() if width > 1),
        key=lambda found: found[1],
        default=(0, 0),
    )
    return rows, width


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    # The library's limit guards against a quote that is never closed; that is done here by
    # taking an odd number of quotes for mere characters. It is the whole process's: only raised.
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    lines = StringIO(text, newline="")
    if text.count('"') % 2:
        reader = csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(lines, delimiter=separator)
    for row in reader:
        yield [" ".join(cell.split()) for cell in row]
