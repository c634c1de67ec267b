"""Phrases that a claim shares with passages word for word, denied by one of both only.

Three content words in a row, the last or all of which stand behind a negation, say the opposite of
the same three without one, whatever else the sentences say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from rag_app.grounding.language.clauses import CLAUSE_ENDS, Read
from rag_app.grounding.language.wording import ENGLISH

LENGTH = 3
# Something else may deny or limit it.
OPEN = "?"

Phrase = tuple[str, ...]


def phrase_turned(said: Read, texts: Sequence[Read]) -> str | None:
    """The negation of a phrase that only the claim or only the passages have, as a reader is
    told."""
    theirs: dict[Phrase, set[str | None]] = {}
    for text in texts:
        for phrase, cue, _ in phrases(text):
            theirs.setdefault(phrase, set()).add(cue)
    for phrase, cue, leads in phrases(said):
        cues = theirs.get(phrase, set())
        if cue == OPEN or OPEN in cues or not cues:
            continue
        if cue is None and None not in cues:
            return f"the passage says “{min(filter(None, cues))}”"
        if cue is not None and cues == {None} and leads:
            return f"the passage does not say “{cue}”"
    return None


@lru_cache(maxsize=4096)  # what one question needs again and again
def phrases(text: Read) -> tuple[tuple[Phrase, str | None, bool], ...]:
    """Each three content words in a row of one clause, with the negation that is before one of
    them, ``OPEN`` where something else may deny or limit them; and whether it leads them."""
    return tuple(_phrases(text))


def _phrases(text: Read) -> Iterator[tuple[Phrase, str | None, bool]]:
    words = text.wording
    grammar = words.must | words.may | words.should | words.possible
    open_ = words.denying | words.only | words.lacking | words.upper | words.lower
    taken_out = words.limits - words.denying
    clause: list[tuple[str, int]] = []
    cues: list[tuple[int, str]] = []
    first = 0
    for place, (token, stem) in enumerate(
        zip((*text.tokens, "."), (*text.stems, None), strict=True)
    ):
        if token in CLAUSE_ENDS:
            for at in range(len(clause) - LENGTH + 1):
                part = clause[at : at + LENGTH]
                start, end = part[0][1], part[-1][1]
                before = clause[at - 1][1] if at else first - 1
                inside = [cue for where, cue in cues if before < where < end]
                others = [cue for where, cue in cues if not before < where < end]
                cue = inside[0] if inside else (OPEN if others else None)
                within = text.tokens[max(0, before) : end + 1]
                whole = text.tokens[first:place]
                is_open = open_.intersection(within) or taken_out.intersection(whole)
                if is_open or len(inside) > 1:
                    cue = OPEN
                leads = any(where < start for where, _ in cues) or words.language != ENGLISH
                yield tuple(stem for stem, _ in part), cue, leads
            clause, cues, first = [], [], place + 1
        elif token in words.negations:
            cues.append((place, token))
        elif stem and token not in grammar:
            clause.append((stem, place))
