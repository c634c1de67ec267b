"""Classes: labels for all documents, from a few that are given on the page or in a file."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from ingest import RagError
from rag_app.insights.classes.field import write_field
from rag_app.insights.classes.learn import learn_classes, read_examples
from rag_app.insights.classes.records import Classes, Example, Predicted
from rag_app.messages import percent, say, to_say
from rag_app.messages.counts import in_documents
from rag_app.ui.explore.parts import MOST_SHOWN, download, show_document, show_rest, small, upload
from rag_app.ui.explore.plot import show_bars
from rag_app.ui.explore.state import ExploreState, Here, Wanted
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import escaped, label

ACCURACY = 0.95  # as the command has it
NEW, CHOSEN, FIELD, TEXTS = (
    "explore-label", "explore-labelled", "explore-field", "explore-texts",
)  # fmt: skip
MOST_TEXTS = 50
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
    told = say("Labels from a file: CSV with the columns “label”, and “document” or “text”")
    upload(told, "explore-labels", lambda sent: _read(state, sent))
    if not state.examples and not state.labelled_texts:
        small(say("Give two labels at least, with two documents each; better more."))
        return
    counts = Counter([*state.examples.values(), *state.labelled_texts.values()])
    small("; ".join(f"{name}: {count}" for name, count in counts.items()))
    st.button(say("Clear examples"), type="tertiary", on_click=_clear, args=(state,))
    asked = st.text_area(
        say("Texts to label too, such as questions; one a line"), key=TEXTS, height=80,
        persist_state="session",
    )  # fmt: skip
    texts = [line.strip() for line in asked.splitlines() if line.strip()][:MOST_TEXTS]
    examples = [Example(name, document) for document, name in sorted(state.examples.items())]
    examples += [Example(name, None, text) for text, name in sorted(state.labelled_texts.items())]
    wanted = Wanted(
        Classes,
        {
            "examples": [[one.label, one.document, one.text] for one in examples],
            "texts": texts,
            "accuracy": ACCURACY,
            "where": here.where,
        },
        lambda steps, _: learn_classes(
            engine.collection, engine.embedder, examples, here.where,
            texts=texts, accuracy=ACCURACY, steps=steps,
        ),
    )  # fmt: skip
    if found := here.results(say("Label all documents"), wanted, ready=len(counts) > 1):
        _show_classes(here.session, found[0])
        if may(Role.OWN):  # the folders are the server's
            _show_field(here, found[0])


def _add(state: ExploreState) -> None:
    name = " ".join(st.session_state[NEW].split())
    if name:
        state.examples |= dict.fromkeys(st.session_state[CHOSEN], name)


def _read(state: ExploreState, sent: bytes) -> None:
    for one in read_examples(sent):
        if one.document is not None:
            state.examples[one.document] = one.label
        elif one.text is not None:
            state.labelled_texts[one.text] = one.label


def _clear(state: ExploreState) -> None:
    state.examples.clear()
    state.labelled_texts.clear()


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
    for text in found.texts:
        known = escaped(text.label or say(UNKNOWN))
        st.html(f'<p class="rag-passage">{escaped(text.item)}: <b>{known}</b></p>')
        small(_likely(text))
    for name, own in by_label.items():
        with st.expander(label(f"{name} · {in_documents(len(own))}")):
            for one in sorted(own, key=lambda one: one.probability)[:MOST_SHOWN]:
                given = f" · {say('given')}" if one.given else ""
                with st.container(horizontal=True, vertical_alignment="center"):
                    show_document(session, one.item)
                    small(f"{_likely(one)}{given}")
            show_rest(len(own))


def _likely(one: Predicted) -> str:
    return say(
        "{label} {share}, then {second}",
        label=one.likeliest,
        share=percent(one.probability),
        second=one.second,
    )


def _show_field(here: Here, found: Classes) -> None:
    """The way to make the labels a field that filters know."""
    with st.form("explore-keep", border=False):
        st.text_input(say("Keep the labels as a field, by this name"), key=FIELD)
        is_wanted = st.form_submit_button(say("Keep"))
    if not is_wanted:
        return
    try:
        done = write_field(here.engine.collection, found, st.session_state[FIELD].strip())
    except RagError as error:
        st.warning(label(str(error)), icon=":material/warning:")
        return
    told = say(
        "Written for {documents}, to metadata.jsonl beside them: {folders}. Filters know it after "
        "the folder is ingested again.",
        documents=in_documents(done.labelled),
        folders=", ".join(str(path.parent) for path in done.sidecars),
    )
    st.success(label(told), icon=":material/check:")
