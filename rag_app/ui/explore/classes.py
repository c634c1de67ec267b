"""Classes: labels for all documents, from a few that are given on the page."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from ingest.text.wording import many
from rag_app.insights.classes.learn import learn_classes
from rag_app.insights.classes.records import Classes, Example, Predicted
from rag_app.ui.explore.parts import MOST_SHOWN, download, show_document, show_rest, small
from rag_app.ui.explore.plot import show_bars
from rag_app.ui.explore.state import ExploreState, Here, Wanted
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import label

ACCURACY = 0.95  # as the command has it
NEW, CHOSEN = "explore-label", "explore-labelled"
UNKNOWN = "not known"


def show_classes_place(here: Here) -> None:
    """Where examples are given, and what was learned of them."""
    state, engine = here.state, here.engine
    names = [one.name for one in engine.documents()]
    with st.form("explore-examples", border=False):
        st.text_input("Label", key=NEW, placeholder="Such as: invoice")
        st.multiselect("Documents with this label", names, key=CHOSEN, placeholder="Choose some")
        st.form_submit_button("Add examples", on_click=_add, args=(state,))
    if not state.examples:
        small("Give two labels at least, with two documents each; better more.")
        return
    counts = Counter(state.examples.values())
    small("; ".join(f"{name}: {many(count, 'document')}" for name, count in counts.items()))
    st.button("Clear examples", type="tertiary", on_click=state.examples.clear)
    examples = [Example(name, document) for document, name in sorted(state.examples.items())]
    wanted = Wanted(
        Classes,
        {
            "examples": [[one.label, one.document, one.text] for one in examples],
            "texts": [],
            "accuracy": ACCURACY,
            "where": here.where,
        },
        lambda steps, _: learn_classes(
            engine.collection, engine.embedder, examples, here.where, accuracy=ACCURACY, steps=steps
        ),
    )
    if found := here.results("Label all documents", wanted, ready=len(counts) > 1):
        _show_classes(here.session, found[0])


def _add(state: ExploreState) -> None:
    name = " ".join(st.session_state[NEW].split())
    if name:
        state.examples |= dict.fromkeys(st.session_state[CHOSEN], name)


def _show_classes(session: Session, found: Classes) -> None:
    if found.quality is not None:
        small(found.text().splitlines()[0])
    by_label: dict[str, list[Predicted]] = {}
    for one in found.documents:
        by_label.setdefault(one.label or UNKNOWN, []).append(one)
    show_bars([(name, len(own)) for name, own in by_label.items()], "Documents")
    download("classes.csv", found.rows)
    for wrong in found.suspects:
        st.warning(
            label(f"{wrong.item}: given {wrong.given}, likelier {wrong.likeliest}."),
            icon=":material/warning:",
        )
    for name, own in by_label.items():
        with st.expander(label(f"{name} · {many(len(own), 'document')}")):
            for one in sorted(own, key=lambda one: one.probability)[:MOST_SHOWN]:
                given = " · given" if one.given else ""
                with st.container(horizontal=True, vertical_alignment="center"):
                    show_document(session, one.item)
                    small(f"{one.likeliest} {one.probability:.0%}, then {one.second}{given}")
            show_rest(len(own))
