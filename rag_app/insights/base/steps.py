"""Progress of an insight, and the way to stop it."""

from __future__ import annotations

from ingest.progress import Stopped
from rag_app.clusters.nearest import OnProgress
from rag_app.llm.stop import Stop


class Steps:
    """Is called at every step of what takes longer than a second. ``stop`` ends it from another
    thread."""

    def __init__(self, on_progress: OnProgress | None = None, stop: Stop | None = None) -> None:
        self._on_progress, self._stop = on_progress, stop

    def __call__(self, doing: str, share: float = 0.0) -> None:
        """Tell what is being done. Raises Stopped if it is not wanted any more."""
        if self._stop is not None and self._stop.is_set:
            raise Stopped
        if self._on_progress is not None:
            self._on_progress(doing, share)


QUIET = Steps()
