"""Learning paths: objectives, the order of the material, questions, and what is next."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ingest import RagError
from ingest.errors import UsageError
from rag_app.insights.learning.learner import Known, Learner, Progress, progress
from rag_app.insights.learning.objectives import objectives_of
from rag_app.insights.learning.path import PASSAGES, learning_path
from rag_app.insights.learning.records import Check, LearningPath, Piece
from rag_app.insights.learning.written import mastered, to_markdown
from rag_app.messages import retold, say, say_many, to_say
from rag_app.messages.places import place_of
from rag_app.ui.explore.parts import download, show_passage, small
from rag_app.ui.explore.plot import show_bars
from rag_app.ui.explore.state import Here, Wanted
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import escaped, label

HOW_WELL: dict[Known, str] = {
    "again": to_say("Not at all"),
    "hard": to_say("Barely"),
    "good": to_say("Well"),
    "easy": to_say("Easily"),
}


def show_learn_place(here: Here) -> None:
    """Where objectives are given, and the path."""
    text = st.text_area(
        say("What do you want to learn? One a line."), key="explore-objectives", height=120,
        placeholder="\n".join((say("Add fractions"), say("Solve linear equations"))),
        persist_state="session",
    )  # fmt: skip
    if not text.strip():
        return
    try:
        objectives = objectives_of(text)
    except UsageError as error:
        st.warning(label(retold(error)), icon=":material/warning:")
        return
    wanted = Wanted(
        LearningPath,
        {"objectives": objectives, "k": PASSAGES, "where": here.where},
        lambda steps, _: learning_path(here.engine, objectives, here.where, steps=steps),
    )
    if found := here.results(say("Find the way"), wanted):
        _show_path(here, found[0])


def _show_path(here: Here, path: LearningPath) -> None:
    learner = Learner(here.engine.store, here.session.owner)
    try:
        now = progress(path, learner.answers())
    except RagError as error:  # the file cannot be read
        small(retold(error))
        now = None
    if now is not None and any(share is not None for share in now.mastery.values()):
        known = say_many(
            "{known} of {count} objective",
            "{known} of {count} objectives",
            len(path.pieces),
            known=mastered(now.mastery),
        )
        told = say("Mastered: {objectives}", objectives="<b>" + known + "</b>")
        st.html(f"<p>{told}</p>")
        if now.answered:
            shares = [(name, share or 0.0) for name, share in now.mastery.items()]
            show_bars(shares, say("Mastery"), most=1)
    with st.container(horizontal=True):
        st.download_button(
            say("Download as Markdown"),
            lambda: to_markdown(path),
            file_name="learning-path.md",
            mime="text/markdown",
            icon=":material/download:",
            on_click="ignore",
        )
        download("learning-path.csv", path.rows)
    if now is not None and now.due:
        st.subheader(say("To repeat now"), anchor=False)
        for check in now.due:
            _show_check(here.session, learner, check, "due")
    for number, piece in enumerate(path.pieces, start=1):
        with st.expander(label(_title(number, piece, now)), expanded=_is_next(piece, now)):
            _show_piece(here, learner, piece)


def _is_next(piece: Piece, now: Progress | None) -> bool:
    return now is not None and now.next == piece


def _title(number: int, piece: Piece, now: Progress | None) -> str:
    mark = say("next") if _is_next(piece, now) else say("no material") if piece.is_gap else ""
    return " · ".join(filter(None, (f"{number}. {piece.objective}", mark)))


def _show_piece(here: Here, learner: Learner, piece: Piece) -> None:
    if piece.needs:
        small(say("Builds on: {objectives}", objectives="; ".join(piece.needs)))
    if piece.is_gap:
        small(say("No passage in the documents teaches this."))
    for one in piece.passages:
        show_passage(here.session, one.place)
    for check in piece.checks:
        _show_check(here.session, learner, check, "piece")


def _show_check(session: Session, learner: Learner, check: Check, place: str) -> None:
    """A question; its answer, and how well it was known, once that is asked for."""
    st.html(f"<p><b>{escaped(check.question)}</b></p>")
    key = f"{place}-{check.id}"
    if not st.toggle(say("Show the answer"), key=f"explore-shown-{key}"):
        return
    source = place_of(check.answer.document, check.answer.page)
    show_passage(
        session, check.answer, note=say("From {place}. How well did you know it?", place=source)
    )
    with st.container(horizontal=True):
        for known in HOW_WELL:
            st.button(
                say(HOW_WELL[known]),
                key=f"explore-{known}-{key}",
                on_click=partial(_keep, learner, check, known, f"explore-shown-{key}"),
            )


def _keep(learner: Learner, check: Check, known: Known, shown: str) -> None:
    try:
        learner.answer(check.id, known)
    except RagError as error:
        st.toast(label(retold(error)))
        return
    st.session_state[shown] = False
