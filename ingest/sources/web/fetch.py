"""Fetch a web page: one request, and one for each redirect, within limits of size and time."""

from __future__ import annotations

import functools
import os
import ssl
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.robotparser import RobotFileParser

import httpcore

from ingest.errors import PageError, PageGone
from ingest.sources.web.address import origin_of, redirected
from ingest.sources.web.connection import Deadline, GuardedBackend

AGENT = "rag-app"
MOST_REDIRECTS = 5
# Connecting, and each piece of an answer, may take so long, in seconds.
IDLE_SECONDS = 20.0
# Of a longer robots.txt the rest does not count (RFC 9309, 2.5, asks for as much).
MOST_OF_ROBOTS = 500_000
_MEGABYTE = 1_000_000
_GONE = (404, 410)
_REDIRECTS = (301, 302, 303, 307, 308)
_OK, _NOT_MODIFIED, _SERVER_FAILS = 200, 304, 500
_PIECE = 1 << 20
_DAMAGED = "it came damaged (it cannot be unpacked); try again"
_NOTHING = "User-agent: *\nDisallow: /"
_ENCODINGS = ("gzip", "x-gzip", "deflate")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a page may need, and whether robots.txt is obeyed and private addresses fetched."""

    megabytes: int = 200
    seconds: float = 60
    robots: bool = True
    private: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What came from an address. ``data`` is None where the page is as it was before.

    ``kind`` is its media type in lower case, ``charset`` the character set that the server named;
    ``etag`` and ``modified`` are sent when the page is asked for again.
    """

    data: bytes | None
    kind: str = ""
    charset: str | None = None
    etag: str = ""
    modified: str = ""

    @property
    def modified_ns(self) -> int | None:
        """When the server says that it was changed, in nanoseconds since 1970."""
        try:
            return int(parsedate_to_datetime(self.modified).timestamp()) * 1_000_000_000
        except (ValueError, OverflowError, TypeError):
            return None


@dataclass(slots=True)
class Fetcher:
    """Fetches pages, one after the other. ``check`` is asked all the time, and may raise.

    robots.txt of each host is asked for once.
    """

    limits: Limits
    check: Callable[[], None] = lambda: None
    _robots: dict[str, RobotFileParser] = field(default_factory=dict)

    def fetch(self, address: str, etag: str = "", modified: str = "") -> Page:
        """The page at a normalized address; without data, if it is the one that had this ``etag``
        or ``modified``.

        Raises PageGone where there is none any more; PageError, which says why it is not fetched;
        and what ``check`` raises.
        """
        deadline = Deadline(self.limits.seconds, self.check)
        conditions = {"If-None-Match": etag, "If-Modified-Since": modified}
        status, headers, data = self._follow(address, deadline, conditions, self.limits.robots)
        if status == _NOT_MODIFIED and (etag or modified):
            return Page(None)
        if status in _GONE:
            raise PageGone(f"there is no such page (HTTP {status})")
        if status != _OK:
            raise PageError(_refusal(status))
        told = Message()
        told["content-type"] = headers.get("content-type", "application/octet-stream")
        return Page(
            data,
            told.get_content_type(),
            told.get_content_charset(),
            headers.get("etag", ""),
            headers.get("last-modified", ""),
        )

    def _follow(
        self, address: str, deadline: Deadline, conditions: Mapping[str, str], robots: bool
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of what an address leads to. Raises PageError."""
        most = self.limits.megabytes * _MEGABYTE
        for _ in range(MOST_REDIRECTS + 1):
            if robots:
                self._ask_robots(address, deadline)
            status, headers, data = self._get(address, deadline, conditions, most)
            if status not in _REDIRECTS:
                return status, headers, data
            address = redirected(address, headers.get("location", ""))
        raise PageError(f"it redirects more than {MOST_REDIRECTS} times")

    def _ask_robots(self, address: str, deadline: Deadline) -> None:
        """Raise PageError if the host does not want a program of our name to read this page."""
        origin = origin_of(address)
        if origin not in self._robots:
            where = f"{origin}/robots.txt"
            status, _, data = self._follow(where, deadline, {}, robots=False)
            if status >= _SERVER_FAILS:
                raise PageError(f"{where} cannot be read (HTTP {status}); try again later")
            rules = RobotFileParser()
            # What a status means is as in RobotFileParser.read, which fetches by itself.
            text = data[:MOST_OF_ROBOTS].decode("utf-8", "replace")
            rules.parse((_NOTHING if status in (401, 403) else text).splitlines())
            self._robots[origin] = rules
        if not self._robots[origin].can_fetch(AGENT, address):
            raise PageError(
                f"{origin}/robots.txt asks programs not to read it; if you may, set "
                "RAG_FETCH_ROBOTS=0"
            )

    def _get(
        self, address: str, deadline: Deadline, conditions: Mapping[str, str], most: int
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case and body of one answer. The body is empty unless the status
        is 200. Raises PageError."""
        headers = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
        headers |= {name: value for name, value in conditions.items() if value}
        sent = [
            (name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()
        ]
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), IDLE_SECONDS)
        backend = GuardedBackend(deadline, private=self.limits.private)
        try:
            with (
                httpcore.ConnectionPool(_certificates(), network_backend=backend) as pool,
                pool.stream(
                    "GET", address, headers=sent, extensions={"timeout": timeouts}
                ) as response,
            ):
                told = {
                    name.decode("latin-1").lower(): value.decode("latin-1")
                    for name, value in response.headers
                }
                if response.status != _OK:
                    return response.status, told, b""
                parts = _unpacked(response.iter_stream(), told.get("content-encoding", ""), most)
                return response.status, told, b"".join(parts)
        except httpcore.TimeoutException:
            deadline.left()
            raise PageError(f"the server sent nothing for {IDLE_SECONDS:g} s") from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            words = " ".join(str(error).split()) or type(error).__name__
            raise PageError(f"it can't be fetched ({words}); check the address") from None


def _unpacked(parts: Iterator[bytes], encoding: str, most: int) -> Iterator[bytes]:
    """A body as it was before it was packed for the way, in pieces, of so many bytes at most.
    Raises PageError."""
    encoding = encoding.strip().lower()
    if encoding not in ("", "identity", *_ENCODINGS):
        raise PageError(f"the server sends it packed as {encoding[:40]}, which was not asked for")
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32) if encoding in _ENCODINGS else None
    came = size = 0
    for part in parts:
        came += len(part)
        while part:
            if unpack is None:
                piece, part = part, b""
            else:
                try:
                    piece = unpack.decompress(part, _PIECE)
                except zlib.error:
                    raise PageError(_DAMAGED) from None
                part = unpack.unconsumed_tail
            size += len(piece)
            if max(size, came) > most:
                raise PageError(f"larger than {most // _MEGABYTE:,} MB")
            yield piece
    if came and unpack is not None and not unpack.eof:
        raise PageError(_DAMAGED)


def _refusal(status: int) -> str:
    if status in (401, 403):
        return f"the server does not give it to programs, or only to who logs in (HTTP {status})"
    if status == 429 or status >= _SERVER_FAILS:
        return f"the server cannot answer now (HTTP {status}); try again later"
    return f"the server answered with HTTP {status}"


def _certificates() -> ssl.SSLContext:
    """Where the user names certificates, these; otherwise httpcore's own."""
    return _read_certificates(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@functools.cache
def _read_certificates(*named: str | None) -> ssl.SSLContext:
    """Read once, and not for each page: that takes as long as many a page."""
    return ssl.create_default_context() if any(named) else httpcore.default_ssl_context()
