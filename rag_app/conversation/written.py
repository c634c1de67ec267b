"""A conversation as blocks to be written: what a Word file and a PDF have in common.

The words of documents and questions are taken as they are. Of an LLM's answer, emphasis, lists and
tables are read; it can link to nothing and load nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.text.unicode import paired
from rag_app.answer.draft import QUOTES, REPLY
from rag_app.conversation.records import Conversation, Exchange
from rag_app.grounding.markers import MARKER
from rag_app.inventory import mentions as counting
from rag_app.messages import say
from rag_app.messages.places import place_of
from rag_app.records import Answer
from rag_app.remarks import DOUBTS, citation_statuses, with_remarks
from rag_app.tables import answer as computing

Kind = Literal["question", "heading", "paragraph", "item", "quote", "code", "note", "table"]
OURS = (QUOTES, counting.MODEL, computing.MODEL, REPLY)
# What XML and PDF cannot carry: control characters.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
BULLET = "•"


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look. ``cites`` is the number of a source, whose marker stands here."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    cites: int | None = None


Cell = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a conversation. ``label`` is what stands before an item, ``level`` how deep it is,
    from 0; of a table, the first of ``rows`` is its head."""

    kind: Kind
    runs: tuple[Run, ...] = ()
    label: str = ""
    level: int = 0
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source, with the number of its markers: its document and page, and its words."""

    number: int
    place: str
    words: str
    doubt: str


@dataclass(slots=True)
class Written:
    """A conversation. ``sources`` are in the order of their numbers, from 1."""

    title: str
    blocks: list[Block] = field(default_factory=list)
    sources: list[CitedSource] = field(default_factory=list)

    def number_of(self, place: str, words: str, doubt: str) -> int:
        """The number of a source, which is a new one where it was not cited before."""
        for one in self.sources:
            if (one.place, one.words, one.doubt) == (place, words, doubt):
                return one.number
        self.sources.append(CitedSource(len(self.sources) + 1, place, words, doubt))
        return len(self.sources)


Marks = dict[int, list[int]]


def written(conversation: Conversation) -> Written:
    """The branch of a conversation that is shown."""
    result = Written(clean(" ".join(conversation.title.split())) or say("Conversation"))
    for exchange in conversation.branch():
        result.blocks.append(Block("question", (Run(clean(exchange.question)),)))
        if exchange.where is not None:
            filtered = json.dumps(exchange.where, ensure_ascii=False)
            result.blocks.append(_note(say("Asked only of: {filter}", filter=filtered)))
        result.blocks += _outcome(exchange, result)
    return result


def written_answer(title: str, answer: Answer) -> Written:
    """An answer that stands alone under a title, without its question: a report."""
    result = Written(clean(" ".join(title.split())))
    result.blocks += _outcome(Exchange(title, answer), result)
    return result


def clean(text: str) -> str:
    """Text that a file can carry, with ``\ufffd`` for what it cannot."""
    return CONTROL.sub("\ufffd", paired(text.replace("\r\n", "\n")))


def _outcome(exchange: Exchange, result: Written) -> Iterator[Block]:
    answer = exchange.answer
    if answer is None:
        yield from _literal(exchange.partial, {})
        yield _note(exchange.error or say("Stopped."))
        return
    notes = [_note(one) for one in answer.notes]
    if answer.model == QUOTES:  # a note on the documents' own words says why they stand there
        yield from notes
    marks: Marks = {}
    for citation, standing in zip(answer.citations, citation_statuses(answer), strict=True):
        place = clean(place_of(citation.document, citation.page, by_ocr=citation.by_ocr))
        words = clean(" ".join(citation.quote.split()))
        number = result.number_of(place, words, say(DOUBTS[standing]) if standing in DOUBTS else "")
        marks.setdefault(citation.marker, []).append(number)
    text = clean(with_remarks(answer, "({})".format))
    yield from _literal(text, marks, _kind(answer)) if answer.model in OURS else _read(text, marks)
    if answer.model != QUOTES:
        yield from notes


def _kind(answer: Answer) -> Kind:
    return "quote" if answer.model == QUOTES and not answer.refused else "paragraph"


def _note(text: str) -> Block:
    return Block("note", (Run(clean(text), italic=True),))


def _literal(text: str, marks: Marks, kind: Kind = "paragraph") -> Iterator[Block]:
    """Text that is no Markdown, but for the tables that are made of quoted rows."""
    for part in re.split(r"\n\s*\n", clean(text).strip()):
        if part.startswith("| "):
            yield from _read(part, marks)
        elif part:
            yield Block(kind, tuple(_marked(Run(part), marks)))


def _read(text: str, marks: Marks) -> Iterator[Block]:
    """Markdown as blocks."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.disable(["link", "image", "autolink", "html_inline", "html_block", "reference"])
    lists: list[int | None] = []  # of each list that is open, its next number
    label, kind = "", "paragraph"
    rows: list[tuple[Cell, ...]] = []
    cells: list[Cell] = []
    for token in parser.parse(text):
        match token.type:
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                number = lists[-1]
                label = BULLET if number is None else f"{number}."
                lists[-1] = None if number is None else number + 1
            case "heading_open":
                kind = "heading"
            case "blockquote_open":
                kind = "quote"
            case "heading_close" | "blockquote_close":
                kind = "paragraph"
            case "table_open":
                rows, kind = [], "table"
            case "tr_open":
                cells = []
            case "tr_close":
                rows.append(tuple(cells))
            case "table_close":
                kind = "paragraph"
                yield Block("table", rows=tuple(rows))
            case "fence" | "code_block":
                yield Block("code", (Run(token.content.rstrip("\n"), code=True),))
            case "inline":
                runs = tuple(_runs(token.children or (), marks))
                if kind == "table":
                    cells.append(runs)
                elif lists:
                    yield Block("item", runs, label, len(lists) - 1)
                    label = ""
                else:
                    yield Block(_known(kind), runs)


def _known(kind: str) -> Kind:
    return "heading" if kind == "heading" else "quote" if kind == "quote" else "paragraph"


def _runs(tokens: Sequence[Token], marks: Marks) -> Iterator[Run]:
    bold = italic = 0
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                bold += token.nesting
            case "em_open" | "em_close":
                italic += token.nesting
            case "softbreak" | "hardbreak":
                yield Run("\n" if token.type == "hardbreak" else " ")
            case "code_inline":
                yield Run(token.content, code=True)
            case _:
                yield from _marked(Run(token.content, bold > 0, italic > 0), marks)


def _marked(run: Run, marks: Marks) -> Iterator[Run]:
    """The words of a run and, in place of its markers, those of the sources: each citation of a
    marker in its turn."""
    at = 0
    for match in MARKER.finditer(run.text):
        waiting = marks.get(int(match[1]))
        if not waiting:
            continue
        yield Run(run.text[at : match.start()], run.bold, run.italic)
        number = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        yield Run(f"[{number}]", cites=number)
        at = match.end()
    if rest := run.text[at:]:
        yield Run(rest, run.bold, run.italic)
