"""How well the words of a text match those of a question.

BM25 is Robertson's, with the usual constants (Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009, section 3.5).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

K1 = 1.2
B = 0.75


def bm25(query: Sequence[str], texts: Sequence[Sequence[str]]) -> list[float]:
    """The BM25 score of each text, given as stems, for a query, with these texts as corpus."""
    if not texts:
        return []
    average = sum(map(len, texts)) / len(texts) or 1.0
    holding = Counter(stem for text in texts for stem in set(text))
    scores: list[float] = []
    for text in texts:
        counts = Counter(text)
        score = 0.0
        for stem in set(query):
            if frequency := counts[stem]:
                inverse = math.log(1 + (len(texts) - holding[stem] + 0.5) / (holding[stem] + 0.5))
                length = K1 * (1 - B + B * len(text) / average)
                score += inverse * frequency * (K1 + 1) / (frequency + length)
        scores.append(score)
    return scores


def coverage(wanted: Sequence[str], text: Iterable[str]) -> float:
    """The share of the wanted stems that a text has, 0 to 1; 1 if nothing is wanted."""
    distinct = set(wanted)
    if not distinct:
        return 1.0
    return len(distinct & set(text)) / len(distinct)
