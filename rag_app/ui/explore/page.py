"""The page "Explore": what the vectors of the collection know."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ingest import RagError
from rag_app import Engine
from rag_app.messages import retold, say, to_say
from rag_app.ui.explore.alike import (
    show_duplicates_place,
    show_recommended_place,
    show_related_place,
)
from rag_app.ui.explore.classes import show_classes_place
from rag_app.ui.explore.learn import show_learn_place
from rag_app.ui.explore.meaning import show_analogy_place, show_bias_place, show_compare_place
from rag_app.ui.explore.overview import (
    show_gaps_place,
    show_map_place,
    show_outliers_place,
    show_topics_place,
)
from rag_app.ui.explore.parts import show_filter
from rag_app.ui.explore.state import Exploration, ExploreState, Here
from rag_app.ui.explore.tuning import show_tuning_place
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import label
from rag_app.ui.widgets.followers import Follower
from rag_app.ui.widgets.times import format_seconds

MAP = to_say("Map")
PLACES: dict[str, tuple[str, Callable[[Here], None]]] = {
    MAP: (to_say("Where each passage stands among the others."), show_map_place),
    to_say("Topics"): (to_say("What your documents are about."), show_topics_place),
    to_say("Duplicates"): (
        to_say("What says the same, and how it differs."),
        show_duplicates_place,
    ),
    to_say("Does not belong"): (
        to_say("What is unlike all else here, and why."),
        show_outliers_place,
    ),
    to_say("Not found"): (to_say("Questions that found no answer here."), show_gaps_place),
    to_say("Classes"): (
        to_say("Labels for all documents, from a few that you give."),
        show_classes_place,
    ),
    to_say("Related"): (to_say("What is near to a document."), show_related_place),
    to_say("To read next"): (
        to_say("Documents you have not seen, by what you asked."),
        show_recommended_place,
    ),
    to_say("Learn"): (
        to_say("What to learn in which order, with questions to check yourself."),
        show_learn_place,
    ),
    to_say("Compare"): (to_say("Two texts, sentence by sentence."), show_compare_place),
    to_say("Analogies"): (to_say("What is nearest to a sum of meanings."), show_analogy_place),
    to_say("Bias"): (to_say("What the model associates with groups of people."), show_bias_place),
    to_say("Tuning"): (
        to_say("A model of your own, trained on questions to your documents."),
        show_tuning_place,
    ),
}
UNFILTERED = ("Not found", "Compare", "Tuning")  # nothing of the collection is chosen from


def show_explore_page(session: Session, engine: Engine) -> Follower | None:
    """One insight, the way to the others, and the way to have it worked out."""
    state = session.state_of(ExploreState)
    st.title(say("Explore"), anchor=False)
    place = st.pills(
        say("What to look at"), list(PLACES), format_func=say, default=MAP, required=True,
        key="explore-place",
        label_visibility="collapsed", persist_state="session", disabled=state.running is not None,
    )  # fmt: skip
    told, show = PLACES[place or MAP]
    st.html(f'<p class="rag-promise">{say(told)}</p>')
    if state.running is not None:
        return _Following(state, state.running)
    where = None if place in UNFILTERED else show_filter(engine)
    if state.error:
        st.error(label(state.error), icon=":material/error:")
    show(Here(session, engine, state, where))
    return None


class _Following:
    """Shows how far it is."""

    def __init__(self, state: ExploreState, run: Exploration) -> None:
        self._state, self._run = state, run
        self._bar = st.progress(0.0, say("Starting …"))
        st.button(
            say("Stop"),
            key="explore-stop",
            icon=":material/stop_circle:",
            type="tertiary",
            on_click=run.stop,
        )

    def follow(self) -> bool:
        now = self._run
        if not now.work.done:
            self._bar.progress(
                min(now.share, 1.0), f"{retold(now.doing)} · {format_seconds(now.work.seconds)}"
            )
            return True
        self._state.running = None
        try:
            now.work.result()
        except RagError as error:
            self._state.error = retold(error)
        return False
