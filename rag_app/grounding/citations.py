"""An LLM's answer to sentences with citations that were checked.

A marker counts only if its number was given to the LLM; what it points at is narrowed down from
the passage to the words that say what the sentence says, and whether they do is checked
(``rag_app.grounding.support``). A sentence that cites nothing, or the wrong passage, gets the one
that supports it, if there is one, or one for each of its clauses; what no passage supports is
marked as unsupported, or left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ingest.text.analyzer import stems
from ingest.text.sentences import split_sentences
from rag_app.grounding.claims_english import makes_claim
from rag_app.grounding.markers import LLM_MARKER, numbers_of
from rag_app.grounding.support import NOT_SAID, FactCheck, Support, SupportCheck
from rag_app.records import Citation, Unsupported
from rag_app.retrieval.passage import Passage

CLAUSES_ENGLISH = re.compile(
    r";\s+|(?:,|(?<!\s))\s++(?:and|but|while|whereas)\s+|,\s++(?=\w+ing\b)"
)
FEWEST_STEMS = 3
# Words that have so much of a sentence, and another number or a "not", speak of the same thing.
SAME_THING = 0.6
LOUDER = 0.2
# What stands after the last word of a table's row or of a heading: a marker belongs before it.
ENDS = re.compile(r"(?<![\s|#])[\s|#]*+$")

# An answer of more sentences is none that anybody reads, and checking takes all of a processor.
MOST_CLAIMS = 1_000
UNCHECKED = f"only the first {MOST_CLAIMS:,} sentences of an answer are checked"

Unproven = Literal["mark", "drop"]


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """The answer with only the markers that were given, and what they point at.

    ``invented`` counts markers that were not given, ``dropped`` the sentences that were left out,
    ``uncited`` the unsupported ones that cite nothing.
    """

    text: str
    citations: tuple[Citation, ...]
    unsupported: tuple[Unsupported, ...]
    invented: int
    dropped: int
    uncited: int

    @property
    def is_grounded(self) -> bool:
        """Whether anything in it is supported."""
        return any(citation.supported for citation in self.citations)


class Remembered:
    """A check that is asked once for each sentence and passage of an answer: an answer is checked
    again after each cleaning, and LLMs repeat themselves."""

    def __init__(self, check: SupportCheck) -> None:
        self._check = check
        self._known: dict[tuple[str, str], Support] = {}

    def check(self, claim: str, passages: Sequence[Passage]) -> list[Support]:
        """What the check says, or has said. Raises what it raises."""
        new = [one for one in passages if (claim, one.chunk.id) not in self._known]
        found = self._check.check(claim, new) if new else []
        for passage, support in zip(new, found, strict=True):
            self._known[claim, passage.chunk.id] = support
        return [self._known[claim, one.chunk.id] for one in passages]


@dataclass(slots=True)
class _Written:
    """The answer as it grows."""

    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)

    def add(self, sentence: str, citations: Sequence[Citation], reason: str | None) -> None:
        body = sentence.rstrip()
        end = ENDS.search(body)
        assert end is not None
        core, rest = body[: end.start()], body[end.start() :] + sentence[len(body) :]
        start = len(self.text)
        self.text += core + "".join(f" [{one.marker}]" for one in citations)
        self.citations += citations
        if reason is not None:
            self.unsupported.append(Unsupported(start, len(self.text), reason))
        self.text += rest


def cite(
    answer: str,
    passages: Sequence[Passage],
    check: SupportCheck | None = None,
    unproven: Unproven = "mark",
) -> CitedAnswer:
    """Resolve and check the markers of an answer. ``passages`` are as they were numbered.

    What the ``check`` raises is raised; the one that is taken where none is given, by words alone,
    raises nothing.
    """
    check = check or FactCheck()
    written = _Written()
    invented = dropped = uncited = claims = 0
    for sentence, space, markers in _sentences_with_markers(answer.strip()):
        known = [marker for marker in markers if 1 <= marker <= len(passages)]
        invented += len(markers) - len(known)
        if not makes_claim(sentence, passages):
            written.add(sentence + space, [], None)
            continue
        claims += 1
        found, reason = (
            _support(sentence, known, passages, check) if claims <= MOST_CLAIMS else ([], UNCHECKED)
        )
        if reason is not None and unproven == "drop":
            dropped += 1
            # A paragraph ends where it did, a list loses its item.
            written.text += "\n" if space.count("\n") > 1 else ""
            continue
        uncited += reason is not None and not found
        written.add(sentence + space, found, reason)
    return CitedAnswer(
        written.text.rstrip(),
        tuple(written.citations),
        tuple(written.unsupported),
        invented,
        dropped,
        uncited,
    )


def _support(
    sentence: str, cited: Sequence[int], passages: Sequence[Passage], check: SupportCheck
) -> tuple[list[Citation], str | None]:
    """What a sentence cites in the end, and why it is unsupported, if it is."""
    found = _citations(sentence, cited, passages, check)
    if any(citation.supported for citation in found):
        return found, None
    # Wrongly cited or not at all, it may still be true.
    others = [number for number in range(1, len(passages) + 1) if number not in cited]
    elsewhere = _citations(sentence, others, passages, check)
    # What says nearly the same, but for a number or a "not", speaks louder than what says less.
    against = [one.score for one in found + elsewhere if one.reason not in (None, NOT_SAID)]
    needed = max(against, default=0.0) - LOUDER
    supporting = [one for one in elsewhere if one.supported and one.score >= needed]
    if supporting:
        return [max(supporting, key=lambda citation: citation.score)], None
    # Put together from several passages, unless one says the same thing otherwise.
    if all(score < SAME_THING for score in against):
        by_clause = _by_clause(sentence, passages, check)
        if by_clause:
            return by_clause, None
    if found:
        best = max(found, key=lambda citation: citation.score)
        return found, best.reason or NOT_SAID
    nearest = max(elsewhere, key=lambda citation: citation.score, default=None)
    # What a passage that is hardly about it lacks tells the reader nothing.
    near = nearest is not None and nearest.score >= 0.5
    return [], (nearest.reason if near and nearest else None) or NOT_SAID


def _by_clause(sentence: str, passages: Sequence[Passage], check: SupportCheck) -> list[Citation]:
    """One citation for each clause of a sentence that puts together what passages say apart; none
    if a clause has no support."""
    clauses = [clause for clause in CLAUSES_ENGLISH.split(sentence) if clause and clause.strip()]
    if len(clauses) < 2 or any(len(set(stems(one))) < FEWEST_STEMS for one in clauses):
        return []
    chosen: list[Citation] = []
    for clause in clauses:
        found = _citations(clause, range(1, len(passages) + 1), passages, check)
        supporting = [citation for citation in found if citation.supported]
        if not supporting:
            return []
        best = max(supporting, key=lambda citation: citation.score)
        if best not in chosen:
            chosen.append(best)
    return chosen


def _citations(
    sentence: str, markers: Sequence[int], passages: Sequence[Passage], check: SupportCheck
) -> list[Citation]:
    supports = check.check(sentence, [passages[marker - 1] for marker in markers])
    return [
        passages[marker - 1].to_citation(
            marker, one.start, one.end, score=one.score, reason=one.reason
        )
        for marker, one in zip(markers, supports, strict=True)
    ]


def _sentences_with_markers(answer: str) -> list[tuple[str, str, list[int]]]:
    """Each sentence without its markers, the white space after it, and the markers' numbers."""
    bare: list[str] = []
    places: list[tuple[int, int]] = []
    position = length = 0
    for match in LLM_MARKER.finditer(answer):
        bare.append(answer[position : match.start()])
        length += match.start() - position
        places += [(length, number) for number in numbers_of(match["numbers"])]
        position = match.end()
    bare.append(answer[position:])
    text = "".join(bare)
    result: list[tuple[str, str, list[int]]] = []
    start = taken = 0
    parts = [part for line in text.splitlines(keepends=True) for part in split_sentences(line)]
    for number, part in enumerate(parts):
        sentence = part.rstrip()
        # A marker belongs to the sentence that ends where it stands, or that it stands in.
        end = len(text) if number == len(parts) - 1 else start + len(part)
        first = taken
        while taken < len(places) and places[taken][0] <= end:
            taken += 1
        markers = [one for _, one in places[first:taken]]
        result.append((sentence, part[len(sentence) :], list(dict.fromkeys(markers))))
        start += len(part)
    return result
