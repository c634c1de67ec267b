"""The folders of the documents: where one is, and the ways up and down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from ingest.paths import with_above
from rag_app.messages import decimal, say
from rag_app.ui.documents.entries import Entry, folders_of, key_of
from rag_app.ui.documents.facts import name_of
from rag_app.ui.documents.state import DocumentsState
from rag_app.ui.widgets.escape import escaped, label


def show_folders(documents: DocumentsState, entries: Sequence[Entry]) -> None:
    """Nothing where there is none."""
    folders = folders_of(entries)
    if documents.folder is not None and documents.folder not in folders:
        documents.folder = None  # its last document is gone
    if not folders:
        return
    at = documents.folder
    counts = Counter(
        folder
        for entry in entries
        for folder in folders
        if f"{entry.folder}/".startswith(f"{folder}/")
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="folders"):
        if at is not None:
            _way(documents, say("All documents"), None, "home")
            for folder in with_above(at)[:-1]:
                _way(documents, name_of(folder), folder, "chevron_right")
            st.html(f"<p><b>{escaped(name_of(at))}</b></p>", width="content")
        for folder in folders:
            above = ["", *with_above(folder)][-2]
            if above == (at or ""):
                _way(
                    documents, f"{name_of(folder)} · {decimal(counts[folder], 0)}", folder, "folder"
                )


def _way(documents: DocumentsState, name: str, folder: str | None, icon: str) -> None:
    st.button(
        label(name),
        key=f"folder-{key_of(folder or '')}",
        icon=f":material/{icon}:",
        type="tertiary",
        on_click=_go,
        args=(documents, folder),
    )


def _go(documents: DocumentsState, folder: str | None) -> None:
    documents.folder = folder
