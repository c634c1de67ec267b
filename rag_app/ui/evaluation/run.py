"""An evaluation run in the background: its questions, its progress, its report."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.errors import RagError, StoreError, UsageError
from rag_app import Conversations, Engine
from rag_app.conversation.export import to_questions
from rag_app.eval.generate import by_llm, by_rules
from rag_app.eval.questions import Question, read_questions, review_notes
from rag_app.eval.report import EvalReport
from rag_app.eval.run import evaluate
from rag_app.messages import retold, say, to_say
from rag_app.ui.widgets.background import Work

# What is asked, and sentences on where it comes from.
Questions = tuple[Sequence[Question], tuple[str, ...]]
OnProgress = Callable[[int], None]


class Stopped(RagError):
    """The reader has stopped the evaluation."""


class EvaluationRun:
    """Questions that are being asked. Raises nothing; ``work.result`` does, of a thread of its
    own: RagError, and Stopped after ``stop``."""

    def __init__(
        self,
        engine: Engine,
        name: str,
        questions: Callable[[OnProgress], Questions],
        *,
        answers: bool,
        keep: Callable[[EvalReport, Engine], object],
    ) -> None:
        """``keep`` gets what comes of it and the engine that was asked; it may raise StoreError."""
        self.doing = to_say("Reading the questions")
        self.done = self.total = 0
        self._engine, self._name, self._answers = engine, name, answers
        self._questions, self._keep = questions, keep
        self._stop = threading.Event()
        self.work: Work[EvalReport] = Work(self._evaluate)

    def stop(self) -> None:
        """Have it end after the question that is being asked."""
        self._stop.set()

    def _on_progress(self, done: int) -> None:
        self.done = done
        if self._stop.is_set():
            raise Stopped("The evaluation was stopped")

    def _evaluate(self) -> EvalReport:
        questions, notes = self._questions(self._on_progress)
        self.doing, self.done, self.total = to_say("Asking"), 0, len(questions)
        report = evaluate(
            self._engine,
            questions,
            self._on_progress,
            name=self._name,
            source="asked from the page",
            answers=self._answers,
        )
        report = replace(report, notes=(*notes, *report.notes))
        try:
            self._keep(report, self._engine)
        except StoreError as error:
            unkept = say("This is not kept: {error}.", error=retold(error))
            report = replace(report, notes=(*report.notes, unkept))
        return report


def questions_of_file(text: bytes, name: str) -> Questions:
    """The questions of a file that was sent. Raises UsageError, naming the line."""
    with tempfile.TemporaryDirectory(prefix="rag-app-questions-") as folder:
        path = Path(folder) / "questions.jsonl"
        path.write_bytes(text)
        try:
            return read_questions(path), review_notes(path)
        except UsageError as error:
            raise UsageError(str(error).replace(str(path), name)) from None


def questions_rated(kept: Conversations) -> Questions:
    """The questions that readers have rated. Raises UsageError if nobody has rated any well."""
    rated = kept.rated()
    if not rated:
        raise UsageError(say("No answer was rated yet; the thumbs below an answer do that"))
    return questions_of_file(to_questions(rated).encode(), "what was rated")


def questions_made(engine: Engine, count: int, on_progress: OnProgress) -> Questions:
    """Questions made of the documents: by the LLM where there is one, else by rules. Raises
    UsageError, StoreEmpty, LLMError."""
    if engine.llm is None:
        made = by_rules(engine.store, count)
    else:
        made = by_llm(engine.store, engine.llm, count, 0, on_progress, engine.prompts)
    return made.questions, made.notes
