"""The state of a session: what all its pages share, and the state of each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rag_app import ConnectedLLM, Conversations, Engine, with_llm
from rag_app.conversation.records import NOBODY
from rag_app.ui.session.browser_llms import llm_of_browser, set_llm_of_browser

PageState = TypeVar("PageState")


@dataclass(slots=True, eq=False)
class Session:
    """One session: ``owner`` is whose conversations it has, ``collection`` the one that is shown,
    if not that of the settings; ``notice`` is to be told once."""

    owner: str = NOBODY
    collection: str | None = None
    collection_id: str | None = None
    # The collection that the page's address names, and the one that it named before.
    linked_collection: str | None = None
    linked_collection_before: str | None = None
    is_managing_collections: bool = False
    # The LLM that this session connected, and the engine of all with the one that answers by it.
    connected: ConnectedLLM | None = None
    llm_engine: tuple[Engine, Engine] | None = None
    has_looked_for_llm: bool = False  # for the one that is remembered on this computer
    notice: str | None = None
    # A question about a document (its name first) that was clicked on another page.
    to_ask: tuple[str, str] | None = None
    # Whether an answer came while another page was shown.
    has_unseen_answer: bool = False
    # The name of the page that is shown ("" before the first), whether it was another before, and
    # all pages by the names in ``rag_app.ui.session.navigation``.
    page: str = ""
    page_hash: str = ""  # Streamlit's name of it
    came_from_other_page: bool = False
    pages: dict[str, Page] = field(default_factory=dict)
    _page_states: dict[object, Any] = field(default_factory=dict)

    def state_of(self, page: Callable[[Session], PageState]) -> PageState:
        """The state of one page in this session. ``page`` is its class, made of the session."""
        if page not in self._page_states:
            self._page_states[page] = page(self)
        state: PageState = self._page_states[page]
        return state

    def conversations(self, engine: Engine) -> Conversations:
        """The conversations of this session's reader, in the collection that is shown."""
        return Conversations(engine.store, self.owner, collection_id=self.collection_id)

    def connect(self, connected: ConnectedLLM | None) -> None:
        """Answer by an LLM from now on, or without (None), also when the page is loaded anew."""
        self.connected, self.llm_engine = connected, None
        set_llm_of_browser(connected)

    def with_own_llm(self, shared: Engine) -> Engine:
        """The engine that all share, or one of the same collection by this session's LLM."""
        if self.connected is None:
            return shared
        if self.llm_engine is None or self.llm_engine[0] is not shared:
            self.llm_engine = shared, with_llm(shared, self.connected)
        return self.llm_engine[1]

    def go_to(self, page: str) -> None:
        """Note which page is shown now."""
        self.came_from_other_page = self.page not in ("", page)
        self.page = page
        self.page_hash = _page_hash()

    @property
    def stays(self) -> bool:
        """Whether this run is for the page that is shown, and no link has been clicked."""
        return self.page_hash == _page_hash()


def _page_hash() -> str:
    context = get_script_run_ctx()
    return context.page_script_hash if context else ""


def current_session(owner: str | None = None) -> Session:
    """The session that this run of the page belongs to. Where an ``owner`` is given who is another
    than before, it is a new one."""
    session: Session | None = st.session_state.get("rag")
    if session is None or owner not in (None, session.owner):
        session = st.session_state["rag"] = Session(
            owner=owner or NOBODY, connected=llm_of_browser()
        )
    return session


def begin_session(before: Session, collection: str | None) -> Session:
    """A session in another collection: nothing of the one before, but who is there, and by which
    LLM."""
    session = Session(
        owner=before.owner,
        collection=collection,
        connected=before.connected,
        has_looked_for_llm=before.has_looked_for_llm,
        linked_collection=before.linked_collection,
        linked_collection_before=before.linked_collection,
    )
    st.session_state["rag"] = session
    return session
