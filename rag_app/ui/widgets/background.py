"""Background work on a thread of its own, while the page is drawn anew.

Streamlit runs the page's script from the top for every click, and stops the run before. An answer
or an upload must not end with it, so it has a thread of its own; each run of the script finds it
in the session's state and shows how far it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from ingest import RagError
from rag_app.messages import language_now, speaking

Result = TypeVar("Result")


class Work(Generic[Result]):
    """A function on a thread of its own, which speaks the language of who began it. The thread ends
    with the process, whatever it does."""

    def __init__(self, function: Callable[[], Result]) -> None:
        self.started = time.monotonic()
        self._language = language_now()
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
            with speaking(self._language):
                self._results.append(function())
        except RagError as error:
            self._error = error
        except BaseException as error:
            self._error = error  # for the page,
            raise  # and for the log
        finally:
            self._done.set()
