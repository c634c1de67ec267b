"""What is shown before the first question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import streamlit as st

from ingest.records import StoredDocument
from rag_app import Engine
from rag_app.ui.chat import ask
from rag_app.ui.documents import show_receipts, show_uploader
from rag_app.ui.follow import Follower
from rag_app.ui.safe import label
from rag_app.ui.state import State

EXAMPLES = 3
LONGEST_EXAMPLE = 90
PROMISE = (
    "Every answer points at the exact words, page and file that it rests on. "
    "What the documents do not say is not answered."
)


def show_welcome(
    state: State, engine: Engine, documents: Sequence[StoredDocument]
) -> Follower | None:
    """The title and, where there are documents, questions to click; else the place to add some."""
    st.title("Ask your documents", anchor=False)
    st.html(f'<p class="rag-promise">{PROMISE}</p>')
    if not documents:
        st.html(
            '<p class="rag-step">There is nothing to ask yet. Drop files here to begin, or run '
            "<code>rag-app ingest PATH</code>.</p>"
        )
        follower = show_uploader(state, engine)
        show_receipts(state)
        return follower
    show_receipts(state)
    st.html('<p class="rag-step">Ask in your own words, or begin with one of these:</p>')
    for number, question in enumerate(example_questions(documents)):
        st.button(
            label(question),
            key=f"example-{number}",
            icon=":material/chat_bubble:",
            on_click=ask,
            args=(state, engine, question),
        )
    return None


def example_questions(documents: Sequence[StoredDocument]) -> list[str]:
    """A few questions made of the titles of documents, spread over the collection."""
    names = list(dict.fromkeys(_short_title(document) for document in documents))
    questions = [f"What is “{name}” about?" for name in names]
    short = [question for question in questions if len(question) <= LONGEST_EXAMPLE]
    step = max(1, len(short) // EXAMPLES)
    return short[::step][:EXAMPLES]


def _short_title(document: StoredDocument) -> str:
    """A title without its second half; without a title, the name of the file in words."""
    if document.title:
        return re.split(r":\s|\s[-–—|]\s", document.title)[0].strip()
    return re.sub(r"[-_.]+", " ", PurePosixPath(document.name).stem)
