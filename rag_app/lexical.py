"""Words as keyword matching sees them: lower case, without stop words, stemmed (Snowball).

BM25 is Robertson's, with the usual constants (Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009, section 3.5).
"""

from __future__ import annotations

import math
import re
import threading
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import snowballstemmer

K1 = 1.2
B = 0.75

# A number with its points and commas, or a run of letters and digits such as E22.
WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W\d_]+)?")
# A code of several parts, such as WS-40 or 40-1000-S, counts as a whole beside its parts.
CODE = re.compile(r"(?=[\w-]*\d)[^\W_]+(?:-[^\W_]+)+")

STOP_WORDS = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below
    between both but by can could did do does doing done down during each else ever every few for
    from further get gets give given gives got had has have having he her here hers him his how i
    if in into is it its itself just let many may me might mine more most much must my no nor not
    now of off on once one only or other our ours out over own per please same shall she should so
    some such than that the their theirs them then there these they this those through to too
    under until up upon us very was we were what when where whether which while who whom whose why
    will with within without would you your yours
    tell explain describe mean means happen happens need needs make makes take takes know find
    d'you i'm it's what's who's where's there's don't doesn't isn't aren't can't
    """.split()
)

_stemmer = snowballstemmer.stemmer("english")
_stemmer_lock = threading.Lock()  # the stemmer keeps state while it works


def stems(text: str) -> list[str]:
    """The stems of a text's words, in order, without stop words, and its codes as they are."""
    lower = text.lower()
    words = [word.replace("’", "'") for word in WORD.findall(lower)] + CODE.findall(lower)
    return [_stem(word.removesuffix("'s")) for word in words if word not in STOP_WORDS]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    if any(sign.isdigit() for sign in word):
        return word.replace(",", "")
    with _stemmer_lock:
        return str(_stemmer.stemWord(word))


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


def coverage(wanted: Sequence[str], text: Sequence[str]) -> float:
    """The share of the wanted stems that a text has, 0 to 1; 1 if nothing is wanted."""
    distinct = set(wanted)
    if not distinct:
        return 1.0
    return len(distinct & set(text)) / len(distinct)
