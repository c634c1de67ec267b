"""Where the LLM fails: the documents' own words, and why it is they."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag_app.answer.draft import Draft
from rag_app.answer.quotes import quote
from rag_app.answer.refusal import refuse
from rag_app.errors import LLMError
from rag_app.evidence.evidence import Evidence
from rag_app.messages import say
from rag_app.records import Failure
from rag_app.retrieval.passage import Passage


def with_fallback(
    parts: Iterator[str | Draft],
    evidence: Evidence,
    passages: Sequence[Passage],
) -> Iterator[str | Draft]:
    """What ``ask_llm`` gives. If it raises LLMError: the quotes where they are enough, else a
    refusal, each with a note that says what went wrong and what to do."""
    try:
        yield from parts
    except LLMError as error:
        failure = Failure(type(error).__name__, str(error), error.must_act)
        note = say("The LLM gave no answer: {why}.", why=error)
        if evidence.is_enough:
            draft = quote(evidence)
            note += " " + say("These are the documents' own words.")
        else:
            lead = say(
                "The LLM gave no answer, and no sentence of the documents answers this for "
                "certain by itself."
            )
            draft = refuse(evidence, passages, lead=lead)
        yield draft._replace(usage=error.usage, notes=(note,), failure=failure, call=error.call)
