"""A question to the LLM with as many passages as fit its context.

Where the endpoint says that a request is too long, or is seen to have read a part of it only, the
weakest passages are left out and it is asked again: by as many as its figures say, or else by half.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, nullcontext
from time import monotonic
from typing import Self

from ingest.tracing.traced import traced
from rag_app.errors import LLMError, LLMTooLong
from rag_app.llm.client import ChatModel
from rag_app.llm.context_size import cut_in_silence
from rag_app.llm.stop import Stop
from rag_app.llm.stream import LLMStream, prompt_tokens
from rag_app.llm.text import answer_only
from rag_app.messages import say
from rag_app.prompts import AnswerPrompt
from rag_app.records import LLMCall, Usage
from rag_app.tracing.attributes import of_prompt

# What is known of sizes is not exact.
MARGIN = 0.95


class FittedStream:
    """The parts of an answer. When the iteration ends, ``text`` is the answer (not always the
    parts together: see ``rag_app.llm.text.answer_only``), and ``model``, ``usage`` and ``call``
    are complete. Iterating raises LLMError, with its ``usage`` and ``call``.
    """

    def __init__(self, llm: ChatModel, prompt: AnswerPrompt, *, stop: Stop | None = None) -> None:
        self.text = ""
        self.model = llm.model or ""
        self.usage: Usage | None = None
        self.call: LLMCall | None = None
        self.endpoint = str(llm.endpoint)
        self.max_tokens = llm.endpoint.max_tokens
        self._finish_reason: str | None = None
        self._llm = llm
        self._prompt = prompt
        self._with_history = True
        self._stop = stop
        self._parts = self._fitted()

    def __iter__(self) -> Iterator[str]:
        return self._parts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._parts.close()

    def _fitted(self) -> Generator[str]:
        given, deadline = len(self._prompt.passages), monotonic() + self._llm.endpoint.total_seconds
        last, cut = False, False
        messages: list[dict[str, str]] = []
        try:
            while True:
                messages = self._messages(given)
                stream = self._llm.stream(messages, deadline=deadline, must_fit=not last)
                try:
                    # What was written after half of the prompt has been shown, and is replaced.
                    with closing(self._asked(stream)) as parts:
                        for part in parts:
                            if not cut:
                                yield part
                    too_long = self._unread(stream, messages)
                    if too_long is None or last:
                        break
                    cut = True
                except LLMTooLong as error:
                    if last:
                        raise
                    too_long = error
                self._llm.learned.learn_context(too_long.context)
                fewer = self._fewer(given, too_long)
                last = fewer == given
                given = fewer
                if last:
                    self._with_history = False
        except LLMError as error:
            error.usage = self.usage
            error.call = LLMCall(tuple(messages), "", self.model, given=given)
            raise
        notes = self._said(given, cut, last)
        if stream.cut_at is not None:
            notes += (
                say(
                    "The LLM went on after its {tokens} tokens; the answer was cut off at "
                    "{characters} characters.",
                    tokens=self.max_tokens,
                    characters=stream.cut_at,
                ),
            )
        self.call = LLMCall(
            tuple(messages), self.text, self.model, self._finish_reason, given, notes
        )

    def _asked(self, stream: LLMStream) -> Generator[str]:
        parts = []
        with closing(stream), self._stop.calling(stream.close) if self._stop else nullcontext():
            try:
                for part in stream:
                    parts.append(part)
                    yield part
            finally:
                if stream.usage is not None:
                    spent = stream.usage
                    self.usage = spent if self.usage is None else self.usage + spent
        self.text = answer_only("".join(parts))
        self.model, self._finish_reason = stream.model, stream.finish_reason

    @traced("prompt", "PROMPT", of_prompt)
    def _messages(self, given: int) -> list[dict[str, str]]:
        return self._prompt.messages(given, with_history=self._with_history)

    def _unread(self, stream: LLMStream, messages: list[dict[str, str]]) -> LLMTooLong | None:
        """That the endpoint has read a part of the prompt only, where its count shows that."""
        usage, sent = stream.usage, prompt_tokens(messages)
        if usage is None or usage.estimated or not cut_in_silence(usage.prompt_tokens, sent):
            return None
        return LLMTooLong("", usage.prompt_tokens, sent)

    def _fewer(self, given: int, error: LLMTooLong) -> int:
        """How many passages to try next, at least 1."""
        if given <= 1:
            return given
        if error.context is None:
            return given // 2
        # By our count, as much as fits by the endpoint's.
        counted = prompt_tokens(self._messages(given))
        scale = max(1.0, (error.needed or 0) / counted)
        room = MARGIN * self._llm.endpoint.prompt_room(error.context) / scale
        fitting = (
            fewer
            for fewer in range(given - 1, 1, -1)
            if prompt_tokens(self._messages(fewer)) <= room
        )
        return next(fitting, 1)

    def _said(self, given: int, cut: bool, without_history: bool) -> tuple[str, ...]:
        everything = len(self._prompt.passages)
        if given == everything and not without_history:
            return ()
        told = [
            say(
                "Only the best {given} of {all} passages fit the LLM's context.",
                given=given,
                all=everything,
            )
        ]
        if without_history:
            told.append(say("The conversation before was left out."))
        if cut:
            told.append(say("The endpoint cut the prompt in silence: give it a larger context."))
        return (" ".join(told),)
