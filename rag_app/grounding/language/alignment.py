"""A claim beside the words of a passage that say nearly the same: what is left over decides.

Clauses are compared by their content words. Where a claim's and a passage's have nearly all of
them in common, a negation that only one of them has says the opposite. Where they have less in
common the claim may be a paraphrase, and nothing is concluded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

from rag_app.grounding.language.clauses import CLAUSE_ENDS, HARD_ENDS, PREFIX, Read
from rag_app.grounding.language.words import content

# The share of a claim's words that a clause has, and of the clause's that the claim or the question
# has, from which on both say the same or the opposite.
TIGHT = 0.75
EXPLAINED = 0.6
# How much less than the tightest another clause may be that is heard beside it.
LICENSED = 0.25
FEWEST_SHARED = 2
GERMAN = "de"
# So many content words before and behind a negation are what it denies.
BEFORE, BEHIND = 1, 2
# How far behind a negation stands a word that denies, and is denied by it.
UNDONE = 4


@dataclass(frozen=True)
class Clause:
    """Some neighbouring tokens of a text: the stems of what they say, and of ``prefixed`` words
    without their prefix; the words that deny, with the stems beside them; whether others limit or
    condition it. ``is_open`` is one whose negations may be those of another clause."""

    stems: frozenset[str]
    prefixed: frozenset[str]
    cues: tuple[tuple[str, frozenset[str]], ...]
    limits: frozenset[str]
    modals: frozenset[str]
    tokens: frozenset[str]
    is_open: bool = False

    def denies(self, other: Clause) -> bool | None:
        """Whether it denies what another one says; a prefix counts where that has the word
        without. None where that is hard to tell."""
        prefixed = bool(self.prefixed & (other.stems - self.stems))
        there = other.stems | other.prefixed
        apart = any(not beside & there for _, beside in self.cues)
        if self.is_open or apart or (prefixed and self.cues):
            return None
        return prefixed or bool(self.cues)


@lru_cache(maxsize=4096)  # what one question needs again and again
def clauses_of(text: Read) -> tuple[Clause, ...]:
    """What its clauses say and deny."""
    found: list[Clause] = []
    words = text.wording
    for first, last in _spans(text, HARD_ENDS - {":"}):
        tokens = set(text.tokens[first:last])
        conditional = bool(tokens & (words.conditions | words.possible))
        parts = [_clause(text, *span) for span in _spans(text, CLAUSE_ENDS, first, last)]
        denied = any(one.cues or one.limits for one in parts)
        for one in parts:
            if one.stems:
                limits = one.limits | ({"if"} if conditional else frozenset())
                is_open = one.is_open or (denied and not one.cues)
                found.append(replace(one, limits=limits, is_open=is_open))
    return tuple(found)


def _spans(
    text: Read, ends: Set[str], first: int = 0, last: int | None = None
) -> Iterator[tuple[int, int]]:
    last = len(text.tokens) if last is None else last
    for place in range(first, last + 1):
        if place == last or text.tokens[place] in ends:
            if place > first:
                yield first, place
            first = place + 1


def _clause(text: Read, first: int, last: int) -> Clause:
    words = text.wording
    grammar = words.negations | words.only | words.must | words.may | words.should | words.possible
    grammar |= words.universal | words.conditions | words.denying | words.being
    stems, prefixed = set[str](), set[str]()
    cues: list[tuple[str, frozenset[str], int]] = []
    limits = set[str]()
    is_open = False
    modals = _modals(text, first, last)
    for place in range(first, last):
        token, stem = text.tokens[place], text.stems[place]
        if token in words.lacking:
            is_open = True
        elif token in words.negations:
            if words.not_only.intersection(text.tokens[place + 1 : place + 2]):
                limits.add("only")
            else:
                cues.append((token, _beside(text, place, first, last), place))
        elif token in words.denying:
            if cues and cues[-1][0] in words.negations and place - cues[-1][2] <= UNDONE:
                # "Not excluded" denies nothing.
                cues.pop()
            else:
                cues.append((token, _beside(text, place, first, last), place))
        elif token in words.only:
            limits.add("only")
        elif token in words.limits:
            limits.add("limit")
        elif token in words.conditions:
            limits.add("if")
        if stem and token not in grammar:
            stems.add(stem)
            if (bare := PREFIX.sub("", token)) != token:
                prefixed.update(content(bare, words.language))
    return Clause(
        frozenset(stems),
        frozenset(prefixed),
        tuple((token, beside) for token, beside, _ in cues),
        frozenset(limits),
        modals,
        frozenset(text.tokens[first:last]),
        is_open,
    )


def _beside(text: Read, place: int, first: int, last: int) -> frozenset[str]:
    """The content words before and behind one."""
    before = [stem for stem in text.stems[first:place] if stem]
    after = [stem for stem in text.stems[place + 1 : last] if stem]
    return frozenset([*before[-BEFORE:], *after[:BEHIND]])


def _modals(text: Read, first: int, last: int) -> frozenset[str]:
    words, tokens = text.wording, set(text.tokens[first:last])
    kinds = {"must": words.must, "may": words.may, "should": words.should}
    return frozenset(kind for kind, known in kinds.items() if known & tokens)


def turned(said: Read, texts: Sequence[Read], given: Set[str]) -> str | None:
    """The negation that a clause of a claim has and the passages' clause that says the same does
    not, or the other way round, as a reader is told; and what may be where it must, or must where
    it may. ``given`` are the question's stems."""
    theirs = [clause for text in texts for clause in clauses_of(text)]
    for mine in clauses_of(said):
        found = [one for other in theirs if (one := _Pair.of(mine, other, given))]
        reason = _denied_otherwise(mine, found) or _obliged_otherwise(said, mine, found)
        if reason:
            return reason
    return None


@dataclass(frozen=True)
class _Pair:
    """A passage's clause with the share of a claim's words that it has, and of its own that the
    claim or the question has."""

    share: float
    explained: float
    other: Clause

    @staticmethod
    def of(mine: Clause, other: Clause, given: Set[str]) -> _Pair | None:
        own, there = mine.stems | mine.prefixed, other.stems | other.prefixed
        shared = len(mine.stems & there | mine.prefixed & other.stems)
        if shared < FEWEST_SHARED:
            return None
        explained = len(other.stems & (own | given)) / len(other.stems)
        return _Pair(shared / len(mine.stems), explained, other)

    @property
    def is_tight(self) -> bool:
        return self.share >= TIGHT and self.explained >= EXPLAINED


def _denied_otherwise(mine: Clause, found: Sequence[_Pair]) -> str | None:
    against = [
        one
        for one in found
        if one.is_tight
        and one.other.limits == mine.limits
        and (denied := mine.denies(one.other)) is not None
        and one.other.denies(mine) is (not denied)
    ]
    if not against:
        return None
    best = max(against, key=lambda one: (one.share, one.explained))
    licensed = any(
        one.other.denies(mine) in (None, mine.denies(one.other))
        for one in found
        if one.share >= best.share - LICENSED
    )
    if licensed:
        return None
    cues = mine.cues or best.other.cues
    cue = cues[0][0] if cues else "not"
    denies = mine.denies(best.other)
    return f"the passage {'does not say' if denies else 'says'} “{cue}”"


def _obliged_otherwise(said: Read, mine: Clause, found: Sequence[_Pair]) -> str | None:
    words = said.wording
    for kind, other, its in (("may", "must", words.must), ("must", "may", words.may)):
        tight = [one.other for one in found if one.is_tight]
        # "Muss nicht" is free to, "darf nicht" is not; "must not" and "may not" are the same.
        denied = bool(mine.cues)
        alike = denied and words.language != GERMAN
        if kind not in mine.modals or mine.modals & {other, "should"} or alike or not tight:
            continue
        if all(
            other in one.modals and kind not in one.modals and bool(one.cues) is denied
            for one in tight
        ):
            own = words.may if kind == "may" else words.must
            here = min(said.has(own))
            return f"the passage says “{min(its & tight[0].tokens)}”, not “{here}”"
    return None
