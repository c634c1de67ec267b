"""The data classes that cross files. Offsets count characters of the document's text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

# What "context" says is found and shown, and never an answer: others' words in a mail, a signature.
BlockKind = Literal["heading", "paragraph", "item", "row", "code", "context"]
FieldKind = Literal["text", "number", "boolean", "time"]
FileStatus = Literal["added", "updated", "unchanged", "deleted", "skipped", "failed"]
UNREAD: tuple[FileStatus, ...] = ("failed", "skipped")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of structure as a reader finds it, before it has a place in the text.

    ``level`` is 1 to 6 for a heading. ``page`` counts from 1, or is None.
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block and where it stands in the text: ``text[start:end]``."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0


class ScannedWord(NamedTuple):
    """A word that was read by OCR, and its place on the page as it is shown, in ten-thousandths of
    its width and height, 0 to 10,000, from the upper left."""

    text: str
    left: int
    top: int
    right: int
    bottom: int


class ScannedPage(NamedTuple):
    """A page, from 1, and its words in the order in which the document's text has them."""

    page: int
    words: tuple[ScannedWord, ...]


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A file turned into text, with its structure.

    ``blocks`` are in order and do not overlap; what lies between them is white space.
    ``page_starts[i]`` is the offset where page ``i + 1`` begins; empty where the format has
    no pages. ``empty_pages`` are the numbers of pages without text. ``language`` is the ISO 639-1
    code of the text's, None where it is not clear. ``notes`` are clauses for the receipt: what of
    the file is not in the text, and what is there in another form. ``scans`` are the pages that
    were read by OCR, in order.
    """

    kind: str
    text: str
    blocks: tuple[PlacedBlock, ...]
    title: str | None = None
    page_starts: tuple[int, ...] = ()
    empty_pages: tuple[int, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    language: str | None = None
    notes: tuple[str, ...] = ()
    scans: tuple[ScannedPage, ...] = ()


class Box(NamedTuple):
    """A place on a picture, in shares of its width and height, 0 to 1, from the upper left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as a picture, WebP, of so many pixels.

    ``boxes`` are the places of the words that were looked for, in their order and line by line;
    ``words`` are those words as the page has them. ``is_whole`` says whether all were found.
    """

    image: bytes = field(repr=False)
    width: int
    height: int
    boxes: tuple[Box, ...]
    words: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage to be embedded: ``text[start:end]``.

    ``headings`` is the path of headings above it, outermost first. ``context`` is what is put
    in front of the passage when it is embedded (the title and those headings that the passage
    does not hold itself).
    """

    start: int
    end: int
    page: int | None
    headings: tuple[str, ...]
    context: str


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as the catalog holds it, with the text and the documents that it belongs to.

    ``documents`` names every document with these bytes that passes the filter it was asked with,
    in order of name: usually one. ``metadata`` is that of the first of them. ``sentences`` are
    ``(start, end)`` offsets into the document's text. ``by_ocr`` says whether its page is a picture
    that was read by OCR.
    """

    id: str
    documents: tuple[str, ...]
    start: int
    end: int
    page: int | None
    text: str
    headings: tuple[str, ...]
    sentences: tuple[tuple[int, int], ...]
    metadata: Mapping[str, Any]
    by_ocr: bool = False


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One document of a collection. ``source`` is the file's absolute path when last seen.
    ``metadata`` is what the file and sidecars say of it; ``same_as`` are the other documents with
    the same bytes."""

    name: str
    source: str
    root: str
    kind: str
    title: str | None
    pages: int | None
    chunks: int
    characters: int
    size: int
    modified: str
    ingested: str
    metadata: Mapping[str, Any]
    same_as: tuple[str, ...] = ()
    language: str | None = None
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """How a document's text is made up: where its pages begin, and its pieces in order."""

    page_starts: tuple[int, ...] = ()
    blocks: tuple[PlacedBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class FilterField:
    """A field that filters can name.

    ``values`` are those that occur, in order; ``is_whole`` says whether they are all of them: for
    pages, headings and times they are not listed. ``own`` tells a field of the documents' own
    metadata from one that is built in. One name can be two fields, of two kinds.
    """

    name: str
    kind: FieldKind
    values: tuple[str | int | float | bool, ...]
    own: bool
    is_whole: bool


class FileState(NamedTuple):
    """What tells a file that may have changed from one that has not: its ``stat``."""

    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> FileState:
        """The state of a file now. Raises OSError."""
        stat = path.stat()
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the catalog remembers of a file: its document, and when and how it was last seen.
    ``metadata`` is what sidecars said of it, as JSON with its names in order."""

    name: str
    root: str
    digest: str
    state: FileState
    pages: int | None
    note: str | None
    metadata: str = "{}"


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document's row in the catalog: its name, its file, and the state in which that was read.

    ``source`` is the file's absolute path, ``root`` the folder that ``name`` is relative to,
    ``metadata`` what sidecars say of it, as JSON with its names in order.
    """

    name: str
    source: str
    root: str
    state: FileState
    metadata: str = "{}"


class ContentSummary(NamedTuple):
    """How much a stored content is, and what its receipts say."""

    chunks: int
    pages: int | None
    characters: int
    note: str | None


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """What happened to one file, and why.

    ``pages`` is None where the format has none. ``reason`` is a sentence for a person; it is
    always there for "skipped" and "failed", and elsewhere where there is something to know,
    such as pages without text. ``characters`` counts the text's. ``same_as`` is the document
    with the same bytes that was there before: they are stored and embedded once.
    """

    path: str
    status: FileStatus
    chunks: int = 0
    pages: int | None = None
    reason: str | None = None
    characters: int = 0
    same_as: str | None = None

    @property
    def is_unread(self) -> bool:
        """Whether the file could not be read, or was left alone."""
        return self.status in UNREAD


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The receipts of one run, in the order of the files. ``seconds`` is wall-clock time."""

    files: tuple[FileReceipt, ...]
    seconds: float

    @property
    def counts(self) -> dict[str, int]:
        """How many files ended in each status, and ``"chunks"``: how many chunks were written."""
        counts = dict.fromkeys(("added", "updated", "unchanged", "deleted", "skipped", "failed"), 0)
        for receipt in self.files:
            counts[receipt.status] += 1
        counts["chunks"] = sum(
            receipt.chunks for receipt in self.files if receipt.status in ("added", "updated")
        )
        return counts
