"""Changes of a collection, one after the other: what they say as they go on, and in the end.

Who leaves before the end cancels: of an upload, nothing is kept then, and nothing was said to be.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from ingest.errors import StoreLocked
from ingest.records import FileReceipt, IngestReport
from rag_app.engine import Engine
from rag_app.llm.stop import Stop
from rag_app.server.background import Background, Source, Tell
from rag_app.server.written import GONE, Json, event_stream, wants_events

TELL_SECONDS = 0.2


class Report(BaseModel):
    """What became of each file, how many ended in each way, and the seconds that it took."""

    files: list[FileReceipt]
    counts: dict[str, int]
    seconds: float


class Telling:
    """Progress as events: ``progress`` now and then, ``receipt`` for each file. An
    ``ingest.progress.Progress``."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._files = self._finished = 0
        self._work = self._done = 0.0
        self._told = 0.0

    def begin(self, files: int, work: float) -> None:
        self._files, self._work = files, work

    def working(self, path: str, chunks: int, work: float) -> None:  # noqa: ARG002 (a Progress)
        self._done += work
        if (now := time.monotonic()) - self._told > TELL_SECONDS:
            self._told = now
            share = min(self._done / self._work, 1.0) if self._work else 0.0
            values = {"path": path, "files": self._files, "finished": self._finished,
                      "share": round(share, 3)}  # fmt: skip
            self._tell(("progress", values))

    def finished(self, receipt: FileReceipt, work: float) -> None:
        self._done += work
        self._finished += 1
        self._tell(("receipt", asdict(receipt)))

    def end(self) -> None: ...


class Turns:
    """One change of a collection at a time, so that those of this server do not refuse each
    other."""

    def __init__(self) -> None:
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def taken(self, engine: Engine, source: Source) -> Source:
        """The same source, in its turn. Where another process writes, it is tried for as long as
        the setting ``lock_seconds`` says. Raises StoreLocked after that."""

        def in_turn(stop: Stop, tell: Tell) -> Iterator[Any]:
            with self._lock:
                turn = self._locks.setdefault(engine.store.collection, threading.Lock())
            with turn:
                until = time.monotonic() + engine.index_settings.lock_seconds
                while not stop.is_set:
                    try:
                        yield from source(stop, tell)
                        return
                    except StoreLocked:
                        if time.monotonic() > until:
                            raise

        return in_turn


async def changed(request: Request, engine: Engine, source: Source) -> Response:
    """What becomes of a change, as JSON or as events."""
    changing: Background = request.app.state.changing
    source = request.app.state.turns.taken(engine, source)
    if wants_events(request):
        events = await changing.begun(request, source)
        return Response(status_code=GONE) if events is None else event_stream(events)
    report = await changing.whole(request, source)
    return Response(status_code=GONE) if report is None else Json(report[1])


def report_of(report: IngestReport) -> tuple[str, dict[str, Any]]:
    """The last event of a change."""
    files = [asdict(receipt) for receipt in report.files]
    return "report", {"files": files, "counts": report.counts, "seconds": report.seconds}
