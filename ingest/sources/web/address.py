"""Addresses of web pages: one way to write each, and which are fetched at all."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from ingest.errors import PageError

SCHEMES = {"http": 80, "https": 443}
LONGEST = 2000
# What may stand in a path or a query as it is (RFC 3986, 3.3 and 3.4); "%" is of what is quoted.
_AS_IT_IS = "/:@!$&'()*+,;=~-._%"
_USER = re.compile(r"(?<=://)[^/?#]*@")


def normalized(address: str) -> str:
    """An address in ASCII, without default port and fragment, so that the same page has the same
    name. Raises PageError, which says what is wrong with it."""
    if len(address) > LONGEST:
        raise PageError(f"the address has more than {LONGEST:,} characters; use a shorter one")
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError as error:
        raise PageError(f"not an address ({error}); give one like https://example.org/") from None
    scheme = parts.scheme.lower()
    if scheme not in SCHEMES:
        raise PageError(f"{scheme}:// isn't supported; use an https:// or http:// address")
    if "@" in parts.netloc:
        raise PageError("the address has a user name or a password in it; leave that out")
    host = _host(parts)
    if port not in (None, SCHEMES[scheme]):
        host = f"{host}:{port}"
    path, query = quote(parts.path, safe=_AS_IT_IS), quote(parts.query, safe=_AS_IT_IS + "?")
    return urlunsplit((scheme, host, path or "/", query, ""))


def redirected(address: str, location: str) -> str:
    """Where a page at an address sends its readers. Raises PageError."""
    return normalized(urljoin(address, location))


def origin_of(address: str) -> str:
    """Scheme, host and port of a normalized address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def without_user(address: str) -> str:
    """An address without the password that may stand in it: it is told and kept."""
    return _USER.sub("…@", address)


def _host(parts: SplitResult) -> str:
    """The host in ASCII, an IPv6 address in brackets. Raises PageError."""
    host = parts.hostname or ""
    if ":" in host:
        return f"[{host}]"
    try:
        name = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        name = ""
    if not name or re.search(r"[^a-z0-9._-]", name):
        raise PageError(f"{host!r} isn't a valid host; check the address")
    return name
