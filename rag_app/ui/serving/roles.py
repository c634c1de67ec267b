"""Roles: what the reader of this session may do, asked before it is shown and before it is done."""

from __future__ import annotations

from ingest.errors import RagError
from ingest.settings import load_settings
from rag_app.auth.logins import User
from rag_app.messages import to_say
from rag_app.ui.serving.settings import PageSettings, Role
from rag_app.ui.session.user import current_user

REFUSED = to_say("Your account may not do this. Whoever runs the page can allow it.")


def may(role: Role) -> bool:
    """Whether the reader has this role, or one above it."""
    return has_role(current_user() or User(), role)


def has_role(user: User, role: Role) -> bool:
    """The same of one whom the gate has let in. Without a login, everybody owns."""
    try:
        settings = load_settings(PageSettings)
    except RagError:
        return False  # the login says what is wrong with them
    if settings.oidc is None:
        return role <= settings.role_by_password
    return role <= settings.role_of(user.address)
