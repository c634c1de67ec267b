"""Words that set each topic apart from the others, by c-TF-IDF.

Grootendorst 2022, https://arxiv.org/abs/2203.05794: all passages of a topic count as one text; a
word weighs its share in that text, times log(1 + A / f), where f is how often it occurs in all
topics and A the mean number of words in a topic.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from ingest.text.analyzer import words_with_stems

WORDS = 8  # of a topic
LONGEST = 30  # characters; longer "words" are addresses and the like


def telling_words(groups: Sequence[Sequence[str]], count: int = WORDS) -> list[tuple[str, ...]]:
    """The most telling words of each group of texts, the most telling first, in the form in which
    they occur most. A word counts once in a text, and must be in at least two, or in all."""
    spelled: dict[str, Counter[str]] = {}
    counts: list[Counter[str]] = []
    for texts in groups:
        of_group: Counter[str] = Counter()
        for text in texts:
            found = {
                stems[0]: word
                for word, stems in words_with_stems(text).items()
                if len(stems) == 1 and _is_word(word)
            }
            of_group.update(found.keys())
            for stem, word in found.items():
                spelled.setdefault(stem, Counter())[word.lower()] += 1
        least = min(2, len(texts))
        counts.append(Counter({stem: n for stem, n in of_group.items() if n >= least} or of_group))
    everywhere: Counter[str] = Counter()
    for of_group in counts:
        everywhere.update(of_group)
    mean = everywhere.total() / max(len(groups), 1)
    telling: list[tuple[str, ...]] = []
    for of_group in counts:
        total = max(of_group.total(), 1)
        weights = {
            stem: n / total * math.log(1 + mean / everywhere[stem]) for stem, n in of_group.items()
        }
        best = sorted(weights, key=lambda stem: (-weights[stem], stem))[:count]
        telling.append(tuple(spelled[stem].most_common(1)[0][0] for stem in best))
    return telling


def _is_word(word: str) -> bool:
    return 2 < len(word) <= LONGEST and not any(sign.isdigit() for sign in word)
