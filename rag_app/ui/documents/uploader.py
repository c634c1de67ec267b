"""The uploaders of files, archives and folders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ingest.errors import CollectionGone
from ingest.settings import load_settings
from rag_app import Engine
from rag_app.messages import say, to_say
from rag_app.ui.documents.jobs.jobs import page_job, upload_job
from rag_app.ui.documents.state import DocumentsState
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.serving.upload_gate import TIMES, let_go, too_large
from rag_app.ui.session.state import current_session
from rag_app.web.upload_settings import UploadSettings

PAGE = "web-page"
What = Literal["files", "folder"]
FORMATS = to_say(
    "PDF, scans and pictures, Word, PowerPoint, Excel, OpenDocument, CSV, web pages, Markdown, "
    "text, RTF, EPUB, e-mail, LaTeX, JSON, code, and ZIP, TAR and 7-Zip files of them"
)

ABOUT_PAGES = to_say("Press Enter to add it. This one page is fetched, and kept on this computer.")


def show_large_uploader(documents: DocumentsState, engine: Engine) -> None:
    """One large place to drop files, with what can be read."""
    if not may(Role.ADD):
        return
    with st.container(key="drop-here", gap=None):
        _show(documents, engine, "files", say("Drop your documents anywhere on this page"))
    here = say("Everything stays on this computer.")
    st.html(f'<p class="rag-caption">{say(FORMATS)}. {here}</p>')


def show_uploaders(documents: DocumentsState, engine: Engine) -> None:
    """For files and archives, and for a folder with all that is in it."""
    if not may(Role.ADD):
        return
    files, folder, page = st.tabs([say("Files"), say("A whole folder"), say("A web page")])
    with files, st.container(key="drop-files", gap=None):
        _show(documents, engine, "files", say("Drop files or archives anywhere on this page"))
    with folder, st.container(key="drop-folder", gap=None):
        _show(documents, engine, "folder", say("A folder, with everything in it"))
    with page, st.container(key="add-page", gap=None):
        st.text_input(
            say("Add a web page"),
            placeholder="https://…",
            key=PAGE,
            on_change=_take_page,
            args=(documents, engine),
        )
        st.html(f'<p class="rag-caption">{say(ABOUT_PAGES)}</p>')


def show_small_uploader(documents: DocumentsState, engine: Engine) -> None:
    """A line of the sidebar: several files, also while others are still on their way."""
    if may(Role.ADD):
        with st.container(key="add-documents", gap=None):
            _show(documents, engine, "files", say("Add documents"))


def _show(documents: DocumentsState, engine: Engine, what: What, name: str) -> None:
    limits = load_settings(UploadSettings)
    if large := too_large():
        documents.ingestion.add(upload_job(engine, documents.collection_id, (), limits, 0, large))
    key = f"upload-{what}-{documents.uploads}"  # it is emptied by becoming another one
    st.file_uploader(
        name,
        accept_multiple_files=True if what == "files" else "directory",
        # More than is taken: what the browser refuses has no receipt.
        max_upload_size=TIMES * limits.upload_total_megabytes,
        key=key,
        on_change=_take,
        args=(documents, engine, key),
    )


def _take_page(documents: DocumentsState, engine: Engine) -> None:
    """Have the page fetched whose address was just given, and empty the field."""
    address = str(st.session_state[PAGE]).strip()
    st.session_state[PAGE] = ""
    if address:
        documents.ingestion.add(page_job(engine, documents.collection_id, address))


def _take(documents: DocumentsState, engine: Engine, key: str) -> None:
    """Send the files that were just dropped on their way. ``key`` is that of the uploader which has
    them: on a page that is drawn only now, the next ones have others. It may tell once more of
    files that were taken, and are let go."""
    found = st.session_state.get(key) or ()
    files = [file for file in found if isinstance(file, UploadedFile)]
    if files:
        documents.uploads += 1
        take_files(documents, engine, files)


def take_files(documents: DocumentsState, engine: Engine, files: Sequence[UploadedFile]) -> None:
    """Send files on their way to the collection."""
    not_taken = let_go(files)
    try:
        engine.store.check_id(documents.collection_id)
    except CollectionGone:
        current_session().notice = (
            say("What was dropped here was not kept")  # beside what became of it all
        )
        return
    limits = load_settings(UploadSettings)
    documents.ingestion.add(
        upload_job(engine, documents.collection_id, files, limits, not_taken, too_large())
    )
