"""The story of an extraction: documents, one after the other, each to a row of cited cells."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from fnmatch import fnmatchcase

from ingest.catalog.filters import Filter
from rag_app.collection.named import documents_in
from rag_app.extraction.finding import find_fields
from rag_app.extraction.llm_fields import LLMFields
from rag_app.extraction.near import stretches
from rag_app.extraction.records import Cell, ExtractedRow
from rag_app.extraction.schema import schema_of
from rag_app.extraction.values import Reading
from rag_app.extraction.wanted import Wanted
from rag_app.llm.stop import Stop
from rag_app.parts import Parts

NO_TEXT = "The document has no text to read; if it is a scan, read it again with OCR"
MISSING = "There is no document “{}” in the collection; ingest it first, or see: rag-app status"


def extracted(
    parts: Parts,
    schema: object,
    documents: Sequence[str] | None = None,
    where: Filter | None = None,
    stop: Stop | None = None,
) -> Generator[ExtractedRow]:
    """A row for each document as soon as it is done: of those that are named, or of all that pass
    a filter. A name may be a pattern or a folder ("contracts/", "*.pdf").

    ``schema`` is what ``rag_app.extraction.schema.schema_of`` reads. A document that is not
    there, or has no text, has a row that says so; where an LLM fails, the fields are found without
    it. After ``stop.set()`` by another thread it ends before the next row. Raises UsageError for a
    wrong schema or filter, StoreEmpty, StoreError, FingerprintMismatch, EmbedderError.
    """
    fields, searcher = schema_of(schema), parts.searcher
    with parts.collection.reading() as view:
        searcher.check(view)
        names = _named(documents, [one.name for one in documents_in(view, where)])
        languages = {one.name: one.language for one in view.documents()}
    wanted = Wanted(fields, searcher.embedder)
    llm = LLMFields(parts.llm, parts.prompts, fields, stop) if parts.llm is not None else None
    for name in names:
        if stop is not None and stop.is_set:
            return
        with parts.collection.reading() as view:
            text, outline = view.document_text(name), view.outline(name)
            near = stretches(view, name, wanted) if text else None
        pages = outline.page_starts
        if text is None or not text.strip():
            why = MISSING.format(name) if text is None else NO_TEXT
            yield ExtractedRow(name, tuple(Cell(one.name) for one in fields), failure=why)
            continue
        reading = Reading.of(text, languages.get(name))
        found = find_fields(wanted, text, outline.blocks, reading, near)
        cells = tuple(
            Cell(field.name)
            if one is None
            else Cell.cited(
                field.name, one.value, (one.start, one.end), one.quote, name, text, pages
            )
            for field, one in zip(fields, found, strict=True)
        )
        row = ExtractedRow(name, cells)
        if llm is not None:
            row = llm.read(row, text, pages, reading)
            if stop is not None and stop.is_set:
                return
        yield row


def _named(documents: Sequence[str] | None, there: Sequence[str]) -> list[str]:
    """The documents that are meant, each once; a name that is none of them as it is."""
    if documents is None:
        return list(there)
    names: dict[str, None] = {}
    known = set(there)
    for wanted in documents:
        folder = f"{wanted.rstrip('/')}/"
        matches = (
            [wanted]
            if wanted in known
            else [one for one in there if one.startswith(folder) or fnmatchcase(one, wanted)]
        )
        names |= dict.fromkeys(matches or [wanted])
    return list(names)
