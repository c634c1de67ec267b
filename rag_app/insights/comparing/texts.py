"""How alike two texts are, as a whole and sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from ingest.similarity import Vectors
from ingest.text.sentences import split_sentences

MOST = 2_000  # sentences of a text


@dataclass(frozen=True, slots=True)
class Measures:
    """The cosine, the inner product, and the Euclidean distance of two vectors. Of vectors of
    length one, as most models give them, all three put pairs in the same order."""

    cosine: float
    dot: float
    distance: float


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A sentence of the first text, ``first[start:end]`` of it, and the nearest of the second."""

    start: int
    end: int
    first: str
    second: str
    measures: Measures


@dataclass(frozen=True, slots=True)
class TextComparison:
    """Two texts compared. ``covered`` is the mean cosine of the first one's sentences to their
    nearest in the second, ``covers`` the other way round."""

    whole: Measures
    covered: float
    covers: float
    sentences: tuple[SentencePair, ...]

    def rows(self) -> list[dict[str, object]]:
        """A row for each sentence of the first text."""
        return [
            {
                "start": one.start,
                "end": one.end,
                "first": one.first,
                "second": one.second,
                "cosine": round(one.measures.cosine, 4),
                "dot": round(one.measures.dot, 4),
                "distance": round(one.measures.distance, 4),
            }
            for one in self.sentences
        ]

    def text(self) -> str:
        """The whole, then each sentence with its nearest."""
        whole = self.whole
        lines = [
            f"As a whole: cosine {whole.cosine:.3f}, dot {whole.dot:.3f}, distance "
            f"{whole.distance:.3f}",
            f"Sentences of the first in the second: {self.covered:.3f}; of the second in the "
            f"first: {self.covers:.3f}",
        ]
        for one in self.sentences:
            lines += [f"{one.measures.cosine:6.3f}  {one.first}", f"        ~ {one.second}"]
        return "\n".join(lines)


def compare_texts(first: str, second: str, embedder: Embedder) -> TextComparison:
    """Compare two texts. The whole of one is the mean of its sentences' vectors where it has
    several, so that nothing beyond the model's length is cut off.

    Raises UsageError where one is empty or has more than ``MOST`` sentences, EmbedderError.
    """
    spans = [_sentences(text) for text in (first, second)]
    if not all(spans):
        raise UsageError("One of the texts is empty; give two texts with words in them")
    if max(map(len, spans)) > MOST:
        raise UsageError(f"One of the texts has more than {MOST:,} sentences; compare parts of it")
    words = [[text[start:end] for start, end in own]
             for text, own in zip((first, second), spans, strict=True)]  # fmt: skip
    one, other = (embedder.encode([" ".join(each.split()) for each in own]) for own in words)
    alike = _cosines(one, other)
    nearest = alike.argmax(axis=1)
    return TextComparison(
        whole=measures(one.mean(axis=0), other.mean(axis=0))
        if len(one) + len(other) > 2
        else measures(one[0], other[0]),
        covered=float(alike.max(axis=1).mean()),
        covers=float(alike.max(axis=0).mean()),
        sentences=tuple(
            SentencePair(*spans[0][row], words[0][row], words[1][at], measures(one[row], other[at]))
            for row, at in enumerate(nearest.tolist())
        ),
    )


def measures(one: Vectors, other: Vectors) -> Measures:
    """The three measures of two vectors of shape (dimension,), in float64."""
    left, right = one.astype(np.float64), other.astype(np.float64)
    dot = float(left @ right)
    lengths = float(np.linalg.norm(left) * np.linalg.norm(right))
    return Measures(dot / lengths if lengths else 0.0, dot, float(np.linalg.norm(left - right)))


def _cosines(one: Vectors, other: Vectors) -> Vectors:
    lengths = np.outer(np.linalg.norm(one, axis=1), np.linalg.norm(other, axis=1))
    return np.asarray(one @ other.T / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def _sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text stand, without white space around them."""
    spans: list[tuple[int, int]] = []
    at = 0
    for sentence in split_sentences(text):
        start = at + len(sentence) - len(sentence.lstrip())
        end = at + len(sentence.rstrip())
        at += len(sentence)
        if any(character.isalnum() for character in text[start:end]):
            spans.append((start, end))
    return spans
