"""Answers without an LLM: the sentences that answer best, word for word, each cited.

A 0.5-billion-parameter LLM gave a right answer to 0.30 of SQuAD's questions where the best
sentence held it for 0.76: saying less, exactly, is a good answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag_app.answer.draft import Draft
from rag_app.evidence.evidence import Evidence, Sentence
from rag_app.records import Citation

MOST_QUOTES = 4
# Further sentences are quoted while they are nearly as good as the first ...
NEARLY = 0.35
# ... and one of a page that is quoted already counts so much less: whoever opens that page sees it,
# while another page may be the right one. Measured in docs/LOG.md, 2026-11-22.
SAME_PLACE = 0.18
# What a quote is widened to at most, in characters.
LONGEST = 500
# "Dip plate." is a term, not a sentence. In characters.
TERM = 24

POINTS_BACK = re.compile(
    r"(?:it|its|this|that|these|those|they|their|he|she|such|otherwise|however|in this case)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a document, as ``text[start:end]``, chosen for one sentence in them."""

    sentence: Sentence
    start: int
    end: int

    @property
    def text(self) -> str:
        offset = self.sentence.passage.chunk.start
        return self.sentence.passage.chunk.text[self.start - offset : self.end - offset]

    def to_citation(self, marker: int) -> Citation:
        """Its citation. It is supported by being the words themselves."""
        return self.sentence.passage.to_citation(marker, self.start, self.end)


def quote(evidence: Evidence, also: Sequence[Sentence] = ()) -> Draft:
    """The sentences that answer best, and others, word for word, each with its citation."""
    chosen = choose_quotes(evidence, also)
    text = "\n\n".join(f"{one.text} [{marker}]" for marker, one in enumerate(chosen, start=1))
    citations = (one.to_citation(marker) for marker, one in enumerate(chosen, start=1))
    return Draft(text, tuple(citations))


def choose_quotes(evidence: Evidence, also: Sequence[Sentence] = ()) -> list[Quote]:
    """One to four quotes, best first, none inside another; none if there is no sentence. And
    those of ``also``: what must not be left out."""
    chosen: list[Quote] = []
    least = evidence.sentences[0].score - NEARLY if evidence.sentences else 0.0
    waiting = [_widen(sentence) for sentence in evidence.sentences if sentence.score >= least]
    while waiting and len(chosen) < MOST_QUOTES:
        places = {_place(quote) for quote in chosen}
        worth, _, quote = max(
            (one.sentence.score - SAME_PLACE * (_place(one) in places), -order, one)
            for order, one in enumerate(waiting)
        )
        if worth < least:
            break
        chosen.append(quote)
        waiting = [one for one in waiting if not _says_the_same(one, quote)]
    for quote in map(_widen, also):
        if not any(_says_the_same(quote, other) for other in chosen):
            chosen.append(quote)
    return chosen


def _widen(sentence: Sentence) -> Quote:
    """Take in what a sentence cannot be understood without.

    One that begins with "It" or "These" needs the one before; one that ends with a colon needs
    the list after it; and a term that stands alone needs what is said of it.
    """
    chunk = sentence.passage.chunk
    spans = chunk.sentences
    place = spans.index((sentence.start, sentence.end))
    start, end = sentence.start, sentence.end
    if POINTS_BACK.match(sentence.text) and place > 0:
        before = spans[place - 1]
        gap = chunk.text[before[1] - chunk.start : start - chunk.start]
        if "\n\n" not in gap and end - before[0] <= LONGEST:
            start = before[0]
    if len(sentence.text) <= TERM and place + 1 < len(spans):
        after = spans[place + 1]
        if "\n\n" not in chunk.text[end - chunk.start : after[0] - chunk.start]:
            end = after[1]
    if sentence.text.endswith(":"):
        in_list = False
        for first, last in spans[place + 1 :]:
            gap = chunk.text[end - chunk.start : first - chunk.start]
            # The list may begin a paragraph of its own, and ends with it.
            if ("\n\n" in gap and in_list) or last - start > LONGEST:
                break
            end, in_list = last, True
    return Quote(sentence, start, end)


def _place(quote: Quote) -> tuple[str, int | None]:
    chunk = quote.sentence.passage.chunk
    return chunk.documents[0], chunk.page


def _says_the_same(one: Quote, other: Quote) -> bool:
    same_document = one.sentence.passage.chunk.documents == other.sentence.passage.chunk.documents
    overlap = same_document and one.start < other.end and other.start < one.end
    return overlap or _plain(one.text) == _plain(other.text)


def _plain(text: str) -> Sequence[str]:
    return text.casefold().split()
