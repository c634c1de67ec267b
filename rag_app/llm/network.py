"""The way to an endpoint: the proxy and the certificates that the environment sets.

A part of ``rag_app.llm.client``. The HTTP client reads the environment too, but it cannot be made
with a SOCKS proxy set and its library missing, even where the proxy is not for this address.
"""

from __future__ import annotations

import ipaddress
import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from rag_app.errors import LLMUnreachable

if TYPE_CHECKING:
    import ssl

# As httpx, requests and curl call them.
BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_DIR")
SCHEMES = ("http", "https", "socks5", "socks5h")


def proxy_of(url: str) -> str | None:
    """The proxy for a URL, if any: never for this machine, nor for what NO_PROXY names."""
    parts, proxies = urlsplit(url), getproxies()
    host = parts.hostname or ""
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or not host or host == "localhost" or host.endswith(".localhost"):
        return None
    excepted = proxies.get("no", "")
    if proxy_bypass(parts.netloc.rpartition("@")[2]) or _excepted(host, excepted):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _excepted(host: str, excepted: str) -> bool:
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        if address.is_loopback:
            return True
        for entry in excepted.split(","):
            with suppress(ValueError):
                if address in ipaddress.ip_network(entry.strip().strip("[]"), strict=False):
                    return True
    return False


def shown_proxy(proxy: str) -> str:
    """A proxy's address without user name and password."""
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def usable_proxy(url: str) -> str | None:
    """The proxy for a URL. Raises LLMUnreachable for one that the HTTP client cannot use."""
    proxy = proxy_of(url)
    if proxy is None:
        return None
    host, shown = urlsplit(url).hostname, shown_proxy(proxy)
    scheme = urlsplit(proxy).scheme.lower()
    instead = f"set NO_PROXY={host} to go without it"
    if scheme not in SCHEMES:
        raise LLMUnreachable(
            f"cannot reach the LLM through the proxy {shown}, which the environment sets: "
            f"it is none of {', '.join(SCHEMES)}; {instead}"
        )
    if scheme.startswith("socks") and find_spec("socksio") is None:
        raise LLMUnreachable(
            f"cannot reach the LLM through the SOCKS proxy {shown}, which the environment sets: "
            f"run pip install socksio, or {instead}"
        )
    return proxy


def certificates(url: str) -> ssl.SSLContext | bool:
    """The authorities that are trusted: all that the environment sets, else the HTTP client's own
    (True). No authority for an address without encryption, where nobody asks: the client would
    read its own for that, 25 ms before the first words. Raises LLMUnreachable for a file that
    cannot be read."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if urlsplit(url).scheme != "https":
        return context
    names = [name for name in BUNDLES if os.environ.get(name)]
    if not names:
        return True
    for name in names:
        path = os.environ[name]
        try:
            folder = Path(path).is_dir()
            context.load_verify_locations(**{"capath" if folder else "cafile": path})
        except OSError as error:  # a file that holds none is one too
            why = error.strerror or str(error)
            raise LLMUnreachable(
                f"the certificates of {name}={path} cannot be read: {why}; correct or unset it"
            ) from error
    return context
