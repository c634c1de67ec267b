"""The program's own path with a scripted LLM, and what became of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from benchmarks.answers.right.items import MARKERS, Item
from benchmarks.answers.right.places import Sent, numbered, places
from ingest.text.sentences import split_sentences
from rag_app import Answer, Engine
from rag_app.answer.draft import Models
from rag_app.llm.stop import Stop
from rag_app.prompts import AnswerPrompt
from rag_app.records import LLMCall, Usage

MODEL = "scripted"


@dataclass(frozen=True, slots=True)
class Mark:
    """A sentence that was called unsupported, and why."""

    start: int
    end: int
    sentence: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one answer.

    ``asked``: the LLM was. ``retrieved``: what holds the answer was among the passages sent.
    ``shown``: every sentence is there, neither refused nor replaced. ``lost`` is the first that is
    not. ``marks`` are of the answer as it is shown.
    """

    item: Item
    asked: bool
    retrieved: bool
    shown: bool
    lost: str | None
    marks: tuple[Mark, ...]
    answer: Answer

    @property
    def counts(self) -> bool:
        """Whether the LLM could give the answer."""
        return self.asked and self.retrieved


class ScriptedWriter:
    """A ``rag_app.answer.draft.Writer`` that gives the answer of an item."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.asked = self.retrieved = False

    def __call__(
        self,
        prompt: AnswerPrompt,
        *,
        stop: Stop | None = None,  # noqa: ARG002 (there is nothing to wait for)
    ) -> ScriptedStream:
        sent = [
            Sent(one.chunk.text, name, one.chunk.page)
            for one in prompt.passages
            for name in one.chunk.documents[:1]
        ]
        found = places(self.item, sent)
        self.asked, self.retrieved = True, found is not None
        said = numbered(self.item.answer, found) if found else "NOT IN THE DOCUMENTS"
        return ScriptedStream(said, prompt)


class ScriptedStream:
    """The words of the answer, one after the other, as a ``rag_app.answer.draft.AnswerStream``."""

    def __init__(self, said: str, prompt: AnswerPrompt) -> None:
        self.text = ""
        self.model = MODEL
        self.usage: Usage | None = None
        given = len(prompt.passages)
        self.call: LLMCall | None = LLMCall(
            tuple(prompt.messages(given)), said, MODEL, "stop", given
        )
        self.endpoint, self.max_tokens = "scripted", 1024
        self._said = said

    def __iter__(self) -> Iterator[str]:
        self.text = self._said
        yield from re.findall(r"\s*\S+\s*?", self._said)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing is open."""


def play(engine: Engine, item: Item) -> Outcome:
    """Ask an item's question; its answer is what the LLM gives."""
    writer = ScriptedWriter(item)
    models = Models(writer, judge=engine.parts.models.judge)
    for part in engine.stream(item.question, models=models):
        if isinstance(part, Answer):
            return outcome(item, part, asked=writer.asked, retrieved=writer.retrieved)
    raise AssertionError("a stream ends with its Answer")


def outcome(item: Item, answer: Answer, *, asked: bool, retrieved: bool) -> Outcome:
    """What became of the answer of an item."""
    there = bare(answer.text)
    replaced = answer.refused or answer.failure is not None or answer.model != MODEL
    lost = [one for one in sentences(item) if bare(one) not in there]
    if replaced:
        lost = [answer.text]
    marks = tuple(
        Mark(one.start, one.end, answer.text[one.start : one.end], one.reason)
        for one in answer.unsupported
    )
    return Outcome(
        item,
        asked,
        retrieved,
        asked and retrieved and not lost,
        lost[0] if lost else None,
        marks if not replaced else (),
        answer,
    )


def sentences(item: Item) -> list[str]:
    """The sentences, list items and table rows of an answer."""
    lines = item.answer.splitlines()
    parts = [one for line in lines for one in split_sentences(line, item.language or "en")]
    return [one for one in parts if bare(one)]


def bare(text: str) -> str:
    """The words of a text, without markers, signs and layout."""
    return " ".join(re.findall(r"\w+", MARKERS.sub(" ", text))).casefold()
