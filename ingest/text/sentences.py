"""Sentence splitting, with nothing lost between sentences.

By sentencex (Wikimedia's, rule-based, some 240 languages). LlamaIndex's own splitter uses
NLTK's Punkt untrained, and cut "No. 5 by Dr. Smith" in three (docs/decisions/0004).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import sentencex

# The library's time grows with the square of the text.
BLOCK = 4_000
# "2." of a numbered step, "§ 4.", "a)": what has no word says nothing without what follows.
WORD = re.compile(r"[^\W\d_]{2}")
# Abbreviations that stand before a number or a name, which sentencex lets end a sentence.
RUNS_ON = re.compile(
    r"(?:\b(?:approx|ca|max|min|incl|excl|art|para|ch|pp?|vol|tel|ext)\.\s*)$", re.I
)


def split_sentences(text: str, language: str = "en") -> list[str]:
    """The sentences of a text, each with the white space after it: joined they are the text."""
    sentences: list[list[str]] = []
    sentence: list[str] = []
    runs_on = has_word = False
    for part in _segments(language, text):
        if runs_on:
            sentence.append(part)
        else:
            sentence, has_word = [part], False
            sentences.append(sentence)
        has_word = has_word or WORD.search(part) is not None
        runs_on = not has_word or RUNS_ON.search(part) is not None
    return ["".join(sentence) for sentence in sentences]


def _segments(language: str, text: str) -> Iterator[str]:
    """The library's sentences, found a block at a time. What a block ends in the midst of begins
    the next one; where there is no end of a sentence in a whole block, it ends with a word."""
    begin = 0
    while len(text) - begin > BLOCK:
        block = text[begin : begin + BLOCK]
        *whole, last = sentencex.segment(language, block)
        if not whole:
            cut = max(last.rfind(" "), last.rfind("\n")) + 1
            whole = [last[:cut] or last]
        yield from whole
        begin += sum(map(len, whole))
    yield from sentencex.segment(language, text[begin:])
