"""Tables that were read, kept in memory with their words: the next question mostly asks of them
again, and reading one costs more than planning over it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

from ingest.catalog.kept_tables.find import Found, read_table, table_key
from ingest.catalog.view import CatalogView
from ingest.tables.records import Table
from rag_app.tables.rules.link import Vocabulary

# So many cells are kept, of all tables together: some 150 MB, and a sheet of 100,000 rows.
MOST_CELLS = 800_000


class Read(NamedTuple):
    """A table, and its words."""

    table: Table
    words: Vocabulary


class KeptTables:
    """The tables that were read last. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: OrderedDict[str, Read] = OrderedDict()
        self._cells = 0

    def read(self, view: CatalogView, found: Found) -> Read:
        """A table as the catalog has it, read if it is not kept."""
        key = table_key(view, found)
        with self._lock:
            if key in self._read:
                self._read.move_to_end(key)
                return self._read[key]
        table = read_table(view, found)
        read = Read(table, Vocabulary(table.columns, table.rows))
        with self._lock:
            if key not in self._read and _cells(table) <= MOST_CELLS:
                self._read[key] = read
                self._cells += _cells(table)
            while self._cells > MOST_CELLS:
                _, oldest = self._read.popitem(last=False)
                self._cells -= _cells(oldest.table)
        return read


def _cells(table: Table) -> int:
    return len(table.rows) * len(table.columns)
