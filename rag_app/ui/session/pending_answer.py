"""A pending answer: asked for in the background, and kept when it is there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from ingest import RagError
from rag_app import Answer, Engine, Exchange, Stop, Turn
from rag_app.answer.record import AnswerRecord
from rag_app.conversation.records import new_id
from rag_app.ui.widgets.background import Work


class PendingAnswer:
    """A question on its way to an answer. ``text`` is what has come of it so far, ``answer`` the
    answer itself, which is shown while it is being kept.

    What comes of it is kept from here, so that an answer is not lost with the page that asked for
    it. ``unkept`` says why that did not work.
    """

    def __init__(
        self,
        engine: Engine,
        question: str,
        history: Sequence[Turn],
        where: dict[str, Any] | None = None,
        *,
        parent: str | None = None,
        keep: Callable[[Exchange], None],
    ) -> None:
        """``parent`` is the exchange that it goes on from, ``keep`` may raise RagError."""
        self.question = question
        self.where = where
        self.text = ""
        self.answer: Answer | None = None
        self.unkept: str | None = None
        self._exchange = Exchange(question, where=where, id=new_id(), parent=parent)
        self._settled: Exchange | None = None
        self._lock = threading.Lock()
        self._keep = keep
        self._engine = engine
        self._history = tuple(history)
        self._stop = Stop()
        self._has_words = threading.Event()
        self._records: list[AnswerRecord] = []
        self.work = Work(self._ask)

    def stop(self) -> Exchange:
        """Ask for no more: the LLM is told at once, also while it is still silent. Returns what
        has come of it: all, if it was done a moment ago."""
        self._stop.set()
        return self._settle(replace(self._exchange, partial=self.text))

    def wait_for_words(self, seconds: float) -> bool:
        """Wait for the first words to be shown, so long at most; also if none will come. Whether
        there is nothing more to wait for."""
        return self._has_words.wait(seconds)

    def _ask(self) -> Exchange:
        try:
            answer = self.answer = self._answer()
        except RagError as error:
            return self._settle(replace(self._exchange, error=str(error)))
        finally:
            self._has_words.set()
        record = self._records[-1].beside_answer() if answer and self._records else None
        partial = self.text if answer is None else ""
        return self._settle(replace(self._exchange, answer=answer, partial=partial, record=record))

    def _answer(self) -> Answer | None:
        stream = self._engine.stream(
            self.question,
            self._history,
            self.where,
            stop=self._stop,
            on_record=self._records.append,
        )
        with closing(stream):
            for part in stream:
                if isinstance(part, Answer):
                    return part
                if self._stop.is_set:
                    return None
                self.text += part
                if self._engine.llm is not None:
                    self._has_words.set()
        return None

    def _settle(self, exchange: Exchange) -> Exchange:
        """What came first is what came of it, and is kept."""
        with self._lock:
            if self._settled is None:
                self._settled = exchange
                try:
                    self._keep(exchange)
                except RagError as error:
                    self.unkept = str(error)
            return self._settled
