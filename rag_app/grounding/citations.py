"""An LLM's answer to sentences with citations that were checked.

A marker counts only if its number was given to the LLM; what it points at is narrowed down from
the passage to the words that say what the sentence says, and the sentence is checked against all
that it cites together (``rag_app.grounding.checker``). A sentence that cites nothing, or the wrong
passage, gets the one that supports it, if there is one, or one for each of its clauses. Nothing is
thrown away: how each sentence stands is said beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from ingest.text.sentences import split_sentences
from rag_app.grounding.checker import NOT_SAID, Checker, Verdict
from rag_app.grounding.claims import is_remark, makes_claim
from rag_app.grounding.markers import LLM_MARKER, numbers_of
from rag_app.grounding.support import SentenceCheck, languages_of
from rag_app.records import Check, Citation, Unsupported
from rag_app.retrieval.passage import Passage

STOP = re.compile(r"[.!?]\s+")
RULE = re.compile(r"(?=[\s|:]*+--)[\s|:-]++")
# More than any answer has that somebody reads: checking them takes seconds.
MOST_CLAIMS = 1_000
TOO_MANY = f"only the first {MOST_CLAIMS:,} sentences of an answer are checked"
# What stands after the last word of a table's row or of a heading: a marker belongs before it.
ENDS = re.compile(r"(?<![\s|#])[\s|#]*+$")

Unproven = Literal["mark", "drop"]
_UNREAD = Verdict("not_checked", 0.0, TOO_MANY, ())


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """The answer with only the markers that were given, and what they point at.

    ``checks`` say of each claim how it stands. ``invented`` counts markers that were not given,
    ``dropped`` the sentences that were left out, ``uncited`` the unsupported ones that cite
    nothing. ``says_no`` is whether it says nothing but that the documents do not say it,
    ``is_related`` whether anything that it claims has to do with the passages.
    """

    text: str
    citations: tuple[Citation, ...]
    checks: tuple[Check, ...]
    invented: int
    dropped: int
    uncited: int
    says_no: bool
    is_related: bool

    @property
    def unsupported(self) -> tuple[Unsupported, ...]:
        """The sentences that no passage supports, and those that one contradicts."""
        return tuple(
            Unsupported(one.start, one.end, one.reason or NOT_SAID)
            for one in self.checks
            if one.status in ("not_found", "contradicted")
        )


@dataclass(slots=True)
class _Written:
    """The answer as it grows."""

    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    def add(self, sentence: str, citations: Sequence[Citation], verdict: Verdict | None) -> None:
        body = sentence.rstrip()
        end = ENDS.search(body)
        assert end is not None
        core, rest = body[: end.start()], body[end.start() :] + sentence[len(body) :]
        start = len(self.text)
        self.text += core + "".join(f" [{one.marker}]" for one in citations)
        self.citations += citations
        if verdict is not None:
            self.checks.append(
                Check(start, len(self.text), verdict.status, verdict.score, verdict.reason)
            )
        self.text += rest


def cite(
    answer: str,
    passages: Sequence[Passage],
    checker: Checker | None = None,
    unproven: Unproven = "mark",
    question: str = "",
) -> CitedAnswer:
    """Resolve and check the markers of an answer to a question. ``passages`` are as they were
    numbered. Raises what the checker's judge raises."""
    checker = checker or Checker()
    written = _Written()
    invented = dropped = uncited = claims = 0
    says_no = False
    bare_answer = LLM_MARKER.sub("", answer)
    language, theirs = languages_of(bare_answer, passages)
    sentences = _sentences_with_markers(answer.strip(), language)
    # What it has to do with passages in other languages cannot be told by words.
    is_related = language not in theirs
    following = [one for one, *_ in sentences[1:]] + [""]
    for (sentence, space, markers), next_one in zip(sentences, following, strict=False):
        known = [marker for marker in markers if 1 <= marker <= len(passages)]
        invented += len(markers) - len(known)
        if _is_head(sentence, next_one) or not makes_claim(sentence, passages, language):
            written.add(sentence + space, [], None)
            says_no = says_no or is_remark(sentence, language)
            continue
        asking = SentenceCheck(sentence, question, language, passages, theirs, checker, bare_answer)
        claims += 1
        found, verdict = asking.support(known) if claims <= MOST_CLAIMS else ([], _UNREAD)
        lost = verdict.status in ("not_found", "contradicted")
        is_related = is_related or not lost or verdict.is_near
        if lost and unproven == "drop":
            dropped += 1
            # A paragraph ends where it did, a list loses its item.
            written.text += "\n" if space.count("\n") > 1 else ""
            continue
        uncited += lost and not found
        written.add(sentence + space, found, verdict)
    return CitedAnswer(
        written.text.rstrip(),
        tuple(written.citations),
        tuple(written.checks),
        invented,
        dropped,
        uncited,
        says_no and not claims,
        is_related or not claims,
    )


def _sentences_with_markers(answer: str, language: str) -> list[tuple[str, str, list[int]]]:
    """Each sentence without its markers, the white space after it, and the markers' numbers. Where
    a marker stands before a full stop, a sentence ends, whatever it ends with."""
    bare: list[str] = []
    places: list[tuple[int, int]] = []
    ends: set[int] = set()
    position = length = 0
    for match in LLM_MARKER.finditer(answer):
        bare.append(answer[position : match.start()])
        length += match.start() - position
        places += [(length, number) for number in numbers_of(match["numbers"])]
        position = match.end()
        if stop := STOP.match(answer, position):
            ends.add(length + stop.end() - position)
    bare.append(answer[position:])
    text = "".join(bare)
    result: list[tuple[str, str, list[int]]] = []
    start = taken = 0
    lines = text.splitlines(keepends=True)
    parts = [part for line in lines for part in split_sentences(line, language)]
    parts = list(_cut(parts, ends))
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


def _cut(parts: Sequence[str], ends: Set[int]) -> Iterator[str]:
    """Parts of a text, cut where sentences end besides."""
    start = 0
    for part in parts:
        cuts = sorted(end - start for end in ends if 0 < end - start < len(part))
        for first, last in pairwise([0, *cuts, len(part)]):
            yield part[first:last]
        start += len(part)


def _is_head(sentence: str, following: str) -> bool:
    """Whether a line is the head of a Markdown table, or the line below it."""
    return any(RULE.fullmatch(line.strip()) for line in (sentence, following))
