"""The schema of an SQLite file against the one that we make, and connections that trust no schema.

A database may hold triggers, views and expressions that run when somebody reads or writes it. A
file from elsewhere is used only if it has exactly what our own statements make.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from ingest.errors import StoreError

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
    if _schema(connection) != _expected(tuple(versions[:version])):
        raise StoreError(
            f"{path} is damaged, or was not made by rag-app: its tables, views or triggers are "
            "not ours. Put it aside, and restore a backup that you trust or ingest again"
        )


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
