"""The state of the page "Explore" in a session, and what is worked out for it on a thread."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.progress import Stopped
from rag_app import Engine, Stop
from rag_app.insights.base.kept import Kept, KeptInsights
from rag_app.insights.base.steps import Steps
from rag_app.insights.map.map import PassageMap, make_map
from rag_app.insights.outliers.outliers import find_outliers
from rag_app.insights.outliers.records import Outliers
from rag_app.insights.topics.records import Topics
from rag_app.insights.topics.topics import find_topics
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.background import Work

# As the commands have them without options, so that what one of them kept is shown here.
TOPICS = {"method": "graph", "count": None, "seed": 0, "where": None}
MAP = {"method": None, "seed": 0, "where": None}
OUTLIERS = {"count": 20, "where": None}


class Exploration:
    """Topics, a map and outliers that are being worked out, and then are kept. ``work.result``
    raises RagError."""

    def __init__(self, engine: Engine) -> None:
        self.doing, self.share = "Reading the vectors", 0.0
        self._engine, self._stop = engine, Stop()
        self.work: Work[None] = Work(self._explore)

    def stop(self) -> None:
        """Have it end at its next step; what is finished is kept."""
        self._stop.set()

    def _on_progress(self, doing: str, share: float) -> None:
        self.doing, self.share = doing, share

    def _explore(self) -> None:
        read, kept = self._engine.collection, KeptInsights(self._engine.collection)
        steps = Steps(self._on_progress, self._stop)
        llm = self._engine.llm
        try:
            kept.get(
                Topics,
                TOPICS,
                lambda: find_topics(read, llm=llm, steps=steps, stop=self._stop),
            )
            kept.get(PassageMap, MAP, lambda: make_map(read, steps=steps))
            kept.get(Outliers, OUTLIERS, lambda: find_outliers(read, steps=steps))
        except Stopped:
            return


@dataclass(frozen=True, slots=True)
class Explored:
    """What is kept of a collection."""

    topics: Kept[Topics]
    map: Kept[PassageMap]
    outliers: Kept[Outliers]

    @property
    def is_stale(self) -> bool:
        """Whether the collection has changed since."""
        return self.topics.is_stale or self.map.is_stale or self.outliers.is_stale


@dataclass(slots=True, eq=False)
class ExploreState:
    """``running`` is what is being worked out, ``explored`` is what is shown, of one version of a
    collection; ``error`` says why the last one did not work."""

    session: Session
    running: Exploration | None = None
    error: str | None = None
    shown: tuple[tuple[object, ...], Explored | None] | None = None

    def explored(self, engine: Engine) -> Explored | None:
        """What is kept, read once for each version of the collection; None if nothing is."""
        version = (str(engine.store.directory), *engine.collection.version())
        if self.shown is None or self.shown[0] != version:
            kept = KeptInsights(engine.collection)
            topics = kept.find(Topics, TOPICS)
            positions, outliers = kept.find(PassageMap, MAP), kept.find(Outliers, OUTLIERS)
            found = None
            if topics is not None and positions is not None and outliers is not None:
                found = Explored(topics, positions, outliers)
            self.shown = version, found
        return self.shown[1]
