"""Work that goes on while the page is drawn anew.

Streamlit runs the page's script from the top for every click, and stops the run before. An answer
or an upload must not end with it, so it has a thread of its own; each run of the script finds it
in the session's state and shows how far it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, Generic, TypeVar

from ingest import RagError
from rag_app import Answer, Engine, Exchange, Stop, Turn
from rag_app.answer.record import AnswerRecord
from rag_app.conversation.records import new_id

Result = TypeVar("Result")


class Work(Generic[Result]):
    """A function on a thread of its own. The thread ends with the process, whatever it does."""

    def __init__(self, function: Callable[[], Result]) -> None:
        self.started = time.monotonic()
        self._done = threading.Event()
        self._error: BaseException | None = None
        self._results: list[Result] = []
        threading.Thread(target=self._run, args=(function,), daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether ``result`` has something to give."""
        return self._done.is_set()

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return time.monotonic() - self.started

    def wait(self, seconds: float) -> bool:
        """Wait for the end of it, so long at most. Whether it is done."""
        return self._done.wait(seconds)

    def result(self) -> Result:
        """Wait for what the function returns. Raises what it raises."""
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._results[0]

    def _run(self, function: Callable[[], Result]) -> None:
        try:
            self._results.append(function())
        except RagError as error:
            self._error = error
        except BaseException as error:
            self._error = error  # for the page,
            raise  # and for the log
        finally:
            self._done.set()


class Asking:
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

    def wait_for_words(self, seconds: float) -> None:
        """Wait for the first words to be shown, so long at most; also if none will come."""
        self._has_words.wait(seconds)

    def _ask(self) -> Exchange:
        try:
            answer = self.answer = self._answer()
        except RagError as error:
            return self._settle(replace(self._exchange, error=str(error)))
        finally:
            self._has_words.set()
        record = self._records[-1].beside_answer() if answer and self._records else None
        partial = self._partial(answer)
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

    def _partial(self, answer: Answer | None) -> str:
        return self.text if answer is None else ""

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
