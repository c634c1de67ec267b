"""Sums of meanings: what is nearest to b - a + c, among a collection's words and passages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from ingest.similarity import Vectors, unit
from rag_app.collection.collection import Collection
from rag_app.insights.base.points import reading
from rag_app.insights.base.records import Basis, Place
from rag_app.insights.base.steps import QUIET, Steps

WORD = re.compile(r"[^\W\d_]{3,}")
MOST_WORDS = 4_000  # the most frequent ones of the collection
AT_ONCE = 500
LIMITS = (
    "Vectors of sentences are not made for sums: of public analogies, among 905 words, "
    "63 of 100 come out right, and the nearest is often just a word like those that were added. "
    "Take it as a hint."
)


@dataclass(frozen=True, slots=True)
class NearWord:
    """A word of the collection, as it is written there most often, and its cosine to the sum;
    ``count`` is how often it stands there."""

    word: str
    cosine: float
    count: int


@dataclass(frozen=True, slots=True)
class NearPassage:
    """A passage and its cosine to the sum."""

    place: Place
    cosine: float


@dataclass(frozen=True, slots=True)
class Analogy:
    """The words and passages nearest to a sum, nearest first."""

    basis: Basis
    words: tuple[NearWord, ...]
    passages: tuple[NearPassage, ...]

    def rows(self) -> list[dict[str, object]]:
        """A row for each word, then for each passage."""
        rows: list[dict[str, object]] = [
            {"what": "word", "cosine": round(one.cosine, 4), "text": one.word, "document": None,
             "page": None, "start": None, "end": None}
            for one in self.words
        ]  # fmt: skip
        rows += [
            {"what": "passage", "cosine": round(one.cosine, 4), "text": one.place.text,
             "document": one.place.document, "page": one.place.page, "start": one.place.start,
             "end": one.place.end}
            for one in self.passages
        ]  # fmt: skip
        return rows

    def text(self) -> str:
        """The words, then the passages."""
        lines = [f"{one.cosine:.3f}  {one.word}" for one in self.words]
        lines += [f"{one.cosine:.3f}  {one.place.document}: {' '.join(one.place.text.split())[:90]}"
                  for one in self.passages]  # fmt: skip
        return "\n".join(lines)


def nearest_to_sum(
    vectors: Vectors, plus: Vectors, minus: Vectors, left_out: Sequence[int] = ()
) -> Vectors:
    """The cosine of unit vectors, shape (n, dimension), to the sum of ``plus`` less ``minus``
    (3CosAdd: Mikolov, Yih and Zweig, NAACL 2013), shape (n,); minus one for rows ``left_out``."""
    target = unit(unit(plus).sum(axis=0) - unit(minus).sum(axis=0) if len(minus) else plus.sum(0))
    alike = np.einsum("ij,j->i", vectors, target)
    alike[list(left_out)] = -1
    return np.asarray(alike, dtype=np.float32)


def analogy(
    collection: Collection,
    embedder: Embedder,
    plus: Sequence[str],
    minus: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    *,
    k: int = 10,
    steps: Steps = QUIET,
) -> Analogy:
    """What is nearest to the sum of the meanings of ``plus`` less those of ``minus``: words of the
    collection that are in neither, and passages.

    Raises StoreEmpty, StoreError, EmbedderError, Stopped, and UsageError for a wrong filter or
    nothing to add.
    """
    if not any(text.strip() for text in plus):
        raise UsageError("There is nothing to add up; give a word or a text with --plus")
    with reading(collection, where) as points:
        found: Counter[str] = Counter()
        for first in range(0, len(points), AT_ONCE):
            steps("Collecting words", first / len(points) / 4)
            for text in points.texts(range(first, min(first + AT_ONCE, len(points)))):
                found.update(WORD.findall(text))
        words = _most_frequent(found)
        vectors: list[Vectors] = []
        for first in range(0, len(words), AT_ONCE):
            steps("Reading words", 0.25 + 0.75 * first / len(words))
            vectors.append(embedder.encode([word for word, _ in words[first : first + AT_ONCE]]))
        of_plus, of_minus = unit(embedder.encode(plus)), unit(embedder.encode(minus))
        given = {text.casefold() for text in (*plus, *minus)}
        left_out = [row for row, (word, _) in enumerate(words) if word.casefold() in given]
        near_words: list[NearWord] = []
        if words:
            alike = nearest_to_sum(unit(np.concatenate(vectors)), of_plus, of_minus, left_out)
            best = np.argsort(-alike, kind="stable")[: min(k, len(words) - len(left_out))]
            near_words = [NearWord(words[row][0], float(alike[row]), words[row][1]) for row in best]
        alike = nearest_to_sum(points.vectors, of_plus, of_minus)
        rows = np.argsort(-alike, kind="stable")[:k].tolist()
        return Analogy(
            points.basis(LIMITS),
            tuple(near_words),
            tuple(
                NearPassage(place, float(alike[row]))
                for row, place in zip(rows, points.places(rows), strict=True)
            ),
        )


def _most_frequent(found: Counter[str]) -> list[tuple[str, int]]:
    """Words with their counts, forms that differ in case as one, as it is written most often."""
    counts: Counter[str] = Counter()
    form: dict[str, str] = {}
    for word, count in found.most_common():
        counts[word.casefold()] += count
        form.setdefault(word.casefold(), word)
    return [(form[word], count) for word, count in counts.most_common(MOST_WORDS)]
