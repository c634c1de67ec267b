"""The check of one sentence of an answer against the passages that it cites, all together.

Its numbers, dates, codes and names have to be in the passages, in the question, or computed of
those; nothing may say the opposite; and its words and meaning have to be the passages', by a
logistic regression over what is shared (``WEIGHTS``; fitted by benchmarks/answers/grounding.py), or
by a judge, a model that says whether one text follows from another
(``rag_app.grounding.entailment``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Protocol

from ingest.embed.embedder import Embedder
from rag_app.grounding.claims import bare
from rag_app.grounding.facts.derivation import derived_date, derived_number, derived_time
from rag_app.grounding.facts.lookup import (
    Missing,
    Words,
    missing_facts,
    missing_names,
    other_first_name,
    strangers_in,
)
from rag_app.grounding.facts.reading import WORD, Facts, Number, facts_in, plain
from rag_app.grounding.facts.tables import Column, columns_of, extreme
from rag_app.grounding.language.number_words import with_digits
from rag_app.grounding.language.polarity import (
    NEARLY_COPIED,
    contradiction,
    speaks_of_average,
    superlative,
)
from rag_app.grounding.language.wording import ENGLISH, wording_of
from rag_app.grounding.language.words import content
from rag_app.grounding.similarity import ENOUGH, Features, cosine, features_of, probability
from rag_app.grounding.substitutions import replaced
from rag_app.grounding.windows import Window, sentences_of, window_of
from rag_app.records import Status
from rag_app.retrieval.passage import Passage, full_text, text_over

NOT_SAID = "no passage says this"
UNCHECKED = "not checked: the rules do not know this language"
ACROSS = "not checked: the passages are in another language"
# The share of a sentence's words round a number, from which on it is said of the same.
NEAR = 0.25
ROW = "|"
# A claim of fewer content words is read together with the question.
FEWEST_STEMS = 5
# ... if the passages have so much of its own words.
OWN = 0.75
# What a number adds to the likeness of its claim.
VERIFIED = 0.1
# Of how many sentences of an answer the vectors are compared: each takes some milliseconds.
MOST_ASKED = 150
# Below, a passage has nothing to do with a sentence that cites it.
BRINGS = 0.15


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a sentence stands, and with which words of each passage, in their order (``windows``).
    ``reason`` says why it is not supported, or how it was derived; None where it is supported.
    ``by_rule`` is whether that is settled without a look at its likeness."""

    status: Status
    score: float
    reason: str | None
    windows: tuple[Window, ...]
    by_rule: bool = False

    @property
    def is_near(self) -> bool:
        """Whether any of the passages has to do with the sentence."""
        return any(one.coverage >= BRINGS for one in self.windows)


class Judge(Protocol):
    """Says whether a claim follows from texts."""

    def follows(self, claim: str, texts: Sequence[str]) -> list[float]:
        """The probability that it follows from each, 0 to 1."""
        ...


@dataclass(frozen=True)
class Checker:
    """Checks the sentences of one answer. Without an embedder, and after ``MOST_ASKED`` of them,
    words alone say whether the meaning agrees."""

    embedder: Embedder | None = None
    judge: Judge | None = None
    _asked: list[str] = field(default_factory=list, repr=False)

    def check(
        self,
        sentence: str,
        passages: Sequence[Passage],
        question: str = "",
        language: str | None = ENGLISH,
        theirs: str | None = ENGLISH,
        answer: str = "",
        tables: Sequence[Passage] = (),
    ) -> Verdict:
        """How a sentence of an ``answer`` in a ``language`` stands to passages in ``their``
        language. Numbers may be computed of those of the whole answer and of the question,
        and of the columns of ``tables``, which may go on in other passages.
        Deterministic and offline without a judge; raises what the judge raises."""
        claim = bare(sentence, language)
        about = _with_question(claim, question, language)
        windows = tuple(window_of(claim, passage, language, about) for passage in passages)
        verbatim = [one for one in windows if one.verbatim]
        if verbatim:
            return Verdict("supported", 1.0, None, windows, by_rule=True)
        given = _Given(
            claim, passages, windows, question, language, theirs, answer, tables or passages
        )
        near = min(given.best.coverage, ENOUGH)
        derived: list[str] = []
        for fact in given.missing_facts():
            shown = given.derived(fact)
            if shown is None:
                status: Status = "contradicted" if fact.instead else "not_found"
                return Verdict(status, near, fact.reason, windows, by_rule=True)
            derived.append(shown)
        if language != theirs:
            return Verdict("not_checked", near, ACROSS, windows, by_rule=True)
        if against := given.against():
            return Verdict("contradicted", near, against, windows, by_rule=True)
        if given.strangers:
            return Verdict("not_found", near, given.strangers[0], windows, by_rule=True)
        if derived:
            return Verdict("derived", 1.0, "; ".join(derived), windows, by_rule=True)
        return self._by_likeness(given)

    def features(self, sentence: str, passages: Sequence[Passage], question: str) -> Features:
        """What the likeness of a sentence in English is told by."""
        claim = bare(sentence)
        windows = tuple(window_of(claim, passage) for passage in passages)
        given = _Given(claim, passages, windows, question, ENGLISH, ENGLISH)
        return given.features(claim)._replace(cosine=cosine(claim, windows, self.embedder))

    def _likeness(self, given: _Given) -> float:
        """The probability that the passages say it. Vectors are asked where they can change what
        is said: they cost most."""
        score = self._of_words(given, given.claim)
        # "Three years." leaves it to the question to say of what.
        if score >= ENOUGH or given.features(given.claim).anywhere < OWN:
            return score
        return max(score, self._of_words(given, given.about))

    def _of_words(self, given: _Given, about: str) -> float:
        features = given.features(about)
        if self.embedder is None:
            return probability(features, with_meaning=False)
        least, most = (probability(features._replace(cosine=one)) for one in (0.0, 1.0))
        if least >= ENOUGH or most < ENOUGH:
            return least
        if len(self._asked) >= MOST_ASKED:
            return probability(features, with_meaning=False)
        self._asked.append(given.claim)
        near = cosine(about, given.windows_of(about), self.embedder)
        return probability(features._replace(cosine=near))

    def _by_likeness(self, given: _Given) -> Verdict:
        """The verdict on a claim whose facts are there, by its words and meaning."""
        claim, windows, unknown = given.claim, given.windows, given.unknown_names
        if self.judge is not None:
            texts = [one.text for one in windows if one.coverage >= BRINGS]
            score = 0.0 if unknown else max(self.judge.follows(claim, texts), default=0.0)
        else:
            score = self._likeness(given)
        if score < ENOUGH:
            # Each number that stands where it should tells something.
            score = min(score + VERIFIED * given.verified, max(score, ENOUGH))
        if score < ENOUGH and given.extreme[0]:
            return Verdict("derived", score, given.extreme[1], windows)
        if score < ENOUGH:
            return Verdict("not_found", score, next(iter(unknown), NOT_SAID), windows)
        if wording_of(given.language) is None:
            return Verdict("not_checked", score, UNCHECKED, windows)
        return Verdict("supported", score, None, windows)


def _with_question(claim: str, question: str, language: str | None) -> str:
    """What a claim speaks of: "Three years." leaves it to the question to say so."""
    short = len(set(content(claim, language))) < FEWEST_STEMS
    return f"{question} {claim}" if question and short else claim


@dataclass(frozen=True)
class _Given:
    """A claim in a ``language`` and what it is checked against, in ``theirs``."""

    claim: str
    passages: Sequence[Passage]
    windows: tuple[Window, ...]
    question: str
    language: str | None
    theirs: str | None
    answer: str = ""
    tables: Sequence[Passage] = ()

    def windows_of(self, about: str) -> tuple[Window, ...]:
        """The words of each passage that have most of a text."""
        return tuple(window_of(about, passage, self.language) for passage in self.passages)

    def features(self, about: str) -> Features:
        """What its likeness is told by, but for the vectors, from the words that it is about."""
        names = len(self.said.names)
        known = 1 - len(self.unknown_names) / names if names else 1.0
        windows = self.windows_of(about)
        return features_of(about, self.passages, windows, self.question, self.language, known)

    @cached_property
    def about(self) -> str:
        return _with_question(self.claim, self.question, self.language)

    @cached_property
    def said(self) -> Facts:
        return facts_in(self.claim, self.language)

    @cached_property
    def asked(self) -> Facts:
        return facts_in(self.question, self.language)

    @cached_property
    def verified(self) -> int:
        """How many numbers the claim has that the question does not give, two at most; all were
        found."""
        own = [one for one in self.said.numbers if not any(map(one.is_like, self.asked.numbers))]
        return min(len({one.values for one in own}), 2)

    @cached_property
    def best(self) -> Window:
        return max(self.windows, key=lambda one: one.coverage)

    @cached_property
    def columns(self) -> list[Column]:
        return list(columns_of([one.chunk.text for one in self.tables], self.theirs))

    @cached_property
    def words(self) -> Words:
        over = "\n".join(text_over(passage.chunk) for passage in self.passages)
        texts = "\n".join(passage.chunk.text for passage in self.passages)
        names = frozenset(facts_in(texts, self.theirs).names)
        return Words(texts, over, names=names, language=self.theirs)

    def missing_facts(self) -> Iterator[Missing]:
        """The facts that are not in the passages, where numbers have to stand near words of the
        claim: in a sentence that shares some, beside one, or in a row of a table under its head."""
        # No word tells what stands near it in another language.
        foreign = self.language != self.theirs
        close = facts_in(self.words.text if foreign else self.best.text, self.theirs)

        def near(number: Number) -> Facts:
            for text in self._nearby:
                facts = facts_in(text, self.theirs)
                if any(one.values & number.values for one in facts.numbers):
                    return facts
            return close

        return missing_facts(self.claim, self.words, self.language, near, self.asked)

    @cached_property
    def extreme(self) -> tuple[bool, str]:
        """Whether a number of the claim is the highest or lowest of its column, as the claim says
        one is, and which it is; (False, "") for a claim that names nothing of the row."""
        end = superlative(self.claim, self.language)
        if not end or self.best.coverage < NEAR:
            return False, ""
        return extreme(self.said.numbers, end, self.columns)

    @cached_property
    def unknown_names(self) -> list[str]:
        given = [plain(word) for word in WORD.findall(self.question)]
        return missing_names(self.claim, self.words, given) if self.said.names else []

    @cached_property
    def strangers(self) -> list[str]:
        """The names that none of the passages has that were sent, nor the question or the answer
        before."""
        if not self.unknown_names or wording_of(self.language) is None:
            return []
        if self.language != ENGLISH:
            # Two in a row, whom no cited passage has, are a person or a place.
            pairs = pairwise(one.rpartition(" ")[2] for one in self.unknown_names)
            together = [name for name, other in pairs if f"{name} {other}" in self.claim]
            if together:
                return self.unknown_names[:1]
        sent = "\n".join(full_text(passage) for passage in self.tables)
        given = [plain(word) for word in WORD.findall(self.question)]
        words = Words(sent, language=self.theirs)
        return strangers_in(self.claim, words, given)

    def against(self) -> str | None:
        """How the words that are most like the claim contradict it."""
        nearest = self._nearby[0] if self._nearby else self.best.text
        if self.language == ENGLISH and (reason := replaced(self.claim, nearest)):
            return reason
        if self.language == ENGLISH and self.best.coverage >= NEARLY_COPIED:
            own = Words(self.best.text, names=self.words.names, language=self.language)
            if reason := other_first_name(self.claim, own):
                return reason
        said = contradiction(self.claim, self._nearby, self.language, self.question)
        if said is None and self.extreme[1] and not self.extreme[0]:
            return f"it is {self.extreme[1]}"
        return said

    def derived(self, fact: Missing) -> str | None:
        """How a missing number, date or time was computed, None if it was not."""
        # The items of a list stand each for themselves.
        prose = self.answer if "\n" not in self.answer.strip() else ""
        said = facts_in(prose or self.claim, self.language)
        close = facts_in("\n".join(self._nearest), self.theirs)
        if fact.number is not None:
            return derived_number(
                fact.number,
                with_digits(self.claim, self.language),
                said,
                self.asked,
                close.numbers,
                self.columns,
                averages=speaks_of_average(self.claim, self.language),
            )
        if fact.date is not None:
            return derived_date(fact.date, said, self.asked, close)
        return derived_time(fact.time, said, self.asked) if fact.time is not None else None

    @cached_property
    def _nearest(self) -> list[str]:
        """The words that are most like the claim: the best window, and the best sentences."""
        best = max((score for score, _ in self._ranked), default=0.0)
        texts = [text for score, text in self._ranked if score > best - 1]
        return list(dict.fromkeys([self.best.text, *texts]))

    @property
    def _nearby(self) -> list[str]:
        """The sentences that speak of what the claim does, most alike first."""
        return [text for _, text in self._ranked]

    @cached_property
    def _ranked(self) -> list[tuple[float, str]]:
        """The same with how many of the claim's words they have."""
        stems = content(self.about, self.language)
        wanted = {one for one in stems if not any(map(str.isdigit, one))}
        found: list[tuple[float, str]] = []
        for passage in self.passages:
            read = sentences_of(passage, self.language)
            counts = read.with_any(wanted)
            over = wanted & read.above
            near = {at for place in counts for at in (place - 1, place, place + 1)}
            for place in sorted(near & set(range(len(read.texts)))) if wanted else ():
                places = [place - 1, place, place + 1]
                if ROW in read.texts[place]:
                    places.append(0)
                around = over.union(
                    *(wanted.intersection(read.stems[at]) for at in places if at in counts)
                )
                share = len(around) / len(wanted)
                if share >= NEAR or len(around) > 1:
                    found.append((counts.get(place, 0) + share, read.texts[place]))
        found.sort(key=lambda one: -one[0])
        return found
