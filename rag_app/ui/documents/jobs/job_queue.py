"""A queue of changes to the collection, made one by one on a thread of its own.

An upload, a deletion or a look at changed folders goes on whatever page is shown, or none. What
comes of each file is there as soon as it is known. Questions are answered meanwhile: readers never
wait for the writer. Of several writers, whatever sessions and processes they are of, one waits for
the other.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest import FileReceipt, IngestReport, RagError
from ingest.audit import Event
from ingest.errors import CollectionGone, IndexNotWritten, StoreLocked
from ingest.progress import Progress
from rag_app.messages import retold, say, to_say
from rag_app.ui.serving.audited import note
from rag_app.ui.serving.roles import REFUSED, may
from rag_app.ui.serving.settings import Role
from rag_app.ui.widgets.background import Work

CANCELLED = to_say("cancelled before its turn; add it again")


@dataclass(frozen=True, slots=True)
class Job:
    """One change. ``what`` tells it in a few words, ``files`` how many files it is about; ``event``
    and ``names`` are for the audit log, and who makes it ``needs`` a role.

    ``run`` makes it, tells what happens, and ends early when the event is set. It may raise
    RagError; after StoreLocked it is run again, until nobody else writes. ``leave`` cleans up after
    one that will not be made.
    """

    what: str
    run: Callable[[Progress, threading.Event], IngestReport]
    files: int = 0
    leave: Callable[[], None] = lambda: None
    event: Event = "ingest"
    names: Sequence[str] = ()
    collection: str = ""
    needs: Role = Role.ADD


class Ingestion:
    """The changes that one session makes to one collection. Its own ``ingest.progress.Progress``.

    ``receipts`` are those of all changes since it was last idle, newest last; ``path`` is at hand,
    ``share`` of the work is done, 0 to 1; ``blocked_by`` says who else is writing, while that is
    waited for. ``error`` says what went wrong with a change, which can be tried again.
    """

    def __init__(self) -> None:
        self.what = ""
        self.path = ""
        self.blocked_by = ""
        self.files = 0
        self._receipts: list[FileReceipt] = []
        self.error: str | None = None
        self.is_cancelled = False
        self._failed: list[Job] = []
        self._waiting: deque[Job] = deque()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._work: Work[None] | None = None
        self._is_running = False
        self._before = 0
        self._work_all = self._work_done = 0.0

    @property
    def receipts(self) -> tuple[FileReceipt, ...]:
        """What has come of files so far."""
        return tuple(self._receipts)

    @property
    def is_running(self) -> bool:
        """Whether there is a change on its way, or waiting."""
        return self._is_running

    @property
    def share(self) -> float:
        """How much of the present change is done, 0 to 1: of its files, as they are counted beside
        it; of the bytes of a single one."""
        if self.files > 1:
            return min(self.done / self.files, 1.0)
        return min(self._work_done / self._work_all, 1.0) if self._work_all else 0.0

    @property
    def done(self) -> int:
        """How many files of the present change have their receipts."""
        return len(self._receipts) - self._before

    @property
    def waiting(self) -> int:
        """How many changes wait for the present one."""
        return len(self._waiting)

    @property
    def can_be_tried_again(self) -> bool:
        """Whether a change failed as a whole."""
        return bool(self._failed)

    def add(self, job: Job) -> None:
        """Make a change, after those that wait already."""
        if not may(job.needs):
            self.error = say(REFUSED)
            job.leave()
            return
        note(job.event, job.names, collection=job.collection)
        with self._lock:
            self._waiting.append(job)
            if self._is_running:
                return
            self.error, self.is_cancelled = None, False
            self._receipts, self._failed = [], []
            self._stop = threading.Event()
            self._is_running = True
            self._work = Work(self._run)

    def cancel(self) -> None:
        """Make no more changes: the present one ends before its next document."""
        with self._lock:
            self.is_cancelled = self._is_running
            self._stop.set()

    def try_again(self) -> None:
        """Make those changes that failed as a whole."""
        failed, self._failed = self._failed, []
        for job in failed:
            self.add(job)

    def give_up(self) -> None:
        """Forget those that failed, and what they left behind."""
        failed, self._failed, self.error = self._failed, [], None
        for job in failed:
            job.leave()

    def wait(self) -> None:
        """Wait until all changes are made."""
        if self._work is not None:
            self._work.result()

    def begin(self, files: int, work: float) -> None:
        self.blocked_by = ""
        self.files, self._work_all = files, work

    def working(self, path: str, chunks: int, work: float) -> None:  # noqa: ARG002 (a Progress)
        self.path = path
        self._work_done += work

    def finished(self, receipt: FileReceipt, work: float) -> None:
        self.path = receipt.path
        self._receipts.append(receipt)
        self._work_done += work

    def end(self) -> None:
        self._work_done = self._work_all

    def _run(self) -> None:
        try:
            while (job := self._next()) is not None:
                self._make(job)
        except BaseException:
            self.error = say("Something went wrong in the program; its log says what")
            self._is_running = False
            raise

    def _next(self) -> Job | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._is_running = False
            return None

    def _make(self, job: Job) -> None:
        self.what, self.path, self.files = job.what, "", job.files
        self.blocked_by = ""
        self._work_all = self._work_done = 0.0
        self._before = len(self._receipts)
        try:
            while not self._stop.is_set():
                try:
                    self._settle(job.run(self, self._stop).files)
                    return
                except StoreLocked as error:
                    self._settle([])
                    is_here = error.process == os.getpid()
                    self.blocked_by = (
                        say("another window")
                        if is_here
                        else say("another program ({name})", name=error.holder)
                    )
            job.leave()
            self._settle([FileReceipt(job.what, "skipped", reason=say(CANCELLED))])
        except IndexNotWritten as error:
            self.error = retold(error)
            if error.report is not None:
                self._settle(error.report.files)
        except CollectionGone as error:
            self.error = say(
                "{error}. Nothing of it was kept: {what}", error=retold(error), what=job.what
            )
        except RagError as error:
            self.error = retold(error)
            self._failed.append(job)

    def _settle(self, receipts: Sequence[FileReceipt]) -> None:
        """Put what the report of a change says for what was told on the way."""
        self._receipts = [*self._receipts[: self._before], *receipts]
