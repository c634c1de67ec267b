"""The tools that read. Each does what the command line does, within limits; none changes anything.

What they give is bounded: an assistant's context is not large, and asks again for more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

import anyio
import anyio.from_thread
import anyio.to_thread
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from ingest.errors import RagError
from ingest.records import StoredDocument
from ingest.text.analyzer import stems
from ingest.text.invisible import without_invisible
from rag_app.engine import Engine
from rag_app.llm.stop import Stop
from rag_app.mcp.engines import Engines, in_one_line
from rag_app.mcp.replies import (
    Answered,
    FoundPassage,
    ListedCollection,
    ListedDocument,
    Listing,
    Stretch,
    WorkedOut,
)
from rag_app.records import Answer, Effort, Step, Turn
from rag_app.report.asked import report_or_answer
from rag_app.steps import tools
from rag_app.steps.toolbox import Toolbox
from rag_app.steps.tools import CallRefused, Tool, document_called

MOST_HITS = 20
MOST_LISTED = 100
LONGEST_READ = 20_000  # characters; some 5,000 tokens
DEFAULT_READ = 8_000
MOST_TURNS = 20

T = TypeVar("T")
Words = Annotated[str, Field(min_length=1, max_length=8_000)]
Name = Annotated[str, Field(min_length=1, max_length=1_000, description="the document's name")]
Collection = Annotated[
    str | None,
    Field(max_length=500, description="a name from list_collections; left out: the default"),
]
Where = Annotated[
    dict[str, Any] | None,
    Field(
        description='a filter in Chroma\'s grammar, such as {"folder": "contracts"} or '
        '{"page": {"$lte": 4}}; fields are document, folder, type, language, title, page, modified'
    ),
]


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the conversation before a question."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=8_000)]


def told(work: Callable[[], T]) -> T:
    """What some work gives; what it raises on purpose is told to the assistant, in its one line."""
    try:
        return work()
    except CallRefused as error:
        raise ToolError(str(error)) from error
    except RagError as error:
        raise ToolError(in_one_line(error)) from error


class ReadingTools:
    """The tools over some engines: each method is one, its docstring what the assistant reads."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def search(
        self,
        query: Words,
        k: Annotated[int, Field(ge=1, le=MOST_HITS, description="how many")] = 5,
        where: Where = None,
        collection: Collection = None,
    ) -> list[FoundPassage]:
        """Find the passages of the documents that match some words best, by meaning and by words.
        Search for one thing at a time."""
        hits = told(lambda: self._engines.of(collection).search(query, k, where))
        return [FoundPassage.of(hit) for hit in hits]

    async def ask(
        self,
        question: Words,
        ctx: Context[Any, Any],
        history: Annotated[
            list[Said] | None,
            Field(max_length=MOST_TURNS, description="the conversation before it"),
        ] = None,
        where: Where = None,
        effort: Effort | None = None,
        collection: Collection = None,
    ) -> Answered:
        """Answer a question from the documents. Every sentence cites the exact words that support
        it, and has been checked against them; if the documents do not say, the answer says so."""
        stop = Stop()

        def on_step(step: Step) -> None:
            steps.append(step)
            anyio.from_thread.run(ctx.report_progress, len(steps), None, step.told)

        def work() -> Answer:
            engine, turns = (
                self._engines.of(collection),
                [Turn(one.role, one.content) for one in history or ()],
            )
            answered = report_or_answer(
                engine, question, turns, where, stop=stop, effort=effort, on_step=on_step
            )
            for part in answered:
                if isinstance(part, Answer):
                    return part
            raise ToolError("the answer was stopped")

        steps: list[Step] = []
        try:
            answer = await anyio.to_thread.run_sync(told, work, abandon_on_cancel=True)
        finally:
            stop.set()  # whoever goes away in the middle leaves no LLM at work
        return Answered.of(answer)

    def read_document(
        self,
        document: Name,
        page: Annotated[int | None, Field(ge=1, description="only this page, from 1")] = None,
        start: Annotated[
            int, Field(ge=0, description="offset to read on from, such as a passage's")
        ] = 0,
        length: Annotated[int, Field(ge=1, le=LONGEST_READ)] = DEFAULT_READ,
        collection: Collection = None,
    ) -> Stretch:
        """Read the text of a document, or of one page of it, a stretch at a time."""
        return told(lambda: stretch(self._engines.of(collection), document, page, start, length))

    def list_documents(
        self,
        words: Annotated[
            str | None,
            Field(max_length=500, description="only those with these words in name or title"),
        ] = None,
        offset: Annotated[int, Field(ge=0, description="how many to leave out before")] = 0,
        collection: Collection = None,
    ) -> Listing:
        """List the documents with their titles, a hundred at a time."""
        documents: Sequence[StoredDocument] = told(lambda: self._engines.of(collection).documents())
        if words:
            wanted = set(stems(words))
            documents = [one for one in documents if wanted & set(stems(f"{one.name} {one.title}"))]
        end = offset + MOST_LISTED
        shown = [ListedDocument.of(one) for one in documents[offset:end]]
        return Listing(shown, len(documents), end if end < len(documents) else None)

    def list_collections(self) -> list[ListedCollection]:
        """List the collections, each of which has documents of its own."""
        return ListedCollection.all_of(told(self._engines.listed))

    def count(self, words: Words, collection: Collection = None) -> WorkedOut:
        """Count the passages and documents that have all of some words, exactly, over everything.
        Use this for "how many" and "which documents mention"; a search finds only the best."""
        return self._worked_out(tools.CountWords(words=words[:500]), collection)

    def query_table(self, question: Words, collection: Collection = None) -> WorkedOut:
        """Have a question about rows of a table in the documents computed exactly: how many, a sum,
        a mean, the highest, those above an amount. Name the columns."""
        return self._worked_out(tools.AskTable(question=question[:500]), collection)

    def explain(
        self,
        question: Words,
        expect: Annotated[
            str | None, Field(max_length=2_000, description="words of the passage you expected")
        ] = None,
        document: Annotated[
            str | None, Field(max_length=1_000, description="the document you expected")
        ] = None,
        page: Annotated[int | None, Field(ge=1)] = None,
        collection: Collection = None,
    ) -> str:
        """Explain why a passage that you expected was found for a question, or was not."""
        explanation = told(
            lambda: self._engines.of(collection).explain(
                question, expect, document=document, page=page
            )
        )
        return "\n".join(explanation.words)

    def _worked_out(self, tool: Tool, collection: str | None) -> WorkedOut:
        outcome = told(lambda: Toolbox(self._engines.of(collection).parts).use(tool))
        passages = [FoundPassage.of(one.to_hit()) for one in outcome.passages]
        return WorkedOut(outcome.result, passages)


def stretch(engine: Engine, document: str, page: int | None, start: int, length: int) -> Stretch:
    """A stretch of a document's text: from ``start`` on, or from the beginning of a page, and then
    only of that. Raises UsageError, CallRefused, StoreError."""
    name = document_called(document, engine.documents())
    text, pages = engine.document_text(name), engine.collection.page_starts(name)
    last = len(text)
    if page is not None:
        if page > len(pages):
            has = f"{len(pages)} pages" if pages else "no pages; read it by start"
            raise CallRefused(f"{name} has {has}")
        start = max(start, pages[page - 1])
        last = pages[page] if page < len(pages) else last
    end = min(start + length, last)
    at = sum(1 for one in pages if one <= start) or None
    shown = without_invisible(text[start:end])
    return Stretch(name, start, end, shown, at, len(pages) or None, end if end < last else None)
