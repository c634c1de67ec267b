"""The page's lines in the audit log: what visitors who log in do, and who they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from ingest.audit import Event, audit
from ingest.settings import IndexSettings, load_settings
from rag_app.auth.logins import User
from rag_app.ui.serving.settings import PageSettings
from rag_app.ui.session.user import current_user


class Visitor(NamedTuple):
    """Who is there: the verified address of their account, or else its issuer and subject, and the
    address of their machine."""

    user: str
    address: str


def visitor() -> Visitor:
    """The one of this run of the page."""
    return visitor_of(current_user() or User(), str(st.context.ip_address or ""))


def visitor_of(user: User, address: str) -> Visitor:
    """The same of one whom the gate knows, from an IP address."""
    return Visitor(user.address or user.owner, address or "localhost")


def note(
    event: Event, names: Sequence[str] = (), *, collection: str = "", by: Visitor | None = None
) -> None:
    """Write what a visitor does, where there is a login and the log is on. ``by`` is for work that
    is done after the page was drawn."""
    settings = load_settings(IndexSettings)
    if settings.audit and load_settings(PageSettings).has_login:
        user, address = by or visitor()
        audit(settings.store, event, names, collection=collection, user=user, address=address)
