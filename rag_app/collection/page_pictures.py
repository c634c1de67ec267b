"""The pages of documents as pictures: from the file, if it still says what was ingested.

A picture is of exactly the bytes whose text the catalog holds. Where the file is gone or says
something else, there is none: the page of another text would prove nothing.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from ingest.catalog.view import Catalog
from ingest.errors import LoadError, UsageError
from ingest.load.archive import read_source
from ingest.load.sandbox.render import picture_of
from ingest.paths import file_of, is_address
from ingest.records import PagePicture
from ingest.settings import IndexSettings
from rag_app.errors import NoPicture

# Pictures are a quarter of a megabyte; going back and forth between pages is common.
MOST_KEPT = 32
DRAWN = ("pdf", "image")


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of a document: ``document_text(document)[start:end] == words``."""

    start: int
    end: int
    words: str


class PagePictures:
    """Pictures of one collection's pages; those made last are kept. Threads may share it."""

    def __init__(self, settings: IndexSettings) -> None:
        self._settings = settings
        self._kept: OrderedDict[object, PagePicture] = OrderedDict()
        self._lock = threading.Lock()

    def page(
        self, catalog: Catalog, document: str, page: int, quoted: Sequence[Quoted]
    ) -> PagePicture:
        """A page of a document, numbered from 1, and the places of quoted words on it.

        Words of other pages are left out. Raises NoPicture, which says why, and UsageError if the
        document has no such page or other words at these places.
        """
        with catalog.reading() as view:
            text, starts = view.document_text(document), view.page_starts(document)
            digest, sources = view.files_of(document)
            words = view.scanned_words(document, page)
        if text is None or not 0 < page <= max(len(starts), 1):
            raise UsageError(f"The collection has no page {page} of {document!r}")
        if any(text[one.start : one.end] != one.words for one in quoted):
            raise UsageError(f"{document!r} has other words there: it was changed meanwhile")
        if digest.rpartition(":")[2] not in DRAWN:
            raise NoPicture("Only pages of PDF files and pictures are shown as pictures.")
        begin, end = starts[page - 1], starts[page] if page < len(starts) else len(text)
        spans = tuple(
            (max(one.start, begin) - begin, min(one.end, end) - begin)
            for one in quoted
            if one.start < end and one.end > begin
        )
        key = (digest, page, text[begin:end], spans)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        data = self._bytes(sources, digest.partition(":")[0])
        try:
            picture = picture_of(data, page, text[begin:end], spans, words)
        except LoadError as error:
            raise NoPicture(f"The page cannot be shown as a picture: {error}.") from error
        with self._lock:
            self._kept[key] = picture
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return picture

    def _bytes(self, sources: Sequence[str], digest: str) -> bytes | bytearray:
        """The bytes with this SHA-256, of the first file that has them. Raises NoPicture."""
        reasons: list[str] = []
        for source in sources:
            try:
                data = read_source(source, self._settings.max_file_megabytes)
            except LoadError as error:
                reasons.append(_why_not(source, error))
                continue
            if sha256(data).hexdigest() == digest:
                return data
            reasons.append("it was changed after it was ingested")
        raise NoPicture(f"The page of the file cannot be shown: {reasons[0]}.")


def _why_not(source: str, error: LoadError) -> str:
    if is_address(source):
        return "it is a page of the web, of which only the text is kept"
    try:
        if not file_of(source).is_file():
            return "it is no longer where it was"
    except (OSError, ValueError):
        pass
    return f"it cannot be read ({error})"
