"""Sentence splitting, with nothing lost between sentences.

By sentencex (Wikimedia's, rule-based, some 240 languages). LlamaIndex's own splitter uses
NLTK's Punkt untrained, and cut "No. 5 by Dr. Smith" in three (docs/decisions/0004).
"""

from __future__ import annotations

import re

import sentencex

# "2." of a numbered step, "§ 4.", "a)": what has no word says nothing without what follows.
WORD = re.compile(r"[^\W\d_]{2}")
# Abbreviations that stand before a number or a name, which sentencex lets end a sentence.
RUNS_ON = re.compile(
    r"(?:\b(?:approx|ca|max|min|incl|excl|art|para|ch|pp?|vol|tel|ext)\.\s*)$", re.I
)


def split_sentences(text: str, language: str = "en") -> list[str]:
    """The sentences of a text, each with the white space after it: joined they are the text."""
    sentences: list[str] = []
    runs_on = False
    for part in sentencex.segment(language, text):
        if runs_on:
            sentences[-1] += part
        else:
            sentences.append(part)
        last = sentences[-1]
        runs_on = not WORD.search(last) or bool(RUNS_ON.search(last))
    return sentences
