"""Summaries that are asked for where no LLM is set: which document is meant, and how its sections
begin. By rules for English.

Nothing is summed up: that the first sentences are no summary is said with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.catalog.chunk_vectors import places_in
from ingest.catalog.filters import Filter
from ingest.catalog.inventory import names_by_content
from ingest.catalog.view import CatalogView
from ingest.records import StoredChunk, StoredDocument
from ingest.text.analyzer import stems
from ingest.text.wording import many
from rag_app.answer.draft import Draft
from rag_app.collection.dates import dated
from rag_app.collection.rows import cells_of
from rag_app.evidence.versions_english import subject_of
from rag_app.records import Citation
from rag_app.retrieval.passage import heading_of_each

ASKED = re.compile(
    r"(?:please\s+|(?:can|could|would) you (?:please )?)?(?:summari[sz]e|sum up|outline|what is|"
    r"(?:give|write|make|show)(?: me)? (?:an? |the )?(?:short |brief )?"
    r"(?:summary|overview|outline) of) (?P<what>\S.*)",
    re.IGNORECASE,
)
# What only says that a document is one.
DOCUMENT = frozenset(stems("document file text pdf page the whole entire content contents of"))
SECTIONS = 10
CHUNKS = 400


def outlined(question: str, view: CatalogView, where: Filter | None) -> Draft | None:
    """How the sections of a document begin, for a question that asks for its summary; None for
    another question, and where no document is named, or several are. Raises StoreError."""
    match = ASKED.fullmatch(" ".join(question.split()))
    what = match["what"].rstrip(" .?!") if match else ""
    is_about = what.casefold().endswith(" about")
    if match is None or is_about != match[0].casefold().startswith("what is"):
        return None
    passing = {name for names in names_by_content(view, where).values() for name in names}
    documents = [one for one in view.documents() if one.name in passing]
    document = _named(what[: -len(" about")] if is_about else what, documents)
    beginnings = _beginnings(view, document.name) if document else []
    if document is None or not beginnings:
        return None
    shown = beginnings[:SECTIONS]
    lines: list[str] = []
    citations: list[Citation] = []
    for marker, (heading, chunk, start, end) in enumerate(shown, start=1):
        words = chunk.text[start - chunk.start : end - chunk.start]
        over = f"{heading}: " if heading else ""
        lines.append(f"- {over}{' '.join(words.split())} [{marker}]")
        citations.append(Citation(marker, document.name, chunk.page, start, end, words, True, 1.0))
    more = len(beginnings) - len(shown)
    rest = f"\n- and {many(more, 'section')} more" if more else ""
    title = document.title or document.name
    lead = f"How the sections of {title} ({document.name}) begin; a summary needs an LLM:"
    return Draft(f"{lead}\n\n" + "\n".join(lines) + rest, tuple(citations))


def _named(what: str, documents: Sequence[StoredDocument]) -> StoredDocument | None:
    """The one document whose name, or title, has all words that name one; of versions of it the
    newest. None if there is none, or several."""
    named = [one for one in documents if one.name.rpartition("/")[2].casefold() in what.casefold()]
    wanted = set(stems(what)) - DOCUMENT
    if not named and wanted:
        named = [one for one in documents if wanted <= _words(one)]
    if not named or len({subject_of(one.name) for one in named}) > 1:
        return None
    return max(named, key=lambda one: dated(one.name, one.metadata, None) or ("", False))


def _words(document: StoredDocument) -> set[str]:
    return set(stems(f"{re.sub(r'[-_./]+', ' ', document.name)} {document.title or ''}"))


def _beginnings(view: CatalogView, name: str) -> list[tuple[str, StoredChunk, int, int]]:
    """The first sentence of each section of a document, with its heading, in order; of each chunk
    where there are no headings."""
    ids = [place.id for place in places_in(view, name)[:CHUNKS]]
    chunks = view.chunks(ids)
    found: list[tuple[str, StoredChunk, int, int]] = []
    seen: set[str] = set()
    for chunk in (chunks[id_] for id_ in ids if id_ in chunks):
        for heading, span in zip(heading_of_each(chunk), chunk.sentences, strict=True):
            section = heading or chunk.id
            if section not in seen and _is_sentence(chunk, *span):
                seen.add(section)
                found.append((heading, chunk, *span))
    return found


def _is_sentence(chunk: StoredChunk, start: int, end: int) -> bool:
    text = chunk.text[start - chunk.start : end - chunk.start]
    return text.rstrip()[-1:] in ".!?" and len(text.split()) > 3 and not cells_of(chunk, start, end)
