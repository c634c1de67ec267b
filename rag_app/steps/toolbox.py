"""What each tool does: it reads the collection as it is now, under the filter of the question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ingest.catalog.chunk_vectors import places_in
from ingest.catalog.filters import Filter, parse_filter
from ingest.catalog.view import CatalogView
from ingest.errors import UsageError
from ingest.records import StoredDocument
from ingest.text.analyzer import stems
from ingest.text.language import question_language
from ingest.text.wording import many
from rag_app.collection.named import documents_in
from rag_app.inventory.asked import Matter, Mentions
from rag_app.inventory.mentions import count_mentions
from rag_app.messages import say
from rag_app.messages.counts import in_documents, in_passages
from rag_app.messages.places import place_of
from rag_app.parts import Parts
from rag_app.records import Citation
from rag_app.retrieval.forms import in_its_forms, in_its_language, in_its_parts
from rag_app.retrieval.passage import Passage
from rag_app.retrieval.query import checked_question
from rag_app.retrieval.snapshot import Snapshot
from rag_app.steps import tools
from rag_app.steps.arithmetic import NotComputed, computed
from rag_app.steps.tools import CallRefused, Tool, document_called
from rag_app.tables.answer import TableSearch, from_tables

# What one call gives at most: passages of a search, of a stretch or a page; documents of a list;
# rows of a table.
SEARCHED = 5
READ = 6
LISTED = 40
ROWS = 6
NAMED = 12


class Outcome(NamedTuple):
    """What came of a call: ``told`` to the reader in a line, the ``passages`` that it gave, and a
    ``result`` in words for the LLM beside them. ``is_fact``: the result was worked out, and an
    answer may say it."""

    told: str
    passages: tuple[Passage, ...] = ()
    result: str = ""
    is_fact: bool = False


@dataclass(frozen=True)
class Toolbox:
    """The tools over one collection, under a filter in Chroma's grammar."""

    parts: Parts
    where: Mapping[str, Any] | None = None

    def use(self, tool: Tool) -> Outcome:
        """Do what a checked call asks for. Raises CallRefused, StoreError, EmbedderError."""
        if isinstance(tool, tools.Compute):
            return _compute(tool)
        try:
            return self._reading(tool)
        except UsageError as error:  # what a reader would be told is told to the LLM
            raise CallRefused(str(error)) from None

    def _reading(self, tool: Tool) -> Outcome:
        with self.parts.searcher.reading() as snapshot:
            where = parse_filter(self.where)
            match tool:
                case tools.Search():
                    return self._search(snapshot, tool)
                case tools.Read():
                    return self._read(snapshot.view, tool)
                case tools.ListDocuments():
                    return _list_documents(documents_in(snapshot.view, where), tool)
                case tools.CountWords():
                    return _count(snapshot, where, tool)
                case tools.AskTable():
                    return self._ask_table(snapshot, where, tool)
        raise CallRefused("there is no such tool")

    def _search(self, snapshot: Snapshot, tool: tools.Search) -> Outcome:
        where = self.where
        if tool.document is not None:
            name = self._named(snapshot.view, tool.document)
            where = self._within(name)
        searcher, text = self.parts.searcher, checked_question(tool.query)
        query = in_its_language(searcher.query(text), snapshot, searcher.embedder)
        query = in_its_parts(in_its_forms(query, snapshot), snapshot)
        found = tuple(searcher.retrieve(snapshot, query, SEARCHED, parse_filter(where)))
        count = in_passages(len(found))
        told = say("Searched for “{words}”: {count}", words=text, count=count)
        if tool.document is not None:
            told = say("Searched for “{words}” in {document}: {count}", words=text, document=name,
                       count=count)  # fmt: skip
        return Outcome(told, found)

    def _read(self, view: CatalogView, tool: tools.Read) -> Outcome:
        name = self._named(view, tool.document)
        places = places_in(view, name)
        last = max((one.page for one in places if one.page is not None), default=None)
        if tool.page is not None and last is not None:
            chosen = [one for one in places if one.page == tool.page]
            if not chosen:
                raise CallRefused(f"{name} has no text on page {tool.page}; it has {last} pages")
        else:
            chosen = [one for one in places if one.end > (tool.start or 0)]
        shown = chosen[:READ]
        found = self._passages(view, name, [one.id for one in shown])
        pages = [one.page for one in shown if one.page is not None]
        told = say("Read {place}", place=place_of(name, pages[0] if pages else None))
        if len(set(pages)) > 1:
            told = say("Read {document}, pages {first} to {last}", document=name, first=pages[0],
                       last=pages[-1])  # fmt: skip
        after = chosen[READ].start if len(chosen) > READ else None
        rest = "This is the end of it." if after is None else f"It goes on at start={after}."
        return Outcome(told, found, rest)

    def _ask_table(self, snapshot: Snapshot, where: Filter | None, tool: tools.AskTable) -> Outcome:
        language = question_language(tool.question, snapshot.languages)
        draft = from_tables(TableSearch(tool.question, language, snapshot.view, where))
        told = say("Asked the tables “{question}”", question=tool.question)
        if draft is None:
            told = say(
                "Asked the tables “{question}”: none answers it for certain",
                question=tool.question,
            )
            return Outcome(told, result="No table is sure.")
        found = self._cited(snapshot.view, draft.citations[:ROWS])
        return Outcome(told, found, "\n".join([draft.text, *draft.notes]), is_fact=True)

    def _named(self, view: CatalogView, name: str) -> str:
        """The document of a name, or of words of it. Raises CallRefused."""
        return document_called(name, documents_in(view, parse_filter(self.where)))

    def _within(self, document: str) -> Mapping[str, Any]:
        own = {"document": document}
        return own if self.where is None else {"$and": [self.where, own]}

    def _passages(
        self, view: CatalogView, document: str, ids: Sequence[str]
    ) -> tuple[Passage, ...]:
        chunks = view.chunks(ids, parse_filter(self._within(document)))
        return tuple(Passage(chunk, 1.0) for chunk in chunks.values())

    def _cited(self, view: CatalogView, citations: Iterable[Citation]) -> tuple[Passage, ...]:
        """The passages that hold what is cited."""
        found: dict[str, Passage] = {}
        for one in citations:
            places = places_in(view, one.document)
            ids = [at.id for at in places if at.start < one.end and one.start < at.end]
            for passage in self._passages(view, one.document, ids):
                found.setdefault(passage.chunk.id, passage)
        return tuple(found.values())


def _list_documents(documents: Sequence[StoredDocument], tool: tools.ListDocuments) -> Outcome:
    wanted = set(stems(tool.words or ""))
    if tool.words:
        documents = [one for one in documents if wanted & set(stems(f"{one.name} {one.title}"))]
    lines = [_line(one) for one in documents[:LISTED]]
    if len(documents) > LISTED:
        lines.append(f"- and {len(documents) - LISTED:,} more; list those with some words")
    told = say("Listed the documents: {count}", count=len(documents))
    if tool.words:
        told = say("Listed the documents with “{words}” in their names: {count}",
                   words=tool.words, count=len(documents))  # fmt: skip
    return Outcome(told, result="\n".join(lines) or "There are none.")


def _line(document: StoredDocument) -> str:
    title = f" ({document.title})" if document.title else ""
    return f"- {document.name}{title}{f', {document.pages} pages' if document.pages else ''}"


def _count(snapshot: Snapshot, where: Filter | None, tool: tools.CountWords) -> Outcome:
    if not stems(tool.words):
        raise CallRefused("count_words: these words are not counted; name others")
    count = count_mentions(
        snapshot, Mentions((Matter((tool.words,)),), exactly=True, yes_or_no=False), where
    )
    told = say(
        "Counted “{words}”: {passages} of {documents}",
        words=tool.words,
        passages=in_passages(count.passages),
        documents=in_documents(len(count.found)),
    )
    lines = [f"- {one.document}: {many(len(one.numbers), 'passage')}" for one in count.found]
    return Outcome(told, result="\n".join([told, *lines[:NAMED]]), is_fact=True)


def _compute(tool: tools.Compute) -> Outcome:
    try:
        worked = f"{tool.expression} = {computed(tool.expression)}"
    except NotComputed as error:
        raise CallRefused(f"compute: {error}") from None
    return Outcome(say("Computed {what}", what=worked), result=worked, is_fact=True)
