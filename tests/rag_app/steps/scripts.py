"""What a scripted LLM says when it is offered tools."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from tests.support.llm_servers import Behaviour, Exchange, behaviour, reply

DONE = "DONE"
# The name of a tool, and what it is called with: as an object, or as it is written.
Call = tuple[str, dict[str, Any] | str]


@behaviour
def calls(exchange: Exchange, *called: Call, usage: tuple[int, int] = (20, 10)) -> None:
    """Call tools by the protocol, with the arguments in two pieces."""
    counted = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
    exchange.begin()
    exchange.send_delta({"role": "assistant", "content": None})
    for index, (name, arguments) in enumerate(called):
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        head = {"index": index, "id": f"call-{index}", "type": "function"}
        first = {**head, "function": {"name": name, "arguments": text[:5]}}
        exchange.send_delta({"tool_calls": [first]})
        rest = {"index": index, "function": {"arguments": text[5:]}}
        exchange.send_delta({"tool_calls": [rest]})
    exchange.send_delta({}, "tool_calls")
    if exchange.body.get("stream_options", {}).get("include_usage"):
        exchange.send_event(exchange.envelope([], usage=counted))
    exchange.end()


def in_words(name: str, arguments: dict[str, Any]) -> Behaviour:
    """Call a tool in the words of the answer, as one without the protocol does."""
    call = json.dumps({"tool": name, "arguments": arguments})
    return reply(f"I need this first:\n```json\n{call}\n```", usage=(20, 10))


def plans(body: dict[str, Any]) -> bool:
    """Whether a request asks for steps, and not for an answer."""
    return "You gather what is needed" in body["messages"][0]["content"]


@behaviour
def planned(
    exchange: Exchange,
    script: Sequence[Behaviour],
    answer: Callable[[dict[str, Any]], str] | str,
) -> None:
    """Plan by a script, of which the last is played again, and answer when that is asked for."""
    if not plans(exchange.body):
        text = answer if isinstance(answer, str) else answer(exchange.body)
        reply(text, usage=(20, 10)).play(exchange)
        return
    asked = [one for one in exchange.server.requests if plans(one.body)]
    script[min(len(asked), len(script)) - 1].play(exchange)
