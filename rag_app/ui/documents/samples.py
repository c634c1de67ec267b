"""The sample documents: one click to try them, and one to be rid of them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ingest.records import StoredDocument
from rag_app import Engine
from rag_app.messages import say
from rag_app.ui.documents.jobs.jobs import delete_job, samples_job
from rag_app.ui.documents.jobs.sample_files import FOLDER, sample_files
from rag_app.ui.documents.state import DocumentsState
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.web.changes import is_uploaded


def show_samples_offer(documents: DocumentsState, engine: Engine) -> None:
    """For a collection with nothing in it."""
    # What was drawn before stays on the page until the run ends, unless its place is taken.
    place = st.empty()
    count = len(sample_files())
    if documents.ingestion.is_running or not count or not may(Role.ADD):
        return
    place.button(
        say("Try the sample documents"),
        icon=":material/science:",
        help=say(
            "{count} documents of a made-up company that builds weather stations. "
            "One click removes them again.",
            count=count,
        ),
        on_click=_add,
        args=(documents, engine),
    )


def show_samples_note(
    documents: DocumentsState, engine: Engine, listed: Sequence[StoredDocument]
) -> None:
    """Where samples are there: that they are, and the way to be rid of them."""
    samples = samples_in(engine, listed)
    if not samples or documents.ingestion.is_running or not may(Role.DELETE):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="samples-note"):
        folder = f"<b>{FOLDER}</b>"
        told = say(
            "Includes {count} sample documents, in the folder {folder}.",
            count=len(samples),
            folder=folder,
        )
        st.html(f'<p class="rag-filter">{told}</p>', width="content")
        st.button(
            say("Remove samples"),
            icon=":material/delete_sweep:",
            type="tertiary",
            on_click=_remove,
            args=(documents, engine, samples),
        )


def samples_in(engine: Engine, listed: Sequence[StoredDocument]) -> list[StoredDocument]:
    """The documents that are samples."""
    return [
        document
        for document in listed
        if document.name.startswith(f"{FOLDER}/") and is_uploaded(engine, document.source)
    ]


def _add(documents: DocumentsState, engine: Engine) -> None:
    documents.ingestion.add(samples_job(engine, documents.collection_id))


def _remove(documents: DocumentsState, engine: Engine, samples: Sequence[StoredDocument]) -> None:
    names = [document.name for document in samples]
    sources = [one.source for one in samples]
    documents.ingestion.add(delete_job(engine, documents.collection_id, names, sources))
