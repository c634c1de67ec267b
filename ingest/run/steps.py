"""The steps of an ingestion, as ``ingest.pipeline`` calls them, and the state that they share."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from ingest.catalog.contents import EmbeddedContent
from ingest.catalog.writer import CatalogWriter
from ingest.chunk import embedding_text
from ingest.embed.embedder import Embedder
from ingest.errors import BrokenFile, IndexNotWritten, LoadError, RagError
from ingest.index import process as index_process
from ingest.progress import Progress, Stopped
from ingest.records import ContentSummary, FileReceipt, IngestReport, KnownFile
from ingest.run.examine import Examiner, NewDocument
from ingest.run.receipts import STILL_ANSWERS, is_news, note_of, surprise
from ingest.similarity import Vectors
from ingest.sources.discover import Discovery, FoundFile
from ingest.sources.sidecar import NAME as SIDECAR
from ingest.sources.sidecar import NO_DOCUMENT, is_sidecar
from ingest.store.directory import Store
from ingest.tracing.attributes import of_storing
from ingest.tracing.traced import traced

logger = logging.getLogger(__name__)

# Chunks of several files are embedded together, because a model is slow on a few at a time.
BATCH_CHUNKS = 256
# After so many the progress moves: a few seconds without a GPU.
PROGRESS_CHUNKS = 64
# A long run brings the index up to date on the way, so that searches beside it stay quick.
REFRESH_CHUNKS = 20_000
STOPPED = "stopped before it was read; ingest it again"


class Run:
    """The state of one run, and its steps. Not safe for threads."""

    def __init__(
        self,
        catalog: CatalogWriter,
        store: Store,
        embedder: Embedder,
        progress: Progress,
        stop: threading.Event,
    ) -> None:
        self.catalog = catalog
        self.store = store
        self.embedder = embedder
        self.progress = progress
        self.stop = stop
        self.finished: set[str] = set()
        self.old_receipts = catalog.receipts()
        self.receipts: list[FileReceipt] = []
        self.waiting: list[NewDocument] = []
        self.waiting_chunks = 0
        self.unindexed = 0
        self.has_embedded = False
        # What went wrong in the embedder: no fault of the document that was being stored.
        self.embedder_error: Exception | None = None

    def report(self, started: float) -> IngestReport:
        """The report of the run, which began at ``started``, by ``time.perf_counter``."""
        return IngestReport(tuple(self.receipts), time.perf_counter() - started)

    def check_stop(self) -> None:
        """Raise Stopped if the caller has set ``stop``."""
        if self.stop.is_set():
            raise Stopped

    def reading_page(self, name: str, page: int, pages: int) -> None:
        """Tell that a page of a file is being read by OCR. Raises Stopped."""
        self.check_stop()
        self.progress.working(f"{name}, page {page:,} of {pages:,}", 0, 0)

    def skip_rest(self, files: Iterable[FoundFile]) -> None:
        """Give the files that are left of a stopped run the receipt "skipped"."""
        for file in files:
            if file.source not in self.finished and not is_sidecar(file):
                self.receipts.append(FileReceipt(file.name, "skipped", reason=STOPPED))

    def close_archive(self, source: str) -> None:
        """Drop the receipt which says that an archive is not stored as a whole yet."""
        if source not in self.finished:
            self.catalog.drop_receipt(source)
            self.finished.add(source)

    def add(self, document: NewDocument) -> None:
        """Queue a document until there are enough chunks to embed together."""
        self.waiting.append(document)
        self.waiting_chunks += len(document.chunked.chunks)
        if max(self.waiting_chunks, len(self.waiting)) >= BATCH_CHUNKS:
            self.flush()

    def flush(self) -> None:
        """Embed and commit all queued documents, each in a transaction of its own.

        But for those whose content is stored already, under names that may change with them: they
        come first, and together.
        """
        stored: list[tuple[NewDocument, int]] = []
        new: list[NewDocument] = []
        read = {document.digest for document in self.waiting if document.loaded is not None}
        for document in self.waiting:
            number = self.catalog.content_number(document.digest)
            if number is None or document.digest in read:
                new.append(document)
            else:
                stored.append((document, number))
        if stored:
            self.catalog.put_all([(document.entry, number) for document, number in stored])
        for document, number in stored:
            self._acknowledge(document, number)
        # A document is embedded while it is stored: one of any size needs little memory.
        vectors_in_order = self._embed(new)
        for document in new:
            count = len(document.chunked.chunks)
            self._put(document, islice(vectors_in_order, count))
            self.unindexed += count
        self.waiting, self.waiting_chunks = [], 0
        if self.unindexed >= REFRESH_CHUNKS:
            self.unindexed = 0
            with suppress(IndexNotWritten):  # raised at the end, when all documents are stored
                self.make_index()

    def make_index(self, lag: int = 0) -> None:
        """Bring the index up to date, but for so many chunks that may wait: of 50,000, a minute.
        Raises IndexNotWritten."""
        self.progress.working("making the index", 0, 0)
        index_process.refresh(self.store, self.catalog, always=False, lag=lag)

    @traced("store", "CHAIN", of_storing)
    def _put(self, document: NewDocument, vectors: Iterator[Vectors]) -> None:
        """Store a document; one that cannot be stored has a receipt that says why."""
        try:
            content = self._content(document, vectors)
            self.catalog.put(document.entry, content)
        except (RagError, Stopped) as error:
            if not isinstance(error, LoadError):
                raise
            reason = str(error)
        except Exception as error:
            if error is self.embedder_error:
                raise
            logger.exception("%r cannot be stored", document.entry.source)
            reason = surprise(error)
        else:
            self._acknowledge(document, content)
            return
        deque(vectors, maxlen=0)  # the next document's vectors come after these
        if document.status == "updated":
            reason += f"; {STILL_ANSWERS}"
        receipt = FileReceipt(document.entry.name, "failed", reason=reason)
        self.finish(document.entry.source, receipt, is_counted=True)

    def _acknowledge(self, document: NewDocument, content: EmbeddedContent | int) -> None:
        self.finish(document.entry.source, self._receipt(document, content), is_counted=True)

    def finish(self, source: str, receipt: FileReceipt, *, is_counted: bool = False) -> None:
        """Give a file its receipt: delete its document if it says so, keep what is news.

        ``is_counted`` says that the progress has its bytes already.
        """
        self.finished.add(source)
        if receipt.status == "deleted":
            # Those that wait may have the content that would go with the last of its names.
            self.flush()
            self.catalog.delete(receipt.path)
        elif is_news(receipt, self.old_receipts.get(source)):
            self.catalog.set_receipt(source, receipt)
        self.receipts.append(receipt)
        self.progress.finished(receipt, 0 if is_counted else size_of(Path(source)))

    def finish_sidecars(
        self, found: Discovery, examiner: Examiner, known: Mapping[str, KnownFile]
    ) -> None:
        """Store what sidecars say now of files that have not changed, and give them their receipts.

        A sidecar that an earlier version took for a document is deleted as one.
        """
        outcomes: list[tuple[str, FileReceipt]] = []
        for file in filter(is_sidecar, found.files):
            try:
                outcomes.append(examiner.examine_sidecar(file))
            except RagError:
                raise
            except Exception as error:
                logger.exception("%r cannot be examined", file.source)
                receipt = FileReceipt(file.name, "failed", reason=surprise(error))
                outcomes.append((file.source, receipt))
        if examiner.changed_metadata:
            self.catalog.set_metadata(examiner.changed_metadata)
        for source, receipt in outcomes:
            if source in known:
                self.finish(source, FileReceipt(known[source].name, "deleted", reason=NO_DOCUMENT))
            self.finish(source, receipt)
        for source, before in self.old_receipts.items():
            gone = (
                source not in examiner.seen_paths and source not in known and found.covers(source)
            )
            if gone and Path(source).name == SIDECAR:
                self.catalog.drop_receipt(source)
                receipt = FileReceipt(before.path, "deleted", reason="what it said is forgotten")
                self.receipts.append(receipt)
                self.progress.finished(receipt, 0)

    def report_problems(self, found: Discovery, known: Mapping[str, KnownFile]) -> None:
        """Give paths that could not be listed, or were passed over, their receipts."""
        for source, reason in found.problems.items():
            name, before = source, self.old_receipts.get(source)
            if source in known:
                name, reason = known[source].name, f"{reason}; {STILL_ANSWERS}"
            elif before is not None:
                name = before.path
            self.finish(source, FileReceipt(name, "failed", reason=reason))
        for source, reason in found.passed_over.items():
            self.finish(source, FileReceipt(source, "skipped", reason=reason))

    def delete_missing(self, found: Discovery, examiner: Examiner) -> None:
        """Delete the documents whose files are gone from the folders that were listed.

        Of folders that were moved, also those whose files were not moved with them.
        """
        known = self.catalog.known_files()
        for source, file in known.items():
            if source in examiner.seen_paths:
                continue
            if found.covers(source) or examiner.was_left_behind(source, file):
                self.finish(source, FileReceipt(file.name, "deleted"))
        for source in self.old_receipts.keys() - examiner.seen_paths - known.keys():
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
        while batch := list(islice(pairs, PROGRESS_CHUNKS)):
            self.check_stop()
            if not self.has_embedded:
                self.progress.working("loading the embedding model", 0, 0)
                self.has_embedded = True
            try:
                vectors_of_batch = self.embedder.encode([text for _, text in batch])
            except Exception as error:
                self.embedder_error = error
                raise
            for document, _ in batch:
                share = document.size / len(document.chunked.chunks)
                self.progress.working(document.entry.name, 1, share)
            yield from vectors_of_batch

    def _content(self, document: NewDocument, embedded: Iterable[Vectors]) -> EmbeddedContent | int:
        if document.loaded is None:
            stored = self.catalog.content_number(document.digest)
            if stored is None:
                raise BrokenFile("a duplicate of a file that could not be read")
            return stored
        return EmbeddedContent(
            digest=document.digest,
            document=document.loaded,
            chunks=document.chunked.chunks,
            sentences=document.chunked.sentences,
            vectors=embedded,
            note=note_of(document.loaded),
        )

    def _receipt(self, document: NewDocument, content: EmbeddedContent | int) -> FileReceipt:
        name = document.entry.name
        if isinstance(content, EmbeddedContent):
            loaded = content.document
            pages = len(loaded.page_starts) or None
            summary = ContentSummary(len(content.chunks), pages, len(loaded.text), content.note)
            others = []
        else:
            summary = self.catalog.summary_of(content)
            others = [other for other in self.catalog.names_of(content) if other != name]
        same_as = others[0] if others else None
        reason = f"duplicate of {same_as}" if same_as else summary.note
        return FileReceipt(
            name,
            document.status,
            summary.chunks,
            summary.pages,
            reason,
            summary.characters,
            same_as,
        )


def size_of(path: Path) -> int:
    """The size of a file in bytes; 0 where it cannot be had."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
