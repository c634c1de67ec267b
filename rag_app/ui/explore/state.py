"""The state of the page "Explore" in a session, and what is worked out for it on a thread."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

import streamlit as st

from ingest.progress import Stopped
from rag_app import Engine, Stop
from rag_app.insights.base.kept import Kept, KeptInsights
from rag_app.insights.base.records import Insight
from rag_app.insights.base.steps import Steps
from rag_app.insights.related.recommend import Seen
from rag_app.messages import retold, say
from rag_app.ui.explore.parts import small
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.background import Work
from rag_app.ui.widgets.pressed import show_button

T = TypeVar("T", bound=Insight)
Where = Mapping[str, Any] | None


@dataclass(frozen=True)
class Wanted(Generic[T]):
    """A result: its class, the settings that tell it from others (as the command of the same name
    has them, so that what one of them kept is shown by the other), and how it is made."""

    kind: type[T]
    asked: Mapping[str, Any]
    make: Callable[[Steps, Stop], T]


class Exploration:
    """Results that are being worked out, and then are kept. ``work.result`` raises RagError."""

    def __init__(self, engine: Engine, wanted: Sequence[Wanted[Any]]) -> None:
        self.doing, self.share = say("Reading the vectors"), 0.0
        self._engine, self._wanted, self._stop = engine, wanted, Stop()
        self.work: Work[None] = Work(self._explore)

    def stop(self) -> None:
        """Have it end at its next step; what is finished is kept."""
        self._stop.set()

    def _on_progress(self, doing: str, share: float) -> None:
        self.doing, self.share = doing, share

    def _explore(self) -> None:
        kept = KeptInsights(self._engine.collection)
        steps = Steps(self._on_progress, self._stop)
        try:
            for one in self._wanted:
                kept.get(one.kind, one.asked, partial(one.make, steps, self._stop))
        except Stopped:
            return


@dataclass(slots=True, eq=False)
class ExploreState:
    """``running`` is what is being worked out; ``error`` says why the last one did not work;
    ``found`` is what is kept, read once for each version of the collection."""

    session: Session
    running: Exploration | None = None
    error: str | None = None
    examples: dict[str, str] = field(default_factory=dict)  # labels that were given, by document
    labelled_texts: dict[str, str] = field(default_factory=dict)  # the same, by text
    history: list[Seen] = field(default_factory=list)  # from a file; if empty, the chat's
    version: tuple[object, ...] = ()
    found: dict[str, Kept[Any] | None] = field(default_factory=dict)

    def kept(self, engine: Engine, wanted: Wanted[T]) -> Kept[T] | None:
        """What is kept of it; None if nothing is."""
        version = (str(engine.store.directory), *engine.collection.version())
        if self.version != version:
            self.version, self.found = version, {}
        key = json.dumps([wanted.kind.__name__, wanted.asked], sort_keys=True)
        if key not in self.found:
            self.found[key] = KeptInsights(engine.collection).find(wanted.kind, wanted.asked)
        return self.found[key]

    def begin(self, engine: Engine, wanted: Sequence[Wanted[Any]]) -> None:
        """Work out what is missing or stale."""
        self.error, self.running, self.found = None, Exploration(engine, wanted), {}


@dataclass(frozen=True)
class Here:
    """What each place of the page is drawn from. ``where`` is the filter."""

    session: Session
    engine: Engine
    state: ExploreState
    where: Where

    def results(self, do: str, *wanted: Wanted[Any], ready: bool = True) -> list[Any] | None:
        """The results, with the way to have them worked out where one is missing or stale; ``do``
        is what its button says, which can be pressed when all is ``ready``. None where one is
        missing."""
        kept = [self.state.kept(self.engine, one) for one in wanted]
        found = [one for one in kept if one is not None]
        is_whole = len(found) == len(wanted)
        is_stale = any(one.is_stale for one in found)
        if is_whole and is_stale:
            st.info(
                say("The documents have changed since this was worked out."),
                icon=":material/history:",
            )
        if not is_whole or is_stale:
            show_button(
                say("Work it out again") if is_whole else do,
                lambda: self.state.begin(self.engine, wanted),
                key=f"explore-begin-{'-'.join(one.kind.__name__ for one in wanted)}",
                type="primary",
                icon=":material/travel_explore:",
                disabled=not (ready and self.engine.collection.chunk_count()),
            )
        if not is_whole:
            return None
        notes = dict.fromkeys(note for one in found for note in one.result.basis.notes)
        small(" ".join(map(retold, notes)))
        return [one.result for one in found]
