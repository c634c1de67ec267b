"""Quotes for a question that names two or more things: each under its own words."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.text.wording import capital
from rag_app.answer.draft import Draft
from rag_app.answer.quotes import quote
from rag_app.evidence.evidence import Evidence
from rag_app.records import Citation

# Of each part.
MOST_QUOTES = 2
NOTHING = "The documents do not answer this part."


def quote_parts(parts: Iterable[tuple[str, Evidence]]) -> Draft:
    """The quotes for each part of a question under the words that name it, or that there are
    none."""
    told: list[str] = []
    citations: list[Citation] = []
    for words, evidence in parts:
        text = NOTHING
        if evidence.is_enough:
            first = citations[-1].marker + 1 if citations else 1
            draft = quote(evidence, most=MOST_QUOTES, first=first)
            text = draft.text
            citations += draft.citations
        told.append(f"{capital(words)}:\n\n{text}")
    return Draft("\n\n".join(told), tuple(citations))
