"""Who may see the page. Before that, nothing of it is drawn, and nothing of a collection is read.

Two ways, if any: one password for all, or Streamlit's own login by an OpenID Connect provider, by
which everybody has conversations of their own.
"""

from __future__ import annotations

import logging
import threading
import time

import streamlit as st

from ingest import RagError
from ingest.settings import load_settings
from rag_app.auth.passwords import matches
from rag_app.conversation.records import NOBODY
from rag_app.ui.serving.audited import note
from rag_app.ui.serving.settings import PageSettings
from rag_app.ui.widgets.escape import escaped, label

logger = logging.getLogger(__name__)

PASSWORD_KEY = "login-password"
LOGGED_IN = "logged-in"
NOTED = "login-noted"
# One try at a time, and after a wrong one no other for so long, whoever it is: a new session costs
# nothing, so counting the tries of one would hold nobody up.
WRONG_SECONDS = 1.0
MOST_WAITING = 10.0  # seconds
_trying = threading.Lock()
# A provider sends everybody back to the first page. The tab remembers which one was wanted.
REMEMBER = "<script>sessionStorage.ragWanted = location.href;</script>"
RETURN = """<script>{
  const wanted = sessionStorage.ragWanted;
  delete sessionStorage.ragWanted;
  if (wanted && new URL(wanted).origin === location.origin && wanted !== location.href)
    location.replace(wanted);
}</script>"""


def show_login() -> str | None:
    """The owner of this session's conversations (``NOBODY`` where all share them), or None, and the
    page of the login, where the reader has not logged in."""
    try:
        settings = load_settings(PageSettings)
    except RagError as error:
        # Closed, and without a word about why to those outside.
        logger.error("%s", error)
        st.error("The login is not set up rightly. Whoever runs this can see why in its log.")
        return None
    if settings.oidc is not None:
        return _provider_login(settings)
    if settings.password is not None:
        return _password_login(settings.password.get_secret_value())
    return NOBODY


def show_logout(owner: str) -> None:
    """Who is logged in, and the way out."""
    if owner:
        who = st.user.get("email") or st.user.get("name") or "logged in"
        st.html(f'<p class="rag-answering">{escaped(str(who))}</p>')
        st.button("Log out", key="logout", icon=":material/logout:", type="tertiary",
                  on_click=_log_out)  # fmt: skip
    elif LOGGED_IN in st.session_state:
        st.button("Log out", key="logout", icon=":material/logout:", type="tertiary",
                  on_click=_forget)  # fmt: skip


def _log_out() -> None:
    note("logout")
    st.logout()


def _forget() -> None:
    note("logout")
    st.session_state.clear()


def _password_login(known: str) -> str | None:
    if st.session_state.get(LOGGED_IN) == known:
        return NOBODY
    st.title("Ask your documents", anchor=False)
    with st.form("login", width=420):
        typed = st.text_input(
            "Password", type="password", key=PASSWORD_KEY, autocomplete="current-password"
        )
        asked = st.form_submit_button("Log in", type="primary")
    if not asked:
        return None
    if not _trying.acquire(timeout=MOST_WAITING):
        st.error("Too many are logging in at this moment. Try again.", icon=":material/error:")
        return None
    try:
        right = matches(typed, known)
        if not right:
            time.sleep(WRONG_SECONDS)
    finally:
        _trying.release()
    if not right:
        logger.warning("A wrong password was given for the page")
        note("login failed")
        st.error("This is not the password.", icon=":material/error:")
        return None
    st.session_state[LOGGED_IN] = known
    note("login")
    st.rerun()
    return None  # not reached


def _provider_login(settings: PageSettings) -> str | None:
    if not getattr(st.user, "is_logged_in", False):
        st.title("Ask your documents", anchor=False)
        st.button("Log in", type="primary", key="login", on_click=st.login)
        st.html(REMEMBER, unsafe_allow_javascript=True)
        return None
    owner = owner_of(st.user.get("iss"), st.user.get("sub"))
    email, verified = st.user.get("email"), st.user.get("email_verified")
    if owner is not None and settings.allows(str(email or ""), verified=verified in (True, "true")):
        st.html(RETURN, unsafe_allow_javascript=True)
        if NOTED not in st.session_state:
            st.session_state[NOTED] = True
            note("login")
        return owner
    st.title("Ask your documents", anchor=False)
    who = str(email or "This account")
    if NOTED not in st.session_state:
        st.session_state[NOTED] = True
        note("login failed")
    st.error(label(f"{who} may not use this page. Whoever runs it can allow that."))
    st.button("Log out", key="logout", on_click=st.logout)
    return None


def owner_of(issuer: object, subject: object) -> str | None:
    """What tells one user from all others, for good: nothing else does (OpenID Connect Core 1.0,
    5.7; addresses are given to others)."""
    if isinstance(issuer, str) and isinstance(subject, str) and issuer and subject:
        return f"{issuer} {subject}"
    return None
