"""Conversation store: a SQLite file in the collection's directory.

With the collection, because its answers point into the collection's documents: they go where it
goes, and are gone when it is. In a file of its own, because the catalog has one writer, who may be
ingesting for an hour, because ``restore`` and ``reembed`` replace the catalog and must not replace
these, and because a backup of documents is given to others, who need not read what was asked.

A conversation belongs to whoever was logged in when it began (``owner``), and to others it is not
there; where nobody logs in, it belongs to nobody.

Every change is one transaction (WAL, ``synchronous=FULL``); any number of processes and threads
may write. What is deleted is overwritten (``secure_delete``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace

from ingest.errors import UsageError
from ingest.store.directory import Store
from ingest.text.unicode import paired
from rag_app.conversation.records import (
    NOBODY,
    Conversation,
    Exchange,
    Feedback,
    Mark,
    News,
    Summary,
    now,
    title_of,
)
from rag_app.conversation.rows import columns_of, exchange_of, exchanges_of
from rag_app.conversation.schema import WITH_OWNERS, ConversationFile, folded, version_of
from rag_app.conversation.tree import PARENT, newest_after, rows_since, take_out


class Conversations:
    """The conversations of one collection. Threads may share it.

    All methods raise StoreError where the file cannot be used, or the collection was renamed or
    deleted meanwhile. Reading works in a store that can only be read.
    """

    def __init__(
        self, store: Store, owner: str | None = None, *, collection_id: str | None = None
    ) -> None:
        """Those of one ``owner`` (``NOBODY`` where there is no login), or of everybody (None).
        ``collection_id`` (``Note.id``) tells the collection from another that took its name."""
        note = store.note
        self._store = store
        self._owner = owner
        self._collection_id = collection_id or (note.id if note else None)
        self.path = store.conversations_path
        self._file = ConversationFile(self.path)

    def put(
        self, conversation: Conversation, exchange: Exchange, *, at_end: bool = False
    ) -> Exchange:
        """Keep an exchange, new or changed, of a conversation, which is made if it is new (or was
        deleted meanwhile) and shows this exchange from now on. Returns it as it is kept: one that
        is asked ``at_end`` goes on from the newest that goes on from its parent, which may have
        been asked on another page a moment ago."""
        with self._writing() as connection:
            if at_end and exchange.parent is not None:
                end = newest_after(connection, conversation.id, exchange.parent)
                exchange = replace(exchange, parent=end)
            content, words, feedback = columns_of(exchange)
            owners = {conversation.id: self._owner or NOBODY}
            owners |= connection.execute(
                "SELECT id, owner FROM conversations WHERE id = ?", (conversation.id,)
            ).fetchall()
            if self._owner not in (None, owners[conversation.id]):
                raise _not_there()
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id)"
                " DO UPDATE SET changed = excluded.changed, shown = excluded.shown",
                (
                    conversation.id,
                    paired(conversation.title or title_of(exchange.question)),
                    conversation.created,
                    now(),
                    exchange.id,
                    owners[conversation.id],
                ),
            )
            written = connection.execute(
                "INSERT INTO exchanges (id, conversation, content, words, feedback)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (id)"
                " DO UPDATE SET content = excluded.content, words = excluded.words"
                " WHERE conversation = excluded.conversation",
                (exchange.id, conversation.id, content, words, feedback),
            )
            if not written.rowcount:
                raise _not_there()  # it is one of another conversation
        return exchange

    def settle(self, exchange: Exchange) -> bool:
        """Keep what has come of a question that was kept when it was asked; what is shown stays as
        it is. Whether it is still there: it may have been deleted meanwhile."""
        with self._writing() as connection:
            row = connection.execute(
                f"SELECT conversation, {PARENT} FROM exchanges"
                f" WHERE {self._is_in_ours(connection)} AND id = ?",
                (*self._ours, exchange.id),
            ).fetchone()
            if row is None:
                return False
            conversation, parent = row  # that may have become another
            content, words, _ = columns_of(replace(exchange, parent=parent))
            connection.execute(
                "UPDATE exchanges SET content = ?, words = ? WHERE id = ?",
                (content, words, exchange.id),
            )
            connection.execute(
                "UPDATE conversations SET changed = ? WHERE id = ?", (now(), conversation)
            )
            return True

    def withdraw(self, exchange: str, *, instead: str | None = None) -> None:
        """Take a question back. What was asked after it goes on from the one before, which is
        shown, or ``instead``, where it was the last. One that is not there is no error."""
        with self._writing() as connection:
            is_there = connection.execute(
                f"SELECT 1 FROM exchanges WHERE {self._is_in_ours(connection)} AND id = ?",
                (*self._ours, exchange),
            ).fetchone()
            if is_there:
                take_out(connection, exchange, instead, now())

    def news(self, id_: str, mark: Mark, waiting: Collection[str] = ()) -> News | None:
        """What has become of a conversation since it was read; None if nothing has. ``waiting``
        are the exchanges that were open then. Raises UsageError if it is not there."""
        with self._file.reading() as connection:
            if connection is None:
                raise _not_there()
            row = connection.execute(
                "SELECT title, changed FROM conversations"
                f" WHERE {self._is_ours(connection)} AND id = ?",
                (*self._ours, paired(id_)),
            ).fetchone()
            if row is None:
                raise _not_there()
            title, changed = row
            if changed == mark.changed:
                return None
            rows = rows_since(connection, id_, mark.settled)
        exchanges, settled = exchanges_of(rows, mark.settled)
        gone = frozenset(waiting) - {exchange.id for exchange in exchanges}
        return News(Mark(changed, settled), title, exchanges, gone)

    def listed(self, search: str = "", limit: int = 50) -> list[Summary]:
        """The conversations, the one that changed last first; those that have every word of
        ``search`` in their title, questions or answers."""
        words = folded(search).split()
        has = (
            " AND (instr(folded(title), ?) OR EXISTS (SELECT 1 FROM exchanges"
            " WHERE conversation = conversations.id AND instr(words, ?)))"
        )
        with self._file.reading() as connection:
            if connection is None:
                return []
            rows = connection.execute(
                "SELECT id, title, created, changed,"
                " (SELECT count(*) FROM exchanges WHERE conversation = conversations.id)"
                f" FROM conversations WHERE {self._is_ours(connection)}{has * len(words)}"
                " ORDER BY changed DESC, id LIMIT ?",
                (*self._ours, *(word for word in words for _ in range(2)), limit),
            )
            return [Summary(*row) for row in rows]

    def open(self, id_: str) -> Conversation:
        """A conversation with all its exchanges. Raises UsageError if there is none."""
        with self._file.reading() as connection:
            if connection is None:
                raise _not_there()
            row = connection.execute(
                "SELECT title, created, shown, changed FROM conversations"
                f" WHERE {self._is_ours(connection)} AND id = ?",
                (*self._ours, paired(id_)),
            ).fetchone()
            if row is None:
                raise _not_there()
            title, created, shown, changed = row
            rows = rows_since(connection, id_, 0)
        exchanges, settled = exchanges_of(rows)
        return Conversation(id_, title, created, exchanges, shown, Mark(changed, settled))

    def exchange(self, id_: str) -> Exchange:
        """One exchange of any conversation. Raises UsageError if there is none."""
        with self._file.reading() as connection:
            if connection is None:
                raise _not_there()
            row = connection.execute(
                "SELECT content, feedback FROM exchanges"
                f" WHERE {self._is_in_ours(connection)} AND id = ?",
                (*self._ours, paired(id_)),
            ).fetchone()
            if row is None:
                raise _not_there()
            return exchange_of(*row)

    def show(self, id_: str, exchange: str) -> None:
        """Remember which branch is shown, by its last exchange."""
        with self._writing() as connection:
            connection.execute(
                f"UPDATE conversations SET shown = ? WHERE {self._is_ours(connection)} AND id = ?",
                (exchange, *self._ours, id_),
            )

    def rename(self, id_: str, title: str) -> str:
        """Give a conversation another title, which is returned: on one line, and not too long.

        Raises UsageError if it is empty, or there is no such conversation.
        """
        title = title_of(title)
        if not title:
            raise UsageError("A conversation needs a title; write one")
        with self._writing() as connection:
            changed = connection.execute(
                f"UPDATE conversations SET title = ? WHERE {self._is_ours(connection)} AND id = ?",
                (paired(title), *self._ours, id_),
            )
            if not changed.rowcount:
                raise _not_there()
        return title

    def delete(self, id_: str) -> None:
        """Delete a conversation for good. One that is not there is no error."""
        with self._writing() as connection:
            connection.execute(
                f"DELETE FROM conversations WHERE {self._is_ours(connection)} AND id = ?",
                (*self._ours, id_),
            )

    def rate(self, exchange: str, feedback: Feedback | None) -> None:
        """Keep what a reader thinks of an answer; None takes it back. Raises UsageError if there
        is no such exchange."""
        with self._writing() as connection:
            changed = connection.execute(
                "UPDATE exchanges SET feedback = ?"
                f" WHERE {self._is_in_ours(connection)} AND id = ?",
                (json.dumps(asdict(feedback)) if feedback else None, *self._ours, exchange),
            )
            if not changed.rowcount:
                raise _not_there()

    def rated(self) -> list[Exchange]:
        """All exchanges with feedback, in the order in which they were asked."""
        with self._file.reading() as connection:
            if connection is None:
                return []
            rows = connection.execute(
                f"SELECT content, feedback FROM exchanges WHERE {self._is_in_ours(connection)}"
                " AND feedback IS NOT NULL ORDER BY number",
                self._ours,
            )
            return [exchange_of(*row) for row in rows]

    @property
    def _ours(self) -> tuple[str, ...]:
        return () if self._owner is None else (self._owner,)

    def _is_ours(self, connection: sqlite3.Connection) -> str:
        """The condition, with the values ``_ours``, that a conversation is this owner's."""
        if self._owner is None:
            return "1"
        return "owner = ?" if version_of(connection) >= WITH_OWNERS else f"'{NOBODY}' = ?"

    def _is_in_ours(self, connection: sqlite3.Connection) -> str:
        """The same of an exchange."""
        condition = self._is_ours(connection)
        return f"conversation IN (SELECT id FROM conversations WHERE {condition})"

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, in a collection that is still there, or is made now."""
        if self._collection_id is None:
            self._store.create()
        self._store.check_id(self._collection_id)
        with self._file.writing() as connection:
            yield connection


def _not_there() -> UsageError:
    return UsageError(
        "There is no such conversation in this collection: it was deleted, or its link is not whole"
    )
