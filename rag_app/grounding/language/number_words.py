"""Numbers in words, as ``rag_app.grounding.facts`` reads them: English ones are read here, those of
other languages by ``text_to_num``.
"""

from __future__ import annotations

import re
from decimal import Decimal

from rag_app.grounding.language.units import UNIT, unit_words

SCALES = {
    "hundred": Decimal(100),
    "thousand": Decimal(1000),
    "million": Decimal(10**6),
    "billion": Decimal(10**9),
    "trillion": Decimal(10**12),
    "mn": Decimal(10**6),
    "bn": Decimal(10**9),
    "k": Decimal(1000),
    "m": Decimal(10**6),
}
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBER_WORDS: dict[str, int] = {word: number for number, word in enumerate(_ONES)} | {
    word: 10 * number for number, word in enumerate(_TENS, start=2)
}
NUMBER_WORDS["dozen"] = 12
_ONE_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_LARGE = "hundred|thousand|million|billion|trillion"
NUMBER_WORD = re.compile(
    rf"\b(?P<words>(?i:(?:{_ONE_WORD})(?:[\s-](?:and\s)?(?:{_ONE_WORD}|{_LARGE}))*)"
    rf"|[Aa]n?(?=[\s-]{UNIT}(?!\d)))\b"
    # Something may stand before what is counted: one further week.
    rf"(?:[\s-](?:[a-z]{{4,12}}\s(?=(?:hour|day|week|month|year)s?\b))?(?P<unit>{UNIT}))?"
)


def words_to_number(words: str) -> Decimal | None:
    """ "two hundred and fifty" to 250; None for what is not a number, such as "two three"."""
    total = group = 0
    last = 0
    for word in re.split(r"[\s-]+", words.lower()):
        if word in ("and", ""):
            continue
        if word in ("a", "an"):
            group = 1
        elif word == "hundred":
            group = (group or 1) * 100
        elif word in SCALES:
            total += (group or 1) * int(SCALES[word])
            group = 0
        else:
            number = NUMBER_WORDS[word]
            if group % 100 and not (last >= 20 and number < 10):
                return None
            group += number
            last = number
            continue
        last = 0
    return Decimal(total + group).normalize()


# Languages whose numbers in words ``text_to_num`` reads; English ones are read here.
_IN_WORDS = frozenset("de fr es pt it nl ca".split())
# A number in digits with the word behind it: what "5 Millionen" counts is no number by itself.
_DIGITS_AND_WORD = re.compile(r"(\d[\d.,]*\s*[^\W\d_]*)")
# One of something, before its unit.
_ONE = r"eine[nmrs]?|ein|une|un|una|uno|uma|um"
# And a half of it, behind the number and behind the unit; words that are one and a half.
_HALF = re.compile(
    r"(?<!\d)(\d{1,9})(\s{1,3}[^\W\d_]{1,20})?\s{1,3}"
    r"(?:and a half|und ein(?:e|en)? halbe?[sn]?|et demie?|y medi[oa])\b"
)
_ONE_AND_A_HALF = re.compile(r"\b(?:anderthalb|eineinhalb)\b", re.IGNORECASE)
_AND_A_HALF_GERMAN = re.compile(r"\b([^\W\d_]{3,12})einhalb\b", re.IGNORECASE)
# Numbers above are read wherever they stand: "one" is mostly an article or a pronoun.
_ABOVE = 1.5
# "10 200", as many languages write it.
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")


def with_digits(text: str, language: str | None) -> str:
    """A text with its numbers in words as digits, and halves with them."""
    text = _ONE_AND_A_HALF.sub("1.5", text)
    if language not in (None, "en"):
        text = _SPACED.sub(lambda match: match[0].replace(" ", ""), text)
    if language in _IN_WORDS:
        # Where it is asked first: it takes some 25 ms.
        from text_to_num import alpha2digit

        if units := "|".join(map(re.escape, sorted(unit_words(language), key=len, reverse=True))):
            text = re.sub(rf"\b(?:{_ONE})(?=\s(?:{units})\b)", "1", text, flags=re.IGNORECASE)
        if language == "de":
            text = _AND_A_HALF_GERMAN.sub(lambda match: f"{alpha2digit(match[1], 'de')}.5", text)
        parts = _DIGITS_AND_WORD.split(text)
        parts[::2] = [
            alpha2digit(part, language, _ABOVE) if part.strip() else part for part in parts[::2]
        ]
        text = "".join(parts)
    if language == "en":
        text = re.sub(r"\b(?:one|a)(?=(?:\s\w+)? and a half\b)", "1", text, flags=re.IGNORECASE)
    return _HALF.sub(lambda match: f"{match[1]}.5{match[2] or ''}", text)


def english_in_digits(text: str) -> str:
    """A text with its English numbers in words as digits, without their units."""

    def digits(match: re.Match[str]) -> str:
        words = match["words"]
        value = words_to_number(words) if words.lower() not in ("one", "a", "an") else None
        return match[0] if value is None else f"{value:f}{match[0][len(words) :]}"

    return NUMBER_WORD.sub(digits, text)
