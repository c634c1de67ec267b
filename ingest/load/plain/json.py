"""JSON as lines that can be read and quoted: "path: value".

An object in a list is a record: it is one line, "name: Ann; age: 30", if that is not too long,
else a line for each of its values. Numbers stay as they are written. A file that is almost JSON
(with comments, as settings often are) is read as code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ingest.errors import BrokenFile
from ingest.load.common.charset import decode
from ingest.load.common.compose import compose
from ingest.load.plain import source_code as code
from ingest.records import Block, LoadedDocument

_LONGEST_RECORD = 600
# A picture or a key, written as letters.
_LONGEST_WORD = 1000
_TITLES = ("title", "name")


def read(data: bytes, name: str) -> LoadedDocument:
    """Read a JSON file. Raises BrokenFile for binary data or absurd nesting."""
    text = decode(data)
    try:
        value = parse(text)
    except ValueError:
        return code.read(data, name)
    title = None
    if isinstance(value, dict):
        title = next((value[key] for key in _TITLES if isinstance(value.get(key), str)), None)
    return compose("json", [Block("row", line) for line in value_lines(value)], title=title)


def parse(text: str) -> Any:
    """The value of a JSON text, its numbers as texts.

    Raises ValueError if it is not JSON, and BrokenFile if it is nested too deeply.
    """
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError:
        raise BrokenFile("nested too deeply to be read") from None


def value_lines(value: Any, *, record: bool = False) -> Iterator[str]:
    """The lines that say what a value holds, in its order.

    ``record`` says whether the value is an entry of a list. The objects in a list always are.
    """
    pending: list[tuple[str, Any, bool]] = [("", value, record)]
    while pending:
        path, value, record = pending.pop()
        line = _record(value) if record and isinstance(value, dict) else None
        if line is not None:
            yield f"{path}: {line}" if path and line else line
        elif isinstance(value, dict | list) and (inner := _inner(path, value)):
            entries = isinstance(value, list)
            pending.extend((path, value, entries) for path, value in reversed(inner))
        elif text := _simple(value):
            yield f"{path}: {text}" if path else text


def _record(value: dict[str, Any]) -> str | None:
    """An object on one line, or None if it would be too long."""
    parts: list[str] = []
    room = _LONGEST_RECORD
    pending: list[tuple[str, Any]] = [("", value)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict | list) and (inner := _inner(path, value)):
            pending.extend(reversed(inner))
            room -= len(inner)
        elif text := _simple(value):
            parts.append(f"{path}: {text}")
            room -= len(parts[-1])
        if room < 0:
            return None
    return "; ".join(parts)


def _inner(path: str, value: dict[str, Any] | list[Any]) -> list[tuple[str, Any]]:
    """The values in an object or a list with their paths; none in a list of simple values."""
    if isinstance(value, dict):
        return [(f"{path}.{key}" if path else str(key), inner) for key, inner in value.items()]
    if not any(isinstance(inner, dict | list) for inner in value):
        return []
    return [(f"{path}[{index}]" if path else "", inner) for index, inner in enumerate(value)]


def _simple(value: Any) -> str:
    """A single value as text, or a list of such values on one line."""
    if isinstance(value, list):
        return ", ".join(text for text in map(_simple, value) if text)
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).strip()
    return "" if len(text) > _LONGEST_WORD and not any(map(str.isspace, text)) else text
