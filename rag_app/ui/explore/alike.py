"""Duplicates, what is related, and what to read next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple

import streamlit as st

from ingest.errors import UsageError
from rag_app.insights.duplicates.find import find_duplicates
from rag_app.insights.duplicates.records import MEANING, DocumentPair, Duplicates
from rag_app.insights.related.cited import cited_in_chat
from rag_app.insights.related.recommend import read_history, recommend
from rag_app.insights.related.records import Recommendations, Related
from rag_app.insights.related.related import related
from rag_app.messages import decimal, percent, retold, say, to_say
from rag_app.messages.counts import in_documents
from rag_app.ui.explore.parts import (
    MOST_SHOWN,
    download,
    show_document,
    show_passage,
    show_rest,
    small,
    upload,
)
from rag_app.ui.explore.plot import show_bars
from rag_app.ui.explore.state import ExploreState, Here, Wanted
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import escaped, label

ALIKE = 0.9  # as the command has it
K = 10
DIVERSITY = 0.2
PASSAGES, BOILERPLATE = to_say("passages"), to_say("boilerplate")


def show_duplicates_place(here: Here) -> None:
    """Pairs of documents and passages that say the same."""
    engine = here.engine
    wanted = Wanted(
        Duplicates,
        {"alike": ALIKE, "where": here.where},
        lambda steps, _: find_duplicates(
            engine.collection, engine.embedder, here.where, alike=ALIKE, steps=steps
        ),
    )
    if not (results := here.results(say("Find duplicates"), wanted)):
        return
    found: Duplicates = results[0]
    counts = Counter[str](MEANING[one.kind] for one in found.documents)
    counts |= {say(PASSAGES): len(found.passages), say(BOILERPLATE): len(found.boilerplate)}
    if not counts.total():
        small(say("No two documents or passages say the same."))
        return
    show_bars([(name, count) for name, count in counts.items() if count], say("Found"))
    download("duplicates.csv", found.rows)
    for pair in found.documents[:MOST_SHOWN]:
        with st.expander(label(f"{pair.first} ~ {pair.second} · {retold(MEANING[pair.kind])}")):
            _show_pair(here.session, pair)
    show_rest(len(found.documents))
    for one in found.passages[:MOST_SHOWN]:
        names = dict.fromkeys([one.first.document, one.second.document])
        told = say("{names} · two passages, {kind}", names=" ~ ".join(names), kind=one.kind)
        with st.expander(label(told)):
            show_passage(here.session, one.first)
            show_passage(
                here.session, one.second, note=say("Cosine {value}", value=decimal(one.cosine, 2))
            )
    show_rest(len(found.passages))
    for text in found.boilerplate[:MOST_SHOWN]:
        with st.expander(label(_boilerplate(len(text.documents)))):
            show_passage(here.session, text.place, note=", ".join(text.documents[:MOST_SHOWN]))
    show_rest(len(found.boilerplate))


def _boilerplate(count: int) -> str:
    documents = in_documents(count)
    return say("Boilerplate · {documents}", documents=documents)


def _show_pair(session: Session, pair: DocumentPair) -> None:
    told = say(
        "{share} of the words of the shorter one are in the other.", share=percent(pair.shared)
    )
    small(told)
    for change in pair.changes:
        if change.first:
            st.html(f'<p class="rag-passage"><del>{escaped(change.first)}</del></p>')
        if change.second:
            st.html(f'<p class="rag-passage"><ins>{escaped(change.second)}</ins></p>')
    if pair.newer is not None:
        told = say(
            "Proposal: keep {document} ({why}). Nothing is removed by itself.",
            document=pair.newer,
            why=pair.why,
        )
        small(told)
    with st.container(horizontal=True):
        show_document(session, pair.first)
        show_document(session, pair.second)


def show_related_place(here: Here) -> None:
    """Documents near to one that is chosen."""
    names = [one.name for one in here.engine.documents()]
    of = st.selectbox(
        say("Document"), names, index=None, key="explore-of", placeholder=say("Choose a document"),
        persist_state="session",
    )  # fmt: skip
    if of is None:
        return
    wanted = Wanted(
        Related,
        {"of": of, "at": None, "k": K, "where": here.where},
        lambda steps, _: related(here.engine.collection, of, here.where, k=K, steps=steps),
    )
    if not (results := here.results(say("Find what is related"), wanted)):
        return
    found: Related = results[0]
    _show_scores([(one.document, one.score) for one in found.items], say("Cosine"))
    download("related.csv", found.rows)
    for one in found.items:
        with st.expander(label(f"{one.document} · {one.score:.2f}")):
            show_passage(here.session, one.place)
            show_passage(here.session, one.because, note=say("Because of:"))


def show_recommended_place(here: Here) -> None:
    """Documents by what the chat's answers cited, or by what a file says that somebody liked."""
    state = here.state
    told = say("What was read or liked, from a file: CSV with “user”, “item”, “weight”")
    upload(told, "explore-history", lambda sent: _keep_history(state, sent))
    users = sorted({one.user for one in state.history})
    user = ""
    if state.history:
        user = st.selectbox(say("For whom"), users, key="explore-user") or ""
        st.button(say("Forget the file"), type="tertiary", on_click=state.history.clear)
    try:
        history = state.history or cited_in_chat(here.session.conversations(here.engine))
    except UsageError:
        small(say("Nothing was cited in the chat yet. Ask something there, then come back."))
        return
    asked = {"user": user, "k": K, "diversity": DIVERSITY, "where": here.where}
    wanted = Wanted(
        Recommendations,
        {**asked, "history": [astuple(one) for one in history]},
        lambda steps, _: recommend(
            here.engine.collection, history, user, here.where, k=K, diversity=DIVERSITY, steps=steps
        ),
    )
    if not (results := here.results(say("See what to read next"), wanted)):
        return
    found: Recommendations = results[0]
    if not found.items:
        small(say("There is nothing new: you know every document already."))
        return
    _show_scores([(one.document, one.score) for one in found.items], say("Share of the best score"))
    download("to-read-next.csv", found.rows)
    for one in found.items:
        with st.expander(label(one.document)):
            show_passage(
                here.session, one.place, note=say("Because of {document}", document=one.because)
            )


def _keep_history(state: ExploreState, sent: bytes) -> None:
    state.history[:] = read_history(sent)


def _show_scores(scores: Sequence[tuple[str, float]], title: str) -> None:
    if scores:
        show_bars(scores, title)
