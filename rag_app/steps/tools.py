"""The tools that an LLM plans with: their names, what they are for, and what they take.

They read, of one collection and under one filter; none writes, and none reaches anything else. What
an LLM writes is checked against these before anything is done (``checked``), and is never run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.records import StoredDocument
from rag_app.collection.named import named_so
from rag_app.records import ToolCall

Words = Annotated[str, Field(min_length=1, max_length=500)]
Name = Annotated[str, Field(min_length=1, max_length=500)]


class Tool(BaseModel):
    """A tool that was called, with what it takes."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Search(Tool):
    """Find passages by meaning and words. Search for one thing at a time, in a few words."""

    query: Words = Field(description="what to look for")
    document: Name | None = Field(None, description="only in this document, by its name")


class Read(Tool):
    """Read a document, or go on reading after a passage: a page of it, or a stretch of text."""

    document: Name = Field(description="the document's name")
    page: int | None = Field(None, ge=1, description="the page, from 1, where it has pages")
    start: int | None = Field(None, ge=0, description="where to begin, as told by a passage")


class ListDocuments(Tool):
    """List the documents with their titles."""

    words: Words | None = Field(None, description="only those with these words in name or title")


class CountWords(Tool):
    """Count the passages and documents that have all of some words, exactly, over everything."""

    words: Words = Field(description="the words")


class AskTable(Tool):
    """Have a question about rows of a table computed exactly: how many, a sum, a mean, the
    highest, those above an amount."""

    question: Words = Field(description="the question, naming the columns")


class Compute(Tool):
    """Compute with numbers exactly: + - * / ** and brackets."""

    expression: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="such as (1250 - 980) / 980 * 100"
    )


TOOLS: dict[str, type[Tool]] = {
    "search": Search,
    "read": Read,
    "list_documents": ListDocuments,
    "count_words": CountWords,
    "ask_table": AskTable,
    "compute": Compute,
}


class CallRefused(Exception):
    """A call that is none of ours; says why, to the LLM and to the reader."""


def document_called(name: str, documents: Sequence[StoredDocument]) -> str:
    """The document of a name, or of words of it. Raises CallRefused."""
    if any(name == one.name for one in documents):
        return name
    found = named_so(name, documents)
    if not found:
        raise CallRefused(f"no document is called “{name[:200]}”; list_documents names them")
    return found[0].name


def checked(call: ToolCall) -> Tool:
    """A call as the tool with what it takes. Raises CallRefused."""
    if call.name not in TOOLS:
        raise CallRefused(f"there is no tool “{_short(call.name)}”")
    try:
        arguments = json.loads(call.arguments or "{}")
        return TOOLS[call.name].model_validate(arguments)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise CallRefused(f"{call.name}: {_short(place)}: {first['msg'].lower()}") from None
    except (ValueError, RecursionError):
        raise CallRefused(f"{call.name}: its arguments are no JSON object") from None


def descriptions() -> list[dict[str, Any]]:
    """The tools as the chat protocol describes functions."""
    return [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": " ".join((tool.__doc__ or "").split()),
                "parameters": {
                    "type": "object",
                    "properties": {
                        key: {
                            "type": "integer" if "int" in str(field.annotation) else "string",
                            "description": field.description,
                        }
                        for key, field in tool.model_fields.items()
                    },
                    "required": [
                        key for key, field in tool.model_fields.items() if field.is_required()
                    ],
                },
            },
        }
        for name, tool in TOOLS.items()
    ]


def in_words() -> str:
    """The tools for an LLM that is told of them in the prompt, a line each."""
    lines = []
    for name, tool in TOOLS.items():
        takes = ", ".join(
            f"{key}{'' if field.is_required() else ' (optional)'}: {field.description}"
            for key, field in tool.model_fields.items()
        )
        lines.append(f"- {name}: {' '.join((tool.__doc__ or '').split())} Takes {takes}.")
    return "\n".join(lines)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:40]} …"
