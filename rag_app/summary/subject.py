"""Which document, or which section of one, a question for a summary means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.catalog.filters import Filter
from ingest.catalog.inventory import names_by_content
from ingest.catalog.view import CatalogView
from ingest.records import StoredDocument
from ingest.text.analyzer import stems
from rag_app.collection.dates import dated
from rag_app.summary.sections import Section, divided, sections_of

# "section 4 of the lease", "Kapitel 3": a kind of part, and its number or its title.
PART = re.compile(
    r"(?:section|chapter|part|clause|article|paragraph|appendix|annex"
    r"|abschnitt|kapitel|teil|klausel|artikel|anhang|anlage)\s+(?:on\s+|about\s+|über\s+)?"
    r"(?P<part>.+?)(?:\s+(?:of|in|from|von|vom|aus|des|der|im)\s+(?P<document>.+))?",
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


def documents_in(view: CatalogView, where: Filter | None) -> list[StoredDocument]:
    """The documents that pass a filter, one for each content, in order of name."""
    passing = {names[0] for names in names_by_content(view, where).values()}
    return [one for one in view.documents() if one.name in passing]


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


def named_so(named: str, documents: Sequence[StoredDocument]) -> list[StoredDocument]:
    """The documents that some words name, the likeliest first: by their file's name; or by words
    that are all in the title or the name, with as few others as possible, and the newest first."""
    exactly = [
        one
        for one in documents
        for path in (PurePosixPath(one.name),)
        if named.casefold() in (one.name.casefold(), path.name.casefold(), path.stem.casefold())
        or (one.title and named.casefold() == one.title.casefold())
    ]
    if exactly:
        return sorted(exactly, key=_date, reverse=True)
    wanted = set(stems(named))
    if not wanted:
        return []
    found: list[tuple[int, StoredDocument]] = []
    for one in documents:
        names = [set(stems(text)) for text in (one.title or "", _words_of(one.name))]
        if any(wanted <= own for own in names) or wanted <= names[0] | names[1]:
            found.append((min(len(own - wanted) for own in names if own), one))
    if not found:
        return []
    nearest = min(extra for extra, _ in found)
    best = [one for extra, one in found if extra == nearest]
    return sorted(best, key=_date, reverse=True)


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


def _words_of(name: str) -> str:
    """A file's name as words: "LeaseLeeds_2024.pdf" as "Lease Leeds 2024"."""
    stem = PurePosixPath(name).stem
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", stem))


def _date(document: StoredDocument) -> str:
    date = dated(document.name, document.metadata, document.modified)
    return date[0] if date else ""
