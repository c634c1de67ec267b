"""What supports one sentence of an answer: the passages that it cites, others, or one for each of
its clauses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.text.language import guessed_language
from rag_app.grounding.checker import BRINGS, NOT_SAID, Checker, Verdict
from rag_app.grounding.claims import bare
from rag_app.grounding.facts.reading import facts_in
from rag_app.grounding.judging import judged
from rag_app.grounding.language.wording import ENGLISH
from rag_app.grounding.language.words import content, language_among
from rag_app.grounding.windows import sentences_of
from rag_app.records import Citation
from rag_app.retrieval.passage import Passage, full_text

CLAUSES_ENGLISH = re.compile(
    r";\s+|(?:,|(?<!\s))\s++(?:and|but|while|whereas)\s+|,\s++(?=\w+ing\b)"
)
FEWEST_STEMS = 3
HELD = ("supported", "derived")
# An answer with a smaller share of words that the passages have may be in another language.
STRANGE = 0.5
# Of the passages that a sentence does not cite, those are looked at that have most of it.
NEAREST = 3


def languages_of(answer: str, passages: Sequence[Passage]) -> tuple[str, tuple[str, ...]]:
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
class SentenceCheck:
    """One sentence that is checked against passages, whose languages are ``theirs``."""

    sentence: str
    question: str
    language: str
    passages: Sequence[Passage]
    theirs: Sequence[str]
    checker: Checker
    answer: str

    def support(self, cited: Sequence[int]) -> tuple[list[Citation], Verdict]:
        """What the sentence cites in the end, and how it stands. The judge is asked once, when all
        else is settled. Raises what it raises."""
        found, verdict = self._by_rules(cited)
        if (judge := self.checker.judge) is None:
            return found, verdict
        asked = found
        if not asked and self.passages:
            number = self._nearest(self.sentence)[0]
            asked = self._citations([number], self._check(self.sentence, [number]))
        quotes = [one.quote for one in asked]
        read = [self.passages[one.marker - 1] for one in asked]
        final = judged(judge, self.sentence, self.language, verdict, quotes, read)
        if final is verdict:
            return found, verdict
        held = final.status in HELD
        reason = None if held else final.reason
        return [
            replace(one, supported=held, score=final.score, reason=reason)
            for one in (asked if held else found)
        ], final

    def _by_rules(self, cited: Sequence[int]) -> tuple[list[Citation], Verdict]:
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
            against = [pair for pair in single if pair[0].status == "contradicted"]
            nearer = max(against, key=lambda pair: pair[0].near, default=(best, number))
            # What cites nothing is not true because something else is like it.
            if verdict is None and nearer[0].near > best.near:
                best, number = nearer
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
        return [], max((one for one, _ in single), key=_weight, default=NOTHING)

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


NOTHING = Verdict("not_found", 0.0, NOT_SAID, ())


def _weight(verdict: Verdict) -> tuple[bool, float, float]:
    """How much a verdict tells a reader of a sentence that cites nothing."""
    return verdict.status == "not_checked", verdict.near, verdict.score
