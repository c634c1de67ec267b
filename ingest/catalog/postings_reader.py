"""Postings as searches read them (``ingest.catalog.postings`` writes them)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.catalog import postings
from ingest.catalog.view import CatalogView

Numbers = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
Counts = npt.NDArray[np.uint8]

SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


class ChunkLengths(NamedTuple):
    """By chunk number: how many words each chunk has, 0 where there is none, and whether a section
    begins with it. ``unsealed`` are the numbers of the chunks that are in no block yet."""

    words: npt.NDArray[np.uint16]
    begins: npt.NDArray[np.bool_]
    unsealed: Numbers


def read_lengths(view: CatalogView) -> ChunkLengths:
    """The lengths of all chunks, in words."""
    blocks = view.connection.execute(
        "SELECT block, lengths, begins FROM word_blocks ORDER BY block"
    ).fetchall()
    rows = np.array(
        view.connection.execute("SELECT chunk, length, begins FROM chunk_words").fetchall(),
        dtype=np.int64,
    ).reshape(-1, 3)
    last = int(rows[-1, 0]) if len(rows) else -1
    size = max([last + 1, *((block + 1) * postings.BLOCK for block, *_ in blocks[-1:])])
    words, begins = np.zeros(size, dtype=np.uint16), np.zeros(size, dtype=np.bool_)
    for block, lengths, beginnings in blocks:
        place = slice(block * postings.BLOCK, (block + 1) * postings.BLOCK)
        words[place] = np.frombuffer(lengths, dtype="<u2")
        begins[place] = np.frombuffer(beginnings, dtype=np.uint8)
    words[rows[:, 0]], begins[rows[:, 0]] = rows[:, 1], rows[:, 2]
    return ChunkLengths(words, begins, rows[:, 0])


class UnsealedPostings(NamedTuple):
    """Postings of the chunks that are in no block yet, in order of word, and of chunk for each
    word: three arrays of one length. ``upto`` is the last chunk that was read."""

    chunks: Numbers = np.zeros(0, np.int64)
    words: npt.NDArray[np.uint32] = np.zeros(0, np.uint32)
    counts: Counts = np.zeros(0, np.uint8)
    upto: int = -1

    def following(self, view: CatalogView, unsealed: Numbers) -> UnsealedPostings:
        """These without what is in no view any more, and with what is new in a later one."""
        kept = np.isin(self.chunks, unsealed)
        chunks, words, counts = self.chunks[kept], self.words[kept], self.counts[kept]
        rows = view.connection.execute(
            "SELECT chunk, words, counts FROM chunk_words WHERE chunk > ? ORDER BY chunk",
            (self.upto,),
        ).fetchall()
        if not rows:
            return UnsealedPostings(chunks, words, counts, self.upto)
        numbers = np.array([row[0] for row in rows], dtype=np.int64)
        new_chunks = np.repeat(numbers, np.array([len(row[2]) for row in rows], dtype=np.int64))
        new_words = np.frombuffer(b"".join(row[1] for row in rows), dtype="<u4")
        new_counts = np.frombuffer(b"".join(row[2] for row in rows), dtype=np.uint8)
        order = np.argsort(new_words, kind="stable")
        # New chunks have greater numbers, so they come after those that have the word already.
        places = np.searchsorted(words, new_words[order], side="right")
        return UnsealedPostings(
            np.insert(chunks, places, new_chunks[order]),
            np.insert(words, places, new_words[order]),
            np.insert(counts, places, new_counts[order]),
            int(rows[-1][0]),
        )

    def of(self, word: int) -> tuple[Places, Counts]:
        """The chunks with a word, in order, and how often each has it."""
        first, last = (np.searchsorted(self.words, np.uint32(word), side) for side in SIDES)
        return self.chunks[first:last].astype(np.int32), self.counts[first:last]


def read_postings(view: CatalogView, words: Sequence[int]) -> dict[int, tuple[Places, Counts]]:
    """By word, the chunks of sealed blocks that have it, in order, and how often. Chunks that are
    gone since may be among them."""
    chunks: defaultdict[int, list[Places]] = defaultdict(list)
    counts: defaultdict[int, list[Counts]] = defaultdict(list)
    for block, word, places, times in view.connection.execute(
        "SELECT block, word, chunks, counts FROM postings"
        f" WHERE word IN ({', '.join('?' * len(words))}) ORDER BY word, block",
        words,
    ):
        chunks[word].append(np.frombuffer(places, dtype="<u2") + np.int32(block * postings.BLOCK))
        counts[word].append(np.frombuffer(times, dtype=np.uint8))
    return {word: (np.concatenate(chunks[word]), np.concatenate(counts[word])) for word in chunks}
