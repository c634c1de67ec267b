"""What the documents offer for an answer: passages in order, sentences in order, and how sure.

The vector search brings a pool of passages; here they are put in order by meaning and by words
together. Measured on SQuAD 2.0 (348 answerable questions, 1,216 paragraphs): the right paragraph
is first for 0.61 of the questions by cosine alone, 0.81 with BM25 over the pool
(docs/LOG.md, 2026-11-21).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.embed.embedder import Embedder
from ingest.similarity import Vectors, similarities, unit
from ingest.text.analyzer import stems, unstemmed
from rag_app.evidence.calibration import DEFAULT, Calibration
from rag_app.grounding.negation_english import asks_otherwise
from rag_app.retrieval.bm25 import bm25, coverage
from rag_app.retrieval.retriever import Passage

# How many passages the vector search is asked for.
POOL = 50
# A sentence scores its cosine, its BM25, and its passage; measured against other weights in
# docs/LOG.md, 2026-11-21.
SENTENCE_WORDS = 0.35
SENTENCE_PASSAGES = 5
# Where the question names a code, and some sentence has it, the others speak of something else.
OTHER_CODE_COST = 0.3
# A caption, and a line without any punctuation, name what there is to know and do not say it.
FRAGMENT_COST = 0.3
FRAGMENT = re.compile(r"(?:table|figure|fig\.?|chart) \d|[^.!?;:]*$", re.IGNORECASE)
# A number, or a word with a digit in it.
CODE = re.compile(r"\b(?=[\w-]*\d)[\w.,-]*\w")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, and how well it answers. Offsets are the document's."""

    passage: Passage
    start: int
    end: int
    text: str
    cosine: float
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a question, best first, and the probability that it answers it.

    ``features`` are what that is made of. ``looked_for`` are the question's words that a search
    looks for, ``absent`` those of them that no passage of the collection has, ``filtered`` whether
    not all of it was searched.
    """

    passages: tuple[Passage, ...]
    sentences: tuple[Sentence, ...]
    confidence: float
    calibration: Calibration = DEFAULT
    features: tuple[float, ...] = ()
    looked_for: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    filtered: bool = False

    @property
    def is_enough(self) -> bool:
        """Whether to quote it."""
        return self.confidence >= self.calibration.enough

    @property
    def is_enough_for_llm(self) -> bool:
        """Whether to ask an LLM, which can say no by itself."""
        return self.confidence >= self.calibration.enough_for_llm


def gather(
    question: str,
    vector: Vectors,
    pool: Sequence[Passage],
    embedder: Embedder,
    calibration: Calibration = DEFAULT,
) -> Evidence:
    """Order the sentences of the best of a pool of passages, which is in order. As ``absent`` are
    taken the words that the pool does not have.

    ``vector`` is the question's, shape (dimension,).
    """
    wanted = stems(question)
    passages = tuple(pool)
    best = passages[:SENTENCE_PASSAGES]
    sentences = _order_sentences(wanted, _codes(question), vector, best, embedder)
    there = {stem for passage in passages for stem in passage_stems(passage)}
    seen = _features(question, best, sentences, coverage(wanted, there))
    looked_for = tuple(unstemmed(question))
    absent = tuple(word for word in looked_for if there.isdisjoint(stems(word)))
    confidence = calibration.probability(seen)
    return Evidence(passages, sentences, confidence, calibration, seen, looked_for, absent)


def passage_stems(passage: Passage) -> list[str]:
    """The stems of a passage with what stands over it."""
    return stems(full_text(passage))


def full_text(passage: Passage) -> str:
    """A passage under its file's name, title and headings."""
    chunk = passage.chunk
    over = [chunk.documents[0], str(chunk.metadata.get("title") or ""), *chunk.headings]
    return "\n".join([*over, chunk.text])


def _order_sentences(
    wanted: Sequence[str],
    codes: set[str],
    vector: Vectors,
    passages: Sequence[Passage],
    embedder: Embedder,
) -> tuple[Sentence, ...]:
    spans = [
        (passage, start, end, passage.chunk.text[start - offset : end - offset])
        for passage in passages
        for offset in (passage.chunk.start,)
        for start, end in passage.chunk.sentences
    ]
    texts = [text for *_, text in spans]
    cosines = similarities(unit(embedder.encode(texts)), unit(vector)).tolist()
    words = bm25(wanted, [stems(text) for text in texts])
    best = max(words, default=0.0) or 1.0
    has_code = [any(code in text.casefold() for code in codes) for text in texts]
    sentences: list[Sentence] = []
    for (passage, start, end, text), cosine, word, coded in zip(
        spans, cosines, words, has_code, strict=True
    ):
        score = cosine + SENTENCE_WORDS * word / best + passage.score
        if FRAGMENT.match(text):
            score -= FRAGMENT_COST
        if any(has_code) and not coded:
            score -= OTHER_CODE_COST
        sentences.append(Sentence(passage, start, end, text, cosine, score))
    return tuple(sorted(sentences, key=lambda one: (-one.score, one.start)))


def _features(
    question: str, best: Sequence[Passage], sentences: Sequence[Sentence], known: float
) -> tuple[float, ...]:
    """What the probability of an answer is made of, each 0 to 1, in the order of
    ``calibration.FEATURES``.

    The cosine of the nearest of the best sentences; the share of the question's words that occur
    in the pool at all, which is given; 1 if the question names a number or code, such as E52, that
    the best passages do not have; and 1 if it denies, limits or turns round what the best sentence
    says.
    """
    nearest = max((one.cosine for one in sentences[:SENTENCE_PASSAGES]), default=0.0)
    there = "\n".join(map(full_text, best)).casefold()
    unknown_code = any(code not in there for code in _codes(question))
    otherwise = bool(sentences) and asks_otherwise(question, sentences[0].text)
    return nearest, known, float(unknown_code), float(otherwise)


def _codes(question: str) -> set[str]:
    return set(CODE.findall(question.casefold()))
