"""What the page changes in a collection: add files, read them again, delete them, bring in what
has changed on disk, and the sample documents."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from ingest import IngestReport, delete_documents, ingest_paths
from ingest.disk import DiskChanges, bring_in
from ingest.progress import Progress
from ingest.run import STOPPED
from ingest.wording import many
from rag_app import Engine
from rag_app.samples import FOLDER, sample_files
from rag_app.ui.ingestion import Job
from rag_app.ui.upload_settings import UploadSettings
from rag_app.ui.uploads import SentFile, keep, remove, save


def upload_job(engine: Engine, files: Sequence[SentFile], limits: UploadSettings) -> Job:
    """Keep files that were sent, and ingest them. Of one that is cancelled, nothing is kept."""
    folder = engine.store.uploads_directory
    kept: list[Path] = []

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        in_order = sorted(files, key=lambda file: file.name)  # a browser sends them in any
        paths, refused = keep(in_order, folder, limits)
        kept[:] = paths
        for receipt in refused:
            progress.finished(receipt, 0)
        report = _ingest(engine, paths, folder, progress, stop)
        return replace(report, files=(*refused, *report.files))

    def leave() -> None:
        _remove_unknown(engine, kept)

    return Job(f"Adding {many(len(files), 'file')}", run, len(files), leave)


def samples_job(engine: Engine) -> Job:
    """Put the sample documents into a folder of their own."""
    folder, files = engine.store.uploads_directory, sample_files()

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        paths = [save(path.read_bytes(), folder / FOLDER / name) for name, path in files.items()]
        return _ingest(engine, paths, folder, progress, stop)

    def leave() -> None:
        _remove_unknown(engine, [folder / FOLDER / name for name in files])

    return Job(f"Adding {many(len(files), 'sample document')}", run, len(files), leave)


def again_job(engine: Engine, name: str, source: str) -> Job:
    """Read the file of a document again; for one in an archive, the archive."""
    file = _file_of(Path(source))

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        uploads = engine.store.uploads_directory
        root = uploads if file.is_relative_to(uploads.resolve()) else None
        return _ingest(engine, [file], root, progress, stop)

    return Job(f"Reading {name} again", run, 1)


def delete_job(engine: Engine, names: Sequence[str], sources: Collection[str]) -> Job:
    """Delete documents, and their files where those were uploaded: but no archive of which
    something stays."""

    def run(_progress: Progress, stop: threading.Event) -> IngestReport:
        if stop.is_set():
            return IngestReport((), 0.0)
        report = delete_documents(names, settings=engine.index_settings)
        _remove_unknown(engine, [_file_of(Path(source)) for source in sources])
        return report

    what = names[0] if len(names) == 1 else f"{len(names):,} documents"
    return Job(f"Deleting {what}", run, len(names))


def bring_in_job(engine: Engine, changes: DiskChanges) -> Job:
    """Ingest what has changed on disk."""

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        report = bring_in(
            changes,
            engine.index_settings,
            embedder=engine.embedder,
            progress=progress,
            stop=stop,
        )
        return replace(
            report, files=tuple(one for one in report.files if one.status != "unchanged")
        )

    return Job("Bringing in what has changed", run, changes.count)


def is_uploaded(engine: Engine, source: str) -> bool:
    """Whether a document's file was given to the page, and is in the store."""
    return Path(source).is_relative_to(engine.store.uploads_directory.resolve())


def _ingest(
    engine: Engine,
    paths: Sequence[Path],
    root: Path | None,
    progress: Progress,
    stop: threading.Event,
) -> IngestReport:
    if not paths:
        return IngestReport((), 0.0)
    report = ingest_paths(
        paths,
        settings=engine.index_settings,
        embedder=engine.embedder,
        progress=progress,
        root=root,
        stop=stop,
    )
    left = {receipt.path for receipt in report.files if receipt.reason == STOPPED}
    if root is None or not left:
        return report
    stays = _remove_unknown(engine, [root / name for name in left])
    told = "cancelled before it was read"
    files = tuple(
        replace(one, reason=f"{told}; what it said before still answers")
        if one.path in left and root / one.path in stays
        else replace(one, reason=f"{told}; add it again")
        if one.path in left
        else one
        for one in report.files
    )
    return replace(report, files=files)


def _remove_unknown(engine: Engine, paths: Sequence[Path]) -> set[Path]:
    """Delete uploaded files of which the collection has nothing. Returns those that stay."""
    folder = engine.store.uploads_directory.resolve()
    sources = [Path(document.source) for document in engine.documents()]
    needed = {parent for source in sources for parent in (source, *source.parents)}
    gone = [path for path in paths if path.resolve() not in needed]
    remove((path.resolve() for path in gone), folder)
    return set(paths) - set(gone)


def _file_of(path: Path) -> Path:
    return next((parent for parent in path.parents if parent.is_file()), path)
