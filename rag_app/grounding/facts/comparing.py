"""Comparisons of two numbers that a claim makes by itself, checked by making them.

"9 months is more than a year" is wrong whatever the passages say.
"""

from __future__ import annotations

from decimal import Decimal

from rag_app.grounding.facts.derivation import factor_of
from rag_app.grounding.facts.reading import Number, facts_in
from rag_app.grounding.language.clauses import CLAUSE_ENDS, Read, is_number, read
from rag_app.grounding.language.wording import wording_of

# How many words stand between a comparison and the number behind it, at most.
BEHIND = 3


def wrong_comparison(claim: str, language: str | None) -> str | None:
    """Two numbers of a claim that do not compare as it says, in words; None where all do."""
    wording = wording_of(language)
    if wording is None:
        return None
    said = read(claim, wording)
    for place, token in enumerate(said.tokens):
        wanted = (token in wording.lower) - (token in wording.upper)
        if not wanted:
            continue
        first, verb, second = _compared(said, place)
        if first is None or second is None:
            continue
        between = said.tokens[verb:place]
        denied = bool(wording.negations.intersection(between))
        more = _is_more(first, second)
        if more is not None and (more if wanted > 0 else not more) is denied:
            sign = {True: "more", False: "not more", None: ""}[more]
            return f"{first.text} is {sign} than {second.text}"
    return None


def _compared(said: Read, place: int) -> tuple[Number | None, int, Number | None]:
    """The number before a verb and a comparison, the place of the verb, and the number behind."""
    tokens, language = said.tokens, said.wording.language
    begin = end = place
    while begin > 0 and tokens[begin - 1] not in CLAUSE_ENDS:
        begin -= 1
    while end + 1 < len(tokens) and tokens[end + 1] not in CLAUSE_ENDS and end - place < BEHIND:
        end += 1
    verb = next((at for at in range(place - 1, begin, -1) if tokens[at] in said.wording.being), 0)
    # "3 euros more than" is a difference.
    if not verb or any(map(is_number, tokens[verb:place])):
        return None, 0, None
    before = facts_in(" ".join(tokens[begin:verb]), language).numbers
    # "In 2019 the price was below 30" does not compare the two.
    if len(before) != 1 or not (before[0].units or is_number(tokens[verb - 1])):
        return None, 0, None
    behind = facts_in(" ".join(tokens[place + 1 : end + 1]), language).numbers
    return before[0], verb, (behind[0] if behind else None)


def _is_more(first: Number, second: Number) -> bool | None:
    """Whether a number is more than another; None where they are equal or of other kinds."""
    mine, other = min(first.values), min(second.values)
    if first.units != second.units and not first.units & second.units:
        sizes = (factor_of(unit, its) for unit in first.units for its in second.units)
        size = next((one for one in sizes if one is not None), None)
        if size is None and first.units and second.units:
            return None
        mine *= size or Decimal(1)
    return None if mine == other else mine > other
