"""Who sees the page. The login itself is before the page, in ``entry``."""

from __future__ import annotations

import logging

import streamlit as st

from ingest import RagError
from ingest.settings import load_settings
from rag_app.auth.logins import User
from rag_app.messages import say, to_say
from rag_app.ui.serving.entry.login_gate import LOGOUT
from rag_app.ui.serving.settings import PageSettings
from rag_app.ui.session.user import current_login, current_user
from rag_app.ui.widgets.escape import escaped

logger = logging.getLogger(__name__)

# A form, for it is the browser that has to go: the page of somebody who is logged out is no page.
LOG_OUT = (
    f'<form class="rag-logout" method="post" action="{LOGOUT}"><button>{{name}}</button></form>'
)
NOT_RIGHT = to_say("The login is not set up rightly. Whoever runs it can see why in its log.")
# When a login ends, other pages of that browser are still open, and Streamlit would tell of a lost
# connection. The first thing that it tries then is refused with 401: so the login page is shown.
LEAVE = """<script>
window.ragLeave ??= new PerformanceObserver((seen) => {
  if (seen.getEntries().some((one) => one.name.endsWith("/_stcore/health")
      && one.responseStatus === 401)) location.reload();
}).observe({type: "resource"}) ?? true;
</script>"""


def show_login() -> User | None:
    """Who is logged in; where no login is set, everybody is the same nameless user. None, and a
    line, where one is set and nobody passed it."""
    try:
        has_login = load_settings(PageSettings).has_login
    except RagError as error:
        # Closed, and without a word about why to those outside.
        logger.error("%s", error)
        st.error(say(NOT_RIGHT))
        return None
    user = current_user()
    if has_login and not current_login():
        logger.error("There is a login, and the page was not started by rag-app chat")
        st.error(say(NOT_RIGHT))
        return None
    return user or User()


def show_logout(user: User) -> None:
    """Who is logged in, and the way out. Whoever came by the address in the terminal has none, for
    the same address would lead back."""
    if user.name:
        st.html(f'<p class="rag-answering">{escaped(user.name)}</p>')
    if current_login():
        if load_settings(PageSettings).has_login:
            st.html(LOG_OUT.format(name=escaped(say("Log out"))))
        st.html(LEAVE, unsafe_allow_javascript=True)
