"""The answer to a question for a whole document, a section, or the whole collection, in sentences
of the documents themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, Self

import numpy as np

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
from rag_app.evidence.evidence import Evidence
from rag_app.messages import say, say_many
from rag_app.records import Citation
from rag_app.retrieval.passage import Passage
from rag_app.summary.actions_english import actions_in
from rag_app.summary.intent_english import wish_english
from rag_app.summary.intent_german import wish_german
from rag_app.summary.sentences import stands_alone, telling
from rag_app.summary.subject import Subject, subject_of

MODEL = "summary"
# A summary has about so many sentences, and at least one of each section, while there are not more
# than so many sections; of more, those with the most text.
SENTENCES = 12
MOST_OF_A_SECTION = 3
MOST_SECTIONS = 120
# Of a collection, so many documents are told in a sentence each.
MOST_DOCUMENTS = 20
# A document in short, in so many sentences: the first of so many that say most, for its beginning
# mostly says what it is. In characters: one that is shorter is read as quickly.
IN_SHORT, TRIED = 3, 8
WORTH_SHORTENING = 1_000
# So many things to do are listed, of all documents together.
MOST_ACTIONS = 20


class Summary(NamedTuple):
    """A summary in the documents' own sentences, and the passages that an LLM is to sum up instead:
    those that the sentences stand in, in their order."""

    draft: Draft
    passages: tuple[Passage, ...]

    @classmethod
    def of(cls, draft: Draft, told: Sequence[Sequence[Told]]) -> Self:
        """A draft with what it is made of."""
        chunks = {one.chunk.id: one.chunk for sentences in told for one in sentences}
        return cls(draft, tuple(Passage(chunk, 1.0) for chunk in chunks.values()))

    @property
    def evidence(self) -> Evidence:
        """The passages as what an LLM is asked about. There is nothing to quote but the draft."""
        return Evidence(self.passages, (), 0.0, shares_words=True)

    def where_it_fails(self, parts: Iterator[str | Draft]) -> Iterator[str | Draft]:
        """What an LLM gives, with the documents' own sentences where it fails or says no."""
        for part in parts:
            if isinstance(part, Draft) and part.refused:
                yield self.draft._replace(
                    usage=part.usage,
                    notes=part.notes + self.draft.notes,
                    failure=part.failure,
                    call=part.call,
                )
            else:
                yield part


def summed_up(
    question: str, view: CatalogView, where: Filter | None, embedder: Embedder
) -> Summary | None:
    """The summary that a question asks for; None if it asks for none, or for one of what is no
    document.

    Raises StoreError, EmbedderError.
    """
    wish = wish_english(question) or wish_german(question)
    if wish is None:
        return None
    documents = documents_in(view, where)
    if not documents:
        return None
    if not wish.named and len(documents) > 1:
        return _actions(view, documents) if wish.actions else _each(view, documents, embedder)
    subject = subject_of(view, wish.named or documents[0].name, documents)
    if subject is None or not subject.sections:
        return None
    if wish.actions:
        return _actions(view, [subject.document], _others(subject))
    return summary_of(subject, embedder)


def subject_asked_for(question: str, view: CatalogView, where: Filter | None) -> Subject | None:
    """The document, or section of one, of which a question asks for a summary; None if it asks for
    none, for things to do, or for several documents. Raises StoreError."""
    wish = wish_english(question) or wish_german(question)
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


def _each(view: CatalogView, documents: Sequence[StoredDocument], embedder: Embedder) -> Summary:
    """A collection, each document in one sentence of its own."""
    shown = documents[:MOST_DOCUMENTS]
    found = (_whole(view, one.name, one.title or one.name) for one in shown)
    wholes = [one for one in found if one is not None]
    told = [telling([whole], embedder, 1)[0] for whole in wholes]
    lines: list[str] = []
    citations: list[Citation] = []
    for whole, sentences in zip(wholes, told, strict=True):
        line = f"- **{whole.title}**"
        for one in sentences:
            citations.append(one.to_citation(len(citations) + 1))
            line += f": {one.line} [{len(citations)}]"
        lines.append(line)
    if len(documents) > len(shown):
        lines.append(say("- and {count} more", count=len(documents) - len(shown)))
    first = say_many(
        "{count} document, in a sentence of its own:",
        "{count} documents, each in a sentence of its own:",
        len(documents),
    )
    note = say("To read more of one, ask for a summary of it by its title.")
    text = f"{first}\n\n" + "\n".join(lines)
    return Summary.of(Draft(text, tuple(citations), model=MODEL, notes=(note,)), told)


def in_short(view: CatalogView, document: str, embedder: Embedder) -> tuple[str, ...]:
    """A few whole sentences of a document that say most of it, in their order; none where it is
    short, or has none. They take a part of a second, however long it is. Raises StoreError,
    EmbedderError."""
    whole = _whole(view, document, "")
    if whole is None or whole.end < WORTH_SHORTENING:
        return ()
    told = telling([whole], embedder, TRIED)[0]
    return tuple(one.line for one in told if stands_alone(one.text))[:IN_SHORT]


def _whole(view: CatalogView, document: str, title: str) -> Section | None:
    """A document as one section; None if it has no text."""
    parts = sections_of(view, document)
    chunks = tuple(chunk for part in parts for chunk in part.chunks)
    if not chunks:
        return None
    vectors = np.concatenate([part.vectors for part in parts])
    return Section(title, 0, parts[-1].end, chunks, vectors)


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
        found = actions_in([chunk for section in sections for chunk in section.chunks])
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
