"""The way in for what is written section by section, a report or a summary; else an ordinary
answer."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ingest.catalog.filters import parse_filter
from ingest.text.language import question_language
from rag_app.answer.record import AnswerRecord
from rag_app.engine import Engine
from rag_app.languages import REPORTS
from rag_app.llm.stop import Stop
from rag_app.records import Answer, Effort, Step, Turn
from rag_app.report.by_section import sum_up
from rag_app.report.intent_english import topic_english
from rag_app.report.intent_german import topic_german
from rag_app.report.write import write_report
from rag_app.summary.answer import subject_asked_for


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
    once; in "thorough" with an LLM, the summary of a document section by section; else what
    ``Engine.stream`` gives. What is written section by section has no record of its own. Raises
    what they raise."""
    is_thorough = (effort or engine.answer_settings.effort) == "thorough"
    rules = REPORTS.of(question_language(question, ()), en=topic_english, de=topic_german)
    topic = None if rules is None else rules(question)
    parts: Generator[str | Answer] | None = None
    if topic is not None and (is_thorough or engine.llm is None):
        parts = write_report(engine, topic, where, stop=stop, on_step=on_step)
    elif is_thorough and engine.llm is not None:
        with engine.collection.reading() as view:
            subject = subject_asked_for(question, view, parse_filter(where))
        if subject is not None:
            parts = sum_up(engine, question, subject, stop=stop, on_step=on_step)
    if parts is None:
        parts = engine.stream(
            question, history, where, stop=stop, on_record=on_record, effort=effort, on_step=on_step
        )
    for part in parts:
        yield replace(part, question=question) if isinstance(part, Answer) else part
