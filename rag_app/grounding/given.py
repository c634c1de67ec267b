"""A claim, and what it is compared with: the facts, names and words of the passages that it cites.

What is looked up is looked up once, when the checks ask for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from rag_app.grounding.exchanged import exchanged
from rag_app.grounding.facts.calendar import derived_date, derived_time
from rag_app.grounding.facts.comparing import wrong_comparison
from rag_app.grounding.facts.derivation import derived_number
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
from rag_app.grounding.language.clauses import read
from rag_app.grounding.language.number_words import with_digits
from rag_app.grounding.language.polarity import (
    NEARLY_COPIED,
    adds_superlative,
    contradiction,
    denies,
    orders_otherwise,
    speaks_of_average,
    superlative,
)
from rag_app.grounding.language.wording import ENGLISH, wording_of
from rag_app.grounding.language.words import content
from rag_app.grounding.similarity import Features, features_of
from rag_app.grounding.substitutions import replaced
from rag_app.grounding.windows import Window, sentences_of, window_of
from rag_app.retrieval.passage import Passage, full_text, text_over

# The share of a sentence's words round a number, from which on it is said of the same.
NEAR = 0.25
# How many times as many of a claim's words a sentence has that is listened to alone, and how many
# at least.
NEARER, FEWEST_NEARER = 2, 4
ROW = "|"
# A claim of fewer content words is read together with the question.
FEWEST_STEMS = 5
# Of a passage, the sentences with most of a claim's words.
MOST_SENTENCES = 40


def with_question(claim: str, question: str, language: str | None) -> str:
    """What a claim speaks of: "Three years." leaves it to the question to say so."""
    short = len(set(content(claim, language))) < FEWEST_STEMS
    return f"{question} {claim}" if question and short else claim


@dataclass(frozen=True)
class Given:
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
        return with_question(self.claim, self.question, self.language)

    @cached_property
    def said(self) -> Facts:
        return facts_in(self.claim, self.language)

    @cached_property
    def asked(self) -> Facts:
        return facts_in(self.question, self.language)

    @cached_property
    def verified(self) -> int:
        """How many numbers the claim has that the question does not give, two at most; all were
        found. None where it may deny them."""
        if denies(self.claim, self.language):
            return 0
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
            least = 0.0
            for score, text in self._ranked:
                facts = facts_in(text, self.theirs)
                if score < least:
                    break
                if any(one.values & number.values for one in facts.numbers):
                    return facts
                # What has far more of the claim's words has another number of the kind.
                if not least and score >= FEWEST_NEARER and self._has_other(number, facts):
                    least, close_by = score / NEARER, facts
            return close_by if least else close

        return missing_facts(self.claim, self.words, self.language, near, self.asked)

    def _has_other(self, number: Number, there: Facts) -> bool:
        """Whether there is one number of the unit of another, which neither claim nor question
        has."""
        kind = [one for one in there.numbers if one.units & number.units]
        own = (*self.said.numbers, *self.asked.numbers)
        return len(kind) == 1 and not any(map(kind[0].is_like, own))

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
        if wrong := wrong_comparison(self.claim, self.language):
            return wrong
        nearest = self._nearby[0] if self._nearby else self.best.text
        if self.language == ENGLISH and (reason := replaced(self.claim, nearest)):
            return reason
        if self.language == ENGLISH and self.best.coverage >= NEARLY_COPIED:
            own = Words(self.best.text, names=self.words.names, language=self.language)
            if reason := other_first_name(self.claim, own):
                return reason
        if reason := self._exchanged():
            return reason
        said = contradiction(
            self.claim, self._nearby, self.language, self.question, self.words.over
        )
        alone = len(self.said.numbers) == 1
        if said is None and alone and self.extreme[1] and not self.extreme[0]:
            return f"it is {self.extreme[1]}"
        if said is None and not self.extreme[0]:
            return adds_superlative(self.claim, self._nearby, self.question, self.language)
        return said

    def _exchanged(self) -> str | None:
        """The name that stands in the place of another."""
        wording = wording_of(self.language)
        # English names are looked up: they have capitals where other words have none.
        if wording is None or self.language == ENGLISH:
            return None
        known = [sentences_of(one, self.language) for one in self.tables]
        sent = {stem for one in known for stem in one.holding}
        over = {stem for one in self.passages for stem in sentences_of(one, self.language).above}
        given = over.union(content(self.question, self.language))
        return exchanged(self.claim, read(self.claim, wording), self._nearby, sent, given)

    def derived(self) -> tuple[list[str], Missing | None]:
        """How the facts that are not there were computed, and the first one that was not. What is
        missing itself explains another one only where it was explained before."""
        # The items of a list stand each for themselves.
        prose = self.answer if "\n" not in self.answer.strip() else ""
        said = facts_in(prose or self.claim, self.language)
        open_ = list(self.missing_facts())
        shown: list[str] = []
        while open_:
            # How many of something is told by what it makes: 12 × 850 euros.
            unproven = [one.number for one in open_ if one.number and one.number.units]
            known = [one for one in said.numbers if one not in unproven]
            usable = replace(said, numbers=tuple(known))
            made = [(one, self._derived(one, usable)) for one in open_]
            if all(how is None for _, how in made):
                return shown, open_[0]
            shown += [how for _, how in made if how is not None]
            open_ = [one for one, how in made if how is None]
        return shown, None

    def _derived(self, fact: Missing, said: Facts) -> str | None:
        """How a missing number, date or time was computed of others that are ``said``."""
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
            made = derived_date(fact.date, said, self.asked, close)
            # "Three years before" where it is three years after.
            turned = made is not None and orders_otherwise(self.claim, self.language, "+" in made)
            return None if turned else made
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
            # Some passages, such as lists of parts, have hundreds.
            most = sorted(counts, key=lambda place: -counts[place])[:MOST_SENTENCES]
            near = {at for place in most for at in (place - 1, place, place + 1)}
            own = {at: wanted.intersection(read.stems[at]) for at in near if at in counts}
            for place in sorted(near & set(range(len(read.texts)))) if wanted else ():
                places = [place - 1, place, place + 1]
                if ROW in read.texts[place]:
                    places.append(0)
                around = over.union(*(own[at] for at in places if at in own))
                share = len(around) / len(wanted)
                if share >= NEAR or len(around) > 1:
                    found.append((counts.get(place, 0) + share, read.texts[place]))
        found.sort(key=lambda one: -one[0])
        return found
