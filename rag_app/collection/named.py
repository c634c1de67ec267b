"""Which documents some words name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from ingest.catalog.filters import Filter
from ingest.catalog.inventory import names_by_content
from ingest.catalog.view import CatalogView
from ingest.records import StoredDocument
from ingest.text.analyzer import stems
from rag_app.collection.dates import dated


def documents_in(view: CatalogView, where: Filter | None) -> list[StoredDocument]:
    """The documents that pass a filter, one for each content, in order of name."""
    passing = {names[0] for names in names_by_content(view, where).values()}
    return [one for one in view.documents() if one.name in passing]


def named_so(named: str, documents: Sequence[StoredDocument]) -> list[StoredDocument]:
    """The documents that some words name, the likeliest first: by their file's name; or by words
    that are all in the title or the name, in the document's language, with as few others as
    possible, and the newest first."""
    exactly = [
        one
        for one in documents
        for path in (PurePosixPath(one.name),)
        if named.casefold() in (one.name.casefold(), path.name.casefold(), path.stem.casefold())
        or (one.title and named.casefold() == one.title.casefold())
    ]
    if exactly:
        return sorted(exactly, key=date_of, reverse=True)
    found: list[tuple[int, StoredDocument]] = []
    wanted_in = {
        language: set(stems(named, language)) for language in {o.language for o in documents}
    }
    for one in documents:
        wanted, texts = wanted_in[one.language], (one.title or "", _words_of(one.name))
        names = [set(stems(text, one.language)) for text in texts]
        if wanted and wanted <= names[0] | names[1]:
            found.append((min(len(own - wanted) for own in names if own), one))
    found.sort(key=lambda pair: date_of(pair[1]), reverse=True)
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _words_of(name: str) -> str:
    """A file's name as words: "LeaseLeeds_2024.pdf" as "Lease Leeds 2024"."""
    stem = PurePosixPath(name).stem
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", stem))


def date_of(document: StoredDocument) -> str:
    """The date of a document, as ``dated`` gives it; "" if it has none."""
    date = dated(document.name, document.metadata, document.modified)
    return date[0] if date else ""
