"""The opposite of what passages say: antonyms, comparisons, "only", and what must or may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from rag_app.grounding.language.clauses import (
    CLAUSE_ENDS,
    FEW_AROUND,
    SENTENCE_ENDS,
    Read,
    is_number,
    like,
    reached,
)
from rag_app.grounding.language.wording import ENGLISH

# Of the words around an antonym, the share that a sentence has where it stands beside the same.
BESIDE = 0.4
AS_MUCH = 0.1
# How far from a comparison is what it compares, in tokens.
NEXT = 3
# The share of a number's clause that another has where both bound the same.
SAME_BOUND = 0.7
FEWEST_BOUND = 2


def only_added(said: Read, texts: Sequence[Read]) -> str | None:
    """An "only" of a claim that no sentence about the same limits, where one of them speaks
    of all."""
    words = said.wording
    for word in words.only & set(said.tokens):
        place = said.tokens.index(word)
        # "Only 24" says that it is little.
        if any(map(is_number, said.tokens[max(0, place - 1) : place + 4])):
            continue
        around = said.around(place)
        found = like(around, texts)
        if not found or any(around & one.limited(SENTENCE_ENDS) for one in found):
            continue
        if any(one.has(words.universal) for one in found):
            return f"the passage does not say “{word}”"
    return None


def opposite(said: Read, texts: Sequence[Read]) -> str | None:
    """An antonym, in words, of what sentences about the same say."""
    for pair in said.wording.opposites:
        for mine, its in (pair, pair[::-1]):
            here = said.has(mine)
            if not here:
                continue
            word = min(here)
            place = said.tokens.index(word)
            if said.has(its):
                continue
            other = _instead(said, place, mine, its, texts) or _beside(said, mine, its, texts)
            # "Not allowed" and "forbidden" are the same.
            english = said.wording.language == ENGLISH
            around = said.around(place) if english else said.around_in_clause(place)
            near = around & said.limited(CLAUSE_ENDS, whole=True)
            if other is not None and not near:
                return f"the passage says “{shown(other)}”, not “{shown(word)}”"
    return None


def obliged(said: Read, texts: Sequence[Read]) -> str | None:
    """What a claim says must be, and the passages only that it may."""
    words = said.wording
    for place, token in enumerate(said.tokens):
        if token not in words.must:
            continue
        found = like(said.around(place), texts)
        free = next((one for one in found if one.has(words.may)), None)
        if free is not None and not any(one.has(words.must | words.should) for one in found):
            return f"the passage says “{min(free.has(words.may))}”, not “{token}”"
    return None


def bound_turned(said: Read, texts: Sequence[Read]) -> str | None:
    """A number that a claim says to be the least, and a clause about the same the most."""
    for place, bound, word in bounds(said):
        around = said.around_in_clause(place)
        if len(around) < FEWEST_BOUND:
            continue
        found: list[tuple[float, int, str]] = []
        for text in texts:
            for at, other, its in bounds(text):
                if text.tokens[at] == said.tokens[place]:
                    share = len(around & text.around_in_clause(at)) / len(around)
                    found.append((share, other, its))
        most = max((share for share, *_ in found), default=0.0)
        heard = [(other, its) for share, other, its in found if share >= most - AS_MUCH]
        turned = [other == -bound and its != word for other, its in heard]
        if most >= SAME_BOUND and all(turned):
            return f"the passage says “{shown(heard[0][1])}”, not “{shown(word)}”"
    return None


def bounds(text: Read) -> Iterator[tuple[int, int, str]]:
    """The places of numbers that are the most (1) or the least (-1), with the word that says so;
    a negation before turns it round."""
    words = text.wording
    for place, token in enumerate(text.tokens):
        if not is_number(token):
            continue
        clause = text.clause_of(place)
        if words.limits.intersection(clause) or text.is_conditional(place):
            continue
        for word in text.tokens[max(0, place - NEXT) : place][::-1]:
            bound = 1 if word in words.upper else -1 if word in words.lower else 0
            if bound:
                turned = sum(one in words.negations for one in clause) % 2
                yield place, -bound if turned else bound, word
                break


def _instead(
    said: Read, place: int, mine: frozenset[str], its: frozenset[str], texts: Sequence[Read]
) -> str | None:
    """The antonym that all sentences have that are most like the words around a word."""
    orders = said.wording.orders
    ordered = said.tokens[place] in orders
    around = _follows(said, place) if ordered else said.around(place)
    found = like(around, [one for one in texts if one.has(mine) or one.has(its)])
    if ordered:
        found = [one for one in found if around & _after_any(one, mine | its)]
    if not found or any(one.has(mine) for one in found):
        return None
    if any(_is_denied(one, its) for one in found):
        return None
    return min(found[0].has(its))


def _beside(
    said: Read, mine: frozenset[str], its: frozenset[str], texts: Sequence[Read]
) -> str | None:
    """The antonym that stands beside the same word in a sentence, where none has the claim's word
    there."""
    for place, token in enumerate(said.tokens):
        if token not in mine:
            continue
        following = _next_to(said, place, after=True)
        next_to = following or _next_to(said, place, after=False)
        if not next_to:
            continue
        around = said.around(place)
        found: list[tuple[float, str]] = []
        for text in texts:
            share = len(around & text.content()) / len(around) if around else 0.0
            if share < BESIDE:
                continue
            for at, other in enumerate(text.tokens):
                if other in mine | its and next_to & _beside_of(text, at, said.wording.orders):
                    near = text.tokens[max(0, at - NEXT) : at + NEXT + 1]
                    same = other in its and (mine.intersection(near) or _is_denied(text, {other}))
                    found.append((share, token if same else other))
        most = max((share for share, _ in found), default=0.0)
        heard = [other for share, other in found if share >= most - AS_MUCH]
        if heard and not mine.intersection(heard):
            return heard[0]
    return None


def _beside_of(text: Read, at: int, orders: Set[str]) -> set[str]:
    before = set() if text.tokens[at] in orders else _next_to(text, at, after=False)
    return _next_to(text, at, after=True) | before


def _next_to(text: Read, place: int, *, after: bool) -> set[str]:
    """The next content word of the clause."""
    tokens, stems = text.tokens, text.stems
    places = range(place + 1, len(tokens)) if after else range(place - 1, -1, -1)
    for at in places[:NEXT]:
        if tokens[at] in CLAUSE_ENDS:
            break
        if stem := stems[at]:
            return {stem}
    return set()


def _is_denied(text: Read, words: Set[str]) -> bool:
    """Whether a negation stands before one of some words."""
    places = [place for place, token in enumerate(text.tokens) if token in words]
    return any(
        token in text.wording.negations
        for place in places
        for token in text.tokens[max(0, place - 4) : place]
    )


def _after_any(text: Read, words: Set[str]) -> set[str]:
    places = [place for place, token in enumerate(text.tokens) if token in words]
    return set[str]().union(*(_follows(text, place) for place in places))


def _follows(text: Read, place: int) -> set[str]:
    """What stands behind a word: "A before B" is "B after A"."""
    return set(list(reached(text.tokens[place + 1 :], text.stems[place + 1 :]))[:FEW_AROUND])


def shown(word: str) -> str:
    return {"atmost": "at most", "atleast": "at least", "apartir": "from"}.get(word, word)
