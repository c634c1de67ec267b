"""Korean lines put together: whether a space stood where a line ended.

Some programs break Korean lines between words, others within them too, and the space at a line's
end is not drawn. The document itself tells: which syllables end and begin its words, and which
stand within them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_HANGUL = re.compile("[\uac00-\ud7a3]")
# What is not seen in a document, of some 2,000 syllables, is still possible.
_SYLLABLES = 2000
_UNSEEN = 0.5
_UNSEEN_PAIR = 0.3
# Where so many line ends look like those of words, the lines are broken between words only: of five
# kinds of text, two thirds and more do then, and half at most where lines end anywhere.
_BETWEEN_WORDS = 0.6
_FULL_LINE = 0.8
_FEWEST = 5


def is_hangul(left: str, right: str) -> bool:
    """Whether a line ends and the next one begins with a syllable of Korean."""
    return bool(_HANGUL.match(left[-1:]) and _HANGUL.match(right[:1]))


class Hangul:
    """What the lines of one document say of its line ends."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._words: Counter[str] = Counter()
        self._ends: Counter[str] = Counter()
        self._begins: Counter[str] = Counter()
        self._before: Counter[str] = Counter()
        self._after: Counter[str] = Counter()
        self._within: Counter[str] = Counter()
        self._between: Counter[str] = Counter()
        for line in lines:
            self._count(line.split())
        longest = max(map(len, lines), default=0)
        breaks = [
            self._looks_like_space(line, following)
            for line, following in pairwise(lines)
            if len(line) > _FULL_LINE * longest and is_hangul(line, following)
        ]
        self._only_between_words = len(breaks) >= _FEWEST and (
            sum(breaks) > _BETWEEN_WORDS * len(breaks)
        )

    def has_space(self, left: str, right: str) -> bool:
        """Whether a space stood between two lines, for which ``is_hangul`` holds."""
        return self._only_between_words or self._looks_like_space(left, right)

    def _count(self, words: Sequence[str]) -> None:
        # What stands at the ends of a line may be a part of a word.
        self._words.update(words[1:-1])
        for word, following in pairwise(words):
            self._ends[word[-1]] += 1
            self._begins[following[0]] += 1
            self._between[word[-1] + following[0]] += 1
        for word in words:
            for one, other in pairwise(word):
                self._before[one] += 1
                self._after[other] += 1
                self._within[one + other] += 1

    def _looks_like_space(self, left: str, right: str) -> bool:
        """Whether a space is more likely than none, by the syllables, their pair and the words."""
        end, begin = left[-1], right[0]
        spaces, seams = self._ends.total(), self._within.total()
        odds = math.log((spaces + 1) / (seams + 1))
        for seen, unseen in (
            (self._ends[end], self._before[end]),
            (self._begins[begin], self._after[begin]),
        ):
            odds += math.log((seen + _UNSEEN) / (spaces + _UNSEEN * _SYLLABLES))
            odds -= math.log((unseen + _UNSEEN) / (seams + _UNSEEN * _SYLLABLES))
        pair = end + begin
        odds += math.log((self._between[pair] + _UNSEEN_PAIR) / (self._within[pair] + _UNSEEN_PAIR))
        odds += (left.split()[-1] in self._words) + (right.split()[0] in self._words)
        return odds > 0
