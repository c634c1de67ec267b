"""Changes of a collection by what was sent: files that are kept and ingested, and deleted.

``collection_id`` is that of the collection which was meant: what was sent for it goes into no
other, and is kept nowhere if it is gone. Files are kept when nobody else writes.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ingest import IndexSettings, IngestReport, delete_documents, ingest_paths
from ingest.index.writer import LAG
from ingest.paths import file_of
from ingest.progress import Progress
from ingest.run.receipts import STILL_ANSWERS
from ingest.run.steps import STOPPED
from rag_app import Engine
from rag_app.web.upload_settings import UploadSettings
from rag_app.web.uploads import (
    SentFile,
    not_taken_receipt,
    remove,
    save,
    sift,
    too_large_receipts,
)

# While somebody else writes, it is looked so often whether this is still wanted.
LOOK_SECONDS = 0.5


class Upload:
    """Files that were sent, to be kept and ingested. Of one that is cancelled, nothing is kept."""

    def __init__(
        self,
        engine: Engine,
        collection_id: str | None,
        files: Sequence[SentFile],
        limits: UploadSettings,
        not_taken: int = 0,
        too_large: Sequence[tuple[str, int]] = (),
    ) -> None:
        """``not_taken`` is how many were too much to be held beside them, ``too_large`` the names
        and sizes of those that were too large by themselves."""
        self.names = (*(file.name for file in files), *(name for name, _ in too_large))
        self._engine, self._collection_id = engine, collection_id
        self._files, self._limits = files, limits
        self._not_taken, self._too_large = not_taken, too_large
        self._saved: list[Path] = []

    def run(self, progress: Progress, stop: threading.Event) -> IngestReport:
        """Keep and ingest them. Raises what ``ingest`` raises; after StoreLocked it may be run
        again."""
        folder = self._engine.store.uploads_directory
        in_order = sorted(self._files, key=lambda file: file.name)  # a browser sends them in any
        chosen, refused = sift(in_order, self._limits)
        refused += too_large_receipts(self._too_large, self._limits)
        if self._not_taken:
            refused.append(not_taken_receipt(self._not_taken, self._limits))
        if not chosen:
            return IngestReport(tuple(refused), 0.0)

        def keep() -> Iterator[Path]:
            for receipt in refused:
                progress.finished(receipt, 0)
            for path, file in chosen.items():
                self._saved.append(save(file.getvalue(), folder / path))
                yield self._saved[-1]

        report = ingest(self._engine, self._collection_id, keep(), progress, stop)
        report = without_left(self._engine, report)
        return replace(report, files=(*refused, *report.files))

    def leave(self) -> None:
        """Delete what was kept of files that will not be ingested."""
        remove_unknown(self._engine, self._saved)


def delete(
    engine: Engine, collection_id: str | None, names: Sequence[str], sources: Collection[str]
) -> IngestReport:
    """Delete documents, and their files where those were uploaded: but no archive of which
    something stays. Raises what ``delete_documents`` raises, StoreLocked soon."""
    report = delete_documents(names, settings=patient(engine), collection_id=collection_id)
    remove_unknown(engine, map(file_of, sources))
    return report


def is_uploaded(engine: Engine, source: str) -> bool:
    """Whether a document's file was given to the page, and is in the store."""
    return Path(source).is_relative_to(engine.store.uploads_directory.resolve())


def patient(engine: Engine) -> IndexSettings:
    """The settings of a change that is tried again while somebody else writes."""
    return engine.index_settings.model_copy(update={"lock_seconds": LOOK_SECONDS})


def ingest(
    engine: Engine,
    collection_id: str | None,
    paths: Iterable[Path | str],
    progress: Progress,
    stop: threading.Event,
    *,
    reread: bool = False,
) -> IngestReport:
    """Read files into an engine's collection. Raises what ``ingest_paths`` raises, StoreLocked
    soon."""
    return ingest_paths(
        paths,
        reread=reread,
        settings=patient(engine),
        embedder=engine.embedder,
        progress=progress,
        root=engine.store.uploads_directory,
        stop=stop,
        collection_id=collection_id,
        index_lag=LAG,
    )


def without_left(engine: Engine, report: IngestReport) -> IngestReport:
    """The report of uploads, of which those that were left when it was stopped are not kept."""
    folder = engine.store.uploads_directory
    left = {receipt.path for receipt in report.files if receipt.reason == STOPPED}
    stays = remove_unknown(engine, [folder / name for name in left])
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


def remove_unknown(engine: Engine, paths: Iterable[Path]) -> set[Path]:
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
