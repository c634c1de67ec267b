"""The documents of the collection: what is there, what could not be read, and adding more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from ingest import FileReceipt, RagError
from ingest.errors import IndexNotWritten
from ingest.records import StoredDocument
from rag_app import Engine
from rag_app.ui.background import Uploading
from rag_app.ui.follow import Follower
from rag_app.ui.safe import escaped, label
from rag_app.ui.state import State
from rag_app.ui.uploads import LARGEST_MEGABYTES, keep

# A page of thousands of names helps nobody; the command line lists them all.
MOST_LISTED = 100
NOT_READ = ("failed", "skipped")


def show_documents_heading(documents: Sequence[StoredDocument]) -> None:
    """The heading, with the number of documents."""
    st.html(f'<h3 class="rag-heading">Documents <span>{len(documents):,}</span></h3>')


def show_documents(documents: Sequence[StoredDocument], receipts: Iterable[FileReceipt]) -> None:
    """The list of the documents, and below it the files that could not be read."""
    if documents:
        rows = "".join(document_html(document) for document in documents[:MOST_LISTED])
        more = len(documents) - MOST_LISTED
        rest = f"<li>and {more:,} more: rag-app status lists them all</li>" if more > 0 else ""
        st.html(f'<ul class="rag-documents">{rows}{rest}</ul>')
    troubles = [receipt for receipt in receipts if receipt.status in NOT_READ]
    if troubles:
        files = "1 file was" if len(troubles) == 1 else f"{len(troubles)} files were"
        with st.expander(f"{files} not read", icon=":material/warning:"):
            st.html(receipts_html(troubles[:MOST_LISTED]))


def show_uploader(state: State, engine: Engine) -> Follower | None:
    """Where files are dropped, and how far those are that were."""
    st.file_uploader(
        "Add documents",
        accept_multiple_files=True,
        max_upload_size=LARGEST_MEGABYTES,
        key=_uploader_key(state),
        on_change=_take,
        args=(state, engine),
        label_visibility="collapsed",
    )
    if state.uploading is None:
        return None
    return _UploadFollower(state, state.uploading)


def show_receipts(state: State) -> None:
    """What became of the files that were dropped last."""
    if state.upload_error:
        st.error(label(state.upload_error), icon=":material/error:")
    if state.receipts:
        st.html(receipts_html(state.receipts))


def document_html(document: StoredDocument) -> str:
    """One document: its name, and how much of it there is."""
    title = escaped(document.title or document.name)
    return (
        f'<li title="{title}"><bdi class="rag-document">{escaped(document.name)}</bdi>'
        f'<span class="rag-amount">{escaped(document.kind)} · '
        f"{_amount(document.pages, document.chunks)}</span></li>"
    )


def receipts_html(receipts: Iterable[FileReceipt]) -> str:
    """What happened to each file, and why."""
    rows = "".join(_receipt_html(receipt) for receipt in receipts)
    return f'<ul class="rag-receipts">{rows}</ul>'


class _UploadFollower:
    """Shows how far an upload is."""

    def __init__(self, state: State, uploading: Uploading) -> None:
        self._state = state
        self._uploading = uploading
        self._bar = st.progress(0.0, "Reading …")

    def follow(self) -> bool:
        if self._uploading.work.done:
            self._finish()
            return False
        path = label(self._uploading.path)
        self._bar.progress(self._uploading.share, f"Reading {path} …" if path else "Reading …")
        return True

    def _finish(self) -> None:
        self._state.uploading = None
        try:
            self._state.receipts = self._uploading.work.result()
        except RagError as error:
            self._state.upload_error = str(error)
            if isinstance(error, IndexNotWritten) and error.report is not None:
                self._state.receipts = (*error.report.files, *self._uploading.refused)


def _take(state: State, engine: Engine) -> None:
    """Keep the files that were just dropped, and begin to ingest them."""
    files = st.session_state[_uploader_key(state)]
    if not files or state.uploading is not None:
        return
    state.uploads += 1
    state.receipts = ()
    state.upload_error = None
    try:
        paths, refused = keep(files, engine.store.uploads_directory)
    except RagError as error:
        state.upload_error = str(error)
        return
    state.uploading = Uploading(engine, paths, refused)


def _uploader_key(state: State) -> str:
    return f"upload-{state.uploads}"


def _receipt_html(receipt: FileReceipt) -> str:
    amount = _amount(receipt.pages, receipt.chunks) if receipt.chunks else ""
    told = " · ".join(filter(None, (amount, receipt.reason or "")))
    return (
        f'<li class="rag-{receipt.status}"><span class="rag-status">{receipt.status}</span> '
        f'<bdi class="rag-document">{escaped(receipt.path)}</bdi>'
        f'<span class="rag-amount">{escaped(told)}</span></li>'
    )


def _amount(pages: int | None, chunks: int) -> str:
    counts = ((pages or 0, "page"), (chunks, "chunk"))
    return ", ".join(f"{count:,} {one}{'s'[: count != 1]}" for count, one in counts if count)
