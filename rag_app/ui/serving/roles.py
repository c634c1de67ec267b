"""Roles: what the reader of this session may do, asked before it is shown and before it is done."""

from __future__ import annotations

import streamlit as st

from ingest.errors import RagError
from ingest.settings import load_settings
from rag_app.ui.serving.settings import PageSettings, Role

REFUSED = "Your account may not do this. Whoever runs the page can allow it."


def may(role: Role) -> bool:
    """Whether the reader has this role, or one above it. Without a login, everybody owns."""
    try:
        settings = load_settings(PageSettings)
    except RagError:
        return False  # the login says what is wrong with them
    if settings.oidc is None:
        return role <= settings.role_by_password
    email, verified = st.user.get("email"), st.user.get("email_verified")
    return role <= settings.role_of(str(email or ""), verified=verified in (True, "true"))
