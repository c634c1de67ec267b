"""The welcome page, before the first question."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ingest import RagError
from rag_app import Engine
from rag_app.conversation.suggestions import first_questions
from rag_app.messages import say, to_say
from rag_app.ui.chat.connect.answering import show_offer
from rag_app.ui.chat.follow_ups import show_questions
from rag_app.ui.chat.state import ChatState
from rag_app.ui.documents.receipts import show_work
from rag_app.ui.documents.samples import show_samples_offer
from rag_app.ui.documents.state import documents_state
from rag_app.ui.documents.uploader import show_large_uploader
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.widgets.background import Work
from rag_app.ui.widgets.followers import Follower, when_done

PROMISE = to_say(
    "Every answer shows the exact words, page and file it comes from. "
    "If your documents don't say, it tells you so."
)


def show_welcome(chat: ChatState, engine: Engine, *, is_empty: bool) -> Follower | None:
    """The title and, where there are documents, questions to click; else the place to add some."""
    st.title(say("Ask your documents"), anchor=False)
    st.html(f'<p class="rag-promise">{say(PROMISE)}</p>')
    # Taken in any case: else what stood there would stay while the questions are looked for.
    first_step = st.empty()
    if is_empty:
        with first_step.container():
            return _show_first_step(engine)
    # What was found is known until the collection changes, so to look again takes no time.
    if chat.first_questions is None or chat.first_questions.done:
        chat.first_questions = _looking(engine)
    work = chat.first_questions
    follower = when_done(work, lambda: _show_examples(chat, engine, work.result()))
    show_offer(chat, engine)
    return follower


def _show_examples(chat: ChatState, engine: Engine, questions: Sequence[str]) -> None:
    if questions:
        step = say("Ask in your own words, or start with one of these:")
    else:
        step = say("Ask in your own words.")
    st.html(f'<p class="rag-step">{step}</p>')
    with st.container(key="examples", gap=None):
        show_questions(chat, engine, questions, "example")


def _looking(engine: Engine) -> Work[tuple[str, ...]]:
    def look() -> tuple[str, ...]:
        try:
            return first_questions(engine)
        except RagError:
            # The first question meets the same, and it is told there.
            return ()

    return Work(look)


def _show_first_step(engine: Engine) -> Follower | None:
    documents = documents_state(engine)
    if not may(Role.ADD):
        none = say("There are no documents here yet.")
        st.html(f'<p class="rag-step">{none}</p>')
        return None
    show_large_uploader(documents, engine)
    show_samples_offer(documents, engine)
    return show_work(documents)
