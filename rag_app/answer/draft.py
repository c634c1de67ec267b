"""A draft of an answer, and what writes one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, Self

from rag_app.grounding.checker import Judge
from rag_app.llm.stop import Stop
from rag_app.prompts import AnswerPrompt
from rag_app.questions.rewrite import Rewriter
from rag_app.records import Check, Citation, Failure, LLMCall, Planned, Unsupported, Usage

# The name of what answers where no LLM does: the documents' words, or a reply to small talk.
QUOTES = "quotes"
REPLY = "reply"


class Draft(NamedTuple):
    """An answer before the engine has put the question, the hits and the time to it."""

    text: str
    citations: tuple[Citation, ...] = ()
    refused: bool = False
    model: str = QUOTES
    usage: Usage | None = None
    notes: tuple[str, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()
    failure: Failure | None = None
    call: LLMCall | None = None
    checks: tuple[Check, ...] = ()
    closest: tuple[Citation, ...] = ()


class AnswerStream(Protocol):
    """An LLM's answer, part by part: ``answer.fit_context.FittedStream``, or a record of one.

    ``text``, ``model``, ``usage`` and ``call`` are complete when the iteration ends, which raises
    LLMError.
    """

    text: str
    model: str
    usage: Usage | None
    call: LLMCall | None
    endpoint: str
    max_tokens: int

    def __iter__(self) -> Iterator[str]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...


class Writer(Protocol):
    """Begins an answer."""

    def __call__(self, prompt: AnswerPrompt, *, stop: Stop | None = None) -> AnswerStream: ...


class JudgeMaker(Protocol):
    """Gives the judge of one answer."""

    def __call__(self, *, stop: Stop | None = None) -> Judge: ...


class Planner(Protocol):
    """Plans the steps to one answer: ``steps.planner.LLMPlanner``, or a record of one."""

    def plan(
        self, messages: Sequence[Mapping[str, str]], tools: Sequence[Mapping[str, Any]]
    ) -> Planned:
        """What is to be done next, of what the tools can do."""
        ...


class PlannerMaker(Protocol):
    """Gives the planner of one answer."""

    def __call__(self, *, stop: Stop | None = None) -> Planner: ...


class Models(NamedTuple):
    """Who writes: the answer, and the question that stands alone; who judges the answer's
    sentences beside the rules; and who plans the steps to it. None: quotes, rules, one search."""

    answer: Writer | None = None
    rewrite: Rewriter | None = None
    judge: JudgeMaker | None = None
    plan: PlannerMaker | None = None
