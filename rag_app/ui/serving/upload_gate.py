"""What files Streamlit may take into memory. Its own route takes any number of them, from every
page that is open, of which the login is one: here, of sessions that were let in, and no more than
fits.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import streamlit as st
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ingest.settings import load_settings
from rag_app.ui.serving.upload_settings import MEGABYTE, UploadSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

UPLOADS = "/_stcore/upload_file/"
# What is more than the settings allow has receipts, up to so many times as much.
TIMES = 2
# So many sessions are remembered; one that is still open comes back when its page is drawn.
MOST_SESSIONS = 10_000


class UploadGate:
    """An ASGI middleware in front of Streamlit (ASGI 3.0, "Middleware")."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on all but what is about files of a session that was not let in, or are too much."""
        from starlette.responses import PlainTextResponse

        app = self._app
        if scope["type"] == "http" and UPLOADS in scope["path"]:
            status = _status(scope)
            if status is not HTTPStatus.OK:
                app = PlainTextResponse(status.phrase, status_code=status)
        await app(scope, receive, send)


def admit(*, let_in: bool) -> None:
    """Note whether the session that this run of the page belongs to was let in."""
    context, admitted = get_script_run_ctx(), _admitted()
    if context is None:
        return
    if not let_in:
        admitted.pop(context.session_id, None)
        return
    # Never out of it for a moment: the server's thread may be asking for a file that comes now.
    admitted.setdefault(context.session_id, 0)
    for oldest in list(admitted)[:-MOST_SESSIONS]:
        admitted.pop(oldest, None)


def let_go(files: Sequence[UploadedFile]) -> int:
    """Have Streamlit forget files that were sent, which it would keep for as long as the session
    lasts: whoever has them may keep them. Returns how many were not taken beside them."""
    context, admitted = get_script_run_ctx(), _admitted()
    if context is None or not isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        return 0
    for file in files:
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    refused = admitted.get(context.session_id, 0)
    admitted[context.session_id] = 0
    return refused


def _status(scope: Scope) -> HTTPStatus:
    session = scope["path"].partition(UPLOADS)[2].partition("/")[0]
    admitted = _admitted()
    if session not in admitted:
        return HTTPStatus.FORBIDDEN
    if scope["method"] == "PUT" and _is_too_much(session, dict(scope["headers"])):
        admitted[session] = admitted.get(session, 0) + 1
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return HTTPStatus.OK


def _is_too_much(session: str, headers: dict[bytes, bytes]) -> bool:
    """Whether a file is more than Streamlit should hold beside what it holds of this session."""
    limits, manager = load_settings(UploadSettings), runtime.get_instance().uploaded_file_mgr
    if not isinstance(manager, MemoryUploadedFileManager):
        return False
    held = list(manager.file_storage.get(session, {}).values())
    length = headers.get(b"content-length", b"")
    size = int(length) if length.isdigit() else limits.upload_megabytes * MEGABYTE
    total = size + sum(len(file.data) for file in held)
    return (
        len(held) >= TIMES * limits.upload_files
        or total > TIMES * limits.upload_total_megabytes * MEGABYTE
    )


@st.cache_resource(show_spinner=False)
def _admitted() -> dict[str, int]:
    """The sessions that were let in, the newest at the end; of each, how many files were not taken
    that it does not know of."""
    return {}
