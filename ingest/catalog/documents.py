"""Reading documents, their files and their receipts from a catalog."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from ingest.catalog.fields import BUILT_IN, folders_of, iso_time, merged_metadata
from ingest.catalog.tables import text_of
from ingest.paths import folder_of
from ingest.records import (
    UNREAD,
    ContentSummary,
    DocumentEntry,
    FieldKind,
    FileReceipt,
    FileState,
    FilterField,
    KnownFile,
    LoadedDocument,
    Outline,
    PlacedBlock,
    ScannedWord,
    StoredDocument,
)
from ingest.text.unicode import HALVES

DOCUMENT_COLUMNS = """
    contents.id, documents.name, documents.source, documents.root, contents.kind, contents.title,
    contents.page_starts,
    (SELECT count(*) FROM chunks WHERE chunks.content = contents.id),
    contents.characters, documents.size, documents.modified_ns, documents.ingested,
    contents.metadata, documents.metadata, contents.language
"""
# A person chooses from a list; what is longer is typed.
MOST_VALUES = 500


class DocumentsView:
    """The half of ``ingest.catalog.view.CatalogView`` that is about documents."""

    connection: sqlite3.Connection

    def documents(self) -> list[StoredDocument]:
        """Every document, in order of name."""
        rows = self.connection.execute(
            f"SELECT {DOCUMENT_COLUMNS} FROM documents"
            " JOIN contents ON contents.id = documents.content ORDER BY documents.name"
        )
        names: dict[int, list[str]] = defaultdict(list)
        listed = rows.fetchall()
        for content, name, *_ in listed:
            names[content].append(name)
        return [_stored_document(row[1:], names[row[0]]) for row in listed]

    def document_text(self, name: str) -> str | None:
        """The text that all offsets of the document index; None if there is no such document."""
        row = self.connection.execute(
            "SELECT utf8 FROM documents JOIN texts ON texts.content = documents.content"
            " WHERE documents.name = ?",
            (_askable(name),),
        ).fetchone()
        return None if row is None else str(row[0], "utf-8")

    def page_starts(self, name: str) -> tuple[int, ...]:
        """The offset at which each page begins; empty where there are no pages."""
        row = self.connection.execute(
            "SELECT contents.page_starts FROM documents"
            " JOIN contents ON contents.id = documents.content WHERE documents.name = ?",
            (_askable(name),),
        ).fetchone()
        return () if row is None else tuple(json.loads(row[0]))

    def outline(self, name: str) -> Outline:
        """The pages and blocks of a document's text; none if there is no such document."""
        row = self.connection.execute(
            "SELECT contents.page_starts, contents.blocks FROM documents"
            " JOIN contents ON contents.id = documents.content WHERE documents.name = ?",
            (_askable(name),),
        ).fetchone()
        if row is None:
            return Outline()
        blocks = tuple(PlacedBlock(*block) for block in json.loads(row[1]))
        return Outline(tuple(json.loads(row[0])), blocks)

    def scanned_words(self, name: str, page: int) -> tuple[ScannedWord, ...] | None:
        """The words of a page, from 1, that was read by OCR; None for any other."""
        row = self.connection.execute(
            "SELECT words FROM documents JOIN scans ON scans.content = documents.content"
            " WHERE documents.name = ? AND scans.page = ?",
            (_askable(name), page),
        ).fetchone()
        return None if row is None else tuple(ScannedWord(*word) for word in json.loads(row[0]))

    def document_count(self) -> int:
        """The number of documents."""
        return int(self.connection.execute("SELECT count(*) FROM documents").fetchone()[0])

    def titles(self, most: int) -> list[tuple[str, str | None]]:
        """Names and titles of documents, in order of name: so many at most, the newest of them."""
        rows = self.connection.execute(
            "SELECT documents.name, contents.title FROM documents"
            " JOIN contents ON contents.id = documents.content"
            " ORDER BY documents.ingested DESC, documents.name LIMIT ?",
            (most,),
        )
        return sorted(rows, key=itemgetter(0))

    def unread_count(self) -> int:
        """How many files have a receipt that says that they were not read."""
        row = self.connection.execute(
            "SELECT count(*) FROM receipts WHERE status IN (?, ?)", UNREAD
        ).fetchone()
        return int(row[0])

    def files_of(self, name: str) -> tuple[str, tuple[str, ...]]:
        """The digest of a document's bytes, and the absolute paths of all files that had them.

        Its own path comes first; "" and no paths if there is no such document. The digest is as
        ``ingest.run.examine`` writes it.
        """
        rows = self.connection.execute(
            "SELECT contents.digest, documents.source FROM documents"
            " JOIN contents ON contents.id = documents.content WHERE contents.id ="
            " (SELECT content FROM documents WHERE name = ?)"
            " ORDER BY documents.name <> ?, documents.name",
            (name, name),
        ).fetchall()
        return (rows[0][0] if rows else ""), tuple(str(source) for _, source in rows)

    def known_files(self) -> dict[str, KnownFile]:
        """What is remembered of every file, by its absolute path."""
        rows = self.connection.execute(
            "SELECT documents.source, documents.name, documents.root, contents.digest,"
            " documents.size, documents.modified_ns, documents.changed_ns,"
            " contents.page_starts, contents.note, documents.metadata"
            " FROM documents JOIN contents ON contents.id = documents.content"
        )
        return {
            source: KnownFile(
                name, root, digest, FileState(*state), _page_count(starts), note, said
            )
            for source, name, root, digest, *state, starts, note, said in rows
        }

    def content_number(self, digest: str) -> int | None:
        """The number of the content with this digest, if it is stored."""
        row = self.connection.execute(
            "SELECT id FROM contents WHERE digest = ?", (digest,)
        ).fetchone()
        return None if row is None else int(row[0])

    def stored_document(self, content: int) -> LoadedDocument:
        """A content as it was read, but for ``empty_pages`` and ``notes``: its note has those; and
        for ``scans``."""
        kind, title, utf8, blocks, starts, metadata, language = self.connection.execute(
            "SELECT kind, title, utf8, blocks, page_starts, metadata, language FROM contents"
            " JOIN texts ON texts.content = contents.id WHERE id = ?",
            (content,),
        ).fetchone()
        return LoadedDocument(
            kind=kind,
            text=str(utf8, "utf-8"),
            blocks=tuple(PlacedBlock(*block) for block in json.loads(blocks)),
            title=title,
            page_starts=tuple(json.loads(starts)),
            metadata=json.loads(metadata),
            language=language,
        )

    def digests(self) -> list[tuple[str, int]]:
        """(digest, characters) of every stored content, in the order in which they came."""
        rows = self.connection.execute("SELECT digest, characters FROM contents ORDER BY id")
        return [(str(digest), int(characters)) for digest, characters in rows]

    def entries_of(self, content: int) -> tuple[DocumentEntry, ...]:
        """The documents that have this content, with where their files are; in order of name."""
        rows = self.connection.execute(
            "SELECT name, source, root, metadata, size, modified_ns, changed_ns FROM documents"
            " WHERE content = ? ORDER BY name",
            (content,),
        )
        return tuple(
            DocumentEntry(name, source, root, FileState(*state), said)
            for name, source, root, said, *state in rows
        )

    def summary_of(self, content: int) -> ContentSummary:
        """The counts of a content, and its note."""
        chunks, starts, characters, note = self.connection.execute(
            "SELECT (SELECT count(*) FROM chunks WHERE chunks.content = contents.id), page_starts,"
            " characters, note FROM contents WHERE id = ?",
            (content,),
        ).fetchone()
        return ContentSummary(chunks, _page_count(starts), characters, note)

    def names_of(self, content: int) -> list[str]:
        """The documents that have this content, in order of name."""
        rows = self.connection.execute(
            "SELECT name FROM documents WHERE content = ? ORDER BY name", (content,)
        )
        return [str(name) for (name,) in rows]

    def receipts(self) -> dict[str, FileReceipt]:
        """The last receipt of every file that has one, by its absolute path."""
        rows = self.connection.execute(
            "SELECT source, path, status, chunks, pages, reason, characters, same_as"
            " FROM receipts ORDER BY path"
        )
        return {
            text_of(source): FileReceipt(
                path=text_of(path),
                status=text_of(status),
                chunks=int(chunks),
                pages=pages and int(pages),
                reason=reason and text_of(reason),
                characters=int(characters),
                same_as=same_as and text_of(same_as),
            )
            for source, path, status, chunks, pages, reason, characters, same_as in rows
        }

    def filter_fields(self) -> list[FilterField]:
        """The fields that a filter can name: those that are built in, then the collection's own."""
        ask = self.connection.execute
        names = [name for (name,) in ask("SELECT name FROM documents ORDER BY name")]
        folders = sorted({folder for name in names for folder in folders_of(name)})
        listed: dict[str, list[Any]] = {"document": names, "folder": folders}
        for name, column in (("type", "kind"), ("language", "language"), ("title", "title")):
            rows = ask(
                f"SELECT DISTINCT {column} FROM contents WHERE {column} IS NOT NULL"
                f" ORDER BY {column} LIMIT {MOST_VALUES + 1}"
            )
            listed[name] = [value for (value,) in rows]
        fields = [
            _field(name, kind, listed.get(name), own=False) for name, kind in BUILT_IN.items()
        ]
        own = ask("SELECT DISTINCT name, kind FROM fields ORDER BY name, kind").fetchall()
        for name, kind in own:
            rows = ask(
                "SELECT DISTINCT value FROM fields WHERE name = ? AND kind = ?"
                " ORDER BY value LIMIT ?",
                (name, kind, MOST_VALUES + 1),
            )
            values = [bool(value) if kind == "boolean" else value for (value,) in rows]
            fields.append(_field(name, kind, values, own=True))
        return fields


def _field(name: str, kind: FieldKind, values: list[Any] | None, *, own: bool) -> FilterField:
    is_whole = values is not None and len(values) <= MOST_VALUES
    return FilterField(name, kind, tuple((values or [])[:MOST_VALUES]), own, is_whole)


def _page_count(page_starts: str) -> int | None:
    return len(json.loads(page_starts)) or None


def _stored_document(row: Sequence[Any], names: Sequence[str]) -> StoredDocument:
    name, source, root, kind, title, starts, chunks, characters, size, modified, *rest = row
    ingested, found, said, language = rest
    return StoredDocument(
        name=text_of(name),
        source=text_of(source),
        root=text_of(root),
        kind=text_of(kind),
        title=title and text_of(title),
        pages=_page_count(starts),
        chunks=chunks,
        characters=int(characters),
        size=int(size),
        modified=iso_time(modified),
        ingested=ingested,
        metadata=merged_metadata(found, said),
        same_as=tuple(other for other in names if other != name),
        language=language and text_of(language),
        folder=folder_of(name),
    )


def _askable(name: str) -> str:
    """A name as SQLite takes it: with a half of a surrogate pair, which it does not, no document's
    name."""
    return HALVES.sub("\0", name)
