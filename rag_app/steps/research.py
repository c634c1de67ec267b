"""The story of several steps: the LLM is asked what to do next, what it calls is checked and done,
and what came of it is shown to it, until it is done or a budget is.

Each round is one request that holds all that was found so far. So the two ways in which an LLM
calls, by the protocol or by JSON in its words, need the same messages, and no endpoint has to know
any other roles than those of an ordinary question.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from ingest.text.invisible import without_invisible
from ingest.tracing.traced import traced
from rag_app.answer.draft import Planner
from rag_app.fences import attribute, fence_for, place_of
from rag_app.llm.stop import Stop
from rag_app.messages import say
from rag_app.prompts import Prompts
from rag_app.records import Planned, Step, ToolCall, Usage, total_usage
from rag_app.retrieval.passage import Passage
from rag_app.steps.toolbox import Outcome, Toolbox
from rag_app.steps.tools import CallRefused, checked, descriptions, in_words
from rag_app.tracing.attributes import of_tool

# Of one answer. A round may call several tools.
MOST_CALLS = 8
MOST_ROUNDS = 6
# That an answer is written from, at most, in characters of a result and in passages.
MOST_PASSAGES = 16
LONGEST_RESULT = 3_000


@dataclass
class Research:
    """What was found in several steps, as it grows. ``first`` are the passages that were found
    before any; ``ended`` says why the steps ended before the LLM was done, "" if they did not."""

    question: str
    first: tuple[Passage, ...]
    steps: list[Step] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    replies: list[Planned] = field(default_factory=list)
    ended: str = ""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What was read, each once: the best of each step, then the second best of each, and so on.
        Where not all have room, each step still has something to say."""
        lists = [self.first, *(outcome.passages for outcome in self.outcomes)]
        found = {
            passage.chunk.id: passage
            for rank in zip_longest(*reversed(lists))
            for passage in rank
            if passage is not None
        }
        most = max(MOST_PASSAGES, len(self.first))
        return tuple(found.values())[:most] if self.steps else self.first

    @property
    def worked_out(self) -> tuple[str, ...]:
        """What was counted or computed."""
        facts = (one.result[:LONGEST_RESULT] for one in self.outcomes if one.is_fact)
        return tuple(dict.fromkeys(facts))

    @property
    def usage(self) -> Usage | None:
        """What planning took."""
        return total_usage(*(reply.usage for reply in self.replies))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know of it."""
        if not self.ended:
            return ()
        return (say("The search ended before the LLM was done: {why}.", why=self.ended),)


def take_steps(
    research: Research,
    toolbox: Toolbox,
    planner: Planner,
    prompts: Prompts,
    *,
    stop: Stop | None = None,
    on_step: Callable[[Step], None] | None = None,
    most_calls: int = MOST_CALLS,
) -> None:
    """Take the steps that the planner plans into ``research``, and tell each as it is done. After
    ``stop.set()`` by another thread it ends at once. Raises StoreError, EmbedderError."""
    known = descriptions()
    done: set[ToolCall] = set()
    for _ in range(MOST_ROUNDS):
        left = most_calls - len(research.steps)
        if left <= 0:
            research.ended = say("it may make {count} calls", count=most_calls)
            break
        reply = planner.plan(_messages(prompts, research, left), known)
        research.replies.append(reply)
        if stop is not None and stop.is_set:
            break
        research.ended = reply.ended
        new = [call for call in dict.fromkeys(reply.calls) if call not in done]
        if not new:
            break
        for call in new[:left]:
            if stop is not None and stop.is_set:
                break
            done.add(call)
            step, outcome = _taken(call, toolbox)
            research.steps.append(step)
            research.outcomes.append(outcome)
            if on_step is not None:
                on_step(step)
    else:
        research.ended = say("it was asked {count} times", count=MOST_ROUNDS)


@traced("execute_tool", "TOOL", of_tool)
def _taken(call: ToolCall, toolbox: Toolbox) -> tuple[Step, Outcome]:
    """A call, done if it is one that can be."""
    try:
        tool = checked(call)
        arguments = tool.model_dump(exclude_none=True)
        outcome = toolbox.use(tool)
    except CallRefused as error:
        told, result = say("Refused a call: {error}", error=error), f"Refused: {error}"
        return Step(call.name[:40], {}, told, is_refused=True), Outcome(told, result=result)
    ids = tuple(passage.chunk.id for passage in outcome.passages)
    return Step(call.name, arguments, outcome.told, ids), outcome


def _messages(prompts: Prompts, research: Research, left: int) -> list[dict[str, str]]:
    """What is asked of the LLM: the question, and all that was found so far."""
    found = [research.first, *(one.passages for one in research.outcomes)]
    texts = [passage.chunk.text for passages in found for passage in passages]
    calls = [json.dumps(one.arguments, ensure_ascii=False) for one in research.steps]
    fence = fence_for([*texts, *calls, *(one.result for one in research.outcomes)])
    shown: set[str] = set()
    log = ["\n".join(_passages(prompts, research.first, fence, shown))]
    for step, call, outcome in zip(research.steps, calls, research.outcomes, strict=True):
        parts = list(_passages(prompts, outcome.passages, fence, shown))
        if outcome.result or not parts:
            text = outcome.result or "Nothing that is not above."
            result = without_invisible(text[:LONGEST_RESULT])
            parts.append(prompts.fill("steps.result", fence=fence, tool=step.tool, text=result))
        name, text = attribute(step.tool), "\n".join(parts)
        log.append(prompts.fill("steps.step", tool=name, arguments=call, text=text))
    asked = prompts.fill(
        "steps.question", log="\n\n".join(log), question=research.question, left=left
    )
    return [
        {"role": "system", "content": prompts.fill("steps.system", fence=fence, tools=in_words())},
        {"role": "user", "content": asked},
    ]


def _passages(
    prompts: Prompts, passages: Sequence[Passage], fence: str, shown: set[str]
) -> Iterator[str]:
    """Those that were not shown before."""
    for passage in passages:
        if passage.chunk.id in shown:
            continue
        shown.add(passage.chunk.id)
        yield prompts.fill(
            "steps.passage",
            fence=fence,
            document=attribute(passage.chunk.documents[0]),
            place=place_of(passage),
            start=passage.chunk.start,
            text=without_invisible(passage.chunk.text),
        )
