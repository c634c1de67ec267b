"""The story of ingestion: files to documents that can be searched.

``ingest_paths`` reads from top to bottom. Each document is committed to the catalog in one
transaction, so that whatever happens, it is there as a whole or not at all; a run that was
stopped goes on where it was when it is run again.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from ingest.catalog.fingerprint import check_fingerprint
from ingest.catalog.writer import CatalogWriter
from ingest.embed.embedder import Embedder
from ingest.errors import IndexNotWritten
from ingest.load.common.choices import Choices
from ingest.load.sandbox.reader import IsolatedReader
from ingest.paths import path_text
from ingest.progress import NoProgress, Progress, Stopped, shown
from ingest.records import FileReceipt, IngestReport
from ingest.run.examine import Examiner
from ingest.run.last_run import remember_run
from ingest.run.pages import Pages
from ingest.run.steps import REFRESH_CHUNKS, Run, size_of
from ingest.run.tokens import CheckedTokens
from ingest.settings import IndexSettings, load_settings
from ingest.sources.discover import discover
from ingest.sources.sidecar import is_sidecar
from ingest.sources.web.fetch import Fetcher, Limits
from ingest.store.directory import Store
from ingest.store.tuned_model import collection_embedder
from ingest.tracing.attributes import of_run
from ingest.tracing.traced import traced


@traced("ingest", "CHAIN", of_run)
def ingest_paths(
    paths: Iterable[str | os.PathLike[str]],
    *,
    store: str | os.PathLike[str] | None = None,
    collection: str | None = None,
    sync: bool = False,
    reread: bool = False,
    settings: IndexSettings | None = None,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
    root: str | os.PathLike[str] | None = None,
    stop: threading.Event | None = None,
    collection_id: str | None = None,
    index_lag: int = 0,
) -> IngestReport:
    """Ingest files, folders and web pages, and report what happened to each.

    A text such as ``https://example.org/prices`` is the address of a page, and the name of its
    document; it is fetched by each run that names it, if it has changed since.

    New files are added, changed ones replaced, unchanged ones left alone. With ``sync``,
    documents whose files have gone from the given folders are deleted, and those of given pages
    that are gone. With ``reread``, unchanged files are read too, as after an update of a reader:
    what they say takes the place of what they said, where it is something else. A file that cannot
    be read has a receipt that says why, and stops nothing; if it was readable before, what it said
    then stays. Names are relative to ``root``, where a file lies in it, and else to the folder.

    When ``stop`` is set, the run ends before the next document, or within one that is being
    embedded, of which nothing is stored then. What is stored stays; each file that is left has the
    receipt "skipped", and nothing is deleted.

    ``paths`` are asked for when nobody else writes, so what gives them may write them then. With
    ``collection_id`` (``ingest.store.identity.Note.id``), no other collection is written to.
    ``index_lag`` (``ingest.index.writer.LAG``) is for who makes many small changes: an index that
    is there may be fewer chunks behind than that, which searches compare.

    Raises StoreLocked if another process is writing, CollectionGone, FingerprintMismatch if the
    collection was built with another model or other chunk settings, IndexNotWritten (with the
    report: all is stored, and searched without an index), StoreError, EmbedderError, UsageError.
    """
    started = time.perf_counter()
    settings = settings or load_settings(IndexSettings, store=store, collection=collection)
    embedder = embedder or collection_embedder(settings)
    progress = progress or NoProgress()
    target = Store(settings.store, settings.collection)
    reader = IsolatedReader(
        seconds=settings.read_seconds,
        memory_megabytes=settings.read_memory_megabytes,
        choices=Choices(hidden=settings.read_hidden, ocr=settings.ocr),
    )
    with (
        target.write_lock(settings.lock_seconds, collection_id=collection_id),
        CatalogWriter(target.catalog_path) as catalog,
        reader,
        shown(progress),
    ):
        check_fingerprint(catalog, embedder, settings)
        known = catalog.known_files()
        found = discover(
            paths,
            sorted({file.root for file in known.values()} | _roots(root)),
            leave_out=settings.store.resolve(),
        )
        run = Run(catalog, target, embedder, progress, stop or threading.Event())
        examiner = Examiner(
            catalog,
            reader,
            CheckedTokens(embedder, run.check_stop),
            settings,
            known,
            run.old_receipts,
            reread=reread,
            on_page=run.reading_page,
        )
        pages = Pages(
            catalog, examiner, Fetcher(_limits(settings), run.check_stop), known, sync, reread
        )
        progress.begin(len(found.files), sum(size_of(file.path) for file in found.files))
        try:
            for file in found.files:
                if is_sidecar(file):
                    continue
                progress.working(file.address or file.path.name, 0, 0)
                examine = pages.examine if file.address else examiner.examine
                for source, outcome in examine(file):
                    run.check_stop()
                    if isinstance(outcome, FileReceipt):
                        run.finish(source, outcome)
                    else:
                        run.add(outcome)
                if file.source in examiner.opened_archives:
                    run.flush()
                    run.close_archive(file.source)
            run.flush()
            run.finish_sidecars(found, examiner, known)
            run.report_problems(found, known)
            if sync:
                run.delete_missing(found, examiner)
        except Stopped:
            run.skip_rest(found.files)
            index_lag = max(index_lag, REFRESH_CHUNKS)  # who stops it does not wait for that
        pages.remember()
        remember_run(catalog, run.receipts, found.folders)
        try:
            run.make_index(index_lag)
        except IndexNotWritten as error:
            error.report = run.report(started)
            raise
    return run.report(started)


def _limits(settings: IndexSettings) -> Limits:
    return Limits(
        settings.max_file_megabytes,
        settings.fetch_seconds,
        settings.fetch_robots,
        settings.fetch_private,
    )


def _roots(root: str | os.PathLike[str] | None) -> set[str]:
    return set() if root is None else {path_text(Path(os.path.realpath(root)))}
