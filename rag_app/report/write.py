"""The story of a report: an outline, each of its sections written and checked like any answer, and
their sources numbered through."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any, NamedTuple

from ingest.catalog.filters import parse_filter
from ingest.text.wording import many
from rag_app.answer.draft import Models
from rag_app.answer.record import AnswerRecord
from rag_app.answer.refusal import refuse
from rag_app.collection.rows import cells_of
from rag_app.collection.told import Told
from rag_app.engine import Engine
from rag_app.errors import LLMError
from rag_app.llm.stop import Stop
from rag_app.records import Answer, Effort, Failure, Hit, Step, Turn, Usage, total_usage
from rag_app.report.assemble import GAP, Section, assembled
from rag_app.report.intent_english import topic_english
from rag_app.report.intent_german import topic_german
from rag_app.report.material import Material, material_for
from rag_app.report.outline import Outline, own_outline, planned_by
from rag_app.retrieval.passage import Passage
from rag_app.retrieval.query import checked_question

# What a report without an LLM is by: its ``model``.
MODEL = "report"
OWN_WORDS = (
    "These are the documents' own words: sentences on the topic, under the headings that they "
    "stand under."
)
OWN_HEADINGS = "The LLM's outline could not be used, so the headings are those of the documents."
INCOMPLETE = "This report is not complete"
NOTHING = "The documents do not have enough on this for a report."


class Limits(NamedTuple):
    """What a report may take with an LLM, looked at before each section. A report makes one call
    for its outline, and one for each section, of which there are six at most."""

    tokens: int = 80_000
    seconds: float = 600.0


LIMITS = Limits()


def write_report(
    engine: Engine,
    topic: str,
    where: Mapping[str, Any] | None = None,
    *,
    stop: Stop | None = None,
    on_step: Callable[[Step], None] | None = None,
    on_record: Callable[[AnswerRecord], None] | None = None,
    limits: Limits = LIMITS,
) -> Generator[str | Answer]:
    """Write a report on a topic, of what passes the filter ``where``: parts of the text as they
    come, and then the Answer. Its text is Markdown with a heading, ``## …``, for each section.

    Where the LLM fails, the sections from there on are the documents' own words. After
    ``stop.set()`` by another thread, or at the end of the ``limits``, the Answer has the sections
    that were finished, and says so. ``on_step`` is told of the outline and of each section as it is
    begun, ``on_record`` is given the record of each section's answer.

    Raises UsageError, StoreEmpty, StoreError, FingerprintMismatch, EmbedderError, RerankerError,
    JudgeError, and LLMError with ``llm_fallback`` off.
    """
    began, topic = monotonic(), checked_question(topic)
    material = material_for(engine.parts, topic, parse_filter(where))
    made = _Made(topic, began, on_step)
    is_there = material.evidence.is_related if engine.llm else material.evidence.is_enough
    if not material.sections or not is_there:
        yield made.refused(refuse(material.evidence, material.passages, lead=NOTHING).text)
        return
    if engine.llm is None:
        yield made.of_own_words(material)
        return
    outline = _outlined(engine, topic, material, stop, made)
    writer = _Writers.of(engine)
    total = len(outline.sections)
    for number, (heading, question) in enumerate(outline.sections, start=1):
        made.ended = made.over(limits, stop)
        if made.ended:
            break
        place = f"Section {number} of {total}"
        made.tell(
            Step("section", {"heading": heading, "question": question}, f"{place}: {heading}")
        )
        yield f"{GAP if made.sections else ''}## {heading}{GAP}"
        answer: Answer | None = None
        asked = writer.own_words if made.failure else writer.by_llm
        for part in asked.stream(
            question, where=where, effort="quick", stop=stop, on_record=on_record
        ):
            if isinstance(part, Answer):
                answer = part
            else:
                yield part
        if answer is not None:
            made.add(place, heading, answer)
    made.ended = made.ended or made.over(limits, stop, is_done=True)
    made.total = total
    yield made.answer(NOTHING)


def report_or_answer(
    engine: Engine,
    question: str,
    history: Sequence[Turn] = (),
    where: Mapping[str, Any] | None = None,
    *,
    stop: Stop | None = None,
    on_record: Callable[[AnswerRecord], None] | None = None,
    effort: Effort | None = None,
    on_step: Callable[[Step], None] | None = None,
) -> Generator[str | Answer]:
    """A report where the question asks for one, in "thorough" or without an LLM, which makes one at
    once; else what ``Engine.stream`` gives. A report has no record of its own: its sections have,
    and are written to the file of the setting ``record``. Raises what both raise."""
    is_thorough = (effort or engine.answer_settings.effort) == "thorough"
    topic = topic_english(question) or topic_german(question)
    if topic is None or not (is_thorough or engine.llm is None):
        yield from engine.stream(
            question, history, where, stop=stop, on_record=on_record, effort=effort, on_step=on_step
        )
        return
    for part in write_report(engine, topic, where, stop=stop, on_step=on_step):
        yield replace(part, question=question) if isinstance(part, Answer) else part


def is_complete(answer: Answer) -> bool:
    """Whether all that was planned of a report was written, by the one who was to write it."""
    is_cut = any(note.startswith(INCOMPLETE) for note in answer.notes)
    return not (answer.refused or is_cut or answer.failure is not None)


class _Writers(NamedTuple):
    """Who writes a section: the LLM with the rules for one, or the documents' own words."""

    by_llm: Engine
    own_words: Engine

    @classmethod
    def of(cls, engine: Engine) -> _Writers:
        parts = engine.parts
        prompts = parts.prompts.using("answer.system", "report.section")
        without = replace(parts, llm=None, models=Models())
        return cls(Engine(replace(parts, prompts=prompts)), Engine(without))


class _Made:
    """A report as it grows."""

    def __init__(
        self, topic: str, began: float, on_step: Callable[[Step], None] | None = None
    ) -> None:
        self.topic, self.total, self.ended = topic, 0, ""
        self.sections: list[Section] = []
        self.usage: Usage | None = None
        self.failure: Failure | None = None
        self._began, self._on_step = began, on_step
        self._steps: list[Step] = []
        self._notes: list[str] = []

    def tell(self, step: Step) -> None:
        self._steps.append(step)
        if self._on_step is not None:
            self._on_step(step)

    def note(self, text: str) -> None:
        self._notes.append(text)

    def over(self, limits: Limits, stop: Stop | None, *, is_done: bool = False) -> str:
        """Why no more is written; "" if it may be."""
        if stop is not None and stop.is_set:
            return "it was stopped"
        if is_done:
            return ""
        used = self.usage
        if used is not None and used.prompt_tokens + used.completion_tokens >= limits.tokens:
            return f"its {limits.tokens:,} tokens were used up"
        if monotonic() - self._began >= limits.seconds:
            return f"its {limits.seconds:g} s were over"
        return ""

    def add(self, place: str, heading: str, answer: Answer) -> None:
        """Take a section that was written, unless it says that there is nothing to say."""
        self.usage = total_usage(self.usage, answer.usage)
        if answer.failure is not None:
            self.failed(answer.failure, f"in {place[:1].lower()}{place[1:]}")
        if answer.refused:
            self.note(f"“{heading}” was left out: the documents do not answer it.")
            return
        own = answer.notes if answer.failure is None else ()
        self._notes += [f"{heading}: {note}" for note in own]
        self.sections.append(Section(heading, answer))

    def failed(self, failure: Failure, where: str) -> None:
        self.failure = failure
        self.note(
            f"The LLM failed {where}, and from there on the report is the documents' own words: "
            f"{failure.message}"
        )

    def refused(self, text: str) -> Answer:
        return self._answer(text, refused=True)

    def of_own_words(self, material: Material) -> Answer:
        """The documents' sentences on the topic under their headings, each cited."""
        for heading, told in material.sections:
            citations = tuple(one.to_citation(at) for at, one in enumerate(told, start=1))
            text = "".join(_line(one, at) for at, one in enumerate(told, start=1)).strip()
            hits = {one.chunk.id: Passage(one.chunk, 1.0).to_hit() for one in told}
            answer = Answer(heading, text, False, citations, tuple(hits.values()), MODEL, 0.0)
            self.sections.append(Section(heading, answer))
        return self._answer("", lead=OWN_WORDS)

    def answer(self, nothing: str) -> Answer:
        """What was written."""
        if self.ended:
            done = f"It has {len(self.sections)} of the {many(self.total, 'section')} planned."
            self._notes.insert(0, f"{INCOMPLETE}, because {self.ended}. {done}")
        return self._answer(nothing, refused=not self.sections)

    def _answer(self, text: str, *, refused: bool = False, lead: str = "") -> Answer:
        whole = assembled(self.sections, lead)
        hits: dict[str, Hit] = {
            hit.chunk_id: hit for section in self.sections for hit in section.answer.hits
        }
        models = [one.answer.model for one in self.sections if one.answer.usage is not None]
        return Answer(
            question=self.topic,
            text=text if refused else whole.text,
            refused=refused,
            citations=tuple(whole.citations),
            hits=tuple(hits.values()),
            model=models[0] if models else MODEL,
            seconds=monotonic() - self._began,
            usage=self.usage,
            notes=tuple(self._notes),
            unsupported=tuple(whole.unsupported),
            failure=self.failure,
            checks=tuple(whole.checks),
            steps=tuple(self._steps),
        )


def _outlined(
    engine: Engine, topic: str, material: Material, stop: Stop | None, made: _Made
) -> Outline:
    """The outline, as the LLM plans it, or of the documents' headings where it cannot."""
    assert engine.llm is not None
    try:
        outline = planned_by(engine.llm, engine.parts.prompts, topic, material, stop)
    except LLMError as error:
        if not engine.answer_settings.llm_fallback:
            raise
        made.usage = error.usage
        kind = type(error).__name__
        made.failed(Failure(kind, str(error), error.must_act), "at the outline")
        outline = own_outline(topic, material)
    made.usage = total_usage(made.usage, outline.usage)
    if outline.is_own and made.failure is None and not (stop is not None and stop.is_set):
        made.note(OWN_HEADINGS)
    headings = [one.heading for one in outline.sections]
    planned = f"Planned {many(len(headings), 'section')}: {', '.join(headings)}"
    made.tell(Step("outline", {"headings": headings}, planned))
    return outline


def _line(one: Told, marker: int) -> str:
    """A sentence of a document with its marker; a row of a table as an item of a list."""
    is_row = bool(cells_of(one.chunk, one.start, one.end))
    return f"\n- {one.line} [{marker}]\n" if is_row else f"{one.line} [{marker}] "
