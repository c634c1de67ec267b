"""Session binding: which login each of Streamlit's sessions belongs to.

Streamlit gives a session to whoever knows its id, which is in the page and in addresses. Here it
is for the login that began it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streamlit.runtime.scriptrunner import get_script_run_ctx

from rag_app.ui.session.user import current_login

if TYPE_CHECKING:
    from starlette.types import Scope

# So many are remembered; one that is still open comes back when its page is drawn.
MOST_SESSIONS = 10_000
PROTOCOL = b"sec-websocket-protocol"
# What Streamlit's page says there: the protocol, a token, and which session it wants back.
SESSION = 2
# Those that were let in, the newest at the end. The server's thread looks while a page is drawn.
_logins: dict[str, str] = {}


def admit(*, let_in: bool) -> None:
    """Note whether the session that this run of the page belongs to was let in, and by which
    login."""
    context = get_script_run_ctx()
    if context is None:
        return
    if not let_in:
        _logins.pop(context.session_id, None)
        return
    _logins.setdefault(context.session_id, current_login())
    for oldest in list(_logins)[:-MOST_SESSIONS]:
        _logins.pop(oldest, None)


def belongs(session: str, login: str) -> bool:
    """Whether a session was let in by this login ("" where there is none)."""
    return _logins.get(session) == login


def with_own_session(scope: Scope, login: str) -> Scope:
    """The opening of a websocket, without the session that it wants back if that is another's: a
    new one begins."""
    headers = []
    for key, value in scope["headers"]:
        if key == PROTOCOL:
            entries = value.decode("latin-1").split(",")
            if len(entries) > SESSION and not belongs(entries[SESSION].strip(), login):
                entries = entries[:SESSION]
            value = ",".join(entries).encode("latin-1")
        headers.append((key, value))
    return {**scope, "headers": headers}
