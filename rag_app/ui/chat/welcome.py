"""The welcome page, before the first question."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag_app import Engine
from rag_app.conversation.suggestions import question_about
from rag_app.ui.chat.connect.dialog import show_offer
from rag_app.ui.chat.first_words import ask_at_end
from rag_app.ui.chat.state import ChatState
from rag_app.ui.documents.receipts import show_work
from rag_app.ui.documents.samples import show_samples_offer
from rag_app.ui.documents.state import documents_state
from rag_app.ui.documents.uploader import show_large_uploader
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.widgets.escape import label
from rag_app.ui.widgets.followers import Follower

EXAMPLES = 3
PROMISE = (
    "Every answer shows the exact words, page and file it comes from. "
    "If your documents don't say, it tells you so."
)


def show_welcome(chat: ChatState, engine: Engine, *, is_empty: bool) -> Follower | None:
    """The title and, where there are documents, questions to click; else the place to add some."""
    st.title("Ask your documents", anchor=False)
    st.html(f'<p class="rag-promise">{PROMISE}</p>')
    if is_empty:
        return _show_first_step(engine)
    examples = example_questions(engine.collection.topics())
    if examples:
        st.html('<p class="rag-step">Ask in your own words, or start with one of these:</p>')
    for number, question in enumerate(examples):
        st.button(
            label(question),
            key=f"example-{number}",
            icon=":material/chat_bubble:",
            on_click=ask_at_end,
            args=(chat, engine, question),
        )
    show_offer(chat, engine)
    return None


def _show_first_step(engine: Engine) -> Follower | None:
    documents = documents_state(engine)
    if not may(Role.ADD):
        st.html('<p class="rag-step">There are no documents here yet.</p>')
        return None
    show_large_uploader(documents, engine)
    show_samples_offer(documents, engine)
    return show_work(documents)


def example_questions(topics: Sequence[tuple[str, str]]) -> list[str]:
    """A few questions made of the headings of documents, spread over the collection."""
    longest: dict[str, str] = {}
    for document, heading in topics:
        if question := question_about(heading):
            # The longest says most about what there is to ask.
            longest[document] = max(longest.get(document, ""), question, key=len)
    asked = list(dict.fromkeys(longest.values()))
    return asked[:: max(1, len(asked) // EXAMPLES)][:EXAMPLES]
