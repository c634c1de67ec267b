"""Loopback check: whether the page is for this machine only."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

import streamlit as st


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own, reached by nobody else."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def only_here(address: str, hosts: Iterable[str]) -> bool:
    """Whether a server at an address, which answers to these hosts, serves this machine only. One
    that answers to other names is reached through a proxy, wherever it listens."""
    return is_loopback(address) and all(map(is_loopback, hosts))


def is_local() -> bool:
    """The same of the server that is running. One that this program did not start may be
    anywhere."""
    address, hosts = st.get_option("server.address"), st.get_option("server.allowedHosts")
    return only_here(str(address or "localhost"), hosts or ())
