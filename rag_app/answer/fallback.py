"""Where the LLM fails: the documents' own words, and why it is they."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag_app.answer.llm_answer import Draft, quote, refuse
from rag_app.errors import LLMError
from rag_app.evidence.evidence import Evidence
from rag_app.records import Failure
from rag_app.retrieval.passage import Passage

UNANSWERED = (
    "The LLM gave no answer, and no sentence of the documents answers this for certain by itself."
)


def with_fallback(
    parts: Iterator[str | Draft],
    evidence: Evidence,
    passages: Sequence[Passage],
    *,
    enough_to_quote: bool,
) -> Iterator[str | Draft]:
    """What ``ask_llm`` gives. If it raises LLMError: the quotes where they are enough, else a
    refusal, each with a note that says what went wrong and what to do."""
    try:
        yield from parts
    except LLMError as error:
        failure = Failure(type(error).__name__, str(error), error.must_act)
        note = f"The LLM gave no answer: {error}."
        if enough_to_quote:
            draft = quote(evidence)
            note += " These are the documents' own words."
        else:
            draft = refuse(evidence, passages, lead=UNANSWERED)
        yield draft._replace(usage=error.usage, notes=(note,), failure=failure, call=error.call)
