"""Loopback check: whether the page is for this machine only."""

from __future__ import annotations

import streamlit as st

from rag_app.web.reach import only_here


def is_local() -> bool:
    """Whether the server that is running serves this machine only. One that this program did not
    start may be anywhere."""
    address, hosts = st.get_option("server.address"), st.get_option("server.allowedHosts")
    return only_here(str(address or "localhost"), hosts or ())
