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
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from ingest.text.sentences import split_sentences
from rag_app.grounding.checker import BRINGS, NOT_SAID, Checker, Verdict
from rag_app.grounding.claims import bare, is_remark, makes_claim
from rag_app.grounding.facts.reading import facts_in
from rag_app.grounding.language.wording import ENGLISH
from rag_app.grounding.language.words import content, guessed_language, language_among
from rag_app.grounding.markers import LLM_MARKER, numbers_of
from rag_app.grounding.windows import sentences_of
from rag_app.records import Check, Citation, Unsupported
from rag_app.retrieval.passage import Passage, full_text

CLAUSES_ENGLISH = re.compile(
    r";\s+|(?:,|(?<!\s))\s++(?:and|but|while|whereas)\s+|,\s++(?=\w+ing\b)"
)
FEWEST_STEMS = 3
STOP = re.compile(r"[.!?]\s+")
RULE = re.compile(r"\|?(?:\s*:?-{2,}:?\s*\|?)+")
HELD = ("supported", "derived")
# More than any answer has that somebody reads: checking them takes seconds.
MOST_CLAIMS = 1_000
TOO_MANY = f"only the first {MOST_CLAIMS:,} sentences of an answer are checked"
# An answer with a smaller share of words that the passages have may be in another language.
STRANGE = 0.5
# Of the passages that a sentence does not cite, those are looked at that have most of it.
NEAREST = 4
# What stands after the last word of a table's row or of a heading: a marker belongs before it.
ENDS = re.compile(r"(?<![\s|#])[\s|#]*+$")

Unproven = Literal["mark", "drop"]


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
    sentences = _sentences_with_markers(answer.strip())
    bare_answer = LLM_MARKER.sub("", answer)
    language, theirs = _languages(bare_answer, passages)
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
        asking = _Asking(sentence, question, language, passages, theirs, checker, bare_answer)
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


def _languages(answer: str, passages: Sequence[Passage]) -> tuple[str, tuple[str, ...]]:
    """The language of an answer, and of each passage. Too short to tell, an answer has that of the
    passages, but where it has hardly a word of theirs."""
    main = language_among([one.chunk.text for one in passages]) or ENGLISH
    theirs = tuple(language_among([one.chunk.text]) or main for one in passages)
    language = language_among([answer])
    if language is None:
        words = set(content(answer, main))
        there = {stem for one in passages for stem in content(full_text(one), main)}
        foreign = len(words & there) < STRANGE * len(words)
        language = (guessed_language(answer) or main) if foreign else main
    return language, theirs


@dataclass(frozen=True, slots=True)
class _Asking:
    """One sentence that is checked against passages, whose languages are ``theirs``."""

    sentence: str
    question: str
    language: str
    passages: Sequence[Passage]
    theirs: Sequence[str]
    checker: Checker
    answer: str

    def support(self, cited: Sequence[int]) -> tuple[list[Citation], Verdict]:
        """What the sentence cites in the end, and how it stands."""
        verdict = self._check(self.sentence, cited) if cited else None
        if verdict is not None and verdict.status in HELD:
            return self._citations(cited, verdict), verdict
        if verdict is not None and self.language not in self.theirs:
            # No word tells which passage it is from; what can be compared may be in any.
            anywhere = self._check(self.sentence, range(1, len(self.passages) + 1))
            if anywhere.status == "not_checked":
                there = tuple(anywhere.windows[number - 1] for number in cited)
                return self._citations(cited, replace(anywhere, windows=there)), anywhere
        # Wrongly cited or not at all, it may still be true.
        others = [number for number in self._nearest(self.sentence) if number not in cited][
            :NEAREST
        ]
        single = [(self._check(self.sentence, [number]), number) for number in others]
        held = [(one, number) for one, number in single if one.status in HELD]
        if held and (verdict is None or verdict.status == "not_found"):
            best, number = max(held, key=lambda pair: (pair[0].score, -pair[1]))
            return self._citations([number], best), best
        several = len(facts_in(self.sentence, self.language).numbers) > 1
        if several and len(self.passages) > 1:
            # A list may be put together from rows that stand in several passages.
            nearest = self._nearest(self.sentence)
            together = self._check(self.sentence, nearest)
            if together.status in HELD:
                brings = [one.coverage >= BRINGS for one in together.windows]
                chosen = [one for one, does in zip(nearest, brings, strict=True) if does]
                kept = tuple(one for one in together.windows if one.coverage >= BRINGS)
                return self._citations(chosen, replace(together, windows=kept)), together
        open_ = verdict is None or verdict.status == "not_found"
        if open_ and (by_clause := self._by_clause()):
            return by_clause
        if verdict is not None:
            return self._citations(cited, verdict), verdict
        return [], max((one for one, _ in single), key=_weight, default=_NOTHING)

    def _nearest(self, text: str) -> list[int]:
        """The numbers of the passages with a sentence that has most of the words of a text."""
        wanted = set(content(bare(text, self.language), self.language))
        read = [sentences_of(one, self.language) for one in self.passages]
        most = [max(one.with_any(wanted).values(), default=0) for one in read]
        return sorted(range(1, len(most) + 1), key=lambda number: -most[number - 1])[:NEAREST]

    def _check(self, sentence: str, numbers: Sequence[int]) -> Verdict:
        chosen = [self.passages[number - 1] for number in numbers]
        theirs = self.theirs[numbers[0] - 1]
        return self.checker.check(
            sentence,
            chosen,
            self.question,
            self.language,
            theirs,
            self.answer,
            self.passages,
        )

    def _citations(self, numbers: Sequence[int], verdict: Verdict) -> list[Citation]:
        """A citation for each passage; one that brings nothing to what the others say, or where
        nothing says it, does not support the sentence."""
        holds = verdict.status in HELD
        found = []
        for number, window in zip(numbers, verdict.windows, strict=True):
            brings = window.coverage >= BRINGS or len(numbers) == 1
            reason = None if holds and brings else (verdict.reason or NOT_SAID)
            passage = self.passages[number - 1]
            found.append(
                passage.to_citation(
                    number, window.start, window.end, score=verdict.score, reason=reason
                )
            )
        return found

    def _by_clause(self) -> tuple[list[Citation], Verdict] | None:
        """Citations for each clause of a sentence that puts together what passages say apart; None
        if a clause has no support."""
        clauses = [one for one in CLAUSES_ENGLISH.split(self.sentence) if one and one.strip()]
        if self.language != "en" or len(clauses) < 2:
            return None
        if any(len(set(content(one))) < FEWEST_STEMS for one in clauses):
            return None
        chosen: list[Citation] = []
        least = 1.0
        for clause in clauses:
            verdicts = [(self._check(clause, [n]), n) for n in self._nearest(clause)]
            held = [(one, number) for one, number in verdicts if one.status == "supported"]
            if not held:
                return None
            best, number = max(held, key=lambda pair: (pair[0].score, -pair[1]))
            chosen += [one for one in self._citations([number], best) if one not in chosen]
            least = min(least, best.score)
        return chosen, Verdict("supported", least, None, ())


_NOTHING = Verdict("not_found", 0.0, NOT_SAID, ())
_UNREAD = Verdict("not_checked", 0.0, TOO_MANY, ())


def _weight(verdict: Verdict) -> tuple[bool, float, float]:
    """How much a verdict tells a reader of a sentence that cites nothing."""
    near = max((one.coverage for one in verdict.windows), default=0.0)
    return verdict.status == "not_checked", near, verdict.score


def _sentences_with_markers(answer: str) -> list[tuple[str, str, list[int]]]:
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
    parts = [part for line in text.splitlines(keepends=True) for part in split_sentences(line)]
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
