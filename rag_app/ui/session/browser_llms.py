"""The LLMs of browsers, as long as the server runs: that which was connected in each.

Only in memory: a key that was typed is written nowhere. A browser is known by its login, or, where
nobody logs in, by a cookie that says nothing but which browser it is.
"""

from __future__ import annotations

import streamlit as st

from rag_app import ConnectedLLM
from rag_app.ui.session.user import current_login

# So many are remembered; the one that was connected first gives way.
MOST = 1000
_connected: dict[str, ConnectedLLM] = {}


def browser_cookie(port: int) -> str:
    """The name of the cookie: a browser sends its cookies to all ports of a host."""
    return f"rag-browser-{port}"


def llm_of_browser() -> ConnectedLLM | None:
    """The LLM that was connected in this browser."""
    return _connected.get(_browser())


def set_llm_of_browser(connected: ConnectedLLM | None) -> None:
    """Remember it for this browser; None forgets the one before."""
    browser = _browser()
    _connected.pop(browser, None)
    if browser and connected is not None:
        _connected[browser] = connected
        for oldest in list(_connected)[:-MOST]:
            _connected.pop(oldest, None)


def forget_browser(login: str) -> None:
    """Forget what is remembered of a login, which has ended."""
    _connected.pop(login, None)


def _browser() -> str:
    """What this browser is known by; "" where by nothing."""
    port = int(st.get_option("server.port"))
    return current_login() or st.context.cookies.get(browser_cookie(port), "")
