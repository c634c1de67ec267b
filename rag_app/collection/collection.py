"""What a collection holds, whether or not anything is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from ingest.catalog.connection import journal_of
from ingest.catalog.view import Catalog, CatalogView
from ingest.errors import StoreEmpty, UsageError
from ingest.records import (
    FileReceipt,
    FileState,
    FilterField,
    Outline,
    PagePicture,
    StoredDocument,
)
from ingest.run.last_run import LastRun, last_run
from ingest.settings import IndexSettings
from ingest.similarity import Similarity
from ingest.store.directory import Store
from rag_app.collection.page_pictures import PagePictures, Quoted

T = TypeVar("T")


class Collection:
    """A collection to be read. Threads may share it."""

    def __init__(self, index: IndexSettings) -> None:
        self._settings = index
        self.store = Store(index.store, index.collection)
        self.catalog = Catalog(self.store.catalog_path)
        self._pictures = PagePictures(index)

    @contextmanager
    def reading(self) -> Iterator[CatalogView]:
        """A view of the collection's catalog. Raises StoreEmpty, StoreError."""
        with self.catalog.reading() as view:
            yield view

    def document_text(self, document: str) -> str:
        """The text that all offsets index. Raises UsageError if there is no such document."""
        with self.catalog.reading() as view:
            text = view.document_text(document)
        if text is None:
            raise UsageError(
                f"There is no document {document!r} in the collection "
                f"{self.store.collection!r}; see: rag-app status"
            )
        return text

    def page_starts(self, document: str) -> tuple[int, ...]:
        """The offset into ``document_text`` at which each page begins; none where the format has
        no pages, or there is no such document."""
        with self.catalog.reading() as view:
            return view.page_starts(document)

    def page_picture(self, document: str, page: int, quoted: Sequence[Quoted] = ()) -> PagePicture:
        """A page of a PDF, numbered from 1, as a picture with the places of quoted words on it.

        Drawn from the file, in a process with limits, if the file still is what was ingested.
        Raises NoPicture, which says why there is none, UsageError if the document has no such page
        or other words there, StoreEmpty, StoreError.
        """
        return self._pictures.page(self.catalog, document, page, quoted)

    def passage_texts(self, ids: Sequence[str]) -> dict[str, str]:
        """The texts of those of some chunks that are still there, by id: an id is made of what a
        document says, so the text is the one that was found."""
        with self.catalog.reading() as view:
            return {id_: chunk.text for id_, chunk in view.chunks(ids).items()}

    def documents(self) -> list[StoredDocument]:
        """The documents of the collection, in order of name; none if nothing was ingested."""
        return self._read(CatalogView.documents, [])

    def receipts(self) -> list[FileReceipt]:
        """The last receipt of each file, in order of path."""
        return self._read(lambda view: list(view.receipts().values()), [])

    def receipts_by_source(self) -> dict[str, FileReceipt]:
        """The last receipt of each file, by its absolute path."""
        return self._read(CatalogView.receipts, {})

    def version(self) -> tuple[object, ...]:
        """Another value whenever anything of the catalog has changed; cheap to ask for."""
        path = self.store.catalog_path
        states: list[object] = []
        for file in (path, journal_of(path)):
            try:
                # Not when the file itself was touched: reading does that, too.
                states.append(FileState.of(file)[:2])
            except OSError:
                states.append(None)
        return self._read(lambda view: (view.generation(), *states), (None, *states))

    def document_count(self) -> int:
        """How many documents there are: quicker than listing them."""
        return self._read(CatalogView.document_count, 0)

    def titles(self, most: int) -> list[tuple[str, str | None]]:
        """Names and titles of the newest documents, so many at most, in order of name."""
        return self._read(lambda view: view.titles(most), [])

    def unread_count(self) -> int:
        """How many files could not be read, or were left alone."""
        return self._read(CatalogView.unread_count, 0)

    def outline(self, document: str) -> Outline:
        """How the text of a document is made up; of nothing if there is no such document."""
        with self.catalog.reading() as view:
            return view.outline(document)

    def last_run(self) -> LastRun | None:
        """What the last run of ingestion that changed anything did; None before the first."""
        return self._read(last_run, None)

    def filter_fields(self) -> list[FilterField]:
        """What ``where`` can name: the fields that are built in, then the documents' own."""
        return self._read(CatalogView.filter_fields, [])

    def similarity(self) -> Similarity:
        return self._read(CatalogView.similarity, self._settings.similarity)

    def chunk_count(self) -> int:
        return self._read(CatalogView.chunk_count, 0)

    def _read(self, ask: Callable[[CatalogView], T], nothing: T) -> T:
        """What a view of the catalog says; ``nothing`` where nothing was ingested."""
        try:
            with self.catalog.reading() as view:
                return ask(view)
        except StoreEmpty:
            return nothing
