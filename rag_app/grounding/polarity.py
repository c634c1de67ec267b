"""Whether a sentence says the opposite of words that it shares: negations, "only", antonyms.

The rules are few, of the languages of ``wording.toml``, and speak only of what both texts say: most
of a sentence's words must be the passage's before a "not" on one side tells anything, for a good
paraphrase of a denial has often none ("returns are excluded", "cannot be returned"). A cue's scope
is the next few content words of its clause (as in NegEx: Chapman et al., "A simple algorithm for
identifying negated findings", 2001); outside English on both its sides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from rag_app.grounding.wording import ENGLISH, Wording, wording_of, wordings
from rag_app.grounding.words import content

TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[.,;:!?()]")
CLAUSE_ENDS = frozenset(". , ; : ! ? ( ) but while whereas because if which who although".split())
# What denies a whole sentence, and with it what only leaves something out of it.
DENIALS = frozenset("not no never cannot none nobody nothing".split())
# How many content words a cue reaches.
SCOPE = 3
# How far apart two words may stand that say of an antonym what it is about, in content words.
AROUND = 3
# The share of a sentence's content words that a passage's have, from which on both speak of the
# same, and from which on one is nearly a copy of the other.
SAME_THING = 0.6
NEARLY_COPIED = 0.75
# The share of the passage's sentence that the other has: more, and it is about more than that.
SAME_EXTENT = 0.5
# "Over" and "under" compare only before a number; elsewhere they are places and rules.
OVER = re.compile(r"\b(over|under)(?= [$€£]?\d)", re.IGNORECASE)
PREFIX = re.compile(r"^(?:un|in|im|ir|il|non|dis)-?(?=\w{4})")


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as tokens: in lower case, with the stem of each content word, else None."""

    tokens: tuple[str, ...]
    stems: tuple[str | None, ...]
    wording: Wording

    def content(self) -> set[str]:
        return {stem for stem in self.stems if stem}

    def scopes(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Each negation with the stems that it reaches."""
        words = self.wording
        for place, token in enumerate(self.tokens):
            follows = self.tokens[place + 1 : place + 2]
            if token not in words.negations or words.not_only.intersection(follows):
                continue
            reached = list(_reached(self.tokens[place + 1 :], self.stems[place + 1 :]))
            if words.language != ENGLISH:
                before = self.tokens[:place][::-1], self.stems[:place][::-1]
                reached += _reached(*before)
            yield token, reached

    def limits(self, other: _Read) -> bool:
        """Whether anything is taken out, denied or bounded, also by a prefix of a word of the
        other text."""
        words = self.wording
        cues = words.negations | words.limits | words.only
        theirs = other.content()
        return any(
            token in cues
            or token.startswith("non-")
            or (PREFIX.match(token) and self._bare(token) in theirs)
            for token in self.tokens
        )

    def _bare(self, token: str) -> str | None:
        return next(iter(content(PREFIX.sub("", token), self.wording.language)), None)


def contradiction(
    claim: str, sentences: Sequence[str], language: str | None = ENGLISH
) -> str | None:
    """How a claim contradicts the sentence of a document in the same language that is most like
    it, in words; None if nothing shows that it does, or the language is not known."""
    wording = wording_of(language)
    if wording is None:
        return None
    said = _read(claim, wording)
    texts = [_read(text, wording) for text in sentences]
    there = max(texts, key=lambda one: sum(_shares(said, one)), default=None)
    if there is None:
        return None
    share, theirs = _shares(said, there)
    if share < SAME_THING or theirs < SAME_EXTENT:
        return None
    copied = share >= NEARLY_COPIED
    negation = _negation(said, there, texts, copied=copied)
    opposite = _opposite(said, there)
    if opposite and (negation or bool(list(said.scopes())) != bool(list(there.scopes()))):
        # "Not allowed" and "forbidden" are the same.
        return None
    if negation or opposite:
        return negation or opposite
    added = wording.only & set(said.tokens)
    if added and copied and not any(one.limits(said) for one in texts):
        return f"the passage does not say “{min(added)}”"
    return None


def _shares(said: _Read, there: _Read) -> tuple[float, float]:
    """The share of the content words of one text that the other has, and the other way round."""
    mine, its = said.content() - _cues(said), there.content() - _cues(there)
    both = len(mine & its)
    return both / max(1, len(mine)), both / max(1, len(its))


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
    return only or denied or _opposite(asked, there) is not None


def denials(words: Iterable[str], cues: Set[str] = DENIALS) -> int:
    """How many of some words, in lower case with straight apostrophes, deny."""
    return sum(word in cues or word.endswith("n't") for word in words)


def _cues(text: _Read) -> set[str]:
    words = text.wording
    cues = words.negations | words.only | words.limits
    return {s for t, s in zip(text.tokens, text.stems, strict=True) if s and t in cues}


@lru_cache(maxsize=1024)  # what one question needs again and again
def _read(text: str, wording: Wording) -> _Read:
    for pattern, word in wording.phrases:
        text = pattern.sub(word, text)
    text = text.lower()
    if wording.language == ENGLISH:
        text = OVER.sub(lambda match: "more" if match[1] == "over" else "less", text)
        text = re.sub(r"n['’]t\b", " not", text.replace("cannot", "can not"))
        text = re.sub(r"\b(ca|wo|sha) not\b", "can not", text)
        text = re.sub(r"\bnot not\b", "", text)
    tokens = tuple(TOKEN.findall(text))
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


def _negation(said: _Read, there: _Read, texts: Sequence[_Read], *, copied: bool) -> str | None:
    here = list(said.scopes())
    for cue, reached in here:
        shared = set(reached) & there.content()
        # A good paraphrase may deny in other words, where the passages limit what they say of it.
        limiting = (one for one in texts if one.limits(said))
        if copied and shared and not any(set(reached) & one.content() for one in limiting):
            return f"the passage does not say “{cue}”"
    if here or said.limits(there):
        return None
    scopes = list(there.scopes())
    affirmed = there.content() - {stem for _, reached in scopes for stem in reached}
    for cue, reached in scopes:
        shared_words = [one for one in reached if one in said.content() and one not in affirmed]
        heads = shared_words and reached[0] == shared_words[0]
        if copied and (heads or len(shared_words) * 2 > len(reached)):
            return f"the passage says “{cue}”"
    return None


def _opposite(said: _Read, there: _Read) -> str | None:
    tokens, others = set(said.tokens), set(there.tokens)
    for pair in said.wording.opposites:
        for one, other in (pair, pair[::-1]):
            here, against = tokens & one, others & other
            if not here or not against or tokens & other or others & one:
                continue
            mine, its = min(here), min(against)
            if _near(said, mine, its) & _near(there, its, mine):
                return f"the passage says “{_shown(its)}”, not “{_shown(mine)}”"
    if said.wording.language != ENGLISH:
        return None
    for word, stem in zip(said.tokens, said.stems, strict=True):
        if word in others:
            continue
        bare = PREFIX.sub("", word)
        if bare != word and bare in others - tokens and not list(there.scopes()):
            return f"the passage says “{bare}”, not “{word}”"
        prefixed = [one for one in others - tokens if PREFIX.sub("", one) == word]
        if stem and prefixed and not list(said.scopes()):
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
