"""Compounds and their parts: "Kündigungsfrist" finds "Frist für die Kündigung", and "die Wartung
der Heizung" finds "Heizungswartung".

By the words of the collection and not by a dictionary: a word that no passage has is taken apart
into two that some have (Koehn and Knight, "Empirical methods for compound splitting", 2003), and
two words of a question are joined to one that some passage has. What the collection has as it was
asked stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations

from ingest.text.analyzer import stems
from ingest.text.stop_words import stop_words
from rag_app.languages import COMPOUNDS
from rag_app.retrieval.query import Query
from rag_app.retrieval.snapshot import Snapshot

# What may stand between two parts.
JOINTS_GERMAN = ("", "s", "es", "n", "en", "er", "e")
JOINTS_DUTCH = ("", "s", "e", "en", "er")
# In letters: of a part, of a word that is taken apart, and of one that is joined with another.
SHORTEST_PART, SHORTEST, LONGEST = 3, 7, 40
# More words are not tried with each other.
MOST_JOINED = 8

Parts = tuple[str, str]


def in_its_parts(query: Query, snapshot: Snapshot, without: Sequence[str] = ()) -> Query:
    """The query with each compound that the collection does not have as its parts, and with each
    compound that the collection has of two of its words; as if the chunks with the ids of
    ``without`` were not there."""
    joints = COMPOUNDS.of(query.language, de=JOINTS_GERMAN, nl=JOINTS_DUTCH)
    if joints is None:
        return query
    plain = {word: own[0] for word, own in query.words.items() if len(own) == 1 and word.isalpha()}
    parted = {
        word: list(_parted(word.lower(), joints, query.language))
        for word in plain
        if SHORTEST <= len(word) <= LONGEST
    }
    joined = dict(_joined(plain, joints, query.language))
    sought = {*plain.values(), *joined}
    sought.update(part for pairs in parted.values() for pair in pairs for part in pair)
    there = snapshot.often(sought, without)
    words = dict(query.words)
    for word, stem in plain.items():
        if stem not in there and (parts := _best(parted.get(word, []), there)):
            words[word] = parts
    found = {compound: of for compound, of in joined.items() if compound in there}
    for compound, of in found.items():
        for word in of:
            if plain[word] not in there and words[word] == (plain[word],):
                words[word] = (compound,)
    if words == query.words and not found:
        return query
    new = {plain[word]: own for word, own in words.items() if word in plain}
    all_stems = [part for stem in query.stems for part in new.get(stem, (stem,))]
    return replace(query, stems=tuple(dict.fromkeys([*all_stems, *found])), words=words)


def _parted(word: str, joints: Sequence[str], language: str) -> Iterator[Parts]:
    """The stems of each two parts that a word may have."""
    idle = stop_words(language)
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        last = word[at:]
        for joint in joints:
            first = word[:at].removesuffix(joint)
            if not word[:at].endswith(joint) or len(first) < SHORTEST_PART:
                continue
            if first in idle or last in idle:
                continue
            pair = stems(first, language), stems(last, language)
            if all(len(one) == 1 and len(one[0]) >= SHORTEST_PART for one in pair):
                yield pair[0][0], pair[1][0]


def _best(pairs: Sequence[Parts], there: Mapping[str, int]) -> Parts | None:
    """The parts that the collection has, both, of which the shorter is longest: "Bund" is no part
    of "Stundenbuch" where "Stunde" is there."""
    known = [pair for pair in pairs if pair[0] in there and pair[1] in there]
    return max(known, key=lambda pair: (min(map(len, pair)), sum(map(len, pair))), default=None)


def _joined(
    plain: Mapping[str, str], joints: Sequence[str], language: str
) -> Iterator[tuple[str, Parts]]:
    """The stems of the compounds that each two words may make, in both orders, with the words. The
    first stands as it is written or as its stem: "Verlust des Schlüssels", "Schlüsselverlust"."""
    for first, last in permutations(list(plain)[:MOST_JOINED], 2):
        if min(len(first), len(last)) < SHORTEST_PART or len(first) + len(last) > LONGEST:
            continue
        for begin in {first.lower(), plain[first]}:
            for joint in joints:
                if made := stems(f"{begin}{joint}{last.lower()}", language):
                    yield made[0], (first, last)
