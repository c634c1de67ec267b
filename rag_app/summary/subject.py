"""Which document, or which section of one, a question for a summary means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.catalog.view import CatalogView
from ingest.records import StoredDocument
from ingest.text.analyzer import stems
from rag_app.collection.named import named_so
from rag_app.collection.sections import Section, divided, sections_of

# "section 4 of the lease", "Kapitel 3": a kind of part, and its number or its title.
PART = re.compile(
    r"(?:section|chapter|part|clause|article|paragraph|appendix|annex"
    r"|abschnitt|kapitel|teil|klausel|artikel|anhang|anlage) (?:on |about |über )?"
    r"(?P<part>.+?)(?: (?:of|in|from|von|vom|aus|des|der|im) (?P<document>.+))?",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?:\d+(?:\.\d+)*|[ivxlc]+|[a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subject:
    """A document with its sections, or a section with what it consists of (``heading``). ``others``
    are documents that the same words could mean."""

    document: StoredDocument
    sections: tuple[Section, ...]
    heading: str = ""
    others: tuple[str, ...] = ()


def subject_of(
    view: CatalogView, named: str, documents: Sequence[StoredDocument]
) -> Subject | None:
    """What the words of a question name among some documents; None if it is none of them."""
    if match := PART.fullmatch(named):
        meant = documents
        if match["document"]:
            meant = named_so(match["document"], documents)
        return _section(view, match["part"], meant)
    meant = named_so(named, documents)
    if meant:
        sections = tuple(sections_of(view, meant[0].name))
        return Subject(meant[0], sections, others=tuple(one.name for one in meant[1:]))
    return _section(view, named, documents) if len(documents) == 1 else None


def _section(view: CatalogView, named: str, documents: Sequence[StoredDocument]) -> Subject | None:
    """The first section of some documents with a number, or a title that has all of some words."""
    for document in documents:
        found = _part_of(sections_of(view, document.name), named)
        if found is not None:
            return Subject(document, tuple(divided(found)), found.title)
    return None


def _part_of(sections: Sequence[Section], named: str) -> Section | None:
    for section in sections:
        if _is_called(section.title, named):
            return section
    for section in sections:
        parts = divided(section) if len(section.chunks) > 1 else []
        if len(parts) > 1 and (found := _part_of(parts, named)) is not None:
            return found
    return None


def _is_called(title: str, named: str) -> bool:
    if NUMBER.fullmatch(named):
        number = re.search(r"(?<![\w.])(?:\d+(?:\.\d+)*|[IVXLC]+|[A-Z])(?![\w])", title)
        return number is not None and number[0].casefold() == named.casefold()
    wanted = set(stems(named))
    return bool(wanted) and wanted <= set(stems(title))
