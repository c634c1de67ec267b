"""Which documents there are: by kind, folder, language, year, or what is said of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.catalog.filters import Filter
from ingest.catalog.inventory import first_chunk, names_by_content
from ingest.catalog.view import CatalogView
from ingest.load.formats.families import formats_of
from ingest.records import StoredDocument
from rag_app.collection.dates import dated
from rag_app.collection.named import documents_in, named_so
from rag_app.inventory.asked import Documents, Length
from rag_app.inventory.told import LISTED, Told, more
from rag_app.messages import say, say_many
from rag_app.messages.counts import in_documents, in_pages, in_words
from rag_app.records import Citation

# Of a field, so many values are told.
GROUPS = 50


YEARS = ("year", "since", "before")


def chosen_of(
    view: CatalogView, asked: Documents, where: Filter | None
) -> tuple[list[StoredDocument], list[StoredDocument]]:
    """All documents that pass a filter, and those of them that have the values asked for, of each
    field one of them, and both ends of a range of years."""
    passing = {name for names in names_by_content(view, where).values() for name in names}
    documents = [one for one in view.documents() if one.name in passing]
    by_field: dict[str, list[str]] = {}
    for field, value in asked.values:
        by_field.setdefault(field, []).append(value)
    chosen = [
        one
        for one in documents
        if all(any(_has(one, field, value) for value in own) for field, own in by_field.items())
    ]
    return documents, chosen


def conditions_of(asked: Documents) -> list[str]:
    """The values that are asked for, in words."""
    return [f"{field} {value}" for field, value in asked.values]


def tell_documents(view: CatalogView, asked: Documents, where: Filter | None = None) -> Told:
    """The documents of the catalog that a question names, and how many there are."""
    documents, chosen = chosen_of(view, asked, where)
    if asked.by:
        return _grouped(chosen, asked)
    newest = ""
    if asked.newest:
        # A file's date says when it was copied here; one that a document gives itself says more.
        own = [one for one in chosen if _date(one)[1]]
        newest = max((_date(one)[0] for one in own or chosen), default="")
        chosen = [one for one in own or chosen if _date(one)[0] == newest]
    first = say_many("There is {count} document", "There are {count} documents", len(chosen))
    if len(chosen) != len(documents):
        first += say(" of {all}", all=len(documents))
    first += "".join(f", {one}" for one in conditions_of(asked))
    if newest:
        first += say(", the newest, of {date}", date=newest)
    pages = sum(one.pages or 0 for one in chosen)
    unpaged = sum(one.pages is None for one in chosen)
    if asked.pages:
        first += say_many(", with {count} page", ", with {count} pages", pages)
    citations: list[Citation] = []
    lines = [first + (":" if chosen else ".")]
    for marker, one in enumerate(chosen[:LISTED], start=1):
        citation = beginning(view, one.name, marker)
        title = f": {one.title}" if one.title else ""
        sized = f" ({in_pages(one.pages)})" if one.pages else ""
        lines.append(f"- {one.name}{title}{sized}" + (f" [{marker}]" if citation else ""))
        citations += [citation] if citation else []
    notes = [_counted_in(documents)]
    if asked.newest or any(field in YEARS for field, _ in asked.values):
        notes.append(
            say("A document's date is that of its metadata or name, and else of the file.")
            if asked.newest
            else say(
                "A document's year is that of a date in its metadata or name, and else of the "
                "file's."
            )
        )
    if asked.pages and unpaged:
        notes.append(
            say_many(
                "{count} document of them is in a format without pages.",
                "{count} documents of them are in formats without pages.",
                unpaged,
            )
        )
    return Told(
        "\n".join([*lines, *more([one.name for one in chosen])]), tuple(citations), tuple(notes)
    )


def tell_length(view: CatalogView, asked: Length, where: Filter | None) -> Told | None:
    """How many pages each document has that some words name; None if they name none of those that
    pass a filter. Of one without pages, how many words."""
    named = named_so(asked.named, documents_in(view, where))
    if not named:
        return None
    citations: list[Citation] = []
    lines = []
    for marker, one in enumerate(named[:LISTED], start=1):
        if one.pages:
            line = say("{document} has {pages}.", document=one.name, pages=in_pages(one.pages))
        else:
            words = in_words(len((view.document_text(one.name) or "").split()))
            line = say(
                "{document} is in a format without pages; it has {words}.",
                document=one.name,
                words=words,
            )
        citation = beginning(view, one.name, marker)
        lines.append(line + (f" [{marker}]" if citation else ""))
        citations += [citation] if citation else []
    text = lines[0] if len(named) == 1 else "\n".join(f"- {line}" for line in lines)
    return Told("\n".join([text, *more([one.name for one in named])]), tuple(citations), ())


def beginning(view: CatalogView, document: str, marker: int) -> Citation | None:
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
        return document.kind in formats_of(value)
    if field == "language":
        return document.language == value
    if field in YEARS:
        year = _date(document)[0][:4]
        if field == "year":
            return year == value
        return bool(year) and (year >= value if field == "since" else year < value)
    return value.casefold() in (one.casefold() for one in _own(document, field))


def _own(document: StoredDocument, field: str) -> list[str]:
    own = document.metadata.get(field)
    values = own if isinstance(own, list) else [own]
    return [str(one) for one in values if one is not None]


def _grouped(documents: Sequence[StoredDocument], asked: Documents) -> Told:
    """How many documents there are of each value of a field, most first."""
    counts = Counter(value for one in documents for value in set(_values(one, asked.by)))
    without = sum(not any(_values(one, asked.by)) for one in documents)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    if asked.by == "year":
        ordered.sort()
    conditions = "".join(f", {one}" for one in conditions_of(asked))
    counted = in_documents(len(documents)) + conditions
    lines = [say("{documents}, by {field}:", documents=counted, field=asked.by)]
    lines += [f"- {value}: {in_documents(count)}" for value, count in ordered[:GROUPS]]
    if len(ordered) > GROUPS:
        lines.append(say("- and {count} more", count=len(ordered) - GROUPS))
    notes = [_counted_in(documents)]
    if without:
        lacking = in_documents(without)
        notes.append(
            say("{documents} of them: {field} not said.", documents=lacking, field=asked.by)
        )
    return Told("\n".join(lines), (), tuple(notes))


def _counted_in(documents: Sequence[StoredDocument]) -> str:
    return say_many(
        "Counted in the catalog of the only document.",
        "Counted in the catalog of all {count} documents.",
        len(documents),
    )


def _values(document: StoredDocument, field: str) -> Iterator[str]:
    if field == "year":
        found = [_date(document)[0][:4]]
    elif field in ("type", "folder", "language"):
        own = {"type": document.kind, "folder": document.folder, "language": document.language}
        found = [own[field] or ""]
    else:
        found = _own(document, field)
    return (one for one in found if one)
