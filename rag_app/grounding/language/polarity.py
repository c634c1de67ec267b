"""Whether a sentence says the opposite of words that it shares: negations, "only", antonyms.

The rules are few, of the languages of ``wording.toml``, and each speaks of one word of the claim at
a time: of the sentences of the passages that have most of the words around it, those that are most
like it decide. If one of them says it in the same way, nothing is said; if all that have the word
deny what the claim affirms, or the other way round, it is contradicted. A cue's scope is the
content words of its clause that follow (as in NegEx: Chapman et al., "A simple algorithm for
identifying negated findings", 2001), outside English those before it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from rag_app.grounding.language.number_words import english_in_digits, with_digits
from rag_app.grounding.language.wording import ENGLISH, Wording, wording_of, wordings
from rag_app.grounding.language.words import content

TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[.,;:!?()]")
SENTENCE_ENDS = frozenset(". ; ! ?".split())
# Of the sentences that are most like a claim.
MOST_SENTENCES = 40
CLAUSE_ENDS = frozenset(". , ; : ! ? ( ) but while whereas because if which who although".split())
HARD_ENDS = frozenset(". ; : ! ? but while whereas".split())
# What denies a whole sentence, and with it what only leaves something out of it.
DENIALS = frozenset("not no never cannot none nobody nothing".split())
# How many content words a cue reaches, at most.
SCOPE = 6
# The words on both sides of a word that say what it is about, in content words ...
AROUND = 5
# ... the share of them that a sentence has that speaks of the same, and how much less than the
# most like it may have that is heard beside it.
SAME_THING = 0.5
AS_LIKE = 0.15
FEWEST_AROUND = 2
FEW_AROUND = 3
ALONE, ALONE_LIKE = 0.5, 0.2
CLAUSE_FEWEST, CLAUSE_LIKE, CLAUSE_AS = 3, 0.65, 0.1
# The share of a claim's words that a passage's sentence has, from which on it is nearly a copy.
NEARLY_COPIED = 0.75
# "Over" and "under" compare only before a number; elsewhere they are places and rules.
OVER = re.compile(r"\b(over|under)(?= [$€£]?\d)", re.IGNORECASE)
PREFIX = re.compile(r"^(?:un|in|im|ir|il|non|dis)-?(?=\w{4})")


@dataclass(frozen=True)
class _Read:
    """A text as tokens: in lower case, with the stem of each content word, else None."""

    tokens: tuple[str, ...]
    stems: tuple[str | None, ...]
    wording: Wording

    def content(self) -> set[str]:
        return {stem for stem in self.stems if stem}

    def has(self, words: Set[str]) -> set[str]:
        return set(self.tokens) & words

    def scopes(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Each negation with the stems that it reaches, the next first."""
        words = self.wording
        for place, token in enumerate(self.tokens):
            follows = self.tokens[place + 1 : place + 2]
            if token not in words.negations or words.not_only.intersection(follows):
                continue
            reached = list(_reached(self.tokens[place + 1 :], self.stems[place + 1 :]))
            if words.language != ENGLISH:
                before = self.tokens[:place][::-1], self.stems[:place][::-1]
                reached = [*reached[:SCOPE], *_reached(*before)]
            yield token, reached

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
    def denies(self) -> bool:
        """Whether it denies or limits anything."""
        words = self.wording
        cues = words.negations | words.limits | words.only | words.conditions
        return any(
            token in cues or token.startswith("non-") or PREFIX.match(token)
            for token in self.tokens
        )

    def is_open(self, cue: str) -> bool:
        """Whether a negation stands in a condition, or only may be: "if it does not", "may not"."""
        place = self.tokens.index(cue)
        begins = max((at + 1 for at in range(place) if self.tokens[at] in CLAUSE_ENDS), default=0)
        before = self.tokens[max(0, begins - 1) : place]
        words = self.wording
        return bool(words.conditions.intersection(before) or words.possible.intersection(before))

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

    def clauses(self) -> list[_Read]:
        """Its parts between signs, and before conjunctions that turn to something else."""
        return self._parts(CLAUSE_ENDS)

    def affirming(self) -> Iterator[_Read]:
        """Those of them that deny and limit nothing, nor go on with what is denied before: "not to
        A, B or C"."""
        for part in self._parts(HARD_ENDS):
            for clause in part.clauses():
                if clause.denies:
                    break
                yield clause

    def _parts(self, ends: Set[str]) -> list[_Read]:
        cuts = [place for place, token in enumerate(self.tokens) if token in ends]
        spans = pairwise([-1, *cuts, len(self.tokens)])
        return [
            _Read(self.tokens[first + 1 : last], self.stems[first + 1 : last], self.wording)
            for first, last in spans
            if last - first > CLAUSE_FEWEST
        ]

    def around(self, place: int) -> set[str]:
        """The content words around one."""
        before = [stem for stem in self.stems[:place] if stem][-AROUND:]
        after = [stem for stem in self.stems[place + 1 :] if stem][:AROUND]
        return {*before, *after} - {self.stems[place]}


def contradiction(
    claim: str, sentences: Sequence[str], language: str | None = ENGLISH, question: str = ""
) -> str | None:
    """How a claim contradicts sentences of documents in the same language, in words; None if
    nothing shows that it does, or the language is not known."""
    wording = wording_of(language)
    if wording is None:
        return None
    said = _read(claim, wording)
    texts = [_read(text, wording) for text in sentences[:MOST_SENTENCES]]
    given = set(_read(question, wording).tokens)
    return (
        _denied(said, texts)
        or _quantity_denied(said, texts, given)
        or _denied_alone(said, texts)
        or _affirmed(said, texts)
        or _affirmed_clause(said, texts)
        or _opposite(said, texts)
    )


def _like(around: set[str], texts: Sequence[_Read]) -> list[_Read]:
    """The sentences with most of some words, where one has enough of them."""
    if len(around) < FEWEST_AROUND:
        return []
    shares = [(len(around & one.content()) / len(around), one) for one in texts]
    best = max((share for share, _ in shares), default=0.0)
    return [one for share, one in shares if share >= best - AS_LIKE] if best >= SAME_THING else []


def _denied(said: _Read, texts: Sequence[_Read]) -> str | None:
    """What a claim denies and the passages do not, in other words neither."""
    for cue, reached in said.scopes():
        head = next(iter(reached), None)
        if head is None or head not in said.stems:
            continue
        around = said.around(said.stems.index(head))
        like = _like(around, [one for one in texts if head in one.content()])
        if like and not any(_limits(one, head, around) for one in like):
            return f"the passage does not say “{cue}”"
    added = said.wording.only & set(said.tokens)
    for word in added:
        place = said.tokens.index(word)
        # "Only 24" says that it is little.
        if any(map(_is_number, said.tokens[max(0, place - 1) : place + 4])):
            continue
        around = said.around(place)
        like = _like(around, texts)
        if like and not any(around & one.limited(SENTENCE_ENDS) for one in like):
            return f"the passage does not say “{word}”"
    return None


def _quantity_denied(said: _Read, texts: Sequence[_Read], given: Set[str]) -> str | None:
    """A number that a claim denies, and the passages have: "does not cost £260"."""
    words = said.wording
    comparing = frozenset[str]().union(*(one | other for one, other in words.opposites))
    skipped = comparing | words.only | words.limits | words.not_only | words.conditions
    for place, token in enumerate(said.tokens):
        if token not in words.negations:
            continue
        for after in said.tokens[place + 1 : place + 1 + SCOPE]:
            if after in CLAUSE_ENDS or after in skipped:
                break
            if not _is_number(after):
                continue
            there = [one for one in texts if after in one.tokens]
            if after not in given and not any(one.denies for one in there):
                return f"the passage does not say “{token}”"
            break
    return None


def _denied_alone(said: _Read, texts: Sequence[_Read]) -> str | None:
    """What a claim denies where none of the sentences that are like it denies or limits anything."""
    for cue, reached in said.scopes():
        if not reached:
            continue
        if said.is_open(cue):
            continue
        place = said.stems.index(reached[0])
        around = said.around(place) | {reached[0]}
        shares = [(len(around & one.content()) / len(around), one) for one in texts]
        best = max((share for share, _ in shares), default=0.0)
        like = [one for share, one in shares if share >= best - ALONE_LIKE]
        if len(around) >= FEW_AROUND and best >= ALONE and not any(one.denies for one in like):
            return f"the passage does not say “{cue}”"
    return None


def _affirmed_clause(said: _Read, texts: Sequence[_Read]) -> str | None:
    """A clause that denies and limits nothing, where those most like it all deny."""
    theirs = [clause for one in texts for clause in one.clauses()]
    for clause in said.affirming():
        own = clause.content()
        if len(own) < CLAUSE_FEWEST:
            continue
        shares = [(len(own & one.content()) / len(own), one) for one in theirs]
        best = max((share for share, _ in shares), default=0.0)
        if best < CLAUSE_LIKE:
            continue
        cues = [one.only_denial(own) for share, one in shares if share >= best - CLAUSE_AS]
        if all(cues):
            return f"the passage says “{cues[0]}”"
    return None


def _limits(text: _Read, head: str, around: Set[str]) -> bool:
    """Whether a sentence denies or takes out a word, or much of what stands around it."""
    limited = text.limited(SENTENCE_ENDS)
    return head in limited or 2 * len(around & limited) >= len(around)


def _affirmed(said: _Read, texts: Sequence[_Read]) -> str | None:
    """What a claim affirms and the passages deny."""
    limited = said.limited(SENTENCE_ENDS, whole=True)
    for place, stem in enumerate(said.stems):
        if stem is None or stem in limited or _is_number(stem):
            continue
        like = _like(said.around(place), [one for one in texts if stem in one.content()])
        cues = [_cue_of(stem, one) for one in like]
        if like and all(cues):
            return f"the passage says “{cues[0]}”"
    return None


def _is_number(word: str) -> bool:
    return word[0].isdigit()


def _cue_of(stem: str, text: _Read) -> str | None:
    """The negation that is right before a word, wherever it stands; None if one place has none."""
    denied = [cue for cue, reached in text.scopes() if stem in reached[:2]]
    return denied[0] if denied and len(denied) >= text.stems.count(stem) else None


def speaks_of_average(claim: str, language: str | None) -> bool:
    """Whether a claim speaks of a mean."""
    wording = wording_of(language)
    return wording is not None and bool(_read(claim, wording).has(wording.averages))


def asks_otherwise(question: str, words: str) -> bool:
    """Whether a question in English denies, limits or turns round what words of a document say:
    "What is not covered?" of words that say what is. Where the words deny, and the question does
    not, they may answer it all the same."""
    wording = wordings()[ENGLISH]
    asked, there = _read(question, wording), _read(words, wording)
    only = bool(wording.only & set(asked.tokens)) and not wording.only & set(there.tokens)
    denied_there = {stem for _, reached in there.scopes() for stem in reached}
    denied = any(
        not denied_there
        or ((shared := set(reached) & there.content()) and not denied_there & shared)
        for _, reached in asked.scopes()
    )
    return only or denied or _opposite(asked, [there]) is not None


def denials(words: Iterable[str], cues: Set[str] = DENIALS) -> int:
    """How many of some words, in lower case with straight apostrophes, deny."""
    return sum(word in cues or word.endswith("n't") for word in words)


@lru_cache(maxsize=1024)  # what one question needs again and again
def _read(text: str, wording: Wording) -> _Read:
    for pattern, word in wording.phrases:
        text = pattern.sub(word, text)
    text = text.lower()
    if wording.language == ENGLISH:
        text = OVER.sub(lambda match: "more" if match[1] == "over" else "less", text)
        text = re.sub(r"n['’]t\b", " not", text.replace("cannot", "can not"))
        text = re.sub(r"\b(ca|wo|sha) not\b", "can not", text)
        text = english_in_digits(re.sub(r"\bnot not\b", "", text))
    tokens = tuple(TOKEN.findall(with_digits(text, wording.language)))
    found = (next(iter(content(token, wording.language)), None) for token in tokens)
    return _Read(tokens, tuple(found), wording)


def _reached(tokens: Sequence[str], stems: Sequence[str | None]) -> Iterator[str]:
    count = 0
    for token, stem in zip(tokens, stems, strict=True):
        if token in CLAUSE_ENDS or count == SCOPE:
            return
        if stem:
            count += 1
            yield stem


def _opposite(said: _Read, texts: Sequence[_Read]) -> str | None:
    tokens = set(said.tokens)
    for pair in said.wording.opposites:
        for mine, its in (pair, pair[::-1]):
            here = tokens & mine
            if not here or tokens & its:
                continue
            word = min(here)
            place = said.tokens.index(word)
            around = _follows(said, place) if word in ("before", "after") else said.around(place)
            like = _like(around, [one for one in texts if one.has(mine) or one.has(its)])
            if word in ("before", "after"):
                like = [one for one in like if around & _after_any(one, mine | its)]
            if not like or any(one.has(mine) for one in like):
                continue
            # "Not allowed" and "forbidden" are the same.
            near = said.around(place) & said.limited(CLAUSE_ENDS, whole=True)
            if not near and not any(_is_denied(one, its) for one in like):
                other = min(like[0].has(its))
                return f"the passage says “{_shown(other)}”, not “{_shown(word)}”"
    return None


def _is_denied(text: _Read, words: Set[str]) -> bool:
    """Whether a negation stands before one of some words."""
    places = [place for place, token in enumerate(text.tokens) if token in words]
    return any(
        token in text.wording.negations
        for place in places
        for token in text.tokens[max(0, place - 4) : place]
    )


def _after_any(text: _Read, words: Set[str]) -> set[str]:
    places = [place for place, token in enumerate(text.tokens) if token in words]
    return set[str]().union(*(_follows(text, place) for place in places))


def _follows(text: _Read, place: int) -> set[str]:
    """What stands behind a word: "A before B" is "B after A"."""
    return set(list(_reached(text.tokens[place + 1 :], text.stems[place + 1 :]))[:FEW_AROUND])


def _shown(word: str) -> str:
    return {"atmost": "at most", "atleast": "at least"}.get(word, word)
