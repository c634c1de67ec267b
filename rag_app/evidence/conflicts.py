"""Where passages disagree: sentences that say the same of the same thing, with other numbers, or
one with a "not", in two documents.

Told only where it is plain, because a false alarm costs the trust in the true ones: nearly the same
words, the same names and codes, the same section; and not in documents that are made after one
pattern for different things, whose names differ by more than a version or a date.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ingest.text.numbers_and_codes import DIGITS
from rag_app.collection.dates import dated
from rag_app.evidence.conflict_words import Words, words_for
from rag_app.evidence.evidence import Evidence
from rag_app.evidence.sentences import Sentence
from rag_app.evidence.versions import subject_of
from rag_app.grounding.facts.reading import facts_in
from rag_app.messages import say

# What two sentences share: of their words without numbers, and as their vectors say it.
SAME_WORDS = 0.6
SAME_MEANING = 0.8
# Of "may" and "may not" nothing else may differ.
SAME_BUT_NOT = 0.8
# A sentence of fewer words says too little to be contradicted.
FEWEST_WORDS = 2
# Compared are the sentences nearly as good as the first, with so many others.
NEARLY = 0.35
COMPARED = 8
OTHERS = 40
MOST_TOLD = 3
SHOWN = 90

# A number with its currency, and what it counts, whatever that is: as a reader is shown it.
COUNTED = re.compile(rf"(?<![\w.,-])([£$€]?)({DIGITS})(?![\w-])(?:\s*%|(?:\s+[^\W\d_]+)?)")
ROW = re.compile(r"([^:;]+: [^;]+);\s[^:;]+: ")


class Disagreement(NamedTuple):
    """Two sentences of different documents that cannot both be right, and the words by which that
    was told."""

    one: Sentence
    other: Sentence
    words: Words


def disagreements(evidence: Evidence) -> list[Disagreement]:
    """Where the best sentences are contradicted by another document, best first."""
    words = words_for("en" if evidence.query is None else evidence.query.language)
    if not evidence.sentences or words is None:
        return []  # what tells that two sentences are of the same matter is not known
    least = evidence.sentences[0].score - NEARLY
    best = [one for one in evidence.sentences[:COMPARED] if one.score >= least]
    # What each document says, word for word: one that says the same, too, is of one mind.
    saying: dict[str, set[str]] = {}
    for sentence in evidence.sentences:
        saying.setdefault(_document(sentence), set()).add(_plain(sentence.text))
    found: list[Disagreement] = []
    told: set[str] = set()
    for one in best:
        for other in evidence.sentences[:OTHERS]:
            # Each that is told brings a document that was not heard yet.
            documents = {_document(one), _document(other)}
            if documents <= told or not _differ(one, other, words):
                continue
            if any(_plain(a.text) in saying[_document(b)] for a, b in ((one, other), (other, one))):
                continue
            if float(one.vector @ other.vector) < SAME_MEANING:
                continue
            found.append(Disagreement(one, other, words))
            told |= documents
            if len(found) == MOST_TOLD:
                return found
    return found


def sides(found: Sequence[Disagreement]) -> list[Sentence]:
    """All sentences of disagreements, each once."""
    return list({(s.start, _document(s)): s for pair in found for s in pair[:2]}.values())


def notes(found: Sequence[Disagreement]) -> tuple[str, ...]:
    """What the reader is told: who says what, with the documents' dates."""
    said: dict[int, list[str]] = {}
    for pair in found:
        # What several contradict is said once.
        says = said.setdefault(id(pair.one), [_says(pair.one, pair.other, pair.words)])
        says.append(_says(pair.other, pair.one, pair.words))
    return tuple(
        say("The documents disagree: {sides}.", sides=", ".join(says)) for says in said.values()
    )


def are_siblings(one: str, other: str) -> bool:
    """Whether two documents are made after one pattern for different things, as their names say:
    they share words, and differ in others than those of versions and dates."""
    first, second = subject_of(one), subject_of(other)
    return bool(first & second) and first != second


def _differ(one: Sentence, other: Sentence, words: Words) -> bool:
    """Whether two sentences say different things of one and the same."""
    first, second = one.passage.chunk, other.passage.chunk
    if set(first.documents) & set(second.documents):
        return False
    own, others = _words_of(one, words), _words_of(other, words)
    shared = len(own & others) / len(own | others) if own | others else 0.0
    if min(len(own), len(others)) < FEWEST_WORDS or shared < SAME_WORDS:
        return False
    if words.names(one.text) != words.names(other.text) or _key(one.text) != _key(other.text):
        return False
    if any(are_siblings(a, b) for a in first.documents for b in second.documents):
        return False
    headings = first.headings[-1:], second.headings[-1:]
    if all(headings) and _name_others(headings[0][0], headings[1][0], words):
        return False
    numbers, other_numbers = _numbers(one.text, words), _numbers(other.text, words)
    if numbers == other_numbers:
        negated = words.denies(one.text) != words.denies(other.text)
        return negated and shared >= SAME_BUT_NOT
    # As many numbers on both sides: a sentence that only says more is no contradiction.
    return numbers.total() == other_numbers.total() and numbers.total() > 0


def _name_others(one: str, other: str, words: Words) -> bool:
    """Whether two headings are of different things: "Base plan" and "Plus plan"; or with codes."""
    own, others = words.plain(one), words.plain(other)
    siblings = own & others and own - others and others - own
    codes = set(facts_in(one, words.language).codes)
    other_codes = set(facts_in(other, words.language).codes)
    return bool(siblings) or bool(codes and other_codes and codes != other_codes)


def _words_of(sentence: Sentence, words: Words) -> set[str]:
    if words.labels.search(sentence.text) is not None:
        return words.plain(sentence.text)
    return words.without_numbers(sentence.stems)


def _key(text: str) -> str:
    """The first cell of a table's row, which says what the row is of; "" for a sentence."""
    found = ROW.match(text)
    return "" if found is None else _plain(found[1])


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _numbers(text: str, words: Words) -> Counter[str]:
    plain = words.labels.sub(" ", text)
    capitals = re.findall(r"[A-ZÄÖÜ][a-zäöü]+", plain)
    found = [f"{sign}{number.replace(',', '')}" for sign, number in COUNTED.findall(plain)]
    return Counter([*found, *(word for word in capitals if word.casefold() in words.months)])


def _says(sentence: Sentence, against: Sentence, words: Words) -> str:
    chunk = sentence.passage.chunk
    date = dated(_document(sentence), chunk.metadata, str(chunk.metadata.get("modified") or ""))
    when = ""
    if date is not None:
        when = f" ({date[0]})" if date[1] else say(" (file of {date})", date=date[0])
    return say(
        "{document} says “{words}”",
        document=_document(sentence) + when,
        words=_point(sentence.text, against.text, words),
    )


def _point(text: str, against: str, words: Words) -> str:
    """The numbers in which a sentence differs from another, with what follows them; or the
    sentence, shortened, where it has none."""
    theirs = _numbers(against, words)
    points = [
        " ".join(match[0].split())
        for match in COUNTED.finditer(words.labels.sub(" ", text))
        if f"{match[1]}{match[2].replace(',', '')}" not in theirs
    ]
    if points:
        return " … ".join(points)
    plain = " ".join(text.split())
    return plain if len(plain) <= SHOWN else f"{plain[:SHOWN].rsplit(' ', 1)[0]} …"


def _document(sentence: Sentence) -> str:
    return sentence.passage.chunk.documents[0]
