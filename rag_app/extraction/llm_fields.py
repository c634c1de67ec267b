"""Fields read by an LLM, in one call a document, and each cell checked.

A cell counts only if its quote stands in the document and its value in the quote. What does not
pass is replaced by what was found without the LLM, and a note says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ingest.tables.values import NO, YES
from rag_app.errors import LLMError, LLMTooLong
from rag_app.extraction.records import Cell, ExtractedRow, Field, Pages
from rag_app.extraction.values import Reading, Value, says_no, value_of, values_in
from rag_app.llm.client import ChatModel
from rag_app.llm.stop import Stop
from rag_app.llm.text import BYTES_PER_TOKEN, json_object
from rag_app.prompts import Prompts
from rag_app.records import Usage

# Characters of a document that are sent, where the size of the context is not known; and around
# each value that was found without the LLM, of a longer one.
MOST_SENT, AROUND = 48_000, 1_500
TOKENS_A_FIELD = 120
# After so many failures in a row the LLM is asked no more.
MOST_FAILURES = 2
CUT = "\n[…]\n"
TOO_LONG = "The document is longer than the LLM can read at once; it read the likeliest parts."
NONSENSE = "The LLM's reply was not the JSON that it was asked for; found without it."
NOT_THERE = "The LLM's “{}” is not in the document"
SAYS_NOT = "The LLM says that the document does not say it. Without the LLM: “{}”."
Spans = list[tuple[int, int]]


class LLMFields:
    """Reads the fields of one document after the other. Not for several threads."""

    def __init__(
        self, llm: ChatModel, prompts: Prompts, fields: Sequence[Field], stop: Stop | None
    ) -> None:
        self._llm, self._prompts, self._fields, self._stop = llm, prompts, fields, stop
        self._told = [_told(one) for one in fields]
        self._failures = 0
        self._why = ""

    def read(self, found: ExtractedRow, text: str, pages: Pages, reading: Reading) -> ExtractedRow:
        """The row of a document by the LLM, where ``found`` is what was found without it."""
        if self._failures >= MOST_FAILURES:
            return replace(found, note=self._why)
        room = self._room()
        try:
            try:
                said, usage, is_cut = self._asked(found, text, room)
            except LLMTooLong:
                said, usage, is_cut = self._asked(found, text, room // 4)
        except LLMError as error:
            self._failures = MOST_FAILURES if error.must_act else self._failures + 1
            self._why = f"The fields were found without the LLM: {error}"
            return replace(found, note=self._why, usage=error.usage)
        self._failures = 0
        model = self._llm.model or "the LLM"
        read = json_object(said)
        if read is None:
            return replace(found, note=NONSENSE, model=model, usage=usage)
        cells = tuple(
            self._checked(field, read, own, text, found.document, pages, reading)
            for field, own in zip(self._fields, found.cells, strict=True)
        )
        note = TOO_LONG if is_cut else ""
        return replace(found, cells=cells, note=note, model=model, usage=usage)

    def _asked(self, found: ExtractedRow, text: str, room: int) -> tuple[str, Usage | None, bool]:
        sent = text if len(text) <= room else _likeliest(found, text, room)
        said, usage = self._llm.complete(
            self._prompts.extract_messages(found.document, sent, self._told),
            stop=self._stop,
            max_tokens=max(self._llm.endpoint.max_tokens, TOKENS_A_FIELD * len(self._fields)),
            schema=json_schema(self._fields),
        )
        return said, usage, sent is not text

    def _room(self) -> int:
        """How many characters of a document are sent."""
        context = self._llm.learned.context_tokens
        if context is None:
            return MOST_SENT
        rules = sum(map(len, self._told)) + 2_000
        return max(BYTES_PER_TOKEN * self._llm.endpoint.prompt_room(context) - rules, 1_000)

    def _checked(
        self,
        field: Field,
        read: Mapping[str, Any],
        own: Cell,
        text: str,
        document: str,
        pages: Pages,
        reading: Reading,
    ) -> Cell:
        """A cell of the LLM's, if it stands in the document; else the ``own`` one."""
        given = read.get(field.name)
        if isinstance(given, str | int | float):
            given = {"value": given, "quote": ""}
        value = " ".join(str((given or {}).get("value") or "").split()) if given else ""
        if not value or value.casefold() in ("null", "none", "not found"):
            if own.value is None:
                return own
            return Cell(field.name, note=SAYS_NOT.format(own.text))
        quote = str(given.get("quote") or "") or value  # type: ignore[union-attr]
        for start, end in _stands(quote, text):
            held = _held(field, value, text[start:end], reading)
            if held is not None:
                at = start + held.start, start + held.end
                return Cell.cited(field.name, held.value, at, (start, end), document, text, pages)
        found = "found without it" if own.value is not None else "nothing else was found"
        return replace(own, note=f"{NOT_THERE.format(value[:80])}; {found}.")


def json_schema(fields: Sequence[Field]) -> dict[str, Any]:
    """The JSON Schema of an answer: of each field its value and its quote, or null."""
    texts = {name: {"type": "string"} for name in ("value", "quote")}
    cell = {
        "type": "object",
        "properties": texts,
        "required": [*texts],
        "additionalProperties": False,
    }
    either = {"anyOf": [cell, {"type": "null"}]}
    return {
        "type": "object",
        "properties": {one.name: either for one in fields},
        "required": [one.name for one in fields],
        "additionalProperties": False,
    }


def _told(field: Field) -> str:
    described = f": {field.description}" if field.description else ""
    return f"- {json.dumps(field.name, ensure_ascii=False)} ({field.kind}){described}"


def _likeliest(found: ExtractedRow, text: str, room: int) -> str:
    """The beginning of a text, and what stands around the values that were found in it."""
    wanted: Spans = [(0, room // 3)]
    for cell in found.cells:
        if cell.source is not None:
            wanted.append((max(0, cell.source.start - AROUND), cell.source.end + AROUND))
    parts: Spans = []
    left = room
    for start, end in sorted(wanted):
        start = max(start, parts[-1][1] if parts else 0)
        end = min(end, len(text), start + left)
        if end > start:
            parts.append((start, end))
            left -= end - start
    return CUT.join(text[start:end] for start, end in parts)


def _stands(quote: str, text: str) -> Spans:
    """Where a text has these words, whatever white space is between them."""
    words = quote.split()
    if not words or len(words) > 400:
        return []
    pattern = r"\s+".join(re.escape(word) for word in words)
    return [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)][:20]


def _held(field: Field, value: str, quote: str, reading: Reading) -> Value | None:
    """Where in a quote the value stands; None if it does not."""
    if field.kind == "yes/no":
        wanted = "yes" if value.casefold() in YES else "no" if value.casefold() in NO else ""
        read = value_of("yes/no", "", quote, reading)
        said = read.value if read else "no" if says_no(quote, reading) else "yes"
        return Value(0, len(quote), wanted) if wanted == said else None
    if field.kind in ("date", "number", "money"):
        wanted_of = value_of(field.kind, "", value, reading)
        if wanted_of is None:
            return None
        there = values_in(field.kind, quote, reading)
        whole = value_of(field.kind, "", quote, reading)
        return next(
            (one for one in (*there, whole) if one is not None and _same(one, wanted_of)), None
        )
    at = _stands(value, quote)
    return Value(*at[0], " ".join(quote[slice(*at[0])].split())) if at else None


def _same(one: Value, other: Value) -> bool:
    """Whether two values are one, of which the unit may be left out by the LLM."""
    return one.value == other.value or one.value.split(" ")[0] == other.value
