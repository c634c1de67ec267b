"""The collections of a store: list, create, rename and delete them.

Each change is one step of the file system, the renaming of a directory, so that a process that is
killed leaves the collection as it was or as it was to be. What is deleted goes out of the way in
that step, and its files after it; what is left of them answers nothing, and the next process that
writes anything to the store removes it. A directory keeps its lock while it is renamed, so nobody
is writing to it; who was waiting for the lock finds that out (``ingest.store.directory``).
"""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ingest.atomic_files import sync_directory
from ingest.catalog.connection import journal_of
from ingest.catalog.view import Catalog
from ingest.errors import StoreEmpty, StoreError, UsageError
from ingest.private import make_directory
from ingest.settings import IndexSettings, load_settings
from ingest.store.directory import CATALOG, Store
from ingest.store.identity import DELETED, new_note, read_note, write_note
from ingest.store.lock import HOLDER, LOCK
from ingest.store.relocate import finish_move

# A directory on its way in. It is there for a moment only.
NEW = ".new-"
# What is there of a collection to which a process wanted to write, and was killed.
LOCK_FILES = {LOCK, HOLDER}
StorePath = str | os.PathLike[str] | None


@dataclass(frozen=True, slots=True)
class CollectionSummary:
    """A collection, and how much is in it.

    ``name`` is None where an earlier version made it and nobody has written to it by its name
    since. ``changed`` is when its documents were last changed, in ISO 8601; None where there never
    were any.
    """

    name: str | None
    directory: str
    documents: int
    chunks: int
    changed: str | None


def list_collections(store: StorePath = None) -> list[CollectionSummary]:
    """The collections of a store, in order of name. Raises UsageError, StoreError."""
    root = _root(store)
    found = [_summary(directory, root) for directory in _directories(root)]
    return sorted(found, key=lambda one: (one.name is None, (one.name or "").casefold(), one.name))


def collection_names(store: StorePath = None) -> list[str]:
    """The names of the collections of a store, in order: quicker than listing them."""
    root = _root(store)
    names = (name_of(directory, root) for directory in _directories(root))
    return sorted((name for name in names if name is not None), key=lambda n: (n.casefold(), n))


def create_collection(name: str, *, store: StorePath = None) -> None:
    """Create an empty collection. Raises UsageError if there is one of that name, StoreError."""
    target = _store_of(store, name)
    _refuse_taken(target)
    new = target.root / f"{NEW}{secrets.token_hex(8)}"
    try:
        make_directory(new)
        write_note(new, new_note(name))
        os.rename(new, target.directory)  # noqa: PTH104 (one step)
        sync_directory(target.root)
    except OSError as error:
        shutil.rmtree(new, ignore_errors=True)
        _refuse_taken(target)  # another process made it this moment
        raise _cannot(f"The collection {name!r} cannot be made", error) from None


def rename_collection(
    old: str, new: str, *, store: StorePath = None, settings: IndexSettings | None = None
) -> None:
    """Rename a collection. What is in it stays as it is, its conversations too.

    Raises UsageError if there is none of the old name or one of the new name, StoreLocked if
    another process is writing to it, StoreError.
    """
    settings = settings or load_settings(IndexSettings, store=store)
    source, target = _store_of(settings.store, old), _store_of(settings.store, new)
    _refuse_missing(source)
    if old == new:
        return
    _refuse_taken(target)
    with source.write_lock(settings.lock_seconds):
        note = source.note or new_note(old)
        moved = replace(note, names=(old, new), moved_from=str(source.directory.resolve()))
        try:
            write_note(source.directory, moved)
            os.rename(source.directory, target.directory)  # noqa: PTH104 (one step)
            sync_directory(target.root)
            # Its documents are found by where their files are, and uploads went with it.
            finish_move(target.catalog_path, moved, new)
        except OSError as error:
            raise _cannot(f"The collection {old!r} cannot be renamed", error) from None
        finally:
            (target.directory / HOLDER).unlink(missing_ok=True)  # it went along


def delete_collection(
    name: str, *, store: StorePath = None, settings: IndexSettings | None = None
) -> None:
    """Delete a collection for good, with its uploads and conversations.

    The files that its documents were made from are left alone.

    Raises UsageError if there is none, StoreLocked if another process is writing to it, StoreError.
    """
    settings = settings or load_settings(IndexSettings, store=store)
    target = _store_of(settings.store, name)
    _refuse_missing(target)
    with target.write_lock(settings.lock_seconds):
        gone = target.root / f"{DELETED}{secrets.token_hex(8)}"
        try:
            os.rename(target.directory, gone)  # noqa: PTH104 (one step)
            sync_directory(target.root)
        except OSError as error:
            raise _cannot(f"The collection {name!r} cannot be deleted", error) from None
        try:
            _remove(gone)
        except OSError as error:
            raise _cannot(
                f"The collection {name!r} is deleted, but not all of its files could be removed "
                f"from {gone}", error
            ) from None  # fmt: skip


def renamed_to(id_: str, store: StorePath = None) -> str | None:
    """The present name of the collection with an id (``Note.id``); None if it is gone."""
    root = _root(store)
    for directory in _directories(root):
        note = read_note(directory)
        if note is not None and note.id == id_:
            return name_of(directory, root)
    return None


def name_of(directory: Path, root: Path) -> str | None:
    """The name of the collection in a directory; None where it is not known."""
    note = read_note(directory)
    # Earlier versions did not; most names are as their directories.
    readable = directory.name.rpartition("-")[0]
    guesses = (readable, readable.replace("-", "_"), readable.replace("-", " "))
    for name in (*(note.names if note else ()), *guesses):
        if name and Store(root, name).directory.name == directory.name:
            return name
    return None


def _summary(directory: Path, root: Path) -> CollectionSummary:
    catalog = directory / CATALOG
    documents = chunks = 0
    changed = None
    with suppress(StoreEmpty), Catalog(catalog).reading() as view:
        documents, chunks = view.document_count(), view.chunk_count()
        files = (catalog, journal_of(catalog))
        last = max(path.stat().st_mtime for path in files if path.exists())
        changed = datetime.fromtimestamp(last).astimezone().isoformat(timespec="seconds")
    return CollectionSummary(name_of(directory, root), directory.name, documents, chunks, changed)


def _directories(root: Path) -> list[Path]:
    """The directories of the collections. What is beside them is none of ours."""
    try:
        found = [path for path in root.iterdir() if not path.name.startswith(".")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(
            f"The store {root} cannot be read ({error.strerror or error}); check its rights"
        ) from None
    return [path for path in found if _is_collection(path)]


def _is_collection(directory: Path) -> bool:
    return read_note(directory) is not None or (directory / CATALOG).exists()


def _refuse_missing(store: Store) -> None:
    if not _is_collection(store.directory):
        raise UsageError(
            f"There is no collection {store.collection!r} in {store.root}; "
            "see: rag-app collections list"
        )


def _refuse_taken(store: Store) -> None:
    """Raise UsageError where there is a collection of that name. What a killed process left of one
    that it never wrote to is removed."""
    if _is_collection(store.directory):
        raise UsageError(f"There is a collection {store.collection!r} already; choose another name")
    with suppress(OSError):
        if {path.name for path in store.directory.iterdir()} <= LOCK_FILES:
            with store.write_lock(0):
                _remove(store.directory)


def _store_of(store: StorePath, name: str) -> Store:
    if not name:
        raise UsageError("A collection needs a name; any text will do")
    return Store(_root(store), name)


def _root(store: StorePath) -> Path:
    return load_settings(IndexSettings, store=store).store


def _remove(directory: Path) -> None:
    """Remove a directory, also one that another process is removing. Raises OSError."""
    while True:
        try:
            shutil.rmtree(directory)
            return
        except FileNotFoundError:
            if not directory.exists():
                return


def _cannot(what: str, error: OSError) -> StoreError:
    return StoreError(
        f"{what} ({error.strerror or error}); check the rights to its directory, and that no "
        "program has its files open where that is in the way"
    )
