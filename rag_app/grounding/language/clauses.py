"""A text as tokens and stems, with the reach of its negations and its clauses.

A negation reaches the content words of its clause that follow (as in NegEx: Chapman et al., "A
simple algorithm for identifying negated findings", 2001), outside English those before it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from rag_app.grounding.language.number_words import english_in_digits, with_digits
from rag_app.grounding.language.wording import ENGLISH, Wording
from rag_app.grounding.language.words import content

TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[.,;:!?()]")
# "Stock: 0" is that there is none.
NOTHING = "0"
SENTENCE_ENDS = frozenset(". ; ! ?".split())
CLAUSE_ENDS = frozenset(". , ; : ! ? ( ) but while whereas because if which who although".split())
HARD_ENDS = frozenset(". ; : ! ? but while whereas".split())
# How many content words a negation reaches, at most.
SCOPE = 6
# The words on both sides of a word that say what it is about, in content words ...
AROUND = 5
# ... the share of them that a sentence has that speaks of the same, and how much less than the
# most like it may have that is heard beside it.
SAME_THING = 0.5
AS_LIKE = 0.15
FEWEST_AROUND = 2
FEW_AROUND = 3
# A clause of fewer words tells too little.
CLAUSE_FEWEST = 3
# "Over" and "under" compare only before a number; elsewhere they are places and rules.
OVER = re.compile(r"\b(over|under)(?= [$€£]?\d)", re.IGNORECASE)
PREFIX = re.compile(r"^(?:un|in|im|ir|il|non|dis)-?(?=\w{4})")


@dataclass(frozen=True)
class Read:
    """A text as tokens: in lower case, with the stem of each content word, else None."""

    tokens: tuple[str, ...]
    stems: tuple[str | None, ...]
    wording: Wording

    def content(self) -> frozenset[str]:
        return self._content

    def has(self, words: Set[str]) -> frozenset[str]:
        return self._tokens & words

    @cached_property
    def _content(self) -> frozenset[str]:
        return frozenset(filter(None, self.stems))

    @cached_property
    def _tokens(self) -> frozenset[str]:
        return frozenset(self.tokens)

    def scopes(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Each negation with the stems that it reaches, the next first."""
        words = self.wording
        for place, token in enumerate(self.tokens):
            follows = self.tokens[place + 1 : place + 2]
            if token not in words.negations or words.not_only.intersection(follows):
                continue
            reach = list(reached(self.tokens[place + 1 :], self.stems[place + 1 :]))
            if words.language != ENGLISH:
                before = self.tokens[:place][::-1], self.stems[:place][::-1]
                reach = [*reach[:SCOPE], *reached(*before)]
            yield token, reach

    def limited(self, ends: Set[str], *, whole: bool = False) -> set[str]:
        """The stems of clauses, up to one of some signs, in which anything is denied, from where
        that is on, or taken out; and those of words whose prefix does so. As a ``whole``, clauses
        with a condition are with them."""
        words = self.wording
        cues = words.limits | words.only | (words.conditions if whole else frozenset())
        found: set[str] = set()
        clause: list[str] = []
        denied: int | None = None  # from which word of the clause on
        for token, stem in zip((*self.tokens, "."), (*self.stems, None), strict=True):
            if token in ends:
                found.update(clause[denied:] if denied is not None else ())
                clause, denied = [], None
                continue
            if token in cues or token.startswith("non-"):
                denied = 0
            elif token in words.negations and denied is None:
                denied = len(clause) if words.language == ENGLISH and not whole else 0
            if stem:
                clause.append(stem)
                if (bare := PREFIX.sub("", token)) != token:
                    found.update(content(bare, words.language))
        return found

    @cached_property
    def cues(self) -> frozenset[str]:
        """The words that deny or limit something."""
        words = self.wording
        known = words.negations | words.limits | words.only | words.conditions | words.denying
        return frozenset(
            token
            for token in self.tokens
            if token in known or token == NOTHING or token.startswith("non-")
        )

    def cues_against(self, stems: Set[str]) -> frozenset[str]:
        """The same, and words that are some others with a prefix that denies: "unlikely"."""
        found = (token for token in self.tokens if PREFIX.match(token))
        denied = frozenset(
            token
            for token in found
            if stems & set(content(PREFIX.sub("", token), self.wording.language))
        )
        return self.cues | denied

    def is_open(self, cue: str) -> bool:
        """Whether a negation stands in a condition, or only may be: "if it does not", "may not"."""
        place = self.tokens.index(cue)
        begins = max((at + 1 for at in range(place) if self.tokens[at] in CLAUSE_ENDS), default=0)
        before = self.tokens[max(0, begins - 1) : place]
        words = self.wording
        return bool(words.conditions.intersection(before) or words.possible.intersection(before))

    def goes_on(self, cue: str) -> bool:
        """Whether a negation goes on with one before: "does not …, nor …"."""
        before = self.tokens[: self.tokens.index(cue)]
        begins = max((at for at, token in enumerate(before) if token in SENTENCE_ENDS), default=0)
        return bool(self.wording.negations.intersection(before[begins:]))

    def only_denial(self, shared: Set[str]) -> str | None:
        """The negation that reaches any of some words, where nothing else denies or limits."""
        words = self.wording
        places = [place for place, token in enumerate(self.tokens) if token in words.negations]
        if len(places) != 1 or self.has(words.limits | words.only | words.conditions):
            return None
        after = next(filter(None, self.stems[places[0] + 1 :]), None)
        before = next(filter(None, self.stems[: places[0]][::-1]), None)
        next_to = {after} if words.language == ENGLISH else {after, before}
        return self.tokens[places[0]] if next_to & shared else None

    def clauses(self) -> list[Read]:
        """Its parts between signs, and before conjunctions that turn to something else."""
        return self._parts(CLAUSE_ENDS)

    def affirming(self, *, after: bool = False) -> Iterator[Read]:
        """Those of them that deny and limit nothing, nor go on with what is denied before: "not to
        A, B or C". With ``after`` only those that come after one that denies."""
        if after:
            clauses = self.clauses()
            denied = [place for place, one in enumerate(clauses) if one.cues]
            yield from (one for one in clauses[denied[0] + 1 :] if not one.cues) if denied else ()
            return
        for part in self._parts(HARD_ENDS):
            for clause in part.clauses():
                if clause.cues:
                    break
                yield clause

    def _parts(self, ends: Set[str]) -> list[Read]:
        cuts = [place for place, token in enumerate(self.tokens) if token in ends]
        spans = [
            # A clause keeps the word that makes it a condition.
            (first - (first >= 0 and self.tokens[first] in self.wording.conditions), last)
            for first, last in pairwise([-1, *cuts, len(self.tokens)])
        ]
        return [
            Read(self.tokens[first + 1 : last], self.stems[first + 1 : last], self.wording)
            for first, last in spans
            if last - first > CLAUSE_FEWEST
        ]

    def clause_of(self, place: int) -> Sequence[str]:
        """The tokens of the clause that one stands in."""
        first, last = self._clause(place)
        return self.tokens[first:last]

    def is_conditional(self, place: int) -> bool:
        """Whether a token stands in a clause with a condition."""
        first, last = self._clause(place)
        return bool(self.wording.conditions.intersection(self.tokens[max(0, first - 1) : last]))

    def around_in_clause(self, place: int) -> set[str]:
        """The content words of the clause that a token stands in, without it."""
        first, last = self._clause(place)
        return {stem for stem in self.stems[first:last] if stem} - {self.stems[place]}

    def _clause(self, place: int) -> tuple[int, int]:
        first = last = place
        while first > 0 and self.tokens[first - 1] not in CLAUSE_ENDS:
            first -= 1
        while last < len(self.tokens) and self.tokens[last] not in CLAUSE_ENDS:
            last += 1
        return first, last

    def around(self, place: int) -> set[str]:
        """The content words around one."""
        before = [stem for stem in self.stems[:place] if stem][-AROUND:]
        after = [stem for stem in self.stems[place + 1 :] if stem][:AROUND]
        return {*before, *after} - {self.stems[place]}


def like(around: set[str], texts: Sequence[Read]) -> list[Read]:
    """The sentences with most of some words, where one has enough of them."""
    if len(around) < FEWEST_AROUND:
        return []
    shares = [(len(around & one.content()) / len(around), one) for one in texts]
    best = max((share for share, _ in shares), default=0.0)
    return [one for share, one in shares if share >= best - AS_LIKE] if best >= SAME_THING else []


def is_number(word: str) -> bool:
    """Whether a token is one in digits."""
    return word[0].isdigit()


@lru_cache(maxsize=512)  # what one question needs again and again
def read(text: str, wording: Wording) -> Read:
    """A text as the rules of its language read it."""
    for pattern, word in wording.phrases:
        text = pattern.sub(word, text)
    text = text.lower()
    if wording.language == ENGLISH:
        text = OVER.sub(lambda match: "more" if match[1] == "over" else "less", text)
        text = re.sub(r"n['’]t\b", " not", text.replace("cannot", "can not"))
        text = re.sub(r"\b(ca|wo|sha) not\b", "can not", text)
        text = english_in_digits(re.sub(r"\bnot not\b", "", text))
    tokens = tuple(TOKEN.findall(with_digits(text, wording.language)))
    tokens = tuple(_bounded(tokens, wording))
    found = (next(iter(content(token, wording.language)), None) for token in tokens)
    return Read(tokens, tuple(found), wording)


def _bounded(tokens: Sequence[str], wording: Wording) -> Iterator[str]:
    """Tokens where a number that is not passed, or not gone below, is a bound: "mehr als 8 Personen
    trägt er nicht" is "atmost 8 Personen trägt er"."""
    cuts = [place for place, token in enumerate(tokens) if token in CLAUSE_ENDS]
    for first, last in pairwise([-1, *cuts, len(tokens)]):
        clause = tokens[first + 1 : last]
        denied = [at for at, token in enumerate(clause) if token in wording.negations]
        compared = [
            at
            for at, token in enumerate(clause)
            if token in wording.comparing and any(map(is_number, clause[at + 1 : at + 3]))
        ]
        is_bound = len(denied) == len(compared) == 1 and not wording.only.intersection(clause)
        for at, token in enumerate(clause):
            if is_bound and at in compared:
                yield "atmost" if token in wording.lower else "atleast"
            elif not (is_bound and at in denied):
                yield token
        yield from tokens[last : last + 1]


def reached(tokens: Sequence[str], stems: Sequence[str | None]) -> Iterator[str]:
    """The content words from the beginning of some tokens to the end of their clause."""
    count = 0
    for token, stem in zip(tokens, stems, strict=True):
        if token in CLAUSE_ENDS or count == SCOPE:
            return
        if stem:
            count += 1
            yield stem
