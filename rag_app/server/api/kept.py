"""Answers that are kept in a conversation: the question before it is answered, and then what comes
of it, so that nothing that was told is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from ingest.errors import RagError, UsageError
from rag_app.answer.record import AnswerRecord
from rag_app.conversation.records import Conversation, Exchange, title_of
from rag_app.conversation.store import Conversations
from rag_app.engine import Engine
from rag_app.llm.stop import Stop
from rag_app.records import Answer, Effort, Step, Turn
from rag_app.report.asked import report_or_answer


def kept_answer(
    engine: Engine,
    kept: Conversations,
    id_: str,
    question: str,
    history: Sequence[Turn],
    where: Mapping[str, Any] | None,
    *,
    stop: Stop,
    effort: Effort | None,
    on_step: Callable[[Step], None],
) -> Iterator[str | Answer]:
    """The parts of an answer, and the Answer once it is kept; of one that is stopped, what was
    written is. Raises what ``Engine.stream`` and ``Conversations`` raise."""
    try:
        conversation = kept.open(id_)
    except UsageError:
        conversation = Conversation(id_, title_of(question))
    before = conversation.branch()
    parent = before[-1].id if before else None
    asked = Exchange(
        question, where=dict(where) if where else None, parent=parent, is_open=True, effort=effort
    )
    asked = kept.put(conversation, asked, at_end=True)
    said = (*history, *(turn for one in before for turn in one.turns))
    records: list[AnswerRecord] = []
    text, answer = "", None
    try:
        stream = report_or_answer(
            engine, question, said, where,
            stop=stop, on_record=records.append, effort=effort, on_step=on_step,
        )  # fmt: skip
        with closing(stream):
            for part in stream:
                if isinstance(part, Answer):
                    answer = part
                else:
                    text += part
                    yield part
    except RagError as error:
        kept.settle(replace(asked, error=str(error), is_open=False))
        raise
    record = records[-1].beside_answer() if answer and records else None
    partial = "" if answer else text
    kept.settle(replace(asked, answer=answer, partial=partial, record=record, is_open=False))
    if answer is not None:
        yield answer
