"""The tree of a conversation's exchanges, in SQL: where a question goes on from, what is new since
a reader looked, and taking a question back.

An exchange is always newer than its parent, so what goes on from one is looked for after it only:
nothing here takes longer in a long conversation.
"""

from __future__ import annotations

import json
import sqlite3

AFTER = "number > (SELECT number FROM exchanges WHERE id = ?)"
PARENT = "json_extract(content, '$.parent')"


def newest_after(connection: sqlite3.Connection, conversation: str, exchange: str) -> str:
    """The id of the newest exchange that goes on from one; its own if none does."""
    rows = connection.execute(
        f"SELECT id, {PARENT} FROM exchanges WHERE conversation = ? AND {AFTER} ORDER BY number",
        (conversation, exchange),
    )
    after, last = {exchange}, exchange
    for id_, parent in rows:
        if parent in after:
            after.add(id_)
            last = id_
    return last


def rows_since(
    connection: sqlite3.Connection, conversation: str, settled: int
) -> list[tuple[int, str, str | None]]:
    """Number, content and feedback of what has a higher number."""
    return connection.execute(
        "SELECT number, content, feedback FROM exchanges"
        " WHERE conversation = ? AND number > ? ORDER BY number",
        (conversation, settled),
    ).fetchall()


def take_out(
    connection: sqlite3.Connection, exchange: str, instead: str | None, changed: str
) -> None:
    """Delete an exchange. What went on from it goes on from ``instead``, or its parent, which is
    shown where it was the last that was. A conversation without any is no more."""
    conversation, parent = connection.execute(
        f"SELECT conversation, {PARENT} FROM exchanges WHERE id = ?", (exchange,)
    ).fetchone()
    instead = instead or parent
    after = connection.execute(
        "SELECT number, content FROM exchanges"
        f" WHERE conversation = ? AND {AFTER} AND {PARENT} = ?",
        (conversation, exchange, exchange),
    ).fetchall()
    for number, content in after:
        moved = json.dumps({**json.loads(content), "parent": instead})
        connection.execute("UPDATE exchanges SET content = ? WHERE number = ?", (moved, number))
    connection.execute("DELETE FROM exchanges WHERE id = ?", (exchange,))
    connection.execute(
        "UPDATE conversations SET shown = ? WHERE id = ? AND shown = ?",
        (instead and newest_after(connection, conversation, instead), conversation, exchange),
    )
    connection.execute("UPDATE conversations SET changed = ? WHERE id = ?", (changed, conversation))
    connection.execute(
        "DELETE FROM conversations WHERE id = ?"
        " AND NOT EXISTS (SELECT 1 FROM exchanges WHERE conversation = conversations.id)",
        (conversation,),
    )
