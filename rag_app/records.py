"""The data classes of a question and its answer. Offsets count characters of the document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from llama_index.core.schema import NodeWithScore

# How passages are found: by words and meaning, by meaning alone, by words alone.
Mode = Literal["hybrid", "dense", "keyword"]
# How a sentence stands: its words are there; it is computed or counted of what is there; nothing
# says it; something says otherwise; the rules cannot tell.
Status = Literal["supported", "derived", "not_found", "contradicted", "not_checked"]
# How much is done for an answer: what it needs; one search; several steps, which an LLM plans.
Effort = Literal["auto", "quick", "thorough"]
# A row of a table: of each cell the head of its column, and what is in it.
Cells = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found by a search. ``score`` rises with relevance: at most 1, in "dense" mode the
    similarity, in "keyword" mode the share of the question's words, in "hybrid" both together.

    ``engine.document_text(document)[start:end] == text``. ``page`` counts from 1, or is None.
    """

    document: str
    page: int | None
    start: int
    end: int
    text: str
    score: float
    chunk_id: str
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def to_node(self) -> NodeWithScore:
        """This hit as LlamaIndex knows it, with its offsets, and its place in the metadata."""
        from llama_index.core.schema import NodeWithScore, TextNode

        node = TextNode(
            id_=self.chunk_id,
            text=self.text,
            start_char_idx=self.start,
            end_char_idx=self.end,
            metadata={**self.metadata, "document": self.document, "page": self.page},
        )
        return NodeWithScore(node=node, score=self.score)


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words that a marker in the answer points at.

    ``engine.document_text(document)[start:end] == quote``. ``supported`` says whether the quote
    passed the check against the sentence that cites it; ``score``, 0 to 1, how well; ``reason``
    what it lacks, in words, such as "the passage says 30 days, not 40 days". ``best`` is where, in
    the document, the sentence of the quote starts and ends that answers best, where one is known.
    ``cells`` are those of a row, each with the head of its column, where the answer shows it in a
    table; the rows of a table share a marker. ``by_ocr`` says whether the words were read of a
    picture, where a letter may be wrong.
    """

    marker: int
    document: str
    page: int | None
    start: int
    end: int
    quote: str
    supported: bool
    score: float
    reason: str | None = None
    best: tuple[int, int] | None = None
    cells: Cells = ()
    by_ocr: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """How a claim of an LLM's answer, ``answer.text[start:end]``, stands, how well its words are
    supported (``score``, 0 to 1), and in words why it is not, or how it was derived."""

    start: int
    end: int
    status: Status
    score: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A sentence of an answer, ``answer.text[start:end]``, that no passage supports, and why."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the endpoint counted them, or ``estimated`` where it did not; thinking and further
    tries included. ``cost`` is in the currency of the prices that were set, else None."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False
    cost: float | None = None

    def __add__(self, other: Usage) -> Usage:
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.estimated or other.estimated,
            sum(costs) if costs else None,
        )


def total_usage(*parts: Usage | None) -> Usage | None:
    """Usages together; None where nothing was used."""
    total = None
    for one in parts:
        if one is not None:
            total = one if total is None else total + one
    return total


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the LLM gave no answer: the name of the error, its message, and whether it will go on
    so until somebody sets or starts something."""

    kind: str
    message: str
    must_act: bool


@dataclass(frozen=True, slots=True)
class LLMCall:
    """One request to the LLM: its messages as they were sent, and the ``text`` that came back from
    which ``model``, without thinking and before any check. ``given`` counts the passages in it:
    those that fit. ``notes`` say what did not."""

    messages: tuple[Mapping[str, str], ...]
    text: str
    model: str = ""
    finish_reason: str | None = None
    given: int = 0
    notes: tuple[str, ...] = ()


class ToolCall(NamedTuple):
    """A call of a tool as an LLM wrote it. ``arguments`` should be a JSON object; neither they nor
    the name have been checked."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What an LLM said when it was asked for the next steps to an answer: its words without
    thinking, and its calls. ``ended`` says why it was not asked, or gave none, in words."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    model: str = ""
    usage: Usage | None = None
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way to an answer: the tool that an LLM called, with what, what came of it in
    words ("Searched for “notice period”: 5 passages"), and the ids of the passages that it gave.
    ``is_refused``: the call was none that can be made."""

    tool: str
    arguments: Mapping[str, Any]
    told: str
    passages: tuple[str, ...] = ()
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question.

    ``text`` carries its markers, ``[1]``, each with one or more entries in ``citations``.
    ``model`` is the LLM's name, or "quotes". ``usage`` is None where no LLM was asked.
    ``notes`` are sentences that the reader should see beside the answer. ``unsupported`` are the
    sentences that no passage supports or one contradicts, in order, whether they cite one or not;
    ``checks`` say of every claim of an LLM how it stands. ``failure`` says
    why the LLM did not write it, where it should have. ``standalone`` is the question as it was
    searched for, where it left out what the conversation says; else None. ``steps`` are those that
    were taken to find what it is made from, where one search was not enough. ``closest`` are the
    words that come closest to a question that was refused, where they may answer it after all.
    """

    question: str
    text: str
    refused: bool
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    model: str
    seconds: float
    usage: Usage | None = None
    notes: tuple[str, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()
    failure: Failure | None = None
    standalone: str | None = None
    checks: tuple[Check, ...] = ()
    steps: tuple[Step, ...] = ()
    closest: tuple[Citation, ...] = ()


class Turn(NamedTuple):
    """One message of a conversation, as ``history`` takes it. ``standalone`` is what a question was
    searched for as, the ``Answer.standalone``: where it carried the subject on, it still does."""

    role: Literal["user", "assistant"]
    content: str
    standalone: str | None = None


def columns_of(rows: Sequence[Cells]) -> list[str]:
    """The heads of the rows of a table, each once, in order."""
    columns: list[str] = []
    for cells in rows:
        at = 0
        for head, _ in cells:
            if head in columns:
                at = columns.index(head) + 1
            else:
                columns.insert(at, head)
                at += 1
    return columns
