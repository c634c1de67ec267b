"""A summary, as it is answered and as an LLM is given it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

from rag_app.answer.draft import Draft
from rag_app.collection.told import Told
from rag_app.evidence.evidence import Evidence
from rag_app.retrieval.passage import Passage

MODEL = "summary"


class Summary(NamedTuple):
    """A summary in the documents' own sentences, and the passages that an LLM is to sum up instead:
    those that the sentences stand in, in their order."""

    draft: Draft
    passages: tuple[Passage, ...]

    @classmethod
    def of(cls, draft: Draft, told: Sequence[Sequence[Told]]) -> Self:
        """A draft with what it is made of."""
        chunks = {one.chunk.id: one.chunk for sentences in told for one in sentences}
        return cls(draft, tuple(Passage(chunk, 1.0) for chunk in chunks.values()))

    @property
    def evidence(self) -> Evidence:
        """The passages as what an LLM is asked about. There is nothing to quote but the draft."""
        return Evidence(self.passages, (), 0.0, shares_words=True)

    def where_it_fails(self, parts: Iterator[str | Draft]) -> Iterator[str | Draft]:
        """What an LLM gives, with the documents' own sentences where it fails or says no."""
        for part in parts:
            if isinstance(part, Draft) and part.refused:
                yield self.draft._replace(
                    usage=part.usage,
                    notes=part.notes + self.draft.notes,
                    failure=part.failure,
                    call=part.call,
                )
            else:
                yield part
