"""What a claim has in the place of a document's words, where it is nearly word for word theirs.

A name that is in the passage, but was said of somebody else, is not missing; here it stands where
the passage has another one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from rag_app.grounding.facts.reading import as_written, facts_in
from rag_app.grounding.language.clauses import read
from rag_app.grounding.language.polarity import denials
from rag_app.grounding.language.wording import ENGLISH, wordings

TOKEN = re.compile(r"[$€£]?\d+(?:[.,:]\d+)*%?|[^\W_]+(?:['’.-][^\W_]+)*")
# The share of a claim's words that are the passage's in its order, from which on it is a copy.
COPIED = 0.7
WORD_FOR_WORD = 0.85
# What takes the place of something is about as long as that.
LONGEST = 4


def replaced(claim: str, words: str) -> str | None:
    """The name, number or opposite that a claim has in the place of another, as a reader is told;
    None if there is none, or if the claim is in words of its own."""
    said, there = TOKEN.findall(claim), TOKEN.findall(words)
    mine, its = [_form(word) for word in said], [_form(word) for word in there]
    matcher = SequenceMatcher(None, mine, its, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    if same < COPIED * len(said):
        return None
    denied = 0
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind != "equal":
            denied += denials(mine[first:last])
            # The claim may leave out a clause, and its "not" with it.
            denied -= denials(its[start:end]) if end - start <= LONGEST else 0
        if kind != "replace" or last - first > LONGEST or end - start > LONGEST:
            continue
        other = _other(said[first:last], there[start:end], begins=first == 0)
        if other is not None:
            return f"the passage says {other[1]}, not {other[0]}"
    # "No more than" and "at most" are the same.
    bounded = [denials(read(text, wordings()[ENGLISH]).tokens) for text in (claim, words)]
    if bounded[0] == bounded[1]:
        return None
    if denied == 0 or same < WORD_FOR_WORD * len(said):
        return None
    return f"the passage {'does not say' if denied > 0 else 'says'} “not”"


def _form(word: str) -> str:
    return word.lower().replace("’", "'")


def _other(said: Sequence[str], there: Sequence[str], *, begins: bool) -> tuple[str, str] | None:
    mine, its = [_form(word) for word in said], [_form(word) for word in there]
    for pair in wordings()[ENGLISH].opposites:
        for one, other in (pair, pair[::-1]):
            here, against = _parts(mine) & one, _parts(its) & other
            if here and against:
                return f"“{min(here)}”", f"“{min(against)}”"
    if begins:
        return None
    facts, foreign = (facts_in(" ".join(("x", *one))) for one in (said, there))
    if facts.numbers and foreign.numbers:
        known = [one.values for one in foreign.numbers]
        if not any(number.values & values for number in facts.numbers for values in known):
            return facts.numbers[0].text, foreign.numbers[0].text
    names, others = facts.names, foreign.names
    if names and others and not any(_alike(one, other) for one in names for other in others):
        return as_written(names[0], said), as_written(others[0], there)
    return None


def _alike(one: str, other: str) -> bool:
    """Whether two names may be one: Smith and Smith's, WHO and World, German and Germany."""
    return one[:4] == other[:4] or (min(len(one), len(other)) <= 4 and one[0] == other[0])


def _parts(words: Sequence[str]) -> set[str]:
    return {part for word in words for part in word.split("-")}
