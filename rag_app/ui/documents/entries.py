"""The rows of the list of documents: made, filtered and sorted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from ingest import FileReceipt
from ingest.paths import folder_of, with_above
from ingest.records import StoredDocument
from rag_app.messages import retold, to_say

Status = Literal["read", "with a note", "not read"]
STATUSES: tuple[Status, ...] = ("read", "with a note", "not read")
# The same as a reader is told.
TOLD: dict[Status, str] = {
    "read": to_say("read"),
    "with a note": to_say("with a note"),
    "not read": to_say("not read"),
}
# The field of an entry by which each order sorts, largest first; the first is by name.
FIELDS = {
    to_say("Newest first"): "ingested",
    to_say("Largest first"): "size",
    to_say("Last changed first"): "modified",
}
ORDERS = (to_say("Name"), *FIELDS)


@dataclass(frozen=True, slots=True)
class Entry:
    """A document, or a file that could not be read. ``remark`` is what its receipt says.

    ``is_document`` tells whether there is something to be read, also where the file as it is now
    could not be: then the document is what it said before.
    """

    name: str
    source: str
    status: Status
    kind: str = ""
    folder: str = ""
    title: str = ""
    remark: str | None = None
    pages: int | None = None
    chunks: int = 0
    size: int = 0
    modified: str = ""
    ingested: str = ""
    is_document: bool = True


def entries_of(
    documents: Iterable[StoredDocument], receipts: Mapping[str, FileReceipt]
) -> list[Entry]:
    """A row for each document, and for each file that could not be read. ``receipts`` are by the
    paths of the files."""
    entries: list[Entry] = []
    sources = set[str]()
    for document in documents:
        sources.add(document.source)
        receipt = receipts.get(document.source)
        status: Status = "read"
        if receipt is not None and receipt.is_unread:
            status = "not read"
        elif receipt is not None and receipt.reason:
            status = "with a note"
        entries.append(
            Entry(
                document.name,
                document.source,
                status,
                document.kind,
                document.folder,
                document.title or "",
                receipt.reason if receipt is not None else None,
                document.pages,
                document.chunks,
                document.size,
                document.modified,
                document.ingested,
            )
        )
    for source, receipt in receipts.items():
        if source not in sources and receipt.is_unread:
            folder = folder_of(receipt.path)
            entries.append(
                Entry(
                    receipt.path, source, "not read", folder=folder,
                    remark=receipt.reason, is_document=False,
                )
            )  # fmt: skip
    return entries


def found(
    entries: Sequence[Entry],
    *,
    search: str = "",
    kind: str | None = None,
    folder: str | None = None,
    status: Status | None = None,
    order: str = ORDERS[0],
) -> list[Entry]:
    """Those that have all words of a search in their name, title or remark, and pass the filters;
    a folder has what is in its folders, too."""
    words = search.casefold().split()
    passing = [
        entry
        for entry in entries
        if (kind is None or entry.kind == kind)
        and (folder is None or f"{entry.folder}/".startswith(f"{folder}/"))
        and (status is None or entry.status == status)
        and (not words or _has(entry, words))
    ]
    passing.sort(key=lambda entry: entry.name.casefold())
    if order in FIELDS:
        passing.sort(key=attrgetter(FIELDS[order]), reverse=True)
    return passing


def key_of(name: str) -> str:
    """The name of a document as one that a widget, a style or a script can have."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def folders_of(entries: Iterable[Entry]) -> list[str]:
    """All folders, with those that they are in, in order."""
    folders = set[str]()
    for folder in {entry.folder for entry in entries}:
        folders.update(with_above(folder))
    return sorted(folders - {""}, key=str.casefold)


def _has(entry: Entry, words: Sequence[str]) -> bool:
    text = f"{entry.name}\n{entry.title}\n{retold(entry.remark or '')}".casefold()
    return all(word in text for word in words)
