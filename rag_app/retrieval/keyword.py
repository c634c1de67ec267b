"""The words of a collection, to find passages by those of a question.

A passage's *share* of a question is BM25 over the most that it could be:

    share = sum(idf * tf / (tf + K)) / sum(idf),    K = k1 * (1 - b + b * length / mean length)

so it lies between 0 and 1, depends on no other passage, and can be compared between questions.
Constants: those that Lin and others chose for passages ("Anserini", 2017).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from ingest.catalog import postings
from ingest.catalog.schema import INCARNATION
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

SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")

Numbers = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Posting:
    """In which chunks, in order of number, a word of a question is, how often, and its idf."""

    chunks: Places
    counts: npt.NDArray[np.uint8]
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
        for row, posting in zip(counts, self.postings, strict=True):
            # Of the same type, or all postings would be copied.
            places = np.searchsorted(posting.chunks, chunks.astype(np.int32))
            places = places.clip(max=len(posting.chunks) - 1)
            there = posting.chunks[places] == chunks
            row[there] = posting.counts[places[there]]
        return counts

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
    """The postings of a collection, of which what questions share is kept. Not for several
    threads at once."""

    def __init__(self) -> None:
        self._generation = -1
        self._incarnation: str | None = None
        self._lengths = Lengths(np.zeros(0, np.uint16), np.zeros(0, np.bool_), 0, 1.0)
        self._newest = _Newest()
        self._kept: dict[int, tuple[Places, npt.NDArray[np.uint8]]] = {}

    def follow(self, view: CatalogView) -> Lengths:
        """Take in what has changed since the last view."""
        generation, incarnation = view.generation(), view.meta(INCARNATION)
        if (generation, incarnation) == (self._generation, self._incarnation):
            return self._lengths
        if incarnation != self._incarnation:
            # Another catalog was put in place of the collection's: its numbers mean other chunks.
            self._newest, self._incarnation = _Newest(), incarnation
        blocks = view.connection.execute(
            "SELECT block, lengths, begins FROM word_blocks ORDER BY block"
        ).fetchall()
        rows = np.array(
            view.connection.execute("SELECT chunk, length, begins FROM chunk_words").fetchall(),
            dtype=np.int64,
        ).reshape(-1, 3)
        self._newest.follow(view.connection, rows[:, 0])
        last = int(rows[-1, 0]) if len(rows) else -1
        size = max([last + 1, *((block + 1) * postings.BLOCK for block, *_ in blocks[-1:])])
        words, begins = np.zeros(size, dtype=np.uint16), np.zeros(size, dtype=np.bool_)
        for block, lengths, beginnings in blocks:
            place = slice(block * postings.BLOCK, (block + 1) * postings.BLOCK)
            words[place] = np.frombuffer(lengths, dtype="<u2")
            begins[place] = np.frombuffer(beginnings, dtype=np.uint8)
        words[rows[:, 0]], begins[rows[:, 0]] = rows[:, 1], rows[:, 2]
        live = int(np.count_nonzero(words))
        mean = float(words.sum(dtype=np.int64)) / (live or 1) or 1.0
        self._lengths = Lengths(words, begins, live, mean)
        self._generation, self._kept = generation, {}
        return self._lengths

    def question(
        self, view: CatalogView, stems: Sequence[str], without: Sequence[int] = ()
    ) -> Question:
        """The postings of a question's words, as if there were no chunks with the numbers of
        ``without``."""
        lengths = self.follow(view).without(without)
        words = sorted(set(map(word_number, stems)))
        self._read(view, [word for word in words if word not in self._kept])
        found: list[Posting] = []
        for word in words:
            chunks, counts = self._kept.pop(word)
            self._kept[word] = chunks, counts  # the last that was asked
            if len(without):
                there = lengths.words[chunks] > 0
                chunks, counts = chunks[there], counts[there]
            if len(chunks):
                found.append(Posting(chunks, counts, idf(lengths.live, len(chunks))))
        self._forget()
        return Question(tuple(found), lengths)

    def _read(self, view: CatalogView, wanted: Sequence[int]) -> None:
        """Take in the live postings of some words."""
        chunks: dict[int, list[Places]] = {word: [] for word in wanted}
        counts: dict[int, list[npt.NDArray[np.uint8]]] = {word: [] for word in wanted}
        for block, word, places, times in view.connection.execute(
            "SELECT block, word, chunks, counts FROM postings"
            f" WHERE word IN ({', '.join('?' * len(wanted))}) ORDER BY word, block",
            wanted,
        ):
            chunks[word].append(
                np.frombuffer(places, dtype="<u2") + np.int32(block * postings.BLOCK)
            )
            counts[word].append(np.frombuffer(times, dtype=np.uint8))
        for word in wanted:
            newest, times = self._newest.posting(word)
            where = np.concatenate([*chunks[word], newest.astype(np.int32)])
            often = np.concatenate([*counts[word], times])
            if self._lengths.live < len(self._lengths.words):  # some are gone
                there = self._lengths.words[where] > 0
                where, often = where[there], often[there]
            self._kept[word] = where, often

    def _forget(self) -> None:
        """Keep what takes long to read, and of that what was asked last."""
        kept, room = {}, MOST_KEPT
        for word, posting in reversed(self._kept.items()):
            room -= len(posting[0])
            if len(posting[0]) >= MANY and room >= 0:
                kept[word] = posting
        self._kept = dict(reversed(kept.items()))


class _Newest:
    """The words of the chunks that are in no block yet: at most a block, so they are kept, in
    order of word, and of chunk for each word."""

    def __init__(self) -> None:
        self._seen = -1
        self._chunks = np.zeros(0, np.int64)
        self._words = np.zeros(0, np.uint32)
        self._counts = np.zeros(0, np.uint8)

    def follow(self, connection: sqlite3.Connection, there: Numbers) -> None:
        """Drop what is not there any more, and read what is new."""
        kept = np.isin(self._chunks, there)
        if not kept.all():
            self._chunks, self._words = self._chunks[kept], self._words[kept]
            self._counts = self._counts[kept]
        rows = connection.execute(
            "SELECT chunk, words, counts FROM chunk_words WHERE chunk > ? ORDER BY chunk",
            (self._seen,),
        ).fetchall()
        if not rows:
            return
        self._seen = int(rows[-1][0])
        numbers = np.array([row[0] for row in rows], dtype=np.int64)
        chunks = np.repeat(numbers, np.array([len(row[2]) for row in rows], dtype=np.int64))
        words = np.frombuffer(b"".join(row[1] for row in rows), dtype="<u4")
        counts = np.frombuffer(b"".join(row[2] for row in rows), dtype=np.uint8)
        order = np.argsort(words, kind="stable")
        # New chunks have greater numbers, so they come after those that have the word already.
        places = np.searchsorted(self._words, words[order], side="right")
        self._chunks = np.insert(self._chunks, places, chunks[order])
        self._words = np.insert(self._words, places, words[order])
        self._counts = np.insert(self._counts, places, counts[order])

    def posting(self, word: int) -> tuple[Numbers, npt.NDArray[np.uint8]]:
        """The chunks with a word, in order, and how often each has it."""
        first, last = (np.searchsorted(self._words, np.uint32(word), side) for side in SIDES)
        return self._chunks[first:last], self._counts[first:last]
