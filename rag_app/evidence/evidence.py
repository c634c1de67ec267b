"""What the documents offer for an answer: passages in order, sentences in order, and how sure.

The vector search brings a pool of passages; here they are put in order by meaning and by words
together. Measured on SQuAD 2.0 (348 answerable questions, 1,216 paragraphs): the right paragraph
is first for 0.61 of the questions by cosine alone, 0.81 with BM25 over the pool
(docs/LOG.md, 2026-11-21).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ingest.catalog.filters import Filter
from ingest.embed.embedder import Embedder
from ingest.similarity import Vectors, similarities, unit
from ingest.text.analyzer import stems
from rag_app.collection.rows import in_words
from rag_app.evidence.calibration import DEFAULT, Calibration
from rag_app.evidence.features import features_of
from rag_app.evidence.versions_english import asks_for_newest, newest_first, newest_row
from rag_app.retrieval.bm25 import bm25
from rag_app.retrieval.forms import in_its_forms
from rag_app.retrieval.passage import Passage, ids_of
from rag_app.retrieval.query import Query, analyzed
from rag_app.retrieval.searcher import Searcher, nothing_in
from rag_app.retrieval.snapshot import Snapshot

# How many passages the vector search is asked for.
POOL = 50
# The cosine of a question and a sentence that have nothing to do with each other is mostly below.
RELATED = 0.15
# A sentence scores its cosine, its BM25, and its passage; measured against other weights in
# docs/LOG.md, 2026-11-21.
SENTENCE_WORDS = 0.35
SENTENCE_PASSAGES = 5
# Where the question names a code, and some sentence has it, the others speak of something else.
OTHER_CODE_COST = 0.3
# What the newest of rows with dates has above all, where the newest is asked for.
NEWEST_ROW = 0.1
NEWEST_AMONG = 2
# A caption, and a line without any punctuation, name what there is to know and do not say it.
FRAGMENT_COST = 0.3
FRAGMENT = re.compile(r"(?:table|figure|fig\.?|chart) \d|[^.!?;:]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, and how well it answers. Offsets are the document's. ``vector`` has
    shape (dimension,) and length one."""

    passage: Passage
    start: int
    end: int
    text: str
    cosine: float
    score: float
    stems: tuple[str, ...]
    vector: Vectors = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a question, best first, and the probability that it answers it.

    ``features`` are what that is made of. ``looked_for`` are the question's words that a search
    looks for, ``absent`` those of them that no passage of the collection has, ``shares_words``
    whether a passage that was found has any, ``filtered`` whether not all was searched, and
    ``query`` the question as it was searched for.
    """

    passages: tuple[Passage, ...]
    sentences: tuple[Sentence, ...]
    confidence: float
    calibration: Calibration = DEFAULT
    features: tuple[float, ...] = ()
    looked_for: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    shares_words: bool = False
    filtered: bool = False
    query: Query | None = None

    @property
    def is_enough(self) -> bool:
        """Whether to quote it."""
        return self.confidence >= self.calibration.enough

    @property
    def is_related(self) -> bool:
        """Whether to ask an LLM, which can say no by itself: a word of the question is enough, or
        a passage that is about anything like it. Words, numbers and codes that are not there are
        no evidence against an answer."""
        return self.shares_words or max(self.features[:1], default=0.0) >= RELATED


def find_evidence(
    snapshot: Snapshot,
    question: str,
    searcher: Searcher,
    calibration: Calibration = DEFAULT,
    where: Filter | None = None,
    without: Sequence[str] = (),
    *,
    vector: Vectors | None = None,
) -> Evidence:
    """What a collection offers for a question that stands alone, as if the chunks whose ids are in
    ``without`` were not there; ``vector`` is the question's, if it is known. Raises StoreEmpty,
    FingerprintMismatch, EmbedderError, RerankerError."""
    searcher.check(snapshot.view)
    query = searcher.query(question) if vector is None else analyzed(question, vector)
    query = in_its_forms(query, snapshot, without)
    pool = searcher.retrieve(snapshot, query, POOL, where, without=without)
    if not pool and not snapshot.view.has_more_chunks_than(0):
        raise nothing_in(searcher.collection)
    found = gather(snapshot, query, pool, searcher.embedder, calibration, without)
    return replace(found, filtered=where is not None)


def gather(
    snapshot: Snapshot,
    query: Query,
    pool: Sequence[Passage],
    embedder: Embedder,
    calibration: Calibration = DEFAULT,
    without: Sequence[str] = (),
) -> Evidence:
    """Order the sentences of the best of a pool of passages, which is in order. The snapshot is the
    one that they were found in, as if the chunks whose ids are in ``without`` were not there."""
    is_newest = asks_for_newest(query.text)
    passages = newest_first(pool) if is_newest else tuple(pool)
    best = passages[:SENTENCE_PASSAGES]
    sentences = _order_sentences(query, best, embedder)
    if is_newest:
        sentences = _newest_row_first(sentences, best)
    sought = query.stems + tuple(stem for own in query.words.values() for stem in own)
    among, anywhere = snapshot.stems_there(sought, ids_of(passages), without)
    nearest = max((one.cosine for one in sentences[:SENTENCE_PASSAGES]), default=0.0)
    first = sentences[0].text if sentences else ""
    seen = features_of(query, best, nearest, first, anywhere)
    absent = tuple(word for word, own in query.words.items() if anywhere.isdisjoint(own))
    return Evidence(
        passages,
        sentences,
        calibration.probability(seen),
        calibration,
        seen,
        tuple(query.words),
        absent,
        shares_words=not query.stems or not among.isdisjoint(query.stems),
        query=query,
    )


def _order_sentences(
    query: Query, passages: Sequence[Passage], embedder: Embedder
) -> tuple[Sentence, ...]:
    spans = [
        (passage, start, end, passage.chunk.text[start - offset : end - offset])
        for passage in passages
        for offset in (passage.chunk.start,)
        for start, end in passage.chunk.sentences
    ]
    texts = [in_words(passage.chunk, start, end) for passage, start, end, _ in spans]
    vectors = unit(embedder.encode(texts))
    assert query.vector is not None, "evidence is for a question that was embedded"
    cosines = similarities(vectors, unit(query.vector)).tolist()
    own = [tuple(stems(text)) for text in texts]
    words = bm25(query.stems, own)
    best = max(words, default=0.0) or 1.0
    has_code = [any(code in text.casefold() for code in query.codes) for text in texts]
    sentences: list[Sentence] = []
    for at, ((passage, start, end, text), cosine, word, coded) in enumerate(
        zip(spans, cosines, words, has_code, strict=True)
    ):
        score = cosine + SENTENCE_WORDS * word / best + passage.score
        if FRAGMENT.match(texts[at]):
            score -= FRAGMENT_COST
        if any(has_code) and not coded:
            score -= OTHER_CODE_COST
        sentences.append(Sentence(passage, start, end, text, cosine, score, own[at], vectors[at]))
    return tuple(sorted(sentences, key=lambda one: (-one.score, one.start)))


def _newest_row_first(
    sentences: Sequence[Sentence], best: Sequence[Passage]
) -> tuple[Sentence, ...]:
    """Sentences in order, first of all the row of the latest date where one of the best
    passages has rows with dates: "the latest release" is the newest row of a list of releases."""
    span = next(
        ((one.chunk.id, found) for one in best[:NEWEST_AMONG] if (found := newest_row(one))), None
    )
    place = next(
        (one for one in sentences if (one.passage.chunk.id, (one.start, one.end)) == span), None
    )
    if place is None:
        return tuple(sentences)
    first = replace(place, score=sentences[0].score + NEWEST_ROW)
    return (first, *(one for one in sentences if one is not place))
