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
    ChunkRow,
    chunk_counts,
    chunk_rows,
    chunks_by_number,
    names_by_content,
    title_and_names,
)
from ingest.catalog.view import CatalogView
from ingest.records import StoredChunk
from ingest.text.analyzer import sought_stems, stems, word_number
from ingest.text.language import question_language
from rag_app.inventory.asked import Matter, Mentions
from rag_app.inventory.documents import chosen_of
from rag_app.records import Citation
from rag_app.retrieval.snapshot import Snapshot

MODEL = "count"
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


def count_mentions(snapshot: Snapshot, asked: Mentions, where: Filter | None = None) -> Count:
    """Count the documents that have what is asked for, and the passages in which: those that have
    all words and phrases of a matter, in their text or the headings over it; a phrase in the
    text. Of several matters, a document has to have all, be it in different passages."""
    view = snapshot.view
    live = np.flatnonzero(snapshot.words.lengths.words).astype(np.int64)
    if where is not None:
        live = np.intersect1d(live, numbers_where(view, where))
    names = names_by_content(view, where)
    of_passages = len(live)
    if asked.scope.values:
        chosen = {one.name for one in chosen_of(view, asked.scope, where)[1]}
        names = {at: kept for at, own in names.items() if (kept := [n for n in own if n in chosen])}
        of_passages = sum(count for at, count in chunk_counts(view, live).items() if at in names)
    language = language_of(asked, view)
    having = [_having(snapshot, one, live, language) for one in asked.matters]
    contents = set.union if asked.either else set.intersection
    found = contents(*map(set, having)) & set(names)
    for one in asked.without:
        found -= set(_having(snapshot, one, live, language))
    rows = {row.number: row for own in having for at in found for row in own.get(at, ())}
    if asked.negated:
        found, rows = set(names) - found, {}
    by_content: dict[int, list[int]] = {content: [] for content in found}
    for row in sorted(rows.values()):
        by_content[row.content].append(row.number)
    each = [
        Found(name, tuple(of_content))
        for content, of_content in by_content.items()
        for name in names[content]
    ]
    return Count(
        tuple(sorted(each, key=lambda one: (-len(one.numbers), one.document))),
        sum(map(len, by_content.values())),
        sum(map(len, names.values())),
        of_passages,
        len({(row.content, row.page) for row in rows.values() if row.page is not None}),
    )


def _having(
    snapshot: Snapshot, matter: Matter, live: Numbers, language: str | None
) -> dict[int, list[ChunkRow]]:
    """The passages that have all words and phrases of a matter, by their contents."""
    numbers = _with_all(snapshot, sorted(stems_of(matter, language)), live, language)
    by_content: dict[int, list[ChunkRow]] = {}
    for row in chunk_rows(snapshot.view, numbers.tolist()):
        if not matter.phrases or _has_all(row.text, matter.phrases):
            by_content.setdefault(row.content, []).append(row)
    return by_content


def language_of(asked: Mentions, view: CatalogView) -> str | None:
    """What is likely the language of what is counted, of those of the documents."""
    matters = [text for one in asked.matters for text in (*one.words, *one.phrases)]
    return question_language(" ".join(matters), view.languages())


def stems_of(matter: Matter, language: str | None) -> set[str]:
    texts = (*matter.words, *matter.phrases)
    return {stem for text in texts for stem in sought_stems(text, language)}


def _with_all(
    snapshot: Snapshot, wanted: Sequence[str], live: Numbers, language: str | None
) -> Numbers:
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
        above = _above(view, content, language)
        less = np.array([min(above[word], MOST_TIMES - 1) for word in words], dtype=np.float32)
        if less.any():
            there = contents == content
            kept[there] = (counts[:, there] > less[:, None]).all(axis=0)
    return numbers[kept]


def _above(view: CatalogView, content: int, language: str | None) -> Counter[int]:
    """How often each word is in the title and the names of a content."""
    texts = title_and_names(view, content)
    return Counter(word_number(stem) for text in texts for stem in stems(text, language))


def citation_of(
    view: CatalogView,
    found: Found,
    wanted: set[str],
    phrases: Sequence[str],
    language: str | None,
    marker: int,
    where: Filter | None,
) -> Citation:
    """The sentences of one of a document's passages that have most of what was counted."""
    chunks = chunks_by_number(view, found.numbers[:READ], where)
    spans = [(chunk, *_span(chunk, wanted, phrases, language)) for chunk in chunks]
    chunk, start, end = max(
        spans,
        key=lambda span: len(
            wanted
            & set(stems(span[0].text[span[1] - span[0].start : span[2] - span[0].start], language))
        ),
    )
    quote = chunk.text[start - chunk.start : end - chunk.start]
    return Citation(
        marker, found.document, chunk.page, start, end, quote, True, 1.0, by_ocr=chunk.by_ocr
    )


def _span(
    chunk: StoredChunk, wanted: set[str], phrases: Sequence[str], language: str | None
) -> tuple[int, int]:
    """The shortest run of sentences with all that the passage's text has of some stems and
    phrases; the whole passage if that is too long to be read."""

    def text(first: int, last: int) -> str:
        start, end = chunk.sentences[first][0], chunk.sentences[last][1]
        return chunk.text[start - chunk.start : end - chunk.start]

    sought = wanted & set(stems(chunk.text, language))
    for length in range(len(chunk.sentences)):
        for first in range(len(chunk.sentences) - length):
            run = text(first, first + length)
            if len(run) > LONGEST_QUOTE and length:
                continue
            if sought <= set(stems(run, language)) and _has_all(run, phrases):
                return chunk.sentences[first][0], chunk.sentences[first + length][1]
    return chunk.start, chunk.end


def _has_all(text: str, phrases: Sequence[str]) -> bool:
    """Whether a text has phrases as whole words, however it is broken into lines."""
    loose = (r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases)
    return all(re.search(rf"(?<!\w){one}(?!\w)", text, re.IGNORECASE) for one in loose)
