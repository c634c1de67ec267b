"""What the tools reply: the same names as the JSON of the command line, without what an assistant
does not need. Offsets count characters of the document; characters that no reader sees are left out
of texts, so a text may be shorter than its offsets say.

Without slots: the SDK takes those for default values, and then gives no structured output.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.records import StoredDocument
from ingest.store.collections import CollectionSummary
from ingest.text.invisible import without_invisible
from rag_app.records import Answer, Citation, Hit


@dataclass(frozen=True)
class FoundPassage:
    """A passage, best first; ``score`` rises with relevance."""

    document: str
    page: int | None
    start: int
    end: int
    text: str
    score: float

    @classmethod
    def of(cls, hit: Hit) -> FoundPassage:
        text = without_invisible(hit.text)
        return cls(hit.document, hit.page, hit.start, hit.end, text, round(hit.score, 4))


@dataclass(frozen=True)
class Cited:
    """The words that a marker of the answer points at; ``supported`` says whether they passed the
    check, ``reason`` what they lack."""

    marker: int
    document: str
    page: int | None
    start: int
    end: int
    quote: str
    supported: bool
    reason: str | None

    @classmethod
    def of(cls, one: Citation) -> Cited:
        quote = without_invisible(one.quote)
        return cls(
            one.marker, one.document, one.page, one.start, one.end, quote, one.supported, one.reason
        )


@dataclass(frozen=True)
class Answered:
    """An answer with markers such as [1], and its citations. ``refused``: the documents do not
    say. ``unsupported`` are its sentences that no passage supports, each with the reason; ``model``
    is "quotes" where the text is the documents' own words."""

    text: str
    refused: bool
    citations: list[Cited]
    unsupported: list[str]
    model: str
    notes: list[str]
    standalone: str | None

    @classmethod
    def of(cls, answer: Answer) -> Answered:
        unsupported = [
            f"{answer.text[one.start : one.end]} ({one.reason})" for one in answer.unsupported
        ]
        return cls(
            answer.text,
            answer.refused,
            [Cited.of(one) for one in answer.citations],
            unsupported,
            answer.model,
            list(answer.notes),
            answer.standalone,
        )


@dataclass(frozen=True)
class Stretch:
    """A stretch of a document's text. ``pages`` is how many the document has, ``next_start`` where
    to read on, None at the end of the document or page."""

    document: str
    start: int
    end: int
    text: str
    page: int | None
    pages: int | None
    next_start: int | None


@dataclass(frozen=True)
class ListedDocument:
    """A document of the list."""

    name: str
    title: str | None
    kind: str
    pages: int | None
    characters: int
    modified: str

    @classmethod
    def of(cls, one: StoredDocument) -> ListedDocument:
        return cls(one.name, one.title, one.kind, one.pages, one.characters, one.modified)


@dataclass(frozen=True)
class Listing:
    """Documents in order of name, of ``total``; ``next_offset`` is where the list goes on."""

    documents: list[ListedDocument]
    total: int
    next_offset: int | None


@dataclass(frozen=True)
class ListedCollection:
    """A collection and how much is in it."""

    name: str
    documents: int
    chunks: int

    @classmethod
    def all_of(cls, found: Iterable[CollectionSummary]) -> list[ListedCollection]:
        """Those whose names are known."""
        return [cls(one.name, one.documents, one.chunks) for one in found if one.name is not None]


@dataclass(frozen=True)
class WorkedOut:
    """What was counted or computed over everything, in words; ``passages`` are where it is from."""

    result: str
    passages: list[FoundPassage]


@dataclass(frozen=True)
class Changed:
    """What became of each file or document, and why."""

    status: str
    document: str
    reason: str | None
