"""The current user: who the gate before the page says is there."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import streamlit as st

from rag_app.auth.logins import User

# The gate sets this header, after it has taken away any that came; Streamlit puts it into st.user.
HEADER, FIELD = "X-Rag-Login", "rag_login"


def header_value(user: User, login: str) -> bytes:
    """The header's value: ASCII, whatever the name."""
    return json.dumps({**asdict(user), "login": login}).encode("ascii")


def current_user() -> User | None:
    """Who this session belongs to, or None where no gate was passed."""
    told = _told()
    return None if told is None else User(told["owner"], told["name"], told["address"])


def current_login() -> str:
    """The key of the login of this session ("" if none was asked for)."""
    told = _told()
    return "" if told is None else str(told["login"])


def _told() -> dict[str, Any] | None:
    value = st.user.get(FIELD)
    return json.loads(value) if isinstance(value, str) else None
