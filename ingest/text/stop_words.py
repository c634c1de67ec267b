"""Words that say nothing of what is looked for, by language (stopwords-iso, by ``stopwordsiso``).

For English there is the list in ``ingest.text.analyzer`` that all figures were measured with.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ingest.text.folding import folded

# What Chinese asks with, beside what the lists have.
_ASKING = {"zh": ("多长", "多久", "多大", "多高", "多远", "几天", "什么时候", "是否")}


@cache
def stop_words(language: str) -> frozenset[str]:
    """Those of a language, by ISO 639-1, folded; none for a language without a list."""
    import stopwordsiso

    if not stopwordsiso.has_lang(language):
        return frozenset()
    return frozenset(map(folded, (*stopwordsiso.stopwords(language), *_ASKING.get(language, ()))))


def how_many(words: Sequence[str], language: str) -> int:
    """How many of some folded words are stop words of a language."""
    known = stop_words(language)
    return sum(word in known for word in words)
