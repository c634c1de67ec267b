"""Deletion of documents: what it will do, and the confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from rag_app import Engine
from rag_app.messages import say, say_many
from rag_app.ui.documents.entries import Entry
from rag_app.ui.documents.jobs.jobs import delete_job
from rag_app.ui.documents.state import DocumentsState
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.session.navigation import DOCUMENT
from rag_app.ui.widgets.escape import escaped
from rag_app.web.changes import is_uploaded

MOST_NAMED = 8


def ask_to_delete(documents: DocumentsState, names: Sequence[str]) -> None:
    """Have the page ask whether these shall be deleted."""
    documents.deleting = tuple(names)


def show_confirmation(documents: DocumentsState, engine: Engine, entries: Sequence[Entry]) -> None:
    """What will happen to the files, and the two answers, where something is to be deleted."""
    wanted = set(documents.deleting)
    chosen = [entry for entry in entries if entry.name in wanted]
    if not chosen or not may(Role.DELETE):
        documents.deleting = ()
        return
    with st.container(border=True, key="confirm-delete"):
        count = len(chosen)
        if count == 1:
            title = say("Delete {name}?", name=escaped(chosen[0].name))
        else:
            title = say("Delete these {count}?", count=count)
        names = "".join(
            f'<li><bdi class="rag-document">{escaped(entry.name)}</bdi></li>'
            for entry in chosen[:MOST_NAMED]
        )
        others = say("and {count} more", count=count - MOST_NAMED)
        more = f"<li>{others}</li>" if count > MOST_NAMED else ""
        listed = f"<ul>{names}{more}</ul>" if count > 1 else ""
        lines = "".join(f"<p>{line}</p>" for line in consequences(engine, chosen))
        st.html(f'<div class="rag-confirm"><p><b>{title}</b></p>{listed}{lines}</div>')
        with st.container(horizontal=True, key="danger-documents"):
            st.button(
                say("Delete")
                if count == 1
                else say_many("Delete {count} document", "Delete {count} documents", count),
                key="confirm-delete-yes",
                type="primary",
                icon=":material/delete:",
                on_click=_delete,
                args=(documents, engine, chosen),
            )
            st.button(
                say("Cancel"),
                key="confirm-delete-no",
                on_click=ask_to_delete,
                args=(documents, ()),
            )


def consequences(engine: Engine, chosen: Sequence[Entry]) -> list[str]:
    """What becomes of the files, in words that hold no text of others."""
    uploaded = [entry for entry in chosen if is_uploaded(engine, entry.source)]
    packed = sum(map(_is_packed, uploaded))
    own = len(chosen) - len(uploaded)
    lines: list[str] = []
    if count := len(uploaded) - packed:
        lines.append(
            say("The uploaded file is deleted for good.")
            if len(chosen) == 1
            else say_many(
                "{count} uploaded file is deleted for good.",
                "{count} uploaded files are deleted for good.",
                count,
            )
        )
    if own:
        lines.append(
            say("The file itself stays in your folder; reading that folder again brings it back.")
            if len(chosen) == 1
            else say_many(
                "{count} of the files stays in your folders; reading those again brings it back.",
                "{count} of the files stay in your folders; reading those again brings them back.",
                own,
            )
        )
    if packed:
        lines.append(say("An uploaded archive is deleted with the last of its documents."))
    return lines


def _is_packed(entry: Entry) -> bool:
    return any(parent.is_file() for parent in Path(entry.source).parents)


def _delete(documents: DocumentsState, engine: Engine, chosen: Sequence[Entry]) -> None:
    names = [entry.name for entry in chosen]
    documents.deleting = ()
    documents.selected -= set(names)
    if st.query_params.get(DOCUMENT) in names:
        del st.query_params[DOCUMENT]
    sources = [entry.source for entry in chosen]
    documents.ingestion.add(delete_job(engine, documents.collection_id, names, sources))
