"""Sentence splitting, with nothing lost between sentences.

By sentencex (Wikimedia's, rule-based, some 240 languages). LlamaIndex's own splitter uses
NLTK's Punkt untrained, and cut "No. 5 by Dr. Smith" in three (docs/decisions/0004).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import sentencex

from ingest.text.scripts import UNSPACED

ENGLISH = "en"
# The library's time grows with the square of the text.
BLOCK = 4_000
# "2." of a numbered step, "§ 4.", "a)": what has no word says nothing without what follows.
WORD = re.compile(r"[^\W\d_]{2}")
# Abbreviations that stand before a number or a name, which sentencex lets end a sentence.
RUNS_ON = re.compile(
    r"(?:\b(?:approx|ca|max|min|incl|excl|art|para|ch|pp?|vol|tel|ext)\.\s*)$", re.I
)


# What else stands before a name in other languages, and sentencex lets end a sentence: titles and
# forms of firms.
TITLES = {
    "de": "dr|fa|fr|frl|hr|ing|prof", "fr": "av|bd|dr|me|mlle|mm|mgr|pr",
    "es": "av|avda|dr|dra|sr|sra|srta", "it": "avv|dott|dr|ing|prof|sig",
    "nl": "dhr|dr|drs|ir|mevr|mr|mw", "pt": "av|dr|dra|sr|sra",
    "ru": "г|гг|д|им|проф|ул", "ar": "و?[أدم]",
}  # fmt: skip
TITLE = {
    language: re.compile(rf"(?<!\w)(?:{words})\.\s*$", re.I) for language, words in TITLES.items()
}
# A short word with a point before a number: "pag. 12", "рис. 2", "aprox. 20".
BEFORE_NUMBER = re.compile(r"(?<!\w)[^\W\d_]{1,5}\.\s*$")
# An ordinal number as German and its neighbours write it: "im 19. Jahrhundert".
ORDINAL = {
    "de": re.compile(r"\b(?:[ia]m|vom|zum|zur|beim|de[mnrs]|die|das)\s\d{1,2}\.\s*$", re.I),
    "da": re.compile(r"\bden\s\d{1,2}\.\s*$", re.I),
    "no": re.compile(r"\bden\s\d{1,2}\.\s*$", re.I),
}
# Two initials before a name: "А. Б. Иванов".
INITIALS = re.compile(r"(?<!\w)[^\W\d_]\.\s?[^\W\d_]\.\s*$")
# What ends a list, and the sentence with it where the next word has a capital; sentencex takes it
# for an abbreviation that ends none.
AND_SO_ON = re.compile(r"(?<!\w)(?:etc|usw|ecc|enz|ff|т\.\s?[дп])\.\s+(?=[^\W\d_])")
# Japanese goes on after what was said.
QUOTED = re.compile("[」』]$")


def split_sentences(text: str, language: str = "en") -> list[str]:
    """The sentences of a text, each with the white space after it: joined they are the text."""
    sentences: list[list[str]] = []
    sentence: list[str] = []
    runs_on = has_word = False
    for part in _segments(language, text) if language == ENGLISH else _listed(language, text):
        if sentence and language != ENGLISH:
            runs_on = runs_on or _goes_on(sentence[-1], part, language)
        if runs_on:
            sentence.append(part)
        else:
            sentence, has_word = [part], False
            sentences.append(sentence)
        has_word = has_word or WORD.search(part) is not None
        runs_on = not has_word or RUNS_ON.search(part) is not None
    return ["".join(sentence) for sentence in sentences]


def _goes_on(before: str, after: str, language: str) -> bool:
    """Whether a sentence of another language than English goes on where the library ends it."""
    if UNSPACED.search(before[-3:]) or UNSPACED.match(after[:1]):
        return QUOTED.search(before) is not None and after.startswith("と")
    if before[-1:].isalpha() or before.endswith("."):  # nothing parts the two
        return not after[:1].isspace()
    title, ordinal = TITLE.get(language), ORDINAL.get(language)
    is_one_line = "\n" not in before[len(before.rstrip()) :]
    return bool(
        # No sentence begins with a small letter: what ended was an abbreviation.
        (is_one_line and after[:1].islower() and before.rstrip().endswith("."))
        or (title and title.search(before))
        or (after[:1].isupper() and INITIALS.search(before))
        or (after[:1].isdigit() and BEFORE_NUMBER.search(before))
        or (ordinal and ordinal.search(before))
    )


def _listed(language: str, text: str) -> Iterator[str]:
    """The library's sentences, parted after "etc." where another one begins."""
    for part in _segments(language, text):
        start = 0
        for match in AND_SO_ON.finditer(part):
            if part[match.end()].isupper():
                yield part[start : match.end()]
                start = match.end()
        yield part[start:]


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
