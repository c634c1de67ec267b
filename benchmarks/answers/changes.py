"""Sentences made of a sentence by rules: some say the same, some something else.

They are written without the rules that are measured with them (``rag_app.grounding.facts``,
``rag_app.grounding.language.polarity``), so that both do not share their blind spots.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence

# Words that say the same, one for the other.
SAME = {
    "because": "since",
    "but": "yet",
    "also": "as well",
    "however": "nevertheless",
    "such as": "for example",
    "often": "frequently",
    "began": "started",
    "shows": "demonstrates",
    "showed": "demonstrated",
    "used": "employed",
    "about": "approximately",
    "during": "in the course of",
    "although": "even though",
    "near": "close to",
    "many": "a large number of",
    "most of": "the majority of",
    "large": "big",
    "important": "significant",
    "main": "principal",
    "in order to": "to",
    "due to": "owing to",
    "according to": "in the words of",
    "several": "a number of",
    "therefore": "consequently",
    "usually": "generally",
    "the": "this",
}
UNITS = {
    "km": "miles",
    "kilometres": "miles",
    "kilometers": "miles",
    "miles": "kilometres",
    "metres": "feet",
    "meters": "feet",
    "feet": "metres",
    "days": "weeks",
    "weeks": "months",
    "months": "years",
    "years": "months",
    "hours": "minutes",
    "minutes": "seconds",
    "percent": "kilograms",
    "million": "billion",
    "billion": "million",
    "mg": "g",
    "kg": "tonnes",
    "acres": "hectares",
    "dollars": "euros",
}
OTHER = {
    "increased": "decreased",
    "increases": "decreases",
    "decreased": "increased",
    "higher": "lower",
    "lower": "higher",
    "more than": "less than",
    "less than": "more than",
    "at least": "at most",
    "before": "after",
    "after": "before",
    "largest": "smallest",
    "first": "last",
    "north": "south",
    "northern": "southern",
    "southern": "northern",
    "western": "eastern",
    "eastern": "western",
    "includes": "excludes",
    "all": "some",
    "every": "only some",
    "must": "may",
    "positive": "negative",
    "won": "lost",
    "maximum": "minimum",
    "above": "below",
}
AUXILIARY = re.compile(r"\b(is|are|was|were|can|will|has|have|had|should|must|could|would|may)\b")
NAMES = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*")
FIRST = re.compile(r"^[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*")
NUMBERS = re.compile(r"(?<![\w.,-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w-]|[.,]\d)")
CLAUSE = re.compile(
    r"^([A-Z][^,;:]{15,}?),? (because|when|if|while|after|before|although|since) ([^,;:]{12,})\.$"
)
WORDS = dict(
    enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
)
MONTHS = "January February March April May June July August September October November December"

Change = Callable[[str, random.Random], str | None]


def _replaced(words: Mapping[str, str], text: str, chance: random.Random) -> str | None:
    found = [word for word in words if re.search(rf"\b{word}\b", text)]
    if not found:
        return None
    word = chance.choice(found)
    return re.sub(rf"\b{word}\b", words[word], text, count=1)


def reworded(text: str, chance: random.Random) -> str | None:
    """Up to three words of it replaced by such as say the same."""
    result = text
    for _ in range(3):
        result = _replaced(SAME, result, chance) or result
    return None if result == text else result


def shortened(text: str, _: random.Random) -> str | None:
    """Without what stands in brackets, without a clause with "which", without a first "However"."""
    result = re.sub(r"\s*\([^()]*\)", "", text)
    result = re.sub(r", which [^,]+(?=[,.])", "", result)
    result = re.sub(r"^(?:However|Moreover|Therefore|Thus|Furthermore), (\w)", _upper, result)
    return None if result == text or len(result) < 0.5 * len(text) else result


def turned(text: str, _: random.Random) -> str | None:
    """Its clauses in the other order."""
    match = CLAUSE.match(text)
    if not match:
        return None
    main, link, clause = match.groups()
    return f"{link.capitalize()} {clause}, {main[0].lower() + main[1:]}."


def attributed(text: str, _: random.Random) -> str | None:
    """With "according to the passage" before it."""
    return f"According to the passage, {text}"


def written_otherwise(text: str, _: random.Random) -> str | None:
    """Its numbers in another form."""

    def other(match: re.Match[str]) -> str:
        digits = match[0]
        if "," in digits:
            return digits.replace(",", "")
        if digits.isdigit() and int(digits) in WORDS and int(digits) > 1:
            return WORDS[int(digits)]
        return f"{int(digits):,}" if digits.isdigit() and int(digits) > 9999 else digits

    result = NUMBERS.sub(other, text)
    result = re.sub(r"(?<=\d)\s?%", " percent", result)
    return None if result == text else result


def number_changed(text: str, chance: random.Random) -> str | None:
    """One number another one."""
    found = list(NUMBERS.finditer(text))
    if not found:
        return None
    match = chance.choice(found)
    digits = match[0].replace(",", "")
    value = float(digits)
    changed = (
        value + chance.choice([1, 2, 3, 10]) if value < 1000 else value + chance.choice([1, 7])
    )
    shown = f"{changed:.{len(digits.partition('.')[2])}f}"
    if "," in match[0]:
        shown = f"{int(changed):,}"
    return text[: match.start()] + shown + text[match.end() :]


def unit_changed(text: str, chance: random.Random) -> str | None:
    """One unit another one."""
    found = [m for m in re.finditer(r"(?<=\d )([a-z]+)\b", text) if m[1] in UNITS]
    if not found:
        return None
    match = chance.choice(found)
    return text[: match.start()] + UNITS[match[1]] + text[match.end() :]


def date_changed(text: str, chance: random.Random) -> str | None:
    """A month another one."""
    months = MONTHS.split()
    found = [
        m for m in re.finditer(r"\b[A-Z][a-z]+(?= \d)|(?<=\d )[A-Z][a-z]+", text) if m[0] in months
    ]
    if not found:
        return None
    match = found[0]
    other = chance.choice([month for month in months if month != match[0]])
    return text[: match.start()] + other + text[match.end() :]


def negated(text: str, _: random.Random) -> str | None:
    """With a "not" that it did not have, or without its own."""
    helping = "is|are|was|were|can|will|has|have|had|should|must|could|would|may|did|does|do"
    if re.search(rf"\b(?:{helping}) not\b", text):
        return re.sub(r" not\b", "", text, count=1)
    match = AUXILIARY.search(text)
    return text[: match.end()] + " not" + text[match.end() :] if match else None


def opposite(text: str, chance: random.Random) -> str | None:
    """One word its opposite."""
    return _replaced(OTHER, text, chance)


def name_changed(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    """A name inside it another one."""
    found = [m for m in NAMES.finditer(text) if m[0] not in MONTHS]
    if not found or not names:
        return None
    match = chance.choice(found)
    return text[: match.start()] + chance.choice(names) + text[match.end() :]


def first_name_changed(
    text: str, chance: random.Random, names: Sequence[str], passage: str
) -> str | None:
    """The name that it begins with another one."""
    match = FIRST.match(text)
    common = "The This That These Those A An In It He She They For With From His As At On".split()
    if (
        not match
        or match[0].split()[0] in common
        or not names
        or not re.search(rf"(?<=[a-z,] ){match[0]}\b", passage)
    ):
        return None
    return chance.choice(names) + text[match.end() :]


def _upper(match: re.Match[str]) -> str:
    return match[1].upper()


SAYS_THE_SAME: Mapping[str, Change] = {
    "word for word": lambda text, _: text,
    "other words": reworded,
    "shortened": shortened,
    "clauses turned": turned,
    "attributed": attributed,
    "numbers in another form": written_otherwise,
}
SAYS_ANOTHER_THING: Mapping[str, Change] = {
    "another number": number_changed,
    "another unit": unit_changed,
    "another date": date_changed,
    "negated": negated,
    "the opposite": opposite,
}
