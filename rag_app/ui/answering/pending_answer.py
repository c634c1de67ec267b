"""A pending answer: a question that is kept, and the answer that is made for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace

from ingest import RagError
from rag_app import Answer, Conversations, Engine, Exchange, Stop, Turn
from rag_app.answer.record import AnswerRecord
from rag_app.messages import retold, say, to_say
from rag_app.records import Step
from rag_app.report.asked import report_or_answer

LOOK_SECONDS = 0.1
FAILED = to_say("Something went wrong in the program; its log says what")


class PendingAnswer:
    """A question on its way to an answer. ``text`` is what has come of it so far, ``steps`` what
    was done to find it, ``answer`` the answer itself, which is shown while it is being kept,
    ``settled`` what came of it in the end.

    What comes of it is kept from here, so that an answer is lost with no page. ``unkept`` says why
    that did not work; ``is_same`` that ``again`` was asked again, and got the same answer, so that
    nothing is kept of this one.
    """

    def __init__(
        self,
        engine: Engine,
        exchange: Exchange,
        history: Sequence[Turn],
        kept_by: Conversations | None,
        *,
        before: PendingAnswer | None = None,
        again: Exchange | None = None,
        unkept: str | None = None,
        is_reading: Callable[[], bool] | None = None,
    ) -> None:
        """``history`` is what was said before; where there is an answer ``before`` to be waited
        for, that knows it. ``kept_by`` has the question already; None where it could not.
        ``is_reading`` says whether files that were sent with it are still being read."""
        self.exchange = exchange
        self.again = again
        self.text = ""
        self.steps: list[Step] = []
        self.answer: Answer | None = None
        self.settled: Exchange | None = None
        self.unkept = unkept
        self.is_same = False
        self._before = before
        self._history = tuple(history)
        self._kept_by = kept_by
        self._engine = engine
        self._is_reading = is_reading
        self._lock = threading.Lock()
        self._stop = Stop()
        self._began: float | None = None
        self._has_words = threading.Event()
        self._is_done = threading.Event()
        self._records: list[AnswerRecord] = []

    @property
    def is_done(self) -> bool:
        """Whether it is settled, and kept."""
        return self._is_done.is_set()

    @property
    def is_stopped(self) -> bool:
        """Whether nobody wants more of it."""
        return self._stop.is_set

    @property
    def waits_for_files(self) -> bool:
        """Whether files are still being read that it may be about."""
        return self._is_reading is not None and self._is_reading()

    @property
    def seconds(self) -> float:
        """How long it has been worked on."""
        return 0.0 if self._began is None else time.monotonic() - self._began

    @property
    def writes(self) -> bool:
        """Whether an LLM writes it, whose words are shown while they come."""
        return self._engine.llm is not None

    def stop(self) -> None:
        """Ask for no more: the LLM is told at once, also while it is still silent. What has come
        of it is kept: all, if it was done a moment ago."""
        self._stop.set()
        self._settle(replace(self.exchange, partial=self.text, is_open=False))

    def interrupt(self) -> None:
        """The same at the end of the server: the question stays open, to be answered later."""
        self._settle(replace(self.exchange, partial=self.text))
        self._stop.set()

    def leave_out(self, gone: PendingAnswer) -> None:
        """Go on from what a question that was withdrawn would have gone on from, if from that."""
        if self._before is gone:
            self._before, self._history = gone._before, gone._history

    def wait_for_files(self) -> None:
        """Wait until those are read that it may be about, unless nobody wants it any more."""
        while self.waits_for_files and not self._is_done.wait(LOOK_SECONDS):
            pass

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end of it, so long at most. Whether it is done."""
        return self._is_done.wait(seconds)

    def wait_for_words(self, seconds: float) -> bool:
        """Wait for the first words to be shown, so long at most; also if none will come. Whether
        there is nothing more to wait for."""
        return self._has_words.wait(seconds)

    def make(self) -> None:
        """Make the answer, here and now. After what is not foreseen, too, it is settled."""
        self._began = time.monotonic()
        try:
            if not self.is_stopped:
                self._settle(self._made())
        except RagError as error:
            self._settle(replace(self.exchange, error=retold(error), is_open=False))
        finally:
            self._settle(replace(self.exchange, error=say(FAILED), is_open=False))
            self._has_words.set()

    def _made(self) -> Exchange:
        answer = self.answer = self._answer()
        self._has_words.set()
        return replace(
            self.exchange,
            answer=answer,
            partial=self.text if answer is None else "",
            record=self._records[-1].beside_answer() if answer and self._records else None,
            is_open=False,
        )

    def _answer(self) -> Answer | None:
        stream = report_or_answer(
            self._engine,
            self.exchange.question,
            self._history_until_now(),
            self.exchange.where,
            stop=self._stop,
            on_record=self._records.append,
            effort=self.exchange.effort,
            on_step=self.steps.append,
        )
        with closing(stream):
            for part in stream:
                if isinstance(part, Answer):
                    return part
                if self._stop.is_set:
                    return None
                self.text += part
                if self.writes:
                    self._has_words.set()
        return None

    def _history_until_now(self) -> tuple[Turn, ...]:
        """What was said before, with what has come of the questions that this one waited for."""
        before, self._before = self._before, None
        if before is not None and before.settled is not None:
            self._history = (*before._history_until_now(), *before.settled.turns)
        return self._history

    def _settle(self, exchange: Exchange) -> None:
        """What came first is what came of it, and is kept."""
        with self._lock:
            if self.settled is not None:
                return
            self.is_same = self.again is not None and exchange.says_the_same_as(self.again)
            self.settled = exchange
            try:
                if self._kept_by is None:
                    pass
                elif self.is_same and self.again is not None:
                    self._kept_by.withdraw(exchange.id, instead=self.again.id)
                else:
                    self._kept_by.settle(exchange)
            except RagError as error:
                self.unkept = retold(error)
            finally:
                self._is_done.set()
