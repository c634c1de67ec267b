"""The documents page: add, find, read and delete documents."""

from __future__ import annotations

import streamlit as st

from rag_app import Engine
from rag_app.messages import say
from rag_app.ui.documents.changes import show_disk, show_last_run
from rag_app.ui.documents.list import show_list
from rag_app.ui.documents.preview import show_preview
from rag_app.ui.documents.receipts import READ, show_work
from rag_app.ui.documents.samples import show_samples_note, show_samples_offer
from rag_app.ui.documents.state import documents_state, listed_documents
from rag_app.ui.documents.uploader import show_uploaders
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.session.navigation import CHAT, DOCUMENT, is_way_back, show_link
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.followers import Follower


def show_documents_page(session: Session, engine: Engine) -> list[Follower | None]:
    """Draw it. Returns what has to be followed."""
    documents = documents_state(engine)
    ingestion = documents.ingestion
    if documents.was_running and not ingestion.is_running:
        documents.comparison = None  # what is stored has changed: so has the difference
    documents.was_running = ingestion.is_running
    listed = listed_documents(documents, engine)
    entries = listed.entries
    followers: list[Follower | None] = []
    wanted = st.query_params.get(DOCUMENT)
    if wanted is not None:
        documents.reading = wanted
        followers.append(show_work(documents, of=wanted))
        return followers + show_preview(documents, engine, entries, wanted)
    if is_way_back():
        documents.left = documents.reading
    st.title(say("Documents"), anchor=False)
    with st.empty(), st.container():
        if not entries and not ingestion.is_running:
            none = say("There are no documents here yet.")
            st.html(f'<p class="rag-promise">{none}</p>')
    if not entries and not may(Role.ADD):
        return followers
    show_uploaders(documents, engine)
    with st.empty(), st.container():
        if not entries:
            show_samples_offer(documents, engine)
    followers.append(show_work(documents))
    if not entries:
        return followers
    # While files are added this run goes on, and what an earlier one drew is gone only where its
    # place is taken: what comes and goes has a place of its own, so that the list keeps its own.
    with st.empty(), st.container():
        has_read = any(receipt.status in READ for receipt in ingestion.receipts)
        if has_read and not ingestion.is_running:
            show_link(session, CHAT, say("Ask about them"), icon=":material/forum:")
        else:
            show_last_run(engine)
    with st.empty(), st.container():
        followers.append(show_disk(documents, engine))
    with st.empty(), st.container():
        show_samples_note(documents, engine, listed.documents)
    show_list(documents, engine, entries)
    return followers
