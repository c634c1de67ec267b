"""What the page changes in a collection: add files, read them again, delete them, bring in what
has changed on disk, and the sample documents.

``collection_id`` is that of the collection which the page has shown: what was meant for it goes
into no other, and is kept nowhere if it is gone. Files are kept when nobody else writes.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ingest import FileReceipt, IngestReport
from ingest.maintenance.disk_changes import DiskChanges, ingest_changes
from ingest.paths import file_of, is_address
from ingest.progress import Progress
from ingest.sources.discover import LEADS_OUT
from ingest.sources.web.address import without_user
from rag_app import Engine
from rag_app.messages import say, say_many
from rag_app.ui.documents.jobs.job_queue import Job
from rag_app.ui.documents.jobs.sample_files import FOLDER, sample_files
from rag_app.ui.serving.settings import Role
from rag_app.web.changes import Upload, delete, ingest, patient, remove_unknown, without_left
from rag_app.web.upload_settings import UploadSettings
from rag_app.web.uploads import (
    SentFile,
    save,
)


def upload_job(
    engine: Engine,
    collection_id: str | None,
    files: Sequence[SentFile],
    limits: UploadSettings,
    not_taken: int = 0,
    too_large: Sequence[tuple[str, int]] = (),
) -> Job:
    """Keep files that were sent, and ingest them: ``rag_app.web.changes.Upload``."""
    upload = Upload(engine, collection_id, files, limits, not_taken, too_large)
    what = say_many("Adding {count} file", "Adding {count} files", len(upload.names))
    return Job(
        what, upload.run, len(upload.names), upload.leave, "upload", upload.names,
        engine.store.collection,
    )  # fmt: skip


def page_job(engine: Engine, collection_id: str | None, address: str) -> Job:
    """Fetch a web page, and ingest it."""
    address = address.strip()
    if not is_address(address):
        address = f"https://{address}"

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        return ingest(engine, collection_id, [address], progress, stop)

    told = without_user(address)
    return Job(
        say("Fetching {address}", address=told), run, 1, names=(told,),
        collection=engine.store.collection,
    )  # fmt: skip


def samples_job(engine: Engine, collection_id: str | None) -> Job:
    """Put the sample documents into a folder of their own."""
    folder, files = engine.store.uploads_directory / FOLDER, sample_files()

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        kept = (save(path.read_bytes(), folder / name) for name, path in files.items())
        return without_left(engine, ingest(engine, collection_id, kept, progress, stop))

    def leave() -> None:
        remove_unknown(engine, [folder / name for name in files])

    what = say_many("Adding {count} sample document", "Adding {count} sample documents", len(files))
    return Job(what, run, len(files), leave, names=(FOLDER,), collection=engine.store.collection)


def again_job(engine: Engine, collection_id: str | None, sources: Mapping[str, str]) -> Job:
    """Read files again, also those that have not changed; of what is in an archive, the archive.
    ``sources`` are their paths, by the names of their documents."""

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        left = []
        paths: dict[Path | str, None] = {}
        for name, source in sources.items():
            if is_address(source):
                paths[source] = None
                continue
            path = file_of(source)
            if path.is_symlink():  # what is wanted lies where nobody has pointed to
                reason = f"{LEADS_OUT}; ingest what it leads to"
                left.append(FileReceipt(name, "skipped", reason=reason))
            else:
                paths[path] = None
        if not paths:
            return IngestReport(tuple(left), 0.0)
        report = ingest(engine, collection_id, paths, progress, stop, reread=True)
        return replace(report, files=(*left, *report.files))

    what = say_many("Reading {count} file again", "Reading {count} files again", len(sources))
    if len(sources) == 1:
        what = say("Reading {name} again", name=next(iter(sources)))
    names, collection = tuple(sources), engine.store.collection
    return Job(what, run, len(sources), names=names, collection=collection)


def delete_job(
    engine: Engine, collection_id: str | None, names: Sequence[str], sources: Collection[str]
) -> Job:
    """Delete documents, and their files where those were uploaded: but no archive of which
    something stays."""

    def run(_progress: Progress, stop: threading.Event) -> IngestReport:
        if stop.is_set():
            return IngestReport((), 0.0)
        return delete(engine, collection_id, names, sources)

    what = say_many("Deleting {count} document", "Deleting {count} documents", len(names))
    if len(names) == 1:
        what = say("Deleting {name}", name=names[0])
    return Job(
        what, run, len(names), event="delete", names=names,
        collection=engine.store.collection, needs=Role.DELETE,
    )  # fmt: skip


def bring_in_job(engine: Engine, collection_id: str | None, changes: DiskChanges) -> Job:
    """Ingest what has changed on disk."""

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        report = ingest_changes(
            changes,
            patient(engine),
            embedder=engine.embedder,
            progress=progress,
            stop=stop,
            collection_id=collection_id,
        )
        return replace(
            report, files=tuple(one for one in report.files if one.status != "unchanged")
        )

    names, collection = (*changes.new, *changes.changed, *changes.gone), engine.store.collection
    what = say("Bringing in what has changed")
    return Job(
        what, run, changes.count, names=names, collection=collection, needs=Role.DELETE
    )  # what is gone from the disk is deleted
