"""Whether a sentence says the opposite of words that it shares: negations, "only", antonyms.

The rules are few, of the languages of ``wording.toml``, and each speaks of one word of the claim at
a time: of the sentences of the passages that have most of the words around it, those that are most
like it decide. If one of them says it in the same way, nothing is said; if all that have the word
deny what the claim affirms, or the other way round, it is contradicted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from rag_app.grounding.language.alignment import turned
from rag_app.grounding.language.clauses import TOKEN, read
from rag_app.grounding.language.licences import answered_otherwise, superlative_added, unlicensed
from rag_app.grounding.language.negations import affirmed, denied
from rag_app.grounding.language.opposites import bound_turned, obliged, only_added, opposite
from rag_app.grounding.language.phrases import phrase_turned
from rag_app.grounding.language.wording import ENGLISH, wording_of, wordings

__all__ = ["DENIALS", "NEARLY_COPIED", "TOKEN", "asks_otherwise", "contradiction", "denials"]

# Of the sentences that are most like a claim.
MOST_SENTENCES = 40
# What denies a whole sentence, and with it what only leaves something out of it.
DENIALS = frozenset("not no never cannot none nobody nothing".split())
# The share of a claim's words that a passage's sentence has, from which on it is nearly a copy.
NEARLY_COPIED = 0.75


def contradiction(
    claim: str,
    sentences: Sequence[str],
    language: str | None = ENGLISH,
    question: str = "",
    above: str = "",
) -> str | None:
    """How a claim contradicts sentences of documents in the same language, in words; None if
    nothing shows that it does, or the language is not known. ``above`` are the headings that the
    sentences stand under, such as "What is not paid"."""
    wording = wording_of(language)
    if wording is None:
        return None
    said = read(claim, wording)
    texts = [read(text, wording) for text in sentences[:MOST_SENTENCES]]
    asked = read(question, wording)
    given = set(asked.tokens)
    return (
        (None if read(above, wording).has(wording.negations) else denied(said, texts, given))
        or only_added(said, texts)
        or affirmed(said, texts)
        or opposite(said, texts)
        or obliged(said, texts)
        or bound_turned(said, texts)
        or turned(said, texts, asked.content())
        or phrase_turned(said, texts)
        or unlicensed(said, asked, texts)
    )


def says_and_denies(
    particle: str | None, claim: str, question: str, language: str | None
) -> str | None:
    """How a claim behind a "yes" (``particle``) denies what is asked, in words."""
    wording = wording_of(language)
    if wording is None or particle is None:
        return None
    return answered_otherwise(particle, read(claim, wording), read(question, wording))


def adds_superlative(
    claim: str, sentences: Sequence[str], question: str, language: str | None
) -> str | None:
    """A superlative of a claim that neither the question nor a passage has, in words."""
    wording = wording_of(language)
    if wording is None:
        return None
    texts = [read(text, wording) for text in sentences[:MOST_SENTENCES]]
    return superlative_added(read(claim, wording), read(question, wording), texts)


def orders_otherwise(claim: str, language: str | None, later: bool) -> bool:
    """Whether a claim puts something before another where it is ``later``, or after it where it
    is not, and says nothing of the other order."""
    wording = wording_of(language)
    if wording is None:
        return False
    said = read(claim, wording)
    right, wrong = (wording.later, wording.earlier) if later else (wording.earlier, wording.later)
    return bool(said.has(wrong)) and not said.has(right)


def speaks_of_average(claim: str, language: str | None) -> bool:
    """Whether a claim speaks of a mean."""
    wording = wording_of(language)
    return wording is not None and bool(read(claim, wording).has(wording.averages))


def denies(claim: str, language: str | None) -> bool:
    """Whether a claim has a negation."""
    wording = wording_of(language)
    return wording is not None and bool(read(claim, wording).has(wording.negations))


def superlative(claim: str, language: str | None) -> int:
    """1 where a claim calls something the highest, -1 the lowest, 0 if neither or both."""
    wording = wording_of(language)
    if wording is None:
        return 0
    said = read(claim, wording)
    return bool(said.has(wording.highest)) - bool(said.has(wording.lowest))


def asks_otherwise(question: str, words: str) -> bool:
    """Whether a question in English denies, limits or turns round what words of a document say:
    "What is not covered?" of words that say what is. Where the words deny, and the question does
    not, they may answer it all the same."""
    wording = wordings()[ENGLISH]
    asked, there = read(question, wording), read(words, wording)
    only = bool(wording.only & set(asked.tokens)) and not wording.only & set(there.tokens)
    denied_there = {stem for _, reached in there.scopes() for stem in reached}
    is_denied = any(
        not denied_there
        or ((shared := set(reached) & there.content()) and not denied_there & shared)
        for _, reached in asked.scopes()
    )
    return only or is_denied or opposite(asked, [there]) is not None


def denials(words: Iterable[str], cues: Set[str] = DENIALS) -> int:
    """How many of some words, in lower case with straight apostrophes, deny."""
    return sum(word in cues or word.endswith("n't") for word in words)
