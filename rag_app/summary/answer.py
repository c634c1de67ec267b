"""The answer to a question for a whole document, a section, or the whole collection, in sentences
of the documents themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.catalog.filters import Filter
from ingest.catalog.view import CatalogView
from ingest.embed.embedder import Embedder
from ingest.records import StoredDocument
from ingest.text.wording import many
from rag_app.answer.draft import Draft
from rag_app.collection.named import documents_in
from rag_app.collection.rows import cells_of, markdown_table
from rag_app.collection.sections import Section, pages_of, sections_of
from rag_app.collection.told import Told
from rag_app.languages import ACTIONS
from rag_app.messages import say
from rag_app.records import Citation
from rag_app.summary.actions import actions_in
from rag_app.summary.actions_english import ENGLISH
from rag_app.summary.actions_german import GERMAN
from rag_app.summary.collection import collection_in_short
from rag_app.summary.sentences import telling
from rag_app.summary.subject import Subject, subject_of
from rag_app.summary.summary import MODEL, Summary
from rag_app.summary.wished import wish_of

# A summary has about so many sentences, and at least one of each section, while there are not more
# than so many sections; of more, those with the most text.
SENTENCES = 12
MOST_OF_A_SECTION = 3
MOST_SECTIONS = 120
# So many things to do are listed, of all documents together.
MOST_ACTIONS = 20


def summed_up(
    question: str,
    view: CatalogView,
    where: Filter | None,
    embedder: Embedder,
    languages: Sequence[str] = (),
) -> Summary | None:
    """The summary that a question to documents in some languages asks for; None if it asks for
    none, or for one of what is no document.

    Raises StoreError, EmbedderError.
    """
    wish = wish_of(question, languages)
    if wish is None:
        return None
    documents = documents_in(view, where)
    if not documents:
        return None
    if not wish.named and len(documents) > 1:
        if wish.actions:
            return _actions(view, documents)
        return collection_in_short(view, documents, where, embedder)
    subject = subject_of(view, wish.named or documents[0].name, documents)
    if subject is None or not subject.sections:
        return None
    if wish.actions:
        return _actions(view, [subject.document], _others(subject))
    return summary_of(subject, embedder)


def subject_asked_for(question: str, view: CatalogView, where: Filter | None) -> Subject | None:
    """The document, or section of one, of which a question asks for a summary; None if it asks for
    none, for things to do, or for several documents. Raises StoreError."""
    wish = wish_of(question, view.languages())
    documents = documents_in(view, where) if wish is not None else []
    if wish is None or wish.actions or not documents or not (wish.named or len(documents) == 1):
        return None
    subject = subject_of(view, wish.named or documents[0].name, documents)
    return subject if subject is not None and subject.sections else None


def summary_of(subject: Subject, embedder: Embedder) -> Summary:
    """A subject in sentences of its own, which cover its sections, each cited."""
    sections = longest(subject.sections)
    each = max(1, min(MOST_OF_A_SECTION, SENTENCES // len(sections)))
    told = telling(sections, embedder, each)
    text, citations = _told(subject, sections, told)
    notes = [_coverage(subject, sections, told), *_others(subject)]
    return Summary.of(Draft(text, citations, model=MODEL, notes=tuple(notes)), told)


def longest(sections: Sequence[Section]) -> list[Section]:
    """The sections that are told: all, or those with the most text, in their order."""
    by_size = sorted(range(len(sections)), key=lambda place: -_size(sections[place]))
    return [sections[place] for place in sorted(by_size[:MOST_SECTIONS])]


def heading_of(subject: Subject) -> str:
    """The line over a summary: what it is of, and how long that is."""
    document = subject.document
    chunks = [chunk for section in subject.sections for chunk in section.chunks]
    pages = pages_of(chunks)
    sized = ""
    if pages and subject.heading:
        sized = f" (page {pages[0]})" if pages[0] == pages[1] else f" (pages {pages[0]}–{pages[1]})"
    elif document.pages:
        sized = f" ({many(document.pages, 'page')})"
    title = document.title or document.name
    return f"**{title}{f' › {subject.heading}' if subject.heading else ''}**{sized}"


def _told(
    subject: Subject, sections: Sequence[Section], told: Sequence[Sequence[Told]]
) -> tuple[str, tuple[Citation, ...]]:
    lines = [heading_of(subject)]
    citations: list[Citation] = []
    for section, sentences in zip(sections, told, strict=True):
        if not sentences:
            continue
        words: list[str] = []
        for one in sentences:
            citations.append(one.to_citation(len(citations) + 1))
            words.append(f"{one.line} [{len(citations)}]")
        title = f"**{section.title}:** " if section.title else ""
        lines.append(f"- {title}{' '.join(words)}")
    return f"{lines[0]}\n\n" + "\n".join(lines[1:]), tuple(citations)


def _actions(
    view: CatalogView, documents: Sequence[StoredDocument], others: Sequence[str] = ()
) -> Summary | None:
    """What somebody is to do, in the rows and sentences of some documents that say so, under the
    titles of the documents; None if none of several does."""
    parts: list[str] = []
    citations: list[Citation] = []
    told: list[list[Told]] = []
    for document in documents:
        sections = sections_of(view, document.name)
        rules = ACTIONS.of(document.language or "en", en=ENGLISH, de=GERMAN)
        chunks = [chunk for section in sections for chunk in section.chunks]
        found = actions_in(chunks, rules) if rules is not None else []
        found = found[: MOST_ACTIONS - len(citations)]
        told.append(found)
        rows = [cells_of(one.chunk, one.start, one.end) for one in found]
        marker = citations[-1].marker + 1 if citations else 1
        if found:
            parts.append(f"**{document.title or document.name}**")
        if found and all(rows):
            parts.append(markdown_table(rows, marker))
            cited = zip(found, rows, strict=True)
            citations += [replace(one.to_citation(marker), cells=cells) for one, cells in cited]
        elif found:
            numbered = list(enumerate(found, start=marker))
            parts.append("\n".join(f"- {one.line} [{at}]" for at, one in numbered))
            citations += [one.to_citation(at) for at, one in numbered]
    if citations:
        notes = (say("These are the places that say what is to be done."), *others)
        draft = Draft("\n\n".join(parts), tuple(citations), model=MODEL, notes=notes)
        return Summary.of(draft, told)
    if len(documents) > 1:
        return None
    title = documents[0].title or documents[0].name
    text = say("No sentence of {title} says what is to be done.", title=title)
    return Summary(Draft(text, refused=True, model=MODEL, notes=tuple(others)), ())


def _coverage(subject: Subject, sections: Sequence[Section], told: Sequence[Sequence[Told]]) -> str:
    """Which of the sections that have a title the sentences are from."""
    titled = sum(bool(section.title) for section in subject.sections)
    if titled < 2:
        return say("These are sentences of the document itself, those that say most of it.")
    covered = sum(bool(one.title and own) for one, own in zip(sections, told, strict=True))
    if covered == titled:
        return say(
            "These are sentences of the document itself, from all {all} sections.", all=titled
        )
    return say(
        "These are sentences of the document itself, from {some} of its {all} sections.",
        some=covered,
        all=titled,
    )


def _others(subject: Subject) -> list[str]:
    if not subject.others:
        return []
    named = ", ".join([*subject.others[:3], *(["…"] if len(subject.others) > 3 else [])])
    return [say("Other documents go by these words too: {names}.", names=named)]


def _size(section: Section) -> int:
    return section.end - section.start
