"""Keyword search: the words of a collection, to find passages by those of a question.

A passage's *share* of a question is BM25 over the most that it could be:

    share = sum(idf * tf / (tf + K)) / sum(idf),    K = k1 * (1 - b + b * length / mean length)

so it lies between 0 and 1, depends on no other passage, and can be compared between questions.
Constants: those that Lin and others chose for passages ("Anserini", 2017).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ingest.catalog.postings_reader import (
    Counts,
    Numbers,
    Places,
    UnsealedPostings,
    read_lengths,
    read_postings,
)
from ingest.catalog.view import CatalogView
from ingest.text.analyzer import word_number
from rag_app.retrieval.bm25 import idf, length_norm

K1 = 0.9
B = 0.4
# A word in more than this part of the chunks only adds to what rarer words found ...
COMMON = 0.05
# ... which are so many at most (MaxScore without its proof: Turtle and Flood, "Query Evaluation:
# Strategies and Optimizations", 1995).
CANDIDATES = 1_000
# Of words with so many postings, those that were asked last are kept, so many in all (160 MB).
MANY = 10_000
MOST_KEPT = 32_000_000

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Posting:
    """In which chunks, in order of number, a word of a question is, how often, and its idf."""

    word: int
    chunks: Places
    counts: Counts
    idf: float


@dataclass(frozen=True, slots=True)
class Lengths:
    """By chunk number: how many words it has, 0 where there is none, and whether a section begins
    with it. ``live`` is how many there are, ``mean`` their mean length."""

    words: npt.NDArray[np.uint16]
    begins: Mask
    live: int
    mean: float

    def without(self, chunks: Sequence[int]) -> Lengths:
        """As if some chunks were not there."""
        if not chunks:
            return self
        words = self.words.copy()
        words[[chunk for chunk in chunks if chunk < len(words)]] = 0
        return replace(self, words=words, live=int(np.count_nonzero(words)))

    def of(self, chunks: Numbers) -> Floats:
        """The words of chunks, of any number: 0 for those that are not known."""
        known = (chunks >= 0) & (chunks < len(self.words))
        return np.where(known, self.words[np.where(known, chunks, 0)], 0).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Question:
    """The words of a question that are in the collection, one posting for each."""

    postings: tuple[Posting, ...]
    lengths: Lengths

    def best(self, k: int, allowed: Mask | None = None) -> tuple[Numbers, Floats]:
        """The ``k`` chunks with the greatest share, best first, and their shares. ``allowed`` has
        an entry for each number."""
        most = max(COMMON * self.lengths.live, CANDIDATES)
        rare = [one for one in self.postings if len(one.chunks) <= most]
        found = self._candidates(rare, max(k, CANDIDATES), allowed)
        if len(found) < k:
            found = self._candidates(self.postings, max(k, CANDIDATES), allowed)
        shares = self.shares(self.counts(found), self.lengths.of(found))
        order = np.lexsort((found, -shares))[:k]
        return found[order], shares[order]

    def counts(self, chunks: Numbers) -> Floats:
        """How often each word is in each chunk, shape (words, chunks)."""
        counts = np.zeros((len(self.postings), len(chunks)), dtype=np.float32)
        numbers = chunks.astype(np.int32)  # of the same type, or all postings would be copied
        for row, posting in zip(counts, self.postings, strict=True):
            places = np.searchsorted(posting.chunks, numbers)
            np.minimum(places, len(posting.chunks) - 1, out=places)
            there = posting.chunks[places] == chunks
            row[there] = posting.counts[places[there]]
        return counts

    def has(self, chunks: Numbers) -> set[int]:
        """The numbers of the words that any of some chunks has."""
        words = np.array([posting.word for posting in self.postings], dtype=np.int64)
        return set(words[self.counts(chunks).any(axis=1)].tolist())

    def weights(self, stems: Iterable[str]) -> dict[str, float]:
        """The idf of some stems, 0 for what no chunk has."""
        idf = {posting.word: posting.idf for posting in self.postings}
        return {stem: idf.get(word_number(stem), 0.0) for stem in stems}

    def shares(self, counts: Floats, lengths: Floats, times: float = 1.0) -> Floats:
        """The share of texts with these counts, shape (words, texts), and lengths in words, which
        are so many times those of chunks."""
        idf = np.array([posting.idf for posting in self.postings], dtype=np.float32)
        if not len(idf):
            return np.zeros(counts.shape[1], dtype=np.float32)
        norm = length_norm(lengths, self.lengths.mean * times, K1, B)
        return np.asarray(idf @ (counts / (counts + norm)) / idf.sum(), dtype=np.float32)

    def _candidates(self, words: Sequence[Posting], most: int, allowed: Mask | None) -> Numbers:
        """The chunks with the greatest sums over some of the words, in order of number."""
        sums = np.zeros(len(self.lengths.words), dtype=np.float32)
        for posting in words:
            lengths = self.lengths.words[posting.chunks].astype(np.float32)
            norm = length_norm(lengths, self.lengths.mean, K1, B)
            counts = posting.counts.astype(np.float32)
            sums[posting.chunks] += posting.idf * counts / (counts + norm)
        if allowed is not None:
            sums[~allowed] = 0
        found = np.flatnonzero(sums > 0)  # five times as quick as of numbers
        if len(found) > most:
            found = np.sort(found[np.argpartition(-sums[found], most)[:most]])
        return found.astype(np.int64)


class KeywordIndex:
    """The words of one generation of a collection. Immutable but for a cache; threads share it."""

    def __init__(self, view: CatalogView, before: KeywordIndex | None = None) -> None:
        """Read what is new since ``before``, which is of an earlier view of the same catalog."""
        words, begins, unsealed = read_lengths(view)
        known = before._unsealed if before else UnsealedPostings()
        self._unsealed: UnsealedPostings = known.following(view, unsealed)
        live = int(np.count_nonzero(words))
        mean = float(words.sum(dtype=np.int64)) / (live or 1) or 1.0
        self.lengths = Lengths(words, begins, live, mean)
        # Long postings, the one asked last at the end.
        self._cache: dict[int, tuple[Places, Counts]] = {}
        self._cache_lock = threading.Lock()

    def question(
        self, view: CatalogView, stems: Iterable[str], without: Sequence[int] = ()
    ) -> Question:
        """The postings of a question's words, as if there were no chunks with the numbers of
        ``without``. ``view`` is of this generation."""
        lengths = self.lengths.without(without)
        words = sorted(set(map(word_number, stems)))
        postings = self._postings(view, words)
        found: list[Posting] = []
        for word in words:
            chunks, counts = postings[word]
            if len(without):
                there = lengths.words[chunks] > 0
                chunks, counts = chunks[there], counts[there]
            if len(chunks):
                found.append(Posting(word, chunks, counts, idf(lengths.live, len(chunks))))
        return Question(tuple(found), lengths)

    def _postings(
        self, view: CatalogView, words: Sequence[int]
    ) -> dict[int, tuple[Places, Counts]]:
        with self._cache_lock:
            found = {word: self._cache[word] for word in words if word in self._cache}
        missing = [word for word in words if word not in found]
        sealed = read_postings(view, missing) if missing else {}
        for word in missing:
            chunks, counts = self._unsealed.of(word)
            if word in sealed:
                chunks = np.concatenate([sealed[word][0], chunks])
                counts = np.concatenate([sealed[word][1], counts])
            if self.lengths.live < len(self.lengths.words):  # some are gone
                there = self.lengths.words[chunks] > 0
                chunks, counts = chunks[there], counts[there]
            found[word] = chunks, counts
        self._keep(found)
        return found

    def _keep(self, postings: Mapping[int, tuple[Places, Counts]]) -> None:
        """Cache what takes long to read, and of that what was asked last."""
        long = {word: posting for word, posting in postings.items() if len(posting[0]) >= MANY}
        with self._cache_lock:
            for word, posting in long.items():
                self._cache.pop(word, None)
                self._cache[word] = posting
            size = sum(len(chunks) for chunks, _ in self._cache.values())
            while size > MOST_KEPT:
                oldest = next(iter(self._cache))
                size -= len(self._cache.pop(oldest)[0])
