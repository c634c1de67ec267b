"""The check of one sentence of an answer against the passages that it cites, all together.

Its numbers, dates, codes and names have to be in the passages, in the question, or computed of
those; nothing may say the opposite; and its words and meaning have to be the passages', by a
logistic regression over what is shared (``WEIGHTS``; fitted by benchmarks/answers/grounding.py).
Where there is a judge, a model that says whether one text follows from another, it has the last
word on what only that regression decided.
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
)
from rag_app.grounding.facts.reading import WORD, Facts, Number, facts_in, plain
from rag_app.grounding.facts.tables import Column, columns_of, extreme
from rag_app.grounding.language.polarity import NEARLY_COPIED, contradiction
from rag_app.grounding.language.wording import ENGLISH, wording_of
from rag_app.grounding.language.words import content
from rag_app.grounding.similarity import ENOUGH, Features, cosine, features_of, probability
from rag_app.grounding.substitutions import replaced
from rag_app.grounding.windows import Window, sentences_of, window_of
from rag_app.records import Status, Usage
from rag_app.retrieval.passage import Passage, text_over

NOT_SAID = "no passage says this"
UNCHECKED = "not checked: the rules do not know this language"
ACROSS = "not checked: the passages are in another language"
# The share of a sentence's words round a number, from which on it is said of the same.
NEAR = 0.25
ROW = "|"
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
    """Says whether a claim follows from texts: ``rag_app.grounding.entailment`` or
    ``rag_app.answer.llm_judge``. ``note`` says what a reader has to know of how it judged,
    ``usage`` what an LLM was paid for it. It is given whole passages where it ``reads_passages``,
    else, and of long ones, the sentences that are nearest to the claim."""

    @property
    def reads_passages(self) -> bool: ...
    @property
    def note(self) -> str | None: ...
    @property
    def usage(self) -> Usage | None: ...

    def follows(self, claim: str, texts: Sequence[str]) -> list[float]:
        """The probability that it follows from each, or from all together, 0 to 1; nothing where
        it gives no opinion, and the rules decide."""
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
        Deterministic and offline: the judge comes later (``rag_app.grounding.judging``)."""
        claim = bare(sentence, language)
        windows = tuple(window_of(claim, passage, language) for passage in passages)
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
        if derived:
            return Verdict("derived", 1.0, "; ".join(derived), windows, by_rule=True)
        return self._by_likeness(given)

    def features(self, sentence: str, passages: Sequence[Passage], question: str) -> Features:
        """What the likeness of a sentence in English is told by."""
        claim = bare(sentence)
        windows = tuple(window_of(claim, passage) for passage in passages)
        given = _Given(claim, passages, windows, question, ENGLISH, ENGLISH)
        return given.features()._replace(cosine=cosine(claim, windows, self.embedder))

    def _likeness(self, given: _Given) -> float:
        """The probability that the passages say it. Vectors are asked where they can change what
        is said: they cost most."""
        features = given.features()
        if self.embedder is None:
            return probability(features, with_meaning=False)
        least, most = (probability(features._replace(cosine=one)) for one in (0.0, 1.0))
        if least >= ENOUGH or most < ENOUGH:
            return least
        if len(self._asked) >= MOST_ASKED:
            return probability(features, with_meaning=False)
        self._asked.append(given.claim)
        near = cosine(given.claim, given.windows, self.embedder)
        return probability(features._replace(cosine=near))

    def _by_likeness(self, given: _Given) -> Verdict:
        """The verdict on a claim whose facts are there, by its words and meaning."""
        windows, unknown = given.windows, given.unknown_names
        if given.has_stranger:
            near = min(given.best.coverage, ENOUGH)
            return Verdict("not_found", near, unknown[0], windows, by_rule=True)
        score = self._likeness(given)
        if score < ENOUGH and (which := given.extreme()) is not None:
            return Verdict("derived", score, which, windows)
        if score < ENOUGH:
            return Verdict("not_found", score, next(iter(unknown), NOT_SAID), windows)
        if wording_of(given.language) is None:
            return Verdict("not_checked", score, UNCHECKED, windows)
        return Verdict("supported", score, None, windows)


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

    def features(self) -> Features:
        """What its likeness is told by, but for the vectors."""
        names = len(self.said.names)
        known = 1 - len(self.unknown_names) / names if names else 1.0
        return features_of(
            self.claim, self.passages, self.windows, self.question, self.language, known
        )

    @cached_property
    def said(self) -> Facts:
        return facts_in(self.claim, self.language)

    @cached_property
    def asked(self) -> Facts:
        return facts_in(self.question, self.language)

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
        close = facts_in(self.best.text, self.theirs)

        def near(number: Number) -> Facts:
            for text in self._nearby:
                facts = facts_in(text, self.theirs)
                if any(one.values & number.values for one in facts.numbers):
                    return facts
            return close

        return missing_facts(self.claim, self.words, self.language, near, self.asked)

    def extreme(self) -> str | None:
        """Whether a number of the claim is the highest or lowest of its column, for a claim that
        names something of the row."""
        values = [value for number in self.said.numbers for value in number.values]
        return extreme(values, self.columns) if values and self.best.coverage >= NEAR else None

    @cached_property
    def unknown_names(self) -> list[str]:
        given = [plain(word) for word in WORD.findall(self.question)]
        return missing_names(self.claim, self.words, given) if self.said.names else []

    @property
    def has_stranger(self) -> bool:
        """Whether two names in a row are unknown: a person, or a place, whom nobody mentions."""
        names = [one.rpartition(" ")[2] for one in self.unknown_names]
        return any(f"{one} {other}" in self.claim for one, other in pairwise(names))

    def against(self) -> str | None:
        """How the words that are most like the claim contradict it."""
        nearest = self._nearby[0] if self._nearby else self.best.text
        if self.language == ENGLISH and (reason := replaced(self.claim, nearest)):
            return reason
        if self.language == ENGLISH and self.best.coverage >= NEARLY_COPIED:
            own = Words(self.best.text, names=self.words.names, language=self.language)
            if reason := other_first_name(self.claim, own):
                return reason
        return contradiction(self.claim, self._nearby, self.language)

    def derived(self, fact: Missing) -> str | None:
        """How a missing number, date or time was computed, None if it was not."""
        said = facts_in(self.answer or self.claim, self.language)
        if fact.number is not None:
            there = facts_in(self.words.text, self.theirs).numbers
            return derived_number(fact.number, self.claim, said, self.asked, there, self.columns)
        if fact.date is not None:
            return derived_date(fact.date, said, self.asked)
        return derived_time(fact.time, said, self.asked) if fact.time is not None else None

    @cached_property
    def _nearby(self) -> list[str]:
        """The sentences that speak of what the claim does, most alike first."""
        stems = content(self.claim, self.language)
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
        return [text for _, text in found]
