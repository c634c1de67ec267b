"""Negations that a claim has and the passages do not, and the other way round."""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import combinations

from rag_app.grounding.language.clauses import (
    CLAUSE_ENDS,
    CLAUSE_FEWEST,
    FEW_AROUND,
    SCOPE,
    SENTENCE_ENDS,
    Read,
    is_number,
    like,
)

# Of the words around a denied one, the share that a sentence has that is like it ...
ALONE = 0.4
# ... and how much less than the most like it may have that is heard beside it.
ALONE_AS = 0.2
# The same for the words of a clause.
CLAUSE_LIKE = 0.7
CLAUSE_AS = 0.1
# The share of what is said instead of something denied that a sentence has.
INSTEAD = 0.8
# Of the sentences that are most like a claim, those of which two may say it together.
MOST_PAIRED = 8


def denied(said: Read, texts: Sequence[Read], given: Set[str]) -> str | None:
    """What a claim denies and the passages do not, in other words neither. What is ``given`` are
    the words of the question."""
    cue = _word_denied(said, texts) or _number_denied(said, texts, given)
    cue = cue or _denied_alone(said, texts)
    return f"the passage does not say “{cue}”" if cue else None


def affirmed(said: Read, texts: Sequence[Read]) -> str | None:
    """What a claim affirms and the passages deny."""
    cue = _word_affirmed(said, texts) or _clause_affirmed(said, texts)
    return f"the passage says “{cue}”" if cue else None


def _word_denied(said: Read, texts: Sequence[Read]) -> str | None:
    """The negation of a word that sentences about the same have without one."""
    for cue, reach in said.scopes():
        head = next(iter(reach), None)
        if head is None or head not in said.stems:
            continue
        around = said.around(said.stems.index(head))
        found = like(around, [one for one in texts if head in one.content()])
        if not found or any(_limits(one, head, around) for one in found):
            continue
        most = max(len(around & one.content()) for one in found)
        nearer = (one for one in texts if len(around & one.content()) >= most)
        others = said.cues - {cue}
        if not any(_denies_of(one, around, others) for one in nearer):
            return cue
    return None


def _limits(text: Read, head: str, around: Set[str]) -> bool:
    """Whether a sentence denies or takes out a word, or much of what stands around it."""
    limited = text.limited(SENTENCE_ENDS)
    return head in limited or 2 * len(around & limited) >= len(around)


def _denies_of(text: Read, around: Set[str], others: Set[str]) -> bool:
    """Whether a sentence denies any of some words, but by what the claim has besides."""
    return any(around & set(reach) for cue, reach in text.scopes() if cue not in others)


def _number_denied(said: Read, texts: Sequence[Read], given: Set[str]) -> str | None:
    """The negation of a number that the passages have: "does not cost £260"."""
    words = said.wording
    if not said.has(words.negations):
        return None
    comparing = frozenset[str]().union(*(one | other for one, other in words.opposites))
    skipped = comparing | words.only | words.limits | words.not_only | words.conditions
    for place, token in enumerate(said.tokens):
        if token not in words.negations:
            continue
        for after in said.tokens[place + 1 : place + 1 + SCOPE]:
            if after in CLAUSE_ENDS or after in skipped:
                break
            if not is_number(after):
                continue
            there = [one for one in texts if after in one.tokens]
            shared = [len(one.content() & said.content()) for one in there]
            there = [one for one, n in zip(there, shared, strict=True) if n == max(shared)]
            others = said.cues - {token}
            if after not in given and not any(one.cues - others for one in there):
                return token
            break
    return None


def _denied_alone(said: Read, texts: Sequence[Read]) -> str | None:
    """A negation where none of the sentences that are like it denies or limits anything."""
    # "It is not done by us, the customer does it": what is said instead is there.
    if any(_is_said(clause, texts) for clause in said.affirming(after=True)):
        return None
    for cue, reach in said.scopes():
        if not reach or cue in said.wording.lacking or said.is_open(cue) or said.goes_on(cue):
            continue
        around = said.around(said.stems.index(reach[0])) | {reach[0]}
        shares = [(len(around & one.content()) / len(around), one) for one in texts]
        best = max((share for share, _ in shares), default=0.0)
        # Those that are like it, or speak of just what is denied.
        head = set(reach[:2])
        found = [one for share, one in shares if share >= best - ALONE_AS or head <= one.content()]
        # What is so only somewhere is not so elsewhere.
        others = said.cues - {cue} - said.wording.only
        own = said.content()
        denied_there = any(one.cues_against(own) - others for one in found)
        if len(around) >= FEW_AROUND and best >= ALONE and not denied_there:
            return cue
    return None


def _is_said(clause: Read, texts: Sequence[Read]) -> bool:
    """Whether a sentence has nearly all words of a clause; two have, of two numbers."""
    own = clause.content()
    most = max((len(own & one.content()) for one in texts), default=0)
    if sum(map(is_number, clause.tokens)) > 1:
        pairs = combinations([one.content() for one in texts[:MOST_PAIRED]], 2)
        most = max((len(own & (one | other)) for one, other in pairs), default=most)
    return len(own) >= CLAUSE_FEWEST and most >= INSTEAD * len(own)


def _word_affirmed(said: Read, texts: Sequence[Read]) -> str | None:
    """The negation before a word that the claim says without one."""
    limited = said.limited(SENTENCE_ENDS, whole=True)
    for place, stem in enumerate(said.stems):
        if stem is None or stem in limited or is_number(stem):
            continue
        found = like(said.around(place), [one for one in texts if stem in one.content()])
        cues = [_cue_of(stem, one, said.content()) for one in found]
        if found and all(cues) and cues[0] not in said.tokens:
            return cues[0]
    return None


def _cue_of(stem: str, text: Read, shared: Set[str]) -> str | None:
    """The negation that is right before a word, or before another one that is shared, wherever it
    stands; None if one place has none."""
    cues = [
        cue
        for cue, reach in text.scopes()
        if stem in reach[:1] or (stem in reach[:2] and reach[0] in shared)
    ]
    return cues[0] if cues and len(cues) >= text.stems.count(stem) else None


def _clause_affirmed(said: Read, texts: Sequence[Read]) -> str | None:
    """The negation of the clauses most like one of the claim's that denies and limits nothing."""
    theirs = [clause for one in texts for clause in one.clauses()]
    for clause in said.affirming():
        own = clause.content()
        shares = [(len(own & one.content()) / len(own), one) for one in theirs if own]
        best = max((share for share, _ in shares), default=0.0)
        if len(own) < CLAUSE_FEWEST or best < CLAUSE_LIKE:
            continue
        cues = [one.only_denial(own) for share, one in shares if share >= best - CLAUSE_AS]
        if all(cues):
            return cues[0]
    return None
