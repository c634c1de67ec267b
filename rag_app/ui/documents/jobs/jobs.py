"""What the page changes in a collection: add files, read them again, delete them, bring in what
has changed on disk, and the sample documents.

``collection_id`` is that of the collection which the page has shown: what was meant for it goes
into no other, and is kept nowhere if it is gone. Files are kept when nobody else writes.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ingest import FileReceipt, IndexSettings, IngestReport, delete_documents, ingest_paths
from ingest.maintenance.disk_changes import DiskChanges, ingest_changes
from ingest.paths import file_of, is_address
from ingest.progress import Progress
from ingest.run.receipts import STILL_ANSWERS
from ingest.run.steps import STOPPED
from ingest.sources.discover import LEADS_OUT
from ingest.sources.web.address import without_user
from ingest.text.wording import many
from rag_app import Engine
from rag_app.ui.documents.jobs.job_queue import Job
from rag_app.ui.documents.jobs.sample_files import FOLDER, sample_files
from rag_app.ui.documents.jobs.uploads import (
    SentFile,
    not_taken_receipt,
    remove,
    save,
    sift,
    too_large_receipts,
)
from rag_app.ui.serving.settings import Role
from rag_app.ui.serving.upload_settings import UploadSettings

# While somebody else writes, it is looked so often whether this is still wanted.
LOOK_SECONDS = 0.5


def upload_job(
    engine: Engine,
    collection_id: str | None,
    files: Sequence[SentFile],
    limits: UploadSettings,
    not_taken: int = 0,
    too_large: Sequence[tuple[str, int]] = (),
) -> Job:
    """Keep files that were sent, and ingest them. Of one that is cancelled, nothing is kept.
    ``not_taken`` is how many were too much to be held beside them, ``too_large`` the names and
    sizes of those that were too large by themselves."""
    folder = engine.store.uploads_directory
    saved: list[Path] = []

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        in_order = sorted(files, key=lambda file: file.name)  # a browser sends them in any
        chosen, refused = sift(in_order, limits)
        refused += too_large_receipts(too_large, limits)
        if not_taken:
            refused.append(not_taken_receipt(not_taken, limits))
        if not chosen:
            return IngestReport(tuple(refused), 0.0)

        def keep() -> Iterator[Path]:
            for receipt in refused:
                progress.finished(receipt, 0)
            for path, file in chosen.items():
                saved.append(save(file.getvalue(), folder / path))
                yield saved[-1]

        report = _ingest(engine, collection_id, keep(), progress, stop)
        report = _without_left(engine, report)
        return replace(report, files=(*refused, *report.files))

    def leave() -> None:
        _remove_unknown(engine, saved)

    names = (*(file.name for file in files), *(name for name, _ in too_large))
    what = f"Adding {many(len(names), 'file')}"
    return Job(what, run, len(names), leave, "upload", names, engine.store.collection)


def page_job(engine: Engine, collection_id: str | None, address: str) -> Job:
    """Fetch a web page, and ingest it."""
    address = address.strip()
    if not is_address(address):
        address = f"https://{address}"

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        return _ingest(engine, collection_id, [address], progress, stop)

    told = without_user(address)
    return Job(f"Fetching {told}", run, 1, names=(told,), collection=engine.store.collection)


def samples_job(engine: Engine, collection_id: str | None) -> Job:
    """Put the sample documents into a folder of their own."""
    folder, files = engine.store.uploads_directory / FOLDER, sample_files()

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        kept = (save(path.read_bytes(), folder / name) for name, path in files.items())
        return _without_left(engine, _ingest(engine, collection_id, kept, progress, stop))

    def leave() -> None:
        _remove_unknown(engine, [folder / name for name in files])

    what = f"Adding {many(len(files), 'sample document')}"
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
        report = _ingest(engine, collection_id, paths, progress, stop, reread=True)
        return replace(report, files=(*left, *report.files))

    what = next(iter(sources)) if len(sources) == 1 else many(len(sources), "file")
    names, collection = tuple(sources), engine.store.collection
    return Job(f"Reading {what} again", run, len(sources), names=names, collection=collection)


def delete_job(
    engine: Engine, collection_id: str | None, names: Sequence[str], sources: Collection[str]
) -> Job:
    """Delete documents, and their files where those were uploaded: but no archive of which
    something stays."""

    def run(_progress: Progress, stop: threading.Event) -> IngestReport:
        if stop.is_set():
            return IngestReport((), 0.0)
        report = delete_documents(names, settings=_settings(engine), collection_id=collection_id)
        _remove_unknown(engine, map(file_of, sources))
        return report

    what = names[0] if len(names) == 1 else many(len(names), "document")
    return Job(
        f"Deleting {what}", run, len(names), event="delete", names=names,
        collection=engine.store.collection, needs=Role.DELETE,
    )  # fmt: skip


def bring_in_job(engine: Engine, collection_id: str | None, changes: DiskChanges) -> Job:
    """Ingest what has changed on disk."""

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        report = ingest_changes(
            changes,
            _settings(engine),
            embedder=engine.embedder,
            progress=progress,
            stop=stop,
            collection_id=collection_id,
        )
        return replace(
            report, files=tuple(one for one in report.files if one.status != "unchanged")
        )

    names, collection = (*changes.new, *changes.changed, *changes.gone), engine.store.collection
    what = "Bringing in what has changed"
    return Job(
        what, run, changes.count, names=names, collection=collection, needs=Role.DELETE
    )  # what is gone from the disk is deleted


def is_uploaded(engine: Engine, source: str) -> bool:
    """Whether a document's file was given to the page, and is in the store."""
    return Path(source).is_relative_to(engine.store.uploads_directory.resolve())


def _settings(engine: Engine) -> IndexSettings:
    return engine.index_settings.model_copy(update={"lock_seconds": LOOK_SECONDS})


def _ingest(
    engine: Engine,
    collection_id: str | None,
    paths: Iterable[Path | str],
    progress: Progress,
    stop: threading.Event,
    *,
    reread: bool = False,
) -> IngestReport:
    return ingest_paths(
        paths,
        reread=reread,
        settings=_settings(engine),
        embedder=engine.embedder,
        progress=progress,
        root=engine.store.uploads_directory,
        stop=stop,
        collection_id=collection_id,
    )


def _without_left(engine: Engine, report: IngestReport) -> IngestReport:
    """The report of uploads, of which those that were left when it was stopped are not kept."""
    folder = engine.store.uploads_directory
    left = {receipt.path for receipt in report.files if receipt.reason == STOPPED}
    stays = _remove_unknown(engine, [folder / name for name in left])
    cancelled = "cancelled before it was read"
    files = tuple(
        replace(one, reason=f"{cancelled}; {STILL_ANSWERS}")
        if one.path in left and folder / one.path in stays
        else replace(one, reason=f"{cancelled}; add it again")
        if one.path in left
        else one
        for one in report.files
    )
    return replace(report, files=files)


def _remove_unknown(engine: Engine, paths: Iterable[Path]) -> set[Path]:
    """Delete uploaded files of which the collection has nothing. Returns those that stay."""
    paths = set(paths)
    if not paths:
        return paths
    folder = engine.store.uploads_directory.resolve()
    sources = [Path(document.source) for document in engine.documents()]
    needed = {parent for source in sources for parent in (source, *source.parents)}
    gone = {path for path in paths if path.resolve() not in needed}
    remove((path.resolve() for path in gone), folder)
    return paths - gone
