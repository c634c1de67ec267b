"""Whether two sentences about the same thing say the opposite: negations, quantifiers, antonyms.

Rules for English, and deliberately few: they compare where a word stands in both texts, so they
speak only of what both say. A cue's scope is the next few content words of its clause (as in
NegEx: Chapman et al., "A simple algorithm for identifying negated findings", 2001).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from ingest.text.analyzer import STOP_WORDS, first_stem

TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[.,;:!?()]")
CLAUSE_ENDS = frozenset(". , ; : ! ? ( ) but while whereas because if which who although".split())
# What denies a whole sentence, and with it what only leaves something out of it.
DENIALS = frozenset("not no never cannot none nobody nothing".split())
NEGATIONS = DENIALS | frozenset(
    "neither nor nowhere without except excluding hardly lacks lack lacking unless non".split()
)
NOT_ONLY = frozenset("only just merely necessarily".split())
# How many content words a cue reaches.
SCOPE = 3
# How far apart two words may stand that say of an antonym what it is about, in content words.
AROUND = 3
# Limits, put into one word each before anything is compared: "no more than" negates nothing.
LIMITS = (
    (re.compile(r"\b(?:no|not) (?:more|later|greater|longer|higher) than\b|\bat (?:the )?most\b"
                r"|\b(?:does not|do not|may not|must not|not) exceed\w*|\bmaximum of\b", re.I),
     "atmost"),
    (re.compile(r"\b(?:no|not) (?:less|fewer|earlier|lower) than\b|\bat (?:the )?least\b"
                r"|\bminimum of\b", re.I), "atleast"),
    (re.compile(r"\bno longer\b", re.I), "not"),
    (re.compile(r"\bnothing but\b", re.I), "only"),
    (re.compile(r"\b(?:fails?|failed) to\b", re.I), "not"),
    (re.compile(r"\b(?:instead of|rather than|other than|apart from)\b", re.I), "except"),
)  # fmt: skip
# "Over" and "under" compare only before a number; elsewhere they are places and rules.
OVER = re.compile(r"\b(over|under)(?= [$€£]?\d)", re.I)
# One side against the other; what is said with a word of both sides is not judged. Pairs that are
# too common to say the opposite, such as "in" and "out", are left to the other rules.
OPPOSITES = tuple(
    tuple(frozenset(side.split()) for side in line.split("|"))
    for line in """
more greater higher over|less fewer lower under
most|least fewest
before prior|after following
above|below beneath
atmost maximum|atleast minimum
maximum max highest largest|minimum min lowest smallest
increase increased increases increasing|decrease decreased decreases decreasing
rise rises rose raise raised grow grew grown|reduce reduced reduces fall falls fell drop dropped
include includes included including|exclude excludes excluded excluding
covers covered|exclude excludes excluded excluding
allow allows allowed permit permits permitted|forbid forbids forbidden banned ban
allow allows allowed permit permits permitted|prohibit prohibits prohibited
must required mandatory obligatory shall requires|may optional optionally might
all every each always any everyone|some few several sometimes occasionally rarely seldom
first|last
earlier early|later late
open opens opened|close closes closed shut
begin begins began start starts started|end ends ended stop stops stopped
high|low
large big|small
long|short
north northern|south southern
east eastern|west western
left|right
accept accepts accepted approve approved approves|reject rejects rejected refuse refused
enable enables enabled|disable disables disabled
win won wins|lose lost loses
positive positively|negative negatively
internal|external
inside|outside
upper|lower
support supports supported|oppose opposes opposed
true|false
present|absent
best|worst
strong strongly|weak weakly
import imports|export exports
male men man|female women woman
hot|cold
up|down
""".strip().splitlines()
)
ONLY = frozenset("only solely exclusively sole alone".split())
PREFIX = re.compile(r"^(?:un|in|im|ir|il|non|dis)-?(?=\w{4})")


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as tokens: in lower case, with the stem of each content word, else None."""

    tokens: tuple[str, ...]
    stems: tuple[str | None, ...]

    def content(self) -> set[str]:
        return {stem for stem in self.stems if stem}


def denials(words: Iterable[str], cues: Set[str] = NEGATIONS) -> int:
    """How many of some words, in lower case with straight apostrophes, deny."""
    return sum(word in cues or word.endswith("n't") for word in words)


def contradiction(claim: str, words: str) -> str | None:
    """How a claim contradicts words of a document, in words; None if nothing shows it does."""
    said, there = _read(claim), _read(words)
    negation = _negation(said, there)
    opposite = _opposite(said, there)
    if negation and opposite:
        # "Not allowed" and "forbidden" are the same.
        return None
    if negation or opposite:
        return negation or opposite
    if ONLY & set(said.tokens) and not ONLY & set(there.tokens) and "except" not in there.tokens:
        return "the passage does not say “only”"
    return None


def asks_otherwise(question: str, words: str) -> bool:
    """Whether a question denies, limits or turns round what words of a document say: "What is not
    covered?" of words that say what is. Where the words deny, and the question does not, they may
    answer it all the same."""
    asked, there = _read(question), _read(words)
    only = bool(ONLY & set(asked.tokens)) and not ONLY & set(there.tokens)
    return only or _denied(asked, there) is not None or _opposite(asked, there) is not None


@lru_cache(maxsize=2048)  # what one question needs again and again
def _read(text: str) -> _Read:
    for pattern, word in LIMITS:
        text = pattern.sub(word, text)
    text = OVER.sub(lambda match: "more" if match[1].lower() == "over" else "less", text)
    text = re.sub(r"n['’]t\b", " not", text.lower().replace("cannot", "can not"))
    text = re.sub(r"\b(ca|wo|sha) not\b", "can not", text)
    text = re.sub(r"\bnot not\b", "", text)
    tokens = tuple(TOKEN.findall(text))
    found = (None if token in STOP_WORDS else first_stem(token) for token in tokens)
    return _Read(tokens, tuple(found))


def _scopes(text: _Read) -> Iterator[tuple[str, Sequence[str]]]:
    """Each negation with the stems that it reaches."""
    for place, token in enumerate(text.tokens):
        if token not in NEGATIONS or NOT_ONLY.intersection(text.tokens[place + 1 : place + 2]):
            continue
        reached: list[str] = []
        for later, stem in zip(text.tokens[place + 1 :], text.stems[place + 1 :], strict=True):
            if later in CLAUSE_ENDS or len(reached) == SCOPE:
                break
            if stem:
                reached.append(stem)
        yield token, reached


def _denied(said: _Read, there: _Read) -> str | None:
    """The negation of a claim that words of a document do not have, at what both speak of."""
    denied_there = [reached for _, reached in _scopes(there)]
    denied = {stem for reached in denied_there for stem in reached}
    for cue, reached in _scopes(said):
        shared = [stem for stem in reached if stem in there.content()]
        if not denied_there or (shared and not denied & set(shared)):
            return cue
    return None


def _negation(said: _Read, there: _Read) -> str | None:
    if cue := _denied(said, there):
        return f"the passage does not say “{cue}”"
    affirmed = there.content() - {stem for _, reached in _scopes(there) for stem in reached}
    denied_here = {stem for _, reached in _scopes(said) for stem in reached}
    for cue, reached in _scopes(there):
        shared = [
            stem
            for stem in reached
            if stem in said.content() and stem not in denied_here and stem not in affirmed
        ]
        heads = shared and reached[0] == shared[0]
        if heads or (shared and len(shared) * 2 > len(reached)):
            return f"the passage says “{cue}”"
    return None


def _opposite(said: _Read, there: _Read) -> str | None:
    tokens, others = set(said.tokens), set(there.tokens)
    for pair in OPPOSITES:
        for one, other in (pair, pair[::-1]):
            here, against = tokens & one, others & other
            if not here or not against or tokens & other or others & one:
                continue
            mine, its = min(here), min(against)
            if _near(said, mine, its) & _near(there, its, mine):
                return f"the passage says “{_shown(its)}”, not “{_shown(mine)}”"
    for word, stem in zip(said.tokens, said.stems, strict=True):
        if word in others:
            continue
        bare = PREFIX.sub("", word)
        if bare != word and bare in others - tokens:
            return f"the passage says “{bare}”, not “{word}”"
        prefixed = [one for one in others - tokens if PREFIX.sub("", one) == word]
        if stem and prefixed:
            return f"the passage says “{min(prefixed)}”, not “{word}”"
    return None


def _near(text: _Read, word: str, other: str) -> set[str]:
    """The content words around a word: what it is said of. After "before" and "after" only what
    follows, as "A before B" is "B after A"."""
    place = text.tokens.index(word)
    after = [stem for stem in text.stems[place + 1 :] if stem][:AROUND]
    before = [stem for stem in text.stems[:place] if stem][-AROUND:]
    if {word, other} & {"before", "after"}:
        return set(after)
    return {*before, *after}


def _shown(word: str) -> str:
    return {"atmost": "at most", "atleast": "at least"}.get(word, word)
