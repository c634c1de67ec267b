"""The page's lines in the audit log: what visitors who log in do, and who they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from ingest.audit import Event, audit
from ingest.settings import IndexSettings, load_settings
from rag_app.ui.serving.settings import PageSettings


class Visitor(NamedTuple):
    """Who is there: the address of their account, if they have one, and that of their machine."""

    user: str
    address: str


def visitor() -> Visitor:
    """The one of this run of the page."""
    user = st.user.get("email") or st.user.get("sub") or ""
    return Visitor(str(user), str(st.context.ip_address or "localhost"))


def note(
    event: Event, names: Sequence[str] = (), *, collection: str = "", by: Visitor | None = None
) -> None:
    """Write what a visitor does, where there is a login and the log is on. ``by`` is for work that
    is done after the page was drawn."""
    settings = load_settings(IndexSettings)
    if settings.audit and load_settings(PageSettings).has_login:
        user, address = by or visitor()
        audit(settings.store, event, names, collection=collection, user=user, address=address)
