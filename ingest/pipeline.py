"""The story of ingestion: files to documents that can be searched.

``ingest_paths`` reads from top to bottom. Each document is committed to the catalog in one
transaction, so that whatever happens, it is there as a whole or not at all; a run that was
stopped goes on where it was when it is run again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from ingest import index_process
from ingest.catalog import Vectors
from ingest.catalog_writer import CatalogWriter, EmbeddedContent
from ingest.chunk import embedding_text
from ingest.discover import Discovery, discover
from ingest.embed import Embedder, embedder_of
from ingest.errors import IndexNotWritten
from ingest.examine import Examiner, NewDocument
from ingest.fingerprint import check_fingerprint
from ingest.load.isolation import IsolatedReader
from ingest.progress import NoProgress, Progress
from ingest.receipts import is_news, note_of
from ingest.records import ContentSummary, FileReceipt, IngestReport, KnownFile
from ingest.settings import IndexSettings, load_settings
from ingest.sidecar import NAME as SIDECAR
from ingest.sidecar import NO_DOCUMENT, is_sidecar
from ingest.store import Store

# Chunks of several files are embedded together, because a model is slow on a few at a time.
BATCH_CHUNKS = 256
# After so many the progress moves: a few seconds without a GPU.
TOLD_CHUNKS = 64
# A long run brings the index up to date on the way, so that searches beside it stay quick.
REFRESH_CHUNKS = 20_000


def ingest_paths(
    paths: Iterable[str | os.PathLike[str]],
    *,
    store: str | os.PathLike[str] | None = None,
    collection: str | None = None,
    sync: bool = False,
    settings: IndexSettings | None = None,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Ingest files and folders, and report what happened to each file.

    New files are added, changed ones replaced, unchanged ones left alone. With ``sync``,
    documents whose files have gone from the given folders are deleted. A file that cannot be
    read has a receipt that says why, and stops nothing; if it was readable before, what it said
    then stays.

    Raises StoreLocked if another process is writing, FingerprintMismatch if the collection was
    built with another model or other chunk settings, IndexNotWritten (with the report: all is
    stored, and searched without an index), StoreError, EmbedderError, UsageError.
    """
    started = time.perf_counter()
    settings = settings or load_settings(IndexSettings, store=store, collection=collection)
    embedder = embedder or embedder_of(settings)
    progress = progress or NoProgress()
    place = Store(settings.store, settings.collection)
    reader = IsolatedReader(
        seconds=settings.read_seconds, memory_megabytes=settings.read_memory_megabytes
    )
    with (
        place.write_lock(settings.lock_seconds),
        CatalogWriter(place.catalog_path) as catalog,
        reader,
    ):
        check_fingerprint(catalog, embedder, settings)
        known = catalog.known_files()
        found = discover(
            [Path(path) for path in paths],
            sorted({file.root for file in known.values()}),
            leave_out=settings.store.resolve(),
        )
        run = _Run(catalog, place, embedder, progress)
        examiner = Examiner(catalog, reader, embedder, settings, known, run.old_receipts)
        progress.begin(len(found.files), sum(_size(file.path) for file in found.files))
        try:
            for file in found.files:
                if is_sidecar(file):
                    continue
                progress.working(file.path.name, 0, 0)
                for source, outcome in examiner.examine(file):
                    if isinstance(outcome, FileReceipt):
                        run.finish(source, outcome)
                    else:
                        run.add(outcome)
            run.flush()
            run.finish_sidecars(found, examiner, known)
            run.report_problems(found)
            if sync:
                run.delete_missing(found, examiner)
        finally:
            progress.end()
        try:
            index_process.refresh(place, catalog, always=False)
        except IndexNotWritten as error:
            error.report = run.report(started)
            raise
    return run.report(started)


class _Run:
    """What one run has at hand, and the steps of its story."""

    def __init__(
        self, catalog: CatalogWriter, place: Store, embedder: Embedder, progress: Progress
    ) -> None:
        self.catalog = catalog
        self.place = place
        self.embedder = embedder
        self.progress = progress
        self.old_receipts = catalog.receipts()
        self.receipts: list[FileReceipt] = []
        self.waiting: list[NewDocument] = []
        self.waiting_chunks = 0
        self.unindexed = 0
        self.has_embedded = False

    def report(self, started: float) -> IngestReport:
        """What happened since a moment of the performance counter."""
        return IngestReport(tuple(self.receipts), time.perf_counter() - started)

    def add(self, document: NewDocument) -> None:
        """Let a document wait until there is enough to embed together."""
        self.waiting.append(document)
        self.waiting_chunks += len(document.chunked.chunks)
        if max(self.waiting_chunks, len(self.waiting)) >= BATCH_CHUNKS:
            self.flush()

    def flush(self) -> None:
        """Embed and commit all documents that wait, each in a transaction of its own.

        But for those whose content is stored already, under names that may change with them: they
        come first, and together.
        """
        stored: list[tuple[NewDocument, int]] = []
        new: list[NewDocument] = []
        for document in self.waiting:
            number = self.catalog.content_number(document.digest)
            if number is None:
                new.append(document)
            else:
                stored.append((document, number))
        if stored:
            self.catalog.put_all([(document.placement, number) for document, number in stored])
        for document, number in stored:
            self._acknowledge(document, number)
        # A document is embedded while it is stored: one of any size needs little memory.
        vectors_in_order = self._embed(new)
        for document in new:
            count = len(document.chunked.chunks)
            content = self._content(document, islice(vectors_in_order, count))
            self.catalog.put(document.placement, content)
            self._acknowledge(document, content)
            self.unindexed += count
        self.waiting, self.waiting_chunks = [], 0
        if self.unindexed >= REFRESH_CHUNKS:
            self.unindexed = 0
            with suppress(IndexNotWritten):  # told at the end, when all documents are stored
                index_process.refresh(self.place, self.catalog, always=False)

    def _acknowledge(self, document: NewDocument, content: EmbeddedContent | int) -> None:
        self.finish(document.placement.source, self._receipt(document, content), told=True)

    def finish(self, source: str, receipt: FileReceipt, *, told: bool = False) -> None:
        """Give a file its receipt, do what it says if it is deleted, and keep what is new."""
        if receipt.status == "deleted":
            # Those that wait may have the content that would go with the last of its names.
            self.flush()
            self.catalog.delete(receipt.path)
        elif is_news(receipt, self.old_receipts.get(source)):
            self.catalog.set_receipt(source, receipt)
        self.receipts.append(receipt)
        self.progress.finished(receipt, 0 if told else _size(Path(source)))

    def finish_sidecars(
        self, found: Discovery, examiner: Examiner, known: Mapping[str, KnownFile]
    ) -> None:
        """Give documents that have not changed what sidecars say of them now, and sidecars their
        receipts. What an earlier version took for a document goes."""
        outcomes = [examiner.examine_sidecar(file) for file in found.files if is_sidecar(file)]
        if examiner.said:
            self.catalog.set_metadata(examiner.said)
        for source, receipt in outcomes:
            if source in known:
                self.finish(source, FileReceipt(known[source].name, "deleted", reason=NO_DOCUMENT))
            self.finish(source, receipt)
        for source, before in self.old_receipts.items():
            gone = source not in examiner.there and source not in known and found.covers(source)
            if gone and Path(source).name == SIDECAR:
                self.catalog.drop_receipt(source)
                receipt = FileReceipt(before.path, "deleted", reason="what it said is forgotten")
                self.receipts.append(receipt)
                self.progress.finished(receipt, 0)

    def report_problems(self, found: Discovery) -> None:
        """Receipts for paths that could not be looked at."""
        for source, reason in found.problems.items():
            self.finish(source, FileReceipt(source, "failed", reason=reason))
        for source, reason in found.passed_over.items():
            self.finish(source, FileReceipt(source, "skipped", reason=reason))

    def delete_missing(self, found: Discovery, examiner: Examiner) -> None:
        """Delete the documents whose files are gone from the folders that were listed, and of
        folders that were moved, those that were not moved with them."""
        known = self.catalog.known_files()
        for source, file in known.items():
            if source in examiner.there:
                continue
            if found.covers(source) or examiner.was_left_behind(source, file):
                self.finish(source, FileReceipt(file.name, "deleted"))
        for source in self.old_receipts.keys() - examiner.there - known.keys():
            if found.covers(source):
                self.catalog.drop_receipt(source)

    def _embed(self, documents: Sequence[NewDocument]) -> Iterator[Vectors]:
        """The vectors of the chunks of all documents, in order, each of shape (dimension,)."""
        pairs = (
            (document, embedding_text(document.loaded, chunk))
            for document in documents
            if document.loaded is not None
            for chunk in document.chunked.chunks
        )
        while batch := list(islice(pairs, TOLD_CHUNKS)):
            if not self.has_embedded:
                self.progress.working("loading the embedding model", 0, 0)
                self.has_embedded = True
            vectors_of_batch = self.embedder.encode([text for _, text in batch])
            for document, _ in batch:
                share = document.size / len(document.chunked.chunks)
                self.progress.working(document.placement.name, 1, share)
            yield from vectors_of_batch

    def _content(self, document: NewDocument, embedded: Iterable[Vectors]) -> EmbeddedContent | int:
        stored = self.catalog.content_number(document.digest)
        if stored is not None:
            return stored
        assert document.loaded is not None
        return EmbeddedContent(
            digest=document.digest,
            document=document.loaded,
            chunks=document.chunked.chunks,
            sentences=document.chunked.sentences,
            vectors=embedded,
            note=note_of(document.loaded),
        )

    def _receipt(self, document: NewDocument, content: EmbeddedContent | int) -> FileReceipt:
        name = document.placement.name
        if isinstance(content, EmbeddedContent):
            loaded = content.document
            pages = len(loaded.page_starts) or None
            summary = ContentSummary(len(content.chunks), pages, len(loaded.text), content.note)
            others = []
        else:
            summary = self.catalog.summary_of(content)
            others = [other for other in self.catalog.names_of(content) if other != name]
        same_as = others[0] if others else None
        reason = f"the same bytes as {same_as}, stored once" if same_as else summary.note
        return FileReceipt(
            name,
            document.status,
            summary.chunks,
            summary.pages,
            reason,
            summary.characters,
            same_as,
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
