"""Replay: make a recorded answer again on the collection as it is now, and say what changed.

Asked again, the LLM writes anew. Without one, or offline, its recorded words take the place of what
it would write: all else, from the search to the checks, is today's, so that a change of documents,
settings or checks is seen without asking anybody. That is deterministic: on an unchanged
collection nothing changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from rag_app import errors
from rag_app.answer.draft import Models
from rag_app.answer.record import AnswerRecord
from rag_app.engine import Engine
from rag_app.errors import LLMError
from rag_app.grounding.markers import LLM_MARKER, numbers_of
from rag_app.llm.stop import Stop
from rag_app.prompts import AnswerPrompt
from rag_app.records import Answer, LLMCall, Planned, Usage
from rag_app.replay.differences import Change, changes_between
from rag_app.retrieval.passage import Passage


@dataclass(frozen=True, slots=True)
class Replayed:
    """A record, the record of the answer now, and what changed; ``now`` is None where the LLM
    failed, which ``changes`` says. ``offline``: the LLM's words are the recorded ones."""

    then: AnswerRecord
    now: AnswerRecord | None
    changes: tuple[Change, ...]
    offline: bool


def replay(engine: Engine, record: AnswerRecord, *, offline: bool = False) -> Replayed:
    """Answer a record's question again. Raises what ``Engine.stream`` raises, and LLMError where
    somebody has to set or start something before the LLM answers again."""
    offline = offline or engine.llm is None
    made: list[AnswerRecord] = []
    parts = engine.stream(
        record.question,
        record.history,
        record.where,
        on_record=made.append,
        models=recorded_models(record) if offline else None,
        effort=record.settings.get("effort", "quick"),
    )
    try:
        for _ in parts:
            pass
    except LLMError as error:
        if error.must_act and not offline:
            raise
        return Replayed(record, None, (Change("failure", f"The LLM failed: {error}"),), offline)
    [now] = made
    failure = now.answer.failure
    if failure is not None and failure.must_act and not offline:
        raise _error_of(failure.kind, failure.message)
    with engine.collection.reading() as view:
        changes = changes_between(record, now, view, offline=offline)
    return Replayed(record, now, changes, offline)


def recorded_models(record: AnswerRecord) -> Models:
    """What writes again what was written then."""
    return Models(
        None if record.endpoint is None else partial(RecordedStream, record),
        None if record.rewriting is None else _RecordedRewriter(record.rewriting),
        plan=None if record.endpoint is None else partial(_RecordedPlanner, record),
    )


class RecordedStream:
    """The recorded words of an LLM as the answer to a question, see ``answer.draft.AnswerStream``.

    Their markers are made those that the passages have now. Where the LLM was not asked then, or
    failed, iterating raises LLMError.
    """

    def __init__(
        self,
        record: AnswerRecord,
        prompt: AnswerPrompt,
        *,
        stop: Stop | None = None,  # noqa: ARG002 (there is nothing to wait for)
    ) -> None:
        then = record.call
        self.text = ""
        self.model = then.model if then else ""
        self.usage: Usage | None = record.answer.usage
        self.call: LLMCall | None = None
        self.endpoint = record.endpoint or ""
        self.max_tokens = int(record.settings.get("llm_max_tokens", 0))
        self._failure = record.answer.failure
        if then is not None:
            given = min(then.given, len(prompt.passages))
            # The conversation is left out where nothing else fits.
            had_history = len(then.messages) > 2
            self.call = LLMCall(
                tuple(prompt.messages(given, with_history=had_history)),
                renumbered(then.text, record.answer, prompt.passages),
                then.model,
                then.finish_reason,
                given,
                then.notes,
            )

    def __iter__(self) -> Iterator[str]:
        if self._failure is not None:
            error = _error_of(self._failure.kind, self._failure.message)
            error.usage, error.call = self.usage, self.call
            raise error
        if self.call is None:
            raise LLMError(
                "it was not asked when this was recorded, and would be now; replay it with the LLM"
            )
        self.text = self.call.text
        yield self.text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing is open."""


class _RecordedRewriter:
    """What an LLM made of a question that leaves something out."""

    def __init__(self, call: LLMCall) -> None:
        self._call = call

    def complete(
        self,
        messages: Sequence[Mapping[str, str]],  # noqa: ARG002 (it said this then)
        *,
        stop: Stop | None = None,  # noqa: ARG002
    ) -> tuple[str, Usage | None]:
        return self._call.text, None


class _RecordedPlanner:
    """What an LLM planned then: the same calls, made again, see ``answer.draft.Planner``."""

    def __init__(
        self,
        record: AnswerRecord,
        *,
        stop: Stop | None = None,  # noqa: ARG002 (there is nothing to wait for)
    ) -> None:
        self._replies = iter(record.plan)

    def plan(
        self,
        messages: Sequence[Mapping[str, str]],  # noqa: ARG002 (it said this then)
        tools: Sequence[Mapping[str, Any]],  # noqa: ARG002
    ) -> Planned:
        return next(self._replies, Planned())


def renumbered(text: str, then: Answer, passages: Sequence[Passage]) -> str:
    """A text whose markers are the numbers that the passages of ``then`` have now. Markers of
    passages that are gone are left out; what was never given stays as it is."""
    now = {passage.chunk.id: number for number, passage in enumerate(passages, start=1)}
    new = {number: now.get(hit.chunk_id) for number, hit in enumerate(then.hits, start=1)}
    if all(number == place for number, place in new.items()):
        return text
    # A number that was not given must not become one that is.
    beyond = max(len(passages), len(then.hits))

    def marker(match: re.Match[str]) -> str:
        old = numbers_of(match["numbers"])
        kept = [new.get(one, one + beyond) for one in old]
        space = match[0][: len(match[0]) - len(match[0].lstrip())]
        shown = "".join(f"[{one}]" for one in kept if one is not None)
        return space + shown if shown or "\n" in space else ""

    return LLM_MARKER.sub(marker, text)


def _error_of(kind: str, message: str) -> LLMError:
    """The error that a failure was."""
    known = getattr(errors, kind, LLMError)
    made: LLMError = known(message) if issubclass(known, LLMError) else LLMError(message)
    return made
