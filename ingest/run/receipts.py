"""Receipts: the note of a document that was read, and when a receipt is worth keeping."""

from __future__ import annotations

import json
from dataclasses import replace

from ingest.catalog.fields import RESERVED
from ingest.catalog.view import CatalogView
from ingest.records import FileReceipt, LoadedDocument
from ingest.sources.sidecar import BUILT_IN_WINS

# Of an exception's own words, so many characters.
MOST_WORDS = 200
STILL_ANSWERS = "what it said before still answers"


def surprise(error: Exception) -> str:
    """What a receipt says of an exception that nobody foresaw; its traceback is in the log."""
    words = " ".join(str(error).split())[:MOST_WORDS]
    return f"it cannot be read: {type(error).__name__}{words and ': '}{words}"


def is_news(receipt: FileReceipt, before: FileReceipt | None) -> bool:
    """Whether a receipt is to replace the one that is kept.

    A file that is unchanged keeps the receipt of when it was stored, but not one of a failure that
    is over.
    """
    if receipt.status == "unchanged":
        return before is not None and before.is_unread
    return receipt != before


def note_of(document: LoadedDocument) -> str | None:
    """What a user should know of a document that was read, such as pages without text and what
    was left out; or None."""
    notes: list[str] = []
    if document.empty_pages:
        pages = ", ".join(map(str, document.empty_pages[:10]))
        more = ", …" if len(document.empty_pages) > 10 else ""
        count = len(document.empty_pages)
        notes.append(f"no text on {count} of its pages ({pages}{more}): pictures?")
    notes.extend(document.notes)
    # Only front matter is written by the user; its title is the document's.
    if document.kind in ("markdown", "text"):
        taken = [name for name in document.metadata if name in RESERVED and name != "title"]
        if taken:
            listed = ", ".join(f"“{name}”" for name in taken)
            notes.append(f"its own {listed} is not used, {BUILT_IN_WINS}")
    return "; ".join(notes) or None


def is_stored(view: CatalogView, content: int, loaded: LoadedDocument) -> bool:
    """Whether a stored content equals what was read, to the letter."""
    metadata = json.loads(json.dumps(dict(loaded.metadata), default=str))
    read = replace(loaded, metadata=metadata, empty_pages=(), notes=(), scans=())
    same_note = view.summary_of(content).note == note_of(loaded)
    return same_note and view.stored_document(content) == read
