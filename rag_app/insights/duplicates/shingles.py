"""Texts as sets of shingles, and how much of each two of them share.

A shingle is a run of words (Broder, On the resemblance and containment of documents, 1997). What
each two texts share is counted by a product of sparse matrices, so resemblance and containment are
exact. MinHash would estimate them from samples, which pays only where texts cannot be held at
once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SIZE = 4
FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, and 2**64 by the golden ratio
WORD = re.compile(r"\w+")
# A shingle in more texts than this is boilerplate: it says nothing about two of them, and the
# number of pairs grows with its square.
MOST_TEXTS = 100

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Pairs of texts that share shingles, ``first < second``, each array of shape (pairs,).

    ``resemblance`` is the Jaccard similarity of both sets; ``containment`` the share of the
    smaller set that is in the other. Both are 0 to 1.
    """

    first: Integers
    second: Integers
    resemblance: Floats
    containment: Floats


def shingle_sets(texts: Sequence[str], size: int = SIZE) -> tuple[csr_matrix, Integers]:
    """Which text has which shingle, shape (texts, shingles), without those that only one text has;
    and the size of each text's whole set, shape (texts,).

    A text of fewer than ``size`` words has one shingle, of all its words.
    """
    from scipy.sparse import csr_matrix

    hashes, owners = _hashed(texts, size)
    # A shingle and its text in one number of 64 bits, which sorts in a fifth of the time of two.
    # Of 17 million shingles about two in all share what is left of their hash.
    bits = np.uint64(max(len(texts) - 1, 1).bit_length())
    packed = np.sort((hashes >> bits << bits) | owners.astype(np.uint64))
    # As numpy.unique, which since 2.3 hashes first and takes a hundred times as long.
    packed = packed[np.r_[True, packed[1:] != packed[:-1]][: len(packed)]]
    hashes = packed >> bits
    owners = (packed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    sizes = np.bincount(owners, minlength=len(texts)).astype(np.int64)
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]][: len(hashes)])
    counts = np.diff(np.r_[starts, len(hashes)])
    shared = counts > 1
    is_shared = np.repeat(shared, counts)
    columns = np.repeat(np.arange(int(shared.sum())), counts[shared])
    ones = np.ones(len(columns), dtype=np.int32)
    shape = (len(texts), int(shared.sum()))
    return csr_matrix((ones, (owners[is_shared], columns)), shape=shape), sizes


def overlaps(
    texts: Sequence[str], *, least: float = 0.5, most_texts: int = MOST_TEXTS, size: int = SIZE
) -> Overlaps:
    """All pairs of texts whose containment is at least ``least``.

    Texts with equal sets are compared once, and their pairs are all there. A shingle in more than
    ``most_texts`` different sets is counted for none.
    """
    matrix, sizes = shingle_sets(texts, size)
    columns = np.asarray(matrix.getnnz(axis=0)).ravel()
    matrix = matrix[:, np.flatnonzero((columns > 1) & (columns <= most_texts))]
    shared = (matrix @ matrix.T).tocoo()
    upper = shared.row < shared.col
    first, second, both = shared.row[upper], shared.col[upper], shared.data[upper]
    containment = both / np.minimum(sizes[first], sizes[second])
    near = containment >= least
    first, second, both = (array[near].astype(np.int64) for array in (first, second, both))
    resemblance = both / (sizes[first] + sizes[second] - both)
    return Overlaps(first, second, resemblance, containment[near])


def _hashed(texts: Sequence[str], size: int) -> tuple[npt.NDArray[np.uint64], Integers]:
    """The hash of each shingle, and the text that it is in; both of shape (shingles,)."""
    numbers: dict[str, int] = {}
    words: list[int] = []
    lengths = np.zeros(len(texts), dtype=np.int64)
    for at, text in enumerate(texts):
        found = WORD.findall(text.casefold())
        found += [""] * (size - len(found) if found else 0)  # a short text is one shingle
        lengths[at] = len(found)
        words += [numbers.setdefault(word, len(numbers)) for word in found]
    # Mixed, so that sums of products of numbers in order do not collide.
    mixed = _mixed(np.arange(1, len(numbers) + 1, dtype=np.uint64))[np.array(words, dtype=np.int64)]
    owners = np.repeat(np.arange(len(texts)), lengths)
    count = max(len(words) - size + 1, 0)
    hashes = np.zeros(count, dtype=np.uint64)
    for step in range(size):
        hashes = hashes * FACTOR + mixed[step : step + count]
    is_whole = owners[:count] == owners[size - 1 :]
    return _mixed(hashes[is_whole]), owners[:count][is_whole]


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The finalizer of splitmix64 (Steele, Lea and Flood, 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(numbers ^ (numbers >> np.uint64(31)), dtype=np.uint64)
