"""The welcome page, before the first question."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag_app import Engine
from rag_app.conversation.suggestions import question_about
from rag_app.ui.chat.connect_llm import show_offer
from rag_app.ui.chat.first_words import ask_at_end
from rag_app.ui.chat.state import ChatState
from rag_app.ui.documents.receipts import show_work
from rag_app.ui.documents.samples import show_samples_offer
from rag_app.ui.documents.state import documents_state
from rag_app.ui.documents.uploader import show_uploader
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.widgets.escape import label
from rag_app.ui.widgets.followers import Follower

EXAMPLES = 3
PROMISE = (
    "Every answer points at the exact words, page and file that it rests on. "
    "What the documents do not say is not answered."
)


def show_welcome(chat: ChatState, engine: Engine, *, is_empty: bool) -> Follower | None:
    """The title and, where there are documents, questions to click; else the place to add some."""
    documents = documents_state(engine)
    st.title("Ask your documents", anchor=False)
    st.html(f'<p class="rag-promise">{PROMISE}</p>')
    if is_empty:
        if not may(Role.ADD):
            st.html('<p class="rag-step">There is nothing to ask yet.</p>')
            return None
        st.html(
            '<p class="rag-step">There is nothing to ask yet. Drop files here to begin, or run '
            "<code>rag-app ingest PATH</code>.</p>"
        )
        show_uploader(documents, engine)
        show_samples_offer(documents, engine)
        return show_work(documents)
    st.html('<p class="rag-step">Ask in your own words, or begin with one of these:</p>')
    for number, question in enumerate(example_questions(engine.collection.topics())):
        st.button(
            label(question),
            key=f"example-{number}",
            icon=":material/chat_bubble:",
            on_click=ask_at_end,
            args=(chat, engine, question),
        )
    show_offer(chat, engine)
    return None


def example_questions(topics: Sequence[tuple[str, str]]) -> list[str]:
    """A few questions made of the headings of documents, spread over the collection."""
    longest: dict[str, str] = {}
    for document, heading in topics:
        if question := question_about(heading):
            # The longest says most about what there is to ask.
            longest[document] = max(longest.get(document, ""), question, key=len)
    asked = list(dict.fromkeys(longest.values()))
    return asked[:: max(1, len(asked) // EXAMPLES)][:EXAMPLES]
