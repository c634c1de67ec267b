"""The desk: all answers that this server is making, and the questions that wait for them.

The questions of one conversation are answered one after the other, for each may go on from the one
before; conversations side by side, so many at once. All pages see the same: whoever looks at a
conversation finds here what is on its way.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rag_app.ui.answering.pending_answer import PendingAnswer
from rag_app.ui.widgets.background import Work

# An LLM mostly waits for its server, and quotes take a part of a second: more would only make all
# of them slower.
MOST_AT_ONCE = 8
LOOK_SECONDS = 0.1


class Desk:
    """Lines of questions by the ids of their conversations. Threads may share it."""

    def __init__(self, most_at_once: int = MOST_AT_ONCE) -> None:
        self._lines: dict[str, list[PendingAnswer]] = {}
        self._turns = threading.Semaphore(most_at_once)
        self._lock = threading.Lock()

    def line(self, conversation: str) -> list[PendingAnswer]:
        """What is on its way in a conversation: the first is being answered, the others wait."""
        with self._lock:
            return [one for one in self._lines.get(conversation, ()) if one.settled is None]

    def find(self, conversation: str, exchange: str | None) -> PendingAnswer | None:
        """The one of an exchange, if it is on its way."""
        return next((one for one in self.line(conversation) if one.exchange.id == exchange), None)

    def add(self, conversation: str, pending: PendingAnswer) -> None:
        """Have a question answered, after those of its conversation that wait already."""
        with self._lock:
            line = self._lines.setdefault(conversation, [])
            line.append(pending)
            if len(line) == 1:
                self._begin(conversation, line)

    def withdraw(self, conversation: str, exchange: str) -> bool:
        """Take out a question that waits; what goes on from it no longer does. False where it does
        not wait: it is being answered, or was."""
        with self._lock:
            line = self._lines.get(conversation, [])
            gone = next((one for one in line[1:] if one.exchange.id == exchange), None)
            if gone is None:
                return False
            line.remove(gone)
            for other in line:
                other.leave_out(gone)
            return True

    def stop(self, conversation: str) -> None:
        """Stop all that is on its way in a conversation."""
        for pending in reversed(self.line(conversation)):
            pending.stop()

    def close(self) -> None:
        """Keep what there is of all answers, at the end of the server."""
        with self._lock:
            running = [line[0] for line in self._lines.values()]
        for pending in running:
            pending.interrupt()

    def _begin(self, conversation: str, line: list[PendingAnswer]) -> None:
        """Begin with the first of a line."""
        pending = line[0]

        def answer() -> None:
            try:
                pending.wait_for_files()
                with self._turn(pending):
                    pending.make()
            finally:
                self._end(conversation, pending)

        Work(answer)

    def _end(self, conversation: str, pending: PendingAnswer) -> None:
        with self._lock:
            line = self._lines[conversation]
            line.remove(pending)
            if line:
                self._begin(conversation, line)
            else:
                del self._lines[conversation]

    @contextmanager
    def _turn(self, pending: PendingAnswer) -> Iterator[None]:
        """Wait until there is room for one more; not for one that is stopped meanwhile."""
        has_turn = False
        while not (has_turn or pending.is_stopped):
            has_turn = self._turns.acquire(timeout=LOOK_SECONDS)
        try:
            yield
        finally:
            if has_turn:
                self._turns.release()


desk = Desk()
