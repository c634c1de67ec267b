"""The directory of a collection: its layout, and access for one writer.

storage/
  default-37a8eec1/            one directory for each collection
    collection.json            its name, and an id that tells it from another of that name
    catalog.sqlite3            the truth: documents, chunks, vectors, receipts
    index/000000-000042-187c…/ what Chroma made of it up to generation 42; can be rebuilt
    calibration.json           when to refuse, where that was fitted to the collection
    evaluations/               what came of known questions (rag_app.eval.saved_runs)
    insights/                  what its vectors know (rag_app.insights.base.kept); made again
    models/                      its own embedding model, where one was tuned (tuned_model)
    uploads/                   files that were given to the chat
    conversations.sqlite3      what was asked in the chat, and answered (rag_app.conversation.store)
    write.lock, writer.json    who is writing
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ingest.atomic_files import write_atomically
from ingest.errors import CollectionGone, StoreEmpty, StoreError
from ingest.private import make_directory
from ingest.store.identity import DELETED, NOTE, Note, new_note, read_note, write_note
from ingest.store.lock import acquire, held
from ingest.store.relocate import finish_move

CATALOG = "catalog.sqlite3"


@dataclass(frozen=True, slots=True)
class Store:
    """One collection's directory, and the paths in it. Nothing is opened or made by it."""

    root: Path
    collection: str

    @property
    def directory(self) -> Path:
        """The collection's directory: a readable part, and a hash that tells names apart.

        Any text is a valid name, also where a file system ignores case or forbids characters.
        """
        readable = re.sub(r"[^a-z0-9]+", "-", self.collection.lower()).strip("-")[:40]
        digest = hashlib.sha256(self.collection.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return self.root / f"{readable or 'collection'}-{digest}"

    @property
    def catalog_path(self) -> Path:
        return self.directory / CATALOG

    @property
    def index_directory(self) -> Path:
        return self.directory / "index"

    @property
    def uploads_directory(self) -> Path:
        return self.directory / "uploads"

    @property
    def conversations_path(self) -> Path:
        return self.directory / "conversations.sqlite3"

    @property
    def calibration_path(self) -> Path:
        """The thresholds of refusal that were fitted to the collection.

        Written by ``rag_app.evidence.calibration``. The file is replaced, it never changes.
        """
        return self.directory / "calibration.json"

    def write_calibration(self, text: str | None) -> None:
        """Replace the calibration, atomically; None removes it.

        Raises StoreError where that is not possible.
        """
        try:
            if text is None:
                self.calibration_path.unlink(missing_ok=True)
            else:
                write_atomically(self.calibration_path, text)
        except OSError as error:
            raise self._cannot_be_written(error) from None

    @property
    def models_directory(self) -> Path:
        """The embedding models that were tuned on the collection (``ingest.store.tuned_model``)."""
        return self.directory / "models"

    @property
    def restoring_path(self) -> Path:
        """The temporary copy of a backup that is being restored, by who holds the write lock."""
        return self.directory / "restore.sqlite3"

    @property
    def exists(self) -> bool:
        """Whether anything was ever written to this collection."""
        return self.catalog_path.exists()

    @property
    def note(self) -> Note | None:
        """The collection's name and id; None where nothing was ever written to it."""
        return read_note(self.directory)

    def create(self) -> None:
        """Create the directory. Raises StoreError where that is not possible."""
        try:
            make_directory(self.directory)
        except OSError as error:
            raise self._cannot_be_written(error) from None

    def check_id(self, collection_id: str | None) -> None:
        """Raise CollectionGone if this is not the collection with this id (``Note.id``).

        Another may have taken its name. None means any.
        """
        if collection_id is None:
            return
        note = self.note
        if note is None or note.id != collection_id:
            raise CollectionGone(
                f"The collection {self.collection!r} was renamed or deleted meanwhile; "
                "open it by the name that it has now"
            )

    def check_links(self) -> None:
        """Raise StoreError if a link in the directory leads what is written there elsewhere.

        Its own path may have links in it: those are the user's.
        """
        links = [path for path in self.directory.glob("*") if path.is_symlink()]
        if links:
            raise StoreError(
                f"{links[0]} is a link to elsewhere, where nothing is written; put what it leads "
                "to in its place, or move the whole store and link to that"
            )

    def _cannot_be_written(self, error: OSError) -> StoreError:
        return StoreError(
            f"The store {self.root} cannot be written ({error.strerror or error}); check its "
            "disk and rights, or choose another one with --store or RAG_STORE"
        )

    @contextmanager
    def write_lock(
        self, wait_seconds: float, *, create: bool = True, collection_id: str | None = None
    ) -> Iterator[None]:
        """Hold the lock of the one writer. Readers never need it.

        Raises StoreLocked, naming the holder, when it is not free within ``wait_seconds``; where
        the collection is not to be made, StoreEmpty if there is none; CollectionGone if it is not
        the one with ``collection_id`` (``Note.id``).
        """

        def prepare() -> None:
            if collection_id is not None:
                self.check_id(collection_id)
            elif create:
                self.create()
            elif not self.exists:
                raise StoreEmpty("Nothing has been ingested yet; run: rag-app ingest PATH")
            self.check_links()

        try:
            lock = acquire(self.directory, self.collection, wait_seconds, prepare, collection_id)
        except OSError as error:
            raise self._cannot_be_written(error) from None
        with held(lock, self.directory):
            self._tidy()
            yield

    def _tidy(self) -> None:
        """Clean up after processes that were killed. The caller holds the lock."""
        for pattern in (f"{self.restoring_path.name}*", f".{NOTE}.*"):
            for leftover in self.directory.glob(pattern):
                leftover.unlink()
        for leftover in self.root.glob(f"{DELETED}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        note = self.note
        with suppress(OSError):  # the next writer may have more room
            if note is None:
                write_note(self.directory, new_note(self.collection))
            elif note.moved_from is not None:
                finish_move(self.catalog_path, note, self.collection)
