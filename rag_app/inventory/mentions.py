"""What of a collection mentions something, counted over all of it.

Words are counted through the postings, which know the words of every passage. What was counted, and
how words were matched, is said with the count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.catalog.chunk_vectors import Numbers, numbers_where
from ingest.catalog.filters import Filter
from ingest.catalog.inventory import (
    chunk_rows,
    chunks_by_number,
    names_by_content,
    title_and_names,
)
from ingest.catalog.view import CatalogView
from ingest.records import StoredChunk
from ingest.text.analyzer import stems, word_number
from ingest.text.wording import many
from rag_app.inventory.intent_english import Mentions
from rag_app.records import Citation
from rag_app.retrieval.snapshot import Snapshot

MODEL = "count"
# So many documents are named; how many more there are is said.
LISTED = 12
# Of a document, so many passages are read to find one to cite.
READ = 3
# Postings count a word up to here.
MOST_TIMES = 255
LONGEST_QUOTE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A document, and the numbers of its passages that were counted, in order."""

    document: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted: documents with what they have, most first; of how many documents and
    passages; and on how many pages, where there are pages."""

    found: tuple[Found, ...]
    passages: int
    of_documents: int
    of_passages: int
    pages: int


@dataclass(frozen=True, slots=True)
class Told:
    """A count in words, with citations and what the reader should know of it."""

    text: str
    citations: tuple[Citation, ...]
    notes: tuple[str, ...]


def count_mentions(snapshot: Snapshot, asked: Mentions, where: Filter | None = None) -> Count:
    """Count the passages that have all words and phrases asked for, in their text or the headings
    over it; a phrase in the text."""
    view = snapshot.view
    live = np.flatnonzero(snapshot.words.lengths.words).astype(np.int64)
    if where is not None:
        live = np.intersect1d(live, numbers_where(view, where))
    wanted = sorted({stem for text in (*asked.words, *asked.phrases) for stem in stems(text)})
    numbers = _with_all(snapshot, wanted, live)
    names = names_by_content(view, where)
    rows = list(chunk_rows(view, numbers.tolist()))
    if asked.phrases:
        rows = [row for row in rows if _has_all(row.text, asked.phrases)]
    by_content: dict[int, list[int]] = {}
    for row in rows:
        by_content.setdefault(row.content, []).append(row.number)
    found = [
        Found(name, tuple(of_content))
        for content, of_content in by_content.items()
        for name in names.get(content, ())
    ]
    return Count(
        tuple(sorted(found, key=lambda one: (-len(one.numbers), one.document))),
        sum(len(of_content) for content, of_content in by_content.items() if content in names),
        sum(map(len, names.values())),
        len(live),
        len({(row.content, row.page) for row in rows if row.page is not None}),
    )


def tell_mentions(
    view: CatalogView, asked: Mentions, count: Count, where: Filter | None = None
) -> Told:
    """What came of counting mentions, with a citation for each document that is named."""
    what = _listed([f"“{word}”" for word in (*asked.words, *asked.phrases)])
    one_word = len(asked.words) + len(asked.phrases) == 1
    forms = ", in any of their forms," if not one_word else ", in any of its forms,"
    if asked.phrases:
        forms = " exactly," if not asked.words else ", the quoted ones exactly,"
    place = "in the text" if asked.phrases else "in the text or in the headings over it"
    told = "with" if one_word else "with all of"
    notes = [
        f"Counted over all {many(count.of_passages, 'passage')} of "
        f"{many(count.of_documents, 'document')}: those {told} {what}{forms} {place}. "
        "What says it in other words is not counted."
    ]
    yes = ""
    if asked.yes_or_no:
        yes = "Yes. " if count.found else "No. "
    if not count.found:
        having = "has" if one_word else "has all of"
        return Told(f"{yes}No passage of the collection {having} {what}.", (), tuple(notes))
    pages = f", on {many(count.pages, 'page')}" if asked.pages and count.pages else ""
    lines = [
        f"{yes}{len(count.found):,} of {many(count.of_documents, 'document')} "
        f"{'has' if len(count.found) == 1 else 'have'} {what}, in "
        f"{many(count.passages, 'passage')}{pages}:"
    ]
    citations: list[Citation] = []
    wanted = {stem for text in (*asked.words, *asked.phrases) for stem in stems(text)}
    for marker, one in enumerate(count.found[:LISTED], start=1):
        citations.append(_citation(view, one, wanted, asked.phrases, marker, where))
        lines.append(f"- {one.document}: {many(len(one.numbers), 'passage')} [{marker}]")
    return Told("\n".join([*lines, *more(len(count.found))]), tuple(citations), tuple(notes))


def more(count: int) -> list[str]:
    """The last line of a list that is not whole."""
    return [f"- and {count - LISTED:,} more"] if count > LISTED else []


def _with_all(snapshot: Snapshot, wanted: Sequence[str], live: Numbers) -> Numbers:
    """The live chunks that have all stems, in text or headings: what is only in the name or title
    of the document, which the postings count with each chunk, is taken off."""
    if not wanted:
        return live
    view = snapshot.view
    question = snapshot.words.question(view, wanted)
    # The postings stand in the order of their words' numbers; a word without one is nowhere.
    words = sorted(set(map(word_number, wanted)))
    if len(question.postings) < len(words):
        return live[:0]
    numbers = live
    for posting in question.postings:
        numbers = np.intersect1d(numbers, posting.chunks)
    counts = question.counts(numbers)
    rows = chunk_rows(view, numbers.tolist())
    contents = np.array([row.content for row in rows], dtype=np.int64)
    kept = np.ones(len(numbers), dtype=np.bool_)
    for content in np.unique(contents).tolist():
        above = _above(view, content)
        less = np.array([min(above[word], MOST_TIMES - 1) for word in words], dtype=np.float32)
        if less.any():
            there = contents == content
            kept[there] = (counts[:, there] > less[:, None]).all(axis=0)
    return numbers[kept]


def _above(view: CatalogView, content: int) -> Counter[int]:
    """How often each word is in the title and the names of a content."""
    texts = title_and_names(view, content)
    return Counter(word_number(stem) for text in texts for stem in stems(text))


def _citation(
    view: CatalogView,
    found: Found,
    wanted: set[str],
    phrases: Sequence[str],
    marker: int,
    where: Filter | None,
) -> Citation:
    """The sentences of one of a document's passages that have most of what was counted."""
    chunks = chunks_by_number(view, found.numbers[:READ], where)
    spans = [(chunk, *_span(chunk, wanted, phrases)) for chunk in chunks]
    chunk, start, end = max(
        spans,
        key=lambda span: len(
            wanted & set(stems(span[0].text[span[1] - span[0].start : span[2] - span[0].start]))
        ),
    )
    quote = chunk.text[start - chunk.start : end - chunk.start]
    return Citation(
        marker, found.document, chunk.page, start, end, quote, True, 1.0, by_ocr=chunk.by_ocr
    )


def _span(chunk: StoredChunk, wanted: set[str], phrases: Sequence[str]) -> tuple[int, int]:
    """The shortest run of sentences with all that the passage's text has of some stems and
    phrases; the whole passage if that is too long to be read."""

    def text(first: int, last: int) -> str:
        start, end = chunk.sentences[first][0], chunk.sentences[last][1]
        return chunk.text[start - chunk.start : end - chunk.start]

    sought = wanted & set(stems(chunk.text))
    for length in range(len(chunk.sentences)):
        for first in range(len(chunk.sentences) - length):
            run = text(first, first + length)
            if len(run) > LONGEST_QUOTE and length:
                continue
            if sought <= set(stems(run)) and _has_all(run, phrases):
                return chunk.sentences[first][0], chunk.sentences[first + length][1]
    return chunk.start, chunk.end


def _has_all(text: str, phrases: Sequence[str]) -> bool:
    """Whether a text has phrases as whole words, however it is broken into lines."""
    loose = (r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases)
    return all(re.search(rf"(?<!\w){one}(?!\w)", text, re.IGNORECASE) for one in loose)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
