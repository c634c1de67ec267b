"""Validation of an SQLite file: its schema and its values; connections that trust no schema.

A database may hold triggers, views and expressions that run when somebody reads or writes it. A
file from elsewhere is used only if it has exactly what our own statements make. And SQLite keeps
values of any type in any column (https://www.sqlite.org/flextypegood.html), so what is in a column
may not be what we write there.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from ingest.errors import StoreError

# What Python and NumPy raise over values of another type, length or size than they were made for.
MALFORMED = (
    TypeError, ValueError, LookupError, ArithmeticError, AttributeError, RecursionError,
    MemoryError,
)  # fmt: skip
T = TypeVar("T")
_COMMENT = re.compile(r"--[^\n]*")


def connect(
    database: str | Path,
    *,
    timeout: float = 30,
    isolation_level: str | None = "",
    uri: bool = False,
) -> sqlite3.Connection:
    """Open a database whose schema is not trusted (https://www.sqlite.org/security.html).

    Raises sqlite3.Error.
    """
    connection = sqlite3.connect(
        database,
        timeout=timeout,
        isolation_level=isolation_level,  # type: ignore[arg-type]
        uri=uri,
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    if sys.version_info >= (3, 12):
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE)
    return connection


def check_tables(
    connection: sqlite3.Connection, path: Path, versions: Sequence[str], version: int
) -> None:
    """Raise StoreError if a database has not exactly the tables and indices of a version.

    ``versions`` are the statements of each, ``version`` how many of them were run.
    """
    try:
        found = _schema(connection)
    except UnicodeDecodeError:  # SQLite's error holds a name of the file's, which is no text
        found = None
    if found != _expected(tuple(versions[:version])):
        raise StoreError(
            f"{path} is damaged, or was not made by rag-app: its tables, views or triggers are "
            "not ours. Put it aside, and restore a backup that you trust or ingest again"
        )


def wrong_values(connection: sqlite3.Connection, rules: Mapping[str, str]) -> str | None:
    """Where a database has values that we do not write, in words; None if it has none.

    Values must have the declared type of their column. ``rules`` are conditions in SQL that are
    true for what else is wrong with a row, by table. Every row is read, though not the long values
    in it. Raises sqlite3.Error.
    """
    for table, rule in rules.items():
        columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
        wrong = [
            f"typeof(\"{name}\") NOT IN ('{kind.lower()}', '{kind.lower() if needed else 'null'}')"
            for _, name, kind, needed, *_ in columns
            if kind
        ]
        # One after the other: a rule may take for granted that the types are right.
        for condition in (" OR ".join(wrong), rule):
            if connection.execute(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1").fetchone():
                return f"the table {table} has values that rag-app does not write"
    if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
        return f"the table {broken[0]} names rows that are not there"
    return None


def text_of(value: T) -> T:
    """A value of a column of texts. Raises TypeError if it is none."""
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} in place of a text")
    return value


@lru_cache
def _expected(versions: tuple[str, ...]) -> list[tuple[str, str, str, str]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        made.create_function("language_of", 1, lambda _: None)
        for statements in versions:
            made.executescript(statements)
        return _schema(made)


def _schema(connection: sqlite3.Connection) -> list[tuple[str, str, str, str]]:
    """What a database holds, but for the indices that SQLite makes of its own, which are
    without SQL. Comments and spaces do not count: SQLite keeps them as they were written."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")
    return sorted(
        (str(kind), str(name), str(table), "".join(_COMMENT.sub("", str(sql)).split()))
        for kind, name, table, sql in rows
        if not (kind == "index" and sql is None)
    )
