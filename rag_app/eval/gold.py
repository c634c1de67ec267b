"""Gold: where a gold quote stands in a document, and which passages cover it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag_app.engine import Engine
from rag_app.eval.questions import Gold, Question
from rag_app.records import Citation, Hit

# At most so many places are told one by one.
TOLD = 3


class GoldPlaces:
    """Finds gold in the documents of a collection. Each text is read once, when it is needed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Documents with the same bytes are found under one name, the first.
        self._names = {
            document.name: min((document.name, *document.same_as))
            for document in engine.documents()
        }
        self._texts: dict[str, str] = {}
        self._spans: dict[Gold, list[tuple[int, int]]] = {}

    def text(self, document: str) -> str:
        """The text of a document of the collection."""
        if document not in self._texts:
            self._texts[document] = self._engine.document_text(document)
        return self._texts[document]

    def spans(self, gold: Gold) -> list[tuple[int, int]]:
        """Where a gold quote stands: none if it is not there, or there is no such document."""
        if gold not in self._spans:
            self._spans[gold] = self._found(gold)
        return self._spans[gold]

    def _found(self, gold: Gold) -> list[tuple[int, int]]:
        if gold.document not in self._names:
            return []
        if gold.span is not None:
            return [gold.span]
        return find_quote(gold.quote, self.text(gold.document)) if gold.quote else []

    def holds(self, place: Hit | Citation, gold: Gold) -> bool:
        """Whether a hit or citation overlaps a gold quote or, without one, lies on its page."""
        if gold.document not in self._names:
            return False
        if self._names.get(place.document, place.document) != self._names[gold.document]:
            return False
        if gold.quote is None and gold.span is None:
            return gold.page is None or place.page == gold.page
        spans = self.spans(gold)
        return any(place.start < end and start < place.end for start, end in spans)

    def cites(self, citation: Citation, gold: Gold) -> bool:
        """Whether a citation is of the gold's page or, without one, of its document."""
        same = self._names.get(citation.document) == self._names.get(gold.document)
        return same and gold.page in (None, citation.page)

    def notes(self, questions: Sequence[Question]) -> list[str]:
        """Sentences on gold that cannot be found, because it is not in the collection."""
        gold = [(question.id, one) for question in questions for one in question.gold]
        absent: dict[str, None] = {}
        unquoted: list[str] = []
        for id_, one in gold:
            if one.document not in self._names:
                absent[one.document] = None
            elif one.quote is not None and not self.spans(one):
                unquoted.append(id_)
        notes: list[str] = []
        if absent:
            count = sum(one.document in absent for _, one in gold)
            notes.append(
                f"{len(absent)} gold document(s) are not in the collection, so that {count} gold "
                f"place(s) count as not found: {_listed(absent)}"
            )
        if unquoted:
            notes.append(
                f"The gold quotes of {len(unquoted)} question(s) are not in their documents, and "
                f"count as not found: {_listed(unquoted)}"
            )
        return notes


def find_quote(quote: str, text: str) -> list[tuple[int, int]]:
    """Every place of a quote in a text, where any run of white space is as good as another."""
    start, found = text.find(quote), []
    while start >= 0:
        found.append((start, start + len(quote)))
        start = text.find(quote, start + 1)
    if found or not quote.split():
        return found
    loose = r"\s+".join(map(re.escape, quote.split()))
    return [match.span() for match in re.finditer(loose, text)]


def _listed(names: Iterable[str]) -> str:
    named = list(names)
    more = f" and {len(named) - TOLD} more" if len(named) > TOLD else ""
    return ", ".join(named[:TOLD]) + more
