"""Who may send files. Streamlit's own route takes them from every page that is open, of which the
login is one: here it takes them from sessions that were let in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

UPLOADS = "/_stcore/upload_file/"
# So many sessions are remembered; one that is still open comes back when its page is drawn.
MOST_SESSIONS = 10_000


class UploadGate:
    """An ASGI middleware in front of Streamlit (ASGI 3.0, "Middleware")."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on all but what is about files of a session that was not let in."""
        from starlette.responses import PlainTextResponse

        app = self._app
        if scope["type"] == "http" and UPLOADS in scope["path"]:
            session = scope["path"].partition(UPLOADS)[2].partition("/")[0]
            if session not in _admitted():
                app = PlainTextResponse("Log in on the page first.", status_code=403)
        await app(scope, receive, send)


def admit(*, let_in: bool) -> None:
    """Note whether the session that this run of the page belongs to was let in."""
    context, admitted = get_script_run_ctx(), _admitted()
    if context is None:
        return
    admitted.pop(context.session_id, None)
    if let_in:
        admitted[context.session_id] = None
        for oldest in list(admitted)[:-MOST_SESSIONS]:
            admitted.pop(oldest, None)


@st.cache_resource(show_spinner=False)
def _admitted() -> dict[str, None]:
    """The sessions that were let in, those that were drawn last at the end."""
    return {}
