"""Calls of tools in an answer: as the endpoint gives them, or written as JSON by an LLM that has
no other way.

A part of ``rag_app.llm.client``. The protocol: https://platform.openai.com/docs/guides/function-calling
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rag_app.records import ToolCall

# More at once, or longer ones, are no plan.
MOST_CALLS = 16
MOST_CHARACTERS = 20_000
# What a text with JSON in it is read for: the first so many places where an object may begin.
MOST_PLACES = 50


class ToolCalls:
    """The calls of a streamed answer, whose names and arguments come in pieces."""

    def __init__(self) -> None:
        self._pieces: dict[str, list[str]] = {}  # of each call its name and its arguments

    def clear(self) -> None:
        """Forget them, for the request is sent again."""
        self._pieces.clear()

    def add(self, said: object) -> int:
        """Take in the calls of a piece of an answer. Returns the bytes of it. Endpoints send odd
        ones, so no field is taken for granted."""
        size = 0
        calls = getattr(said, "tool_calls", None)
        for place, call in enumerate(calls if isinstance(calls, list) else ()):
            index, function = getattr(call, "index", None), getattr(call, "function", None)
            key = str(place if index is None else index)
            if key not in self._pieces and len(self._pieces) >= MOST_CALLS:
                continue
            name, arguments = self._pieces.setdefault(key, ["", ""])
            more = getattr(function, "name", None), _as_json(getattr(function, "arguments", None))
            if isinstance(more[0], str) and more[0] != name:
                name += more[0]
            self._pieces[key] = [name[:MOST_CHARACTERS], (arguments + more[1])[:MOST_CHARACTERS]]
            size += len(str(more).encode("utf-8", "replace"))
        return size

    def given(self) -> tuple[ToolCall, ...]:
        """Those that have a name."""
        calls = [ToolCall(name, arguments) for name, arguments in self._pieces.values()]
        return tuple(call for call in calls if call.name)


def calls_in(text: str) -> tuple[ToolCall, ...]:
    """The calls that an LLM wrote as JSON among its words: ``{"tool": NAME, "arguments": {…}}``,
    in whatever of the usual names and wrappings for them."""
    return tuple(
        ToolCall(name, _as_json(arguments))
        for value in _objects(text)
        for name, arguments in _calls_of(value)
    )[:MOST_CALLS]


def _calls_of(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, list):
        for one in value:
            yield from _calls_of(one)
    elif isinstance(value, Mapping):
        inner = value.get("tool_calls") or value.get("calls") or value.get("function")
        if isinstance(inner, list | Mapping):
            yield from _calls_of(inner)
            return
        name = next((value[key] for key in ("tool", "name") if isinstance(value.get(key), str)), "")
        keys = ("arguments", "parameters", "args")
        arguments = next((value[key] for key in keys if key in value), None)
        if name:
            rest = {key: one for key, one in value.items() if key not in ("tool", "name")}
            yield name, rest if arguments is None else arguments


def _objects(text: str) -> Iterator[object]:
    """The values of JSON in a text, one after the other, none inside another."""
    decoder, end = json.JSONDecoder(), 0
    places = [match.start() for match in re.finditer(r"[\[{]", text[:MOST_CHARACTERS])]
    for place in places[:MOST_PLACES]:
        if place < end:
            continue
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            continue
        yield value


def _as_json(arguments: Any) -> str:
    """Arguments as the text of JSON, which some endpoints have read already."""
    if arguments is None or isinstance(arguments, str):
        return arguments or ""
    return json.dumps(arguments, default=vars)
