"""The check of one sentence of an answer against the passages that it cites, all together.

Its numbers, dates, codes and names have to be in the passages, in the question, or computed of
those; nothing may say the opposite; and its words and meaning have to be the passages', by a
logistic regression over what is shared (``WEIGHTS``; fitted by benchmarks/answers/grounding.py).
Where there is a judge, a model that says whether one text follows from another, it has the last
word on what only that regression decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ingest.embed.embedder import Embedder
from rag_app.grounding.claims import bare, particle_of
from rag_app.grounding.given import Given, with_question
from rag_app.grounding.language.polarity import says_and_denies
from rag_app.grounding.language.wording import ENGLISH, wording_of
from rag_app.grounding.similarity import ENOUGH, Features, cosine, probability
from rag_app.grounding.windows import Window, window_of
from rag_app.records import Status, Usage
from rag_app.retrieval.passage import Passage

NOT_SAID = "no passage says this"
UNCHECKED = "not checked: the rules do not know this language"
ACROSS = "not checked: the passages are in another language"
# A short claim is read together with the question if the passages have so much of its words.
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
    def near(self) -> float:
        """The most of the sentence's words that one of the passages has, as a share."""
        return max((one.coverage for one in self.windows), default=0.0)

    @property
    def is_near(self) -> bool:
        """Whether any of the passages has to do with the sentence."""
        return self.near >= BRINGS


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
        about = with_question(claim, question, language)
        windows = tuple(window_of(claim, passage, language, about) for passage in passages)
        verbatim = [one for one in windows if one.verbatim]
        if verbatim:
            return Verdict("supported", 1.0, None, windows, by_rule=True)
        given = Given(
            claim, passages, windows, question, language, theirs, answer, tables or passages
        )
        near = min(given.best.coverage, ENOUGH)
        derived, fact = given.derived()
        if fact is not None:
            status: Status = "contradicted" if fact.instead else "not_found"
            return Verdict(status, near, fact.reason, windows, by_rule=True)
        if language != theirs:
            return Verdict("not_checked", near, ACROSS, windows, by_rule=True)
        particle = particle_of(sentence, language)
        against = says_and_denies(particle, claim, question, language) or given.against()
        if against:
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
        given = Given(claim, passages, windows, question, ENGLISH, ENGLISH)
        return given.features(claim)._replace(cosine=cosine(claim, windows, self.embedder))

    def _likeness(self, given: Given) -> float:
        """The probability that the passages say it. Vectors are asked where they can change what
        is said: they cost most."""
        score = self._of_words(given, given.claim)
        # "Three years." leaves it to the question to say of what.
        if score >= ENOUGH or given.about == given.claim:
            return score
        if given.features(given.claim).anywhere < OWN:
            return score
        return max(score, self._of_words(given, given.about))

    def _of_words(self, given: Given, about: str) -> float:
        """The same of the words that it is about."""
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

    def _by_likeness(self, given: Given) -> Verdict:
        """The verdict on a claim whose facts are there, by its words and meaning."""
        windows, unknown = given.windows, given.unknown_names
        score = self._likeness(given)
        if score < ENOUGH:
            # Each number that stands where it should tells something.
            score = min(score + VERIFIED * given.verified, max(score, ENOUGH))
        if score < ENOUGH and given.extreme[0] and not unknown:
            return Verdict("derived", score, given.extreme[1], windows)
        if score < ENOUGH:
            return Verdict("not_found", score, next(iter(unknown), NOT_SAID), windows)
        if wording_of(given.language) is None:
            return Verdict("not_checked", score, UNCHECKED, windows)
        return Verdict("supported", score, None, windows)
