"""The story of a report: an outline, each of its sections written and checked like any answer, and
their sources numbered through."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any, NamedTuple

from ingest.catalog.filters import parse_filter
from rag_app.answer.draft import Models
from rag_app.answer.record import AnswerRecord
from rag_app.answer.refusal import refuse
from rag_app.engine import Engine
from rag_app.errors import LLMError
from rag_app.llm.stop import Stop
from rag_app.messages import in_its_own_language, say, say_many
from rag_app.records import Answer, Failure, Step, total_usage
from rag_app.report.assemble import GAP
from rag_app.report.made import LIMITS, Limits, Made
from rag_app.report.material import Material, material_for
from rag_app.report.outline import Outline, own_outline, planned_by
from rag_app.report.repeated import Said
from rag_app.retrieval.query import checked_question


@in_its_own_language
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
    made = Made("report", topic, began, on_step)
    is_there = material.evidence.is_related if engine.llm else material.evidence.is_enough
    if not material.sections or not is_there:
        yield made.refused(refuse(material.evidence, material.passages, lead=_nothing()).text)
        return
    if engine.llm is None:
        lead = say(
            "These are the documents' own words: sentences on the topic, under the headings that "
            "they stand under."
        )
        yield made.of_own_words(material.sections, lead)
        return
    outline = _outlined(engine, topic, material, stop, made)
    writer = _Writers.of(engine)
    total, said = len(outline.sections), Said()
    for number, (heading, question) in enumerate(outline.sections, start=1):
        made.ended = made.over(limits, stop)
        if made.ended:
            break
        place = say(
            "Section {number} of {total}: {heading}", number=number, total=total, heading=heading
        )
        made.tell(Step("section", {"heading": heading, "question": question}, place))
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
        if answer is not None and not answer.refused:
            answer = said.without_repeats(answer)
        if answer is not None and not answer.text:
            made.repeats(heading, answer)
        elif answer is not None:
            made.add(place, heading, answer)
    made.ended = made.ended or made.over(limits, stop, is_done=True)
    made.total = total
    yield made.answer(_nothing())


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


def _outlined(
    engine: Engine, topic: str, material: Material, stop: Stop | None, made: Made
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
        made.failed(Failure(kind, str(error), error.must_act), say("the outline"))
        outline = own_outline(topic, material)
    made.usage = total_usage(made.usage, outline.usage)
    if outline.is_own and made.failure is None and not (stop is not None and stop.is_set):
        made.note(
            say("The LLM's outline could not be used, so the headings are those of the documents.")
        )
    headings = [one.heading for one in outline.sections]
    planned = say_many(
        "Planned {count} section: {headings}",
        "Planned {count} sections: {headings}",
        len(headings),
        headings=", ".join(headings),
    )
    made.tell(Step("outline", {"headings": headings}, planned))
    return outline


def _nothing() -> str:
    return say("The documents do not have enough on this for a report.")
