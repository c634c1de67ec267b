"""Changes on disk since files were ingested, found without reading or embedding anything."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from ingest.catalog.view import Catalog
from ingest.embed.embedder import Embedder
from ingest.errors import StoreEmpty
from ingest.maintenance.delete import delete_documents
from ingest.paths import file_of, is_address, is_inside
from ingest.pipeline import ingest_paths
from ingest.progress import Progress
from ingest.records import FileState, IngestReport
from ingest.run.last_run import ingested_folders, is_followed
from ingest.settings import IndexSettings
from ingest.sources.discover import discover
from ingest.sources.sidecar import is_sidecar
from ingest.store.directory import Store


@dataclass(frozen=True, slots=True)
class DiskChanges:
    """Files that are not as they were ingested, as absolute paths, in order.

    ``new`` are files of ingested folders, ``changed`` files whose size or times are others now,
    ``gone`` the paths of documents whose file is not there any more.

    ``folders`` are those that were ingested as a whole; those that cannot be found now are
    ``missing``, and their documents not ``gone``: the disk may just not be there.
    """

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many files are not as they were ingested."""
        return len(self.new) + len(self.changed) + len(self.gone)


def changes_on_disk(settings: IndexSettings) -> DiskChanges:
    """Compare the files of a collection, and of its ingested folders, with the catalog.

    Raises StoreError.
    Files that could not be read before are not new; whether those have changed is not known.
    """
    store = Store(settings.store, settings.collection)
    try:
        with Catalog(store.catalog_path).reading() as view:
            files, seen = view.known_files(), view.receipts().keys()
            known = {
                source: file
                for source, file in files.items()
                if not is_address(source) and is_followed(view, store.directory, source)
            }
            folders = ingested_folders(view)
    except StoreEmpty:
        return DiskChanges()
    found = discover(
        map(Path, folders),
        sorted({file.root for file in known.values()}),
        leave_out=settings.store.resolve(),
    )
    missing = [folder for folder in folders if folder in found.problems]
    changed: set[str] = set()
    gone: list[str] = []
    archives: set[str] = set()
    for source, file in known.items():
        if any(is_inside(source, folder) for folder in missing):
            continue
        path = file_of(source)
        if path.as_posix() != source:
            archives.add(path.as_posix())
        try:
            if FileState.of(path) != file.state:
                changed.add(path.as_posix())
        except OSError:
            gone.append(source)
    new = [
        file.source
        for file in found.files
        if not (
            file.source in known
            or file.source in seen
            or file.source in archives
            or is_sidecar(file)
        )
    ]
    found_folders = tuple(folder for folder in folders if folder not in missing)
    return DiskChanges(
        tuple(new), tuple(sorted(changed)), tuple(sorted(gone)), found_folders, tuple(missing)
    )


def ingest_changes(
    changes: DiskChanges,
    settings: IndexSettings,
    *,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    collection_id: str | None = None,
) -> IngestReport:
    """Ingest what has changed on disk, and delete the documents whose files are gone.

    Raises what ``ingest_paths`` raises.
    """
    paths = [*changes.folders, *changes.changed]
    report = ingest_paths(
        paths,
        sync=True,
        settings=settings,
        embedder=embedder,
        progress=progress,
        stop=stop,
        collection_id=collection_id,
    )
    if stop is not None and stop.is_set():
        return report
    with Catalog(Store(settings.store, settings.collection).catalog_path).reading() as view:
        known = view.known_files()
    lost = [known[source].name for source in changes.gone if source in known]
    if not lost:
        return report
    deleted = delete_documents(lost, settings=settings, collection_id=collection_id)
    return IngestReport((*report.files, *deleted.files), report.seconds + deleted.seconds)
