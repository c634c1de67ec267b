"""Which documents there are: by kind, folder, language, year, or what is said of them."""

from __future__ import annotations

from ingest.catalog.filters import Filter
from ingest.catalog.inventory import first_chunk, names_by_content
from ingest.catalog.view import CatalogView
from ingest.records import StoredDocument
from ingest.text.wording import many
from rag_app.collection.dates import dated
from rag_app.inventory.intent_english import Documents
from rag_app.inventory.mentions import LISTED, Told, more
from rag_app.records import Citation


def tell_documents(view: CatalogView, asked: Documents, where: Filter | None = None) -> Told:
    """The documents of the catalog that a question names, and how many there are."""
    passing = {name for names in names_by_content(view, where).values() for name in names}
    documents = [one for one in view.documents() if one.name in passing]
    chosen = [one for one in documents if all(_has(one, *value) for value in asked.values)]
    newest = ""
    if asked.newest:
        # A file's date says when it was copied here; one that a document gives itself says more.
        own = [one for one in chosen if _date(one)[1]]
        newest = max((_date(one)[0] for one in own or chosen), default="")
        chosen = [one for one in own or chosen if _date(one)[0] == newest]
    of = f" of {len(documents):,}" if len(chosen) != len(documents) else ""
    conditions = "".join(f", {field} {value}" for field, value in asked.values)
    if newest:
        conditions += f", the newest, of {newest}"
    pages = sum(one.pages or 0 for one in chosen)
    unpaged = sum(one.pages is None for one in chosen)
    counted = many(len(chosen), "document")
    first = f"There {'is' if len(chosen) == 1 else 'are'} {counted}{of}{conditions}"
    if asked.pages:
        first += f", with {many(pages, 'page')}"
    citations: list[Citation] = []
    lines = [first + (":" if chosen else ".")]
    for marker, one in enumerate(chosen[:LISTED], start=1):
        citation = _beginning(view, one.name, marker)
        title = f": {one.title}" if one.title else ""
        sized = f" ({many(one.pages, 'page')})" if one.pages else ""
        lines.append(f"- {one.name}{title}{sized}" + (f" [{marker}]" if citation else ""))
        citations += [citation] if citation else []
    notes = [f"Counted in the catalog of all {many(len(documents), 'document')}."]
    if asked.newest or any(field == "year" for field, _ in asked.values):
        notes.append(
            "A document's date is that of its metadata or name, and else of the file."
            if asked.newest
            else "A document's year is that of a date in its metadata or name, and else of the "
            "file's."
        )
    if asked.pages and unpaged:
        notes.append(f"{many(unpaged, 'document')} of them are in formats without pages.")
    return Told("\n".join([*lines, *more(len(chosen))]), tuple(citations), tuple(notes))


def _beginning(view: CatalogView, document: str, marker: int) -> Citation | None:
    """The first sentence of a document; None if it has none."""
    chunk = first_chunk(view, document)
    if chunk is None or not chunk.sentences:
        return None
    start, end = chunk.sentences[0]
    quote = chunk.text[start - chunk.start : end - chunk.start]
    return Citation(marker, document, chunk.page, start, end, quote, True, 1.0, by_ocr=chunk.by_ocr)


def _date(document: StoredDocument) -> tuple[str, bool]:
    """The date of a document, and whether it gives it itself; "" if it has none."""
    return dated(document.name, document.metadata, document.modified) or ("", False)


def _has(document: StoredDocument, field: str, value: str) -> bool:
    """Whether a document has a value, which is that of a field, or a year."""
    if field == "folder":
        return f"{document.folder}/".casefold().startswith(f"{value}/".casefold())
    if field == "type":
        return document.kind == value
    if field == "language":
        return document.language == value
    if field == "year":
        date = dated(document.name, document.metadata, document.modified)
        return date is not None and date[0].startswith(value)
    own = document.metadata.get(field)
    values = own if isinstance(own, list) else [own]
    return value.casefold() in (str(one).casefold() for one in values)
