"""Classes: labels for all documents, from a few that are given on the page."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from rag_app.insights.classes.learn import learn_classes
from rag_app.insights.classes.records import Classes, Example, Predicted
from rag_app.messages import percent, say, to_say
from rag_app.messages.counts import in_documents
from rag_app.ui.explore.parts import MOST_SHOWN, download, show_document, show_rest, small
from rag_app.ui.explore.plot import show_bars
from rag_app.ui.explore.state import ExploreState, Here, Wanted
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import label

ACCURACY = 0.95  # as the command has it
NEW, CHOSEN = "explore-label", "explore-labelled"
UNKNOWN = to_say("not known")


def show_classes_place(here: Here) -> None:
    """Where examples are given, and what was learned of them."""
    state, engine = here.state, here.engine
    names = [one.name for one in engine.documents()]
    with st.form("explore-examples", border=False):
        st.text_input(say("Label"), key=NEW, placeholder=say("Such as: invoice"))
        st.multiselect(
            say("Documents with this label"), names, key=CHOSEN, placeholder=say("Choose some")
        )
        st.form_submit_button(say("Add examples"), on_click=_add, args=(state,))
    if not state.examples:
        small(say("Give two labels at least, with two documents each; better more."))
        return
    counts = Counter(state.examples.values())
    small("; ".join(f"{name}: {in_documents(count)}" for name, count in counts.items()))
    st.button(say("Clear examples"), type="tertiary", on_click=state.examples.clear)
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
    if found := here.results(say("Label all documents"), wanted, ready=len(counts) > 1):
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
        by_label.setdefault(one.label or say(UNKNOWN), []).append(one)
    show_bars([(name, len(own)) for name, own in by_label.items()], say("Documents"))
    download("classes.csv", found.rows)
    for wrong in found.suspects:
        st.warning(
            label(
                say(
                    "{document}: given {given}, likelier {likelier}.",
                    document=wrong.item,
                    given=wrong.given,
                    likelier=wrong.likeliest,
                )
            ),
            icon=":material/warning:",
        )
    for name, own in by_label.items():
        with st.expander(label(f"{name} · {in_documents(len(own))}")):
            for one in sorted(own, key=lambda one: one.probability)[:MOST_SHOWN]:
                told = say("given") if one.given else ""
                given = f" · {told}" if told else ""
                with st.container(horizontal=True, vertical_alignment="center"):
                    show_document(session, one.item)
                    likely = say(
                        "{label} {share}, then {second}",
                        label=one.likeliest,
                        share=percent(one.probability),
                        second=one.second,
                    )
                    small(f"{likely}{given}")
            show_rest(len(own))
