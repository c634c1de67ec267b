"""The planner: the LLM asked for the next steps, within a budget of tokens and seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from time import monotonic
from typing import Any

from rag_app.errors import LLMError, LLMTooLong
from rag_app.llm.client import ChatModel
from rag_app.llm.stop import Stop
from rag_app.llm.text import answer_only
from rag_app.llm.tool_calls import calls_in
from rag_app.messages import say
from rag_app.records import Planned

# For all steps to one answer together. Writing it comes after, with limits of its own.
MOST_TOKENS = 60_000
MOST_SECONDS = 60.0
# A plan is short; a model that thinks needs more than the words of a call.
REPLY_TOKENS = 1024


class LLMPlanner:
    """Plans the steps to one answer. The time begins with the first."""

    def __init__(
        self,
        llm: ChatModel,
        *,
        stop: Stop | None = None,
        tokens: int = MOST_TOKENS,
        seconds: float = MOST_SECONDS,
    ) -> None:
        self._llm, self._stop = llm, stop
        self._tokens, self._seconds = tokens, seconds
        self._deadline: float | None = None

    def plan(
        self, messages: Sequence[Mapping[str, str]], tools: Sequence[Mapping[str, Any]]
    ) -> Planned:
        """What is to be done next. Raises nothing: what goes wrong ends the plan, and not the
        answer."""
        if self._deadline is None:
            self._deadline = monotonic() + self._seconds
        if self._tokens <= 0:
            return Planned(ended=say("the tokens for planning were used up"))
        if monotonic() >= self._deadline:
            return Planned(ended=self._late())
        stream = self._llm.stream(
            messages,
            max_tokens=min(REPLY_TOKENS, self._llm.endpoint.max_tokens),
            deadline=self._deadline,
            must_fit=True,
            tools=tools,
        )
        ended = ""
        stop = self._stop
        said: list[str] = []
        try:
            with stream, stop.calling(stream.close) if stop else nullcontext():
                said.extend(stream)
        except LLMTooLong:
            ended = say("what was found fills the LLM's context")
        except LLMError as error:
            late = monotonic() >= self._deadline
            ended = self._late() if late else str(error)
        usage = stream.usage
        if usage is not None:
            self._tokens -= usage.prompt_tokens + usage.completion_tokens
        text = answer_only("".join(said))
        calls = () if ended else stream.calls or calls_in(text)
        return Planned(text, calls, stream.model, usage, ended)

    def _late(self) -> str:
        return say("planning took more than {seconds} s", seconds=round(self._seconds))
