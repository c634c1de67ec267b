"""What a claim may say only where something allows it: "not only", "only some", a superlative, a
bound or an order the other way round than all that the passages have, and a "no" behind a "yes".

Unlike a paraphrase of what is said, these add to it, and so the passages or the question have to
have them too.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag_app.grounding.language.alignment import clauses_of
from rag_app.grounding.language.clauses import CLAUSE_ENDS, SENTENCE_ENDS, Read
from rag_app.grounding.language.opposites import bounds, shown

# How far behind an "only" stands what is only a part.
NEXT = 3
FEWEST_SHARED = 2
# The share of the words around a word that a sentence about the same has.
BESIDE = 0.4


def unlicensed(said: Read, asked: Read, texts: Sequence[Read]) -> str | None:
    """What a claim adds without being allowed to, as a reader is told."""
    near = [one for one in texts if len(one.content() & said.content()) >= FEWEST_SHARED]
    return (
        _pole(said, asked)
        or _not_only(said, near)
        or _only_part(said, [*near, asked])
        or _bound(said, near, asked)
        or _order(said, near)
    )


def _pole(said: Read, asked: Read) -> str | None:
    """The least, where the question asks for the most, and the sentence says nothing of that."""
    words = said.wording
    most, least = words.most | words.highest, words.least | words.lowest
    for side, other in ((most, least), (least, most)):
        here, there = said.has(other), asked.has(side)
        if not here or not there or said.has(side | words.negations) or asked.has(other):
            continue
        return f"the question says “{shown(min(there))}”, not “{shown(min(here))}”"
    return None


def superlative_added(said: Read, asked: Read, texts: Sequence[Read]) -> str | None:
    """A superlative that neither the question nor a passage has."""
    words = said.wording
    for side in (words.highest - words.upper, words.lowest - words.lower):
        here = said.has(side)
        if here and not asked.has(side) and not any(one.has(side) for one in texts):
            return f"the passage does not say “{shown(min(here))}”"
    return None


def _not_only(said: Read, texts: Sequence[Read]) -> str | None:
    words = said.wording
    for place, token in enumerate(said.tokens):
        follows = _only_behind(said, place) if token in words.negations else None
        if follows is None or words.besides.intersection(said.tokens[place:]):
            continue
        if not any(map(_says_not_only, texts)):
            return f"the passage does not say “{token} {follows}”"
    return None


def _only_behind(said: Read, place: int) -> str | None:
    """The "only" that a negation denies: "not only", "is not the only one"."""
    words = said.wording
    for at in range(place + 1, min(place + 1 + NEXT, len(said.tokens))):
        token = said.tokens[at]
        if token in words.only:
            return token if at > place + 1 or token in words.not_only else None
        if token in CLAUSE_ENDS or (said.stems[at] and token not in words.being):
            return None
    return None


def _says_not_only(text: Read) -> bool:
    words = text.wording
    return any(
        token in words.negations and follows in words.not_only
        for token, follows in zip(text.tokens, text.tokens[1:], strict=False)
    ) or bool(text.has(words.besides))


def _only_part(said: Read, texts: Sequence[Read]) -> str | None:
    words = said.wording
    for place, token in enumerate(said.tokens):
        part = words.partial.intersection(said.tokens[place + 1 : place + 1 + NEXT])
        if (
            token in words.only
            and part
            and not any(one.has(words.only | words.partial) for one in texts)
        ):
            return f"the passage does not say “{token} {min(part)}”"
    return None


def _bound(said: Read, texts: Sequence[Read], asked: Read) -> str | None:
    """A number called the most where the passages' number is the least."""
    for place, bound, word in bounds(said):
        number = said.tokens[place]
        if any(other == bound for _, other, _ in bounds(asked)):
            continue
        there = [
            (other, its)
            for one in texts
            for at, other, its in bounds(one)
            if one.tokens[at] == number
        ]
        known = any(number in one.tokens for one in texts)
        if not known:
            there = [(other, its) for one in texts for _, other, its in bounds(one)]
        if there and all(other == -bound and its != word for other, its in there):
            return f"the passage says “{shown(there[0][1])}”, not “{shown(word)}”"
    return None


def _order(said: Read, texts: Sequence[Read]) -> str | None:
    """Before something, where the passages say after it."""
    words = said.wording
    for place, token in enumerate(said.tokens):
        if token not in words.earlier | words.later:
            continue
        mine = words.earlier if token in words.earlier else words.later
        follows = _follows(said, place)
        next_to, around = set(follows[:1]), said.around(place)
        found = [
            (len(shared), other)
            for one in texts
            if len(around & one.content()) >= BESIDE * len(around)
            for at, other in enumerate(one.tokens)
            if other in words.earlier | words.later
            and (len(shared := {*follows} & {*_follows(one, at)}) > 1 or next_to & shared)
        ]
        most = max((shared for shared, _ in found), default=0)
        heard = [other for shared, other in found if shared == most]
        if heard and not mine.intersection(heard):
            return f"the passage says “{heard[0]}”, not “{token}”"
    return None


def _follows(text: Read, place: int) -> list[str]:
    found: list[str] = []
    for token, stem in zip(text.tokens[place + 1 :], text.stems[place + 1 :], strict=True):
        if token in SENTENCE_ENDS or len(found) == NEXT:
            break
        if stem:
            found.append(stem)
    return found


def answered_otherwise(particle: str, said: Read, asked: Read) -> str | None:
    """How what stands behind a "yes" (``particle``) denies what the question asks, in words; None
    for a question that denies something itself."""
    words = asked.wording
    first = next(iter(clauses_of(said)), None)
    if first is None or asked.has(words.negations | words.denying | words.lacking):
        return None
    if len(first.cues) == 1 and not first.limits:
        cue, beside = first.cues[0]
        if beside & asked.content():
            return f"the sentence says “{particle}” and “{cue}”"
    return None
