"""The outline of a report: headings and questions that an LLM gives as JSON, each checked.

A question of the outline is asked like a reader's, and what a question says counts as given where
an answer is checked. So it may have no number and no name that was not in the topic or in what the
LLM was shown: else the outline would be a way around the checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ingest.text.invisible import without_invisible
from rag_app.fences import attribute, fence_for, place_of
from rag_app.grounding.output_guard import Guard
from rag_app.llm.client import ChatModel
from rag_app.llm.stop import Stop
from rag_app.llm.text import json_object
from rag_app.prompts import Prompts
from rag_app.records import Usage
from rag_app.report.material import MOST_SECTIONS, Material

FEWEST, MOST_TOKENS = 2, 1024
LONGEST_HEADING, LONGEST_QUESTION = 90, 300
# Of each passage of the first search, in characters, and of how many.
SHOWN, PASSAGES = 500, 16
WORD = re.compile(r"\w+(?:[.,]\d+)*")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "sections": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"heading": {"type": "string"}, "question": {"type": "string"}},
                "required": ["heading", "question"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["sections"],
    "additionalProperties": False,
}


class PlannedSection(NamedTuple):
    """A section that is to be written: its heading, and the question that it answers."""

    heading: str
    question: str


class Outline(NamedTuple):
    """The sections of a report, and what planning them took; ``is_own`` if the headings are those
    of the documents, because the LLM's were of no use."""

    sections: tuple[PlannedSection, ...]
    usage: Usage | None = None
    is_own: bool = False


def planned_by(
    llm: ChatModel, prompts: Prompts, topic: str, material: Material, stop: Stop | None
) -> Outline:
    """The outline by an LLM; of the documents' own headings, where fewer than two of its sections
    pass the check. Raises LLMError."""
    messages, shown = _messages(prompts, topic, material)
    said, usage = llm.complete(messages, stop=stop, max_tokens=MOST_TOKENS, schema=SCHEMA)
    guard = Guard(instructions=[messages[0]["content"]])
    found = {one.heading.casefold(): one for one in _checked(said, shown, guard)}
    sections = tuple(found.values())[:MOST_SECTIONS]
    if len(sections) >= FEWEST:
        return Outline(sections, usage)
    return own_outline(topic, material)._replace(usage=usage)


def own_outline(topic: str, material: Material) -> Outline:
    """The outline of the documents' own headings."""
    own = (PlannedSection(one.heading, f"{topic}: {one.heading}") for one in material.sections)
    return Outline(tuple(own), is_own=True)


def _messages(prompts: Prompts, topic: str, material: Material) -> tuple[list[dict[str, str]], str]:
    """What is asked of the LLM, and all the words of it that are not ours."""
    passages = material.passages[:PASSAGES]
    texts = [without_invisible(one.chunk.text)[:SHOWN] for one in passages]
    headings = [attribute(one.heading) for one in material.sections]
    fence = fence_for([*texts, *headings])
    shown = [
        prompts.fill(
            "report.passage",
            fence=fence,
            document=attribute(one.chunk.documents[0]),
            place=place_of(one),
            text=text,
        )
        for one, text in zip(passages, texts, strict=True)
    ]
    listed = "\n".join(f"- {heading}" for heading in headings)
    asked = prompts.fill(
        "report.topic", fence=fence, passages="\n\n".join(shown), headings=listed, topic=topic
    )
    rules = prompts.fill("report.outline", fence=fence, most=MOST_SECTIONS)
    messages = [{"role": "system", "content": rules}, {"role": "user", "content": asked}]
    return messages, "\n".join([topic, *shown, *headings])


def _checked(said: str, shown: str, guard: Guard) -> Iterator[PlannedSection]:
    """The sections of a reply that can be used."""
    known = {word.casefold() for word in WORD.findall(shown)}
    for one in _listed(said):
        heading, question = (
            _line(guard.clean(str(one.get(key) or ""))) for key in ("heading", "question")
        )
        heading = heading.strip("#*_ .:")
        is_short = 0 < len(heading) <= LONGEST_HEADING and 0 < len(question) <= LONGEST_QUESTION
        numbers = {word for word in WORD.findall(heading) if re.search(r"\d", word)}
        if is_short and numbers <= known and _names(question) <= known:
            yield PlannedSection(heading, question)


def _listed(said: str) -> Sequence[dict[str, Any]]:
    """The entries of a reply's JSON."""
    listed = (json_object(said) or {}).get("sections")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _names(question: str) -> set[str]:
    """The words of a question that could be names or numbers: all that have a digit, and all that
    have a capital but the first, and "I"."""
    return {
        word.casefold()
        for place, word in enumerate(WORD.findall(question))
        if re.search(r"\d", word) or (place and len(word) > 1 and word != word.lower())
    }


def _line(text: str) -> str:
    return " ".join(re.sub(r"[\[\]<>|`]", " ", without_invisible(text)).split())
