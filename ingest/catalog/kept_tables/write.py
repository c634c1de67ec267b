"""Storing the tables of contents, in the transactions of ``ingest.catalog.writer``."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from ingest.records import PlacedBlock
from ingest.tables.derive import tables_of
from ingest.tables.records import Table
from ingest.text.analyzer import stems, word_number

# Of a table's cells, so many different words are kept to find it by: those of the most rows.
MOST_WORDS = 5_000


def insert_tables(
    connection: sqlite3.Connection, content: int, text: str, blocks: Sequence[PlacedBlock]
) -> None:
    """Store the tables of a content that is being stored, in its transaction."""
    for number, table in enumerate(tables_of(text, blocks)):
        connection.execute(
            "INSERT INTO tables VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                content,
                number,
                table.start,
                table.end,
                len(table.rows),
                table.caption,
                json.dumps([asdict(column) for column in table.columns], ensure_ascii=False),
            ),
        )
        connection.executemany(
            "INSERT INTO table_words VALUES (?, ?, ?)",
            ((word, content, number) for word in _words(table)),
        )


def write_all_tables(connection: sqlite3.Connection) -> None:
    """Store the tables of all contents of a catalog that has none yet."""
    contents = connection.execute(
        "SELECT id, blocks FROM contents WHERE blocks LIKE '%\"row\"%'"
    ).fetchall()
    for content, blocks in contents:
        [data] = connection.execute(
            "SELECT utf8 FROM texts WHERE content = ?", (content,)
        ).fetchone()
        placed = [PlacedBlock(*block) for block in json.loads(blocks)]
        insert_tables(connection, content, bytes(data).decode("utf-8", "surrogatepass"), placed)


def _words(table: Table) -> list[int]:
    """The numbers of the words of a table's caption and names, and of its cells of text: of these,
    those that most rows have, for an order's number is looked for as any other word is."""
    names = {
        stem
        for text in (table.caption, *(one.name for one in table.columns))
        for stem in stems(text)
    }
    cells: Counter[str] = Counter()
    for at, column in enumerate(table.columns):
        if column.kind != "number":
            cells.update(row.cells[at] for row in table.rows)
    counts: Counter[str] = Counter()
    for text, count in cells.items():
        for stem in set(stems(text)):
            counts[stem] += count
    most = sorted(counts, key=lambda stem: (-counts[stem], stem))[:MOST_WORDS]
    return sorted({word_number(stem) for stem in {*names, *most}})
