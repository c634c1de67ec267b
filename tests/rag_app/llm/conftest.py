"""No test of the client waits long, or leaves a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from rag_app.llm import failures as llm_errors


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm_errors, "FIRST_BACKOFF_SECONDS", 0.02)


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 2
    while any(thread.name == "llm-exchange" for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "a request's thread is still running"
        time.sleep(0.01)
