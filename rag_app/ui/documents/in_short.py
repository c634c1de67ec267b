"""A document in short: a few of its sentences, and questions that it answers, found while it is
shown."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from ingest import RagError
from rag_app import Engine
from rag_app.conversation.suggestions import questions_about
from rag_app.messages import say
from rag_app.summary.short import in_short
from rag_app.ui.documents.state import DocumentsState
from rag_app.ui.session.navigation import CHAT
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.background import Work
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.followers import Follower, when_done


@dataclass(frozen=True, slots=True)
class InShort:
    """Sentences of a document that say most of it, and questions that it answers."""

    sentences: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def show_in_short(
    documents: DocumentsState, session: Session, engine: Engine, name: str
) -> Follower | None:
    """Both, as soon as they are found; found once for each document that is opened. A question is
    asked on the page of the chat."""
    if session.to_ask is not None:
        st.switch_page(session.pages[CHAT])
    of = name, engine.collection.version()
    if documents.in_short is None or documents.in_short[0] != of:
        documents.in_short = of, Work(lambda: _found(engine, name))
    work: Work[InShort] = documents.in_short[1]
    with st.container(key="in-short", gap="small"):
        return when_done(work, lambda: _show(session, work.result(), name))


def _found(engine: Engine, name: str) -> InShort:
    try:
        with engine.collection.reading() as view:
            sentences = in_short(view, name, engine.embedder)
        return InShort(sentences, questions_about(engine, name))
    except RagError:
        return InShort()  # the first question meets the same, and it is told there


def _show(session: Session, found: InShort, name: str) -> None:
    if found.sentences:
        title, words = say("In short"), escaped(" ".join(found.sentences))
        st.html(
            f'<h3 class="rag-heading">{title}</h3><p class="rag-in-short" dir="auto">{words}</p>'
        )
    if not found.questions:
        return
    asks = say("Questions it answers")
    st.html(f'<h3 class="rag-heading">{asks}</h3>')
    with st.container(key="its-questions", gap=None):
        for number, question in enumerate(found.questions):
            st.button(
                label(question),
                key=f"its-question-{number}",
                icon=":material/subdirectory_arrow_right:",
                type="tertiary",
                width="stretch",
                on_click=_ask,
                args=(session, name, question),
            )


def _ask(session: Session, name: str, question: str) -> None:
    session.to_ask = name, question
