"""A page in a browser that is watched: what runs in it, what it fetches, and what it shows that
our own pages never do. Every host but ``localhost`` leads to a canary, which counts connections.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Frame, Page, Request, Route

SCRIPT = Path(__file__).with_name("watched.js")
# Reported and not enforced, so that what would run does run, and is counted twice. ``eval`` is let
# through: the libraries of Streamlit's own page use it. The script of ours is named by its words.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' 'report-sample'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: data: blob:; worker-src 'self' blob:; frame-src 'none'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'"
)
HTML = {"content-type": "text/html", "content-security-policy-report-only": POLICY}
KINDS = (
    "scripts run", "dialogs", "requests to elsewhere", "navigations", "popups", "downloads",
    "elements", "page errors",
)  # fmt: skip
# Where Chromium calls for itself. A page's own requests to there are counted as all others are.
OWN_ERRANDS = ("*.googleapis.com", "*.google.com", "*.gstatic.com", "*.gvt1.com")
HOST_HEADER = re.compile(rb"^host:[ \t]*([^\s:]+)", re.IGNORECASE | re.MULTILINE)


class Canary:
    """A server on a free port of this machine that answers nobody and counts who came, and of what
    host they thought that it was. A context manager."""

    def __init__(self) -> None:
        self.callers: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)

    @property
    def arguments(self) -> tuple[str, ...]:
        """What has a Chromium come here, whatever host it means, but for what it does by itself."""
        own = ", ".join(f"MAP {host} ~NOTFOUND" for host in OWN_ERRANDS)
        everything = f"MAP * 127.0.0.1:{self.port}, EXCLUDE localhost"
        return (f"--host-resolver-rules={own}, {everything}",)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self.callers.append(_host_wanted(connection) or "somebody")


class Watched:
    """A page, and everything that was counted in it. ``counts`` is by kind, ``examples`` has the
    first of each kind."""

    def __init__(self, browser: Browser, **context: Any) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}
        self.pages = 0
        # A page that was given other headers counts as one from outside, which asks before it
        # talks to this machine.
        self.context = browser.new_context(permissions=["local-network-access"], **context)
        self.context.route(re.compile(r"^[^?#]*/[\w-]*(\?|#|$)"), self._with_policy)
        self.page: Page = self.context.new_page()
        self.page.add_init_script(path=SCRIPT)
        self.page.on("request", self._requested)
        self.page.on("console", self._said)
        self.page.on("framenavigated", self._navigated)
        self.page.on("pageerror", lambda error: self._count("page errors", str(error)))
        self.page.on("popup", lambda popup: self._count("popups", popup.url))
        self.page.on("download", lambda load: self._count("downloads", load.suggested_filename))
        self.page.on("dialog", self._asked)

    def go(self, address: str) -> None:
        """Open a page of ours."""
        self.gather()
        self.pages += 1
        self.page.goto(address)

    def show(self, html: str) -> None:
        """Open a page of this HTML in place of ours: to hear whether the alarm rings."""
        address = "http://localhost/alarm"
        self.context.route(address, lambda route: route.fulfill(body=html, headers=HTML))
        self.page.goto(address)

    def gather(self) -> None:
        """Touch everything that is shown as a reader's pointer and keyboard would, look at all of
        it, and count what was seen since the last time."""
        if self.page.url == "about:blank":
            return
        for kind, example in self.page.evaluate("window.watched ? watched.gather() : []"):
            self._count(kind, example)

    def texts(self, selector: str) -> str:
        """All text of the elements of a selector, as ``bare`` has it."""
        found: list[str] = self.page.eval_on_selector_all(
            selector,
            "found => found.map((one) => (one.matches('input') ? one.value : one.textContent))",
        )
        return bare("\n".join(found))

    def missing(self, selector: str, strings: Iterable[str], *, within: float = 0.0) -> list[str]:
        """Those of some strings that are not shown as they are, also after so many seconds."""
        until = time.monotonic() + within
        left = list(strings)
        while True:
            shown = self.texts(selector)
            left = [string for string in left if bare(string) not in shown]
            if not left or time.monotonic() > until:
                return left
            self.page.wait_for_timeout(100)

    def _count(self, kind: str, example: str) -> None:
        self.counts[kind] += 1
        self.examples.setdefault(kind, []).append(example)

    def _requested(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname != "localhost":
            self._count("requests to elsewhere", request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.text.startswith("watched: "):
            self._count("scripts run", message.text.removeprefix("watched: "))

    def _asked(self, dialog: Any) -> None:
        self._count("dialogs", dialog.message)
        dialog.dismiss()

    def _navigated(self, frame: Frame) -> None:
        if frame is not self.page.main_frame or urlsplit(frame.url).hostname != "localhost":
            self._count("navigations", frame.url)

    def _with_policy(self, route: Route) -> None:
        if route.request.resource_type != "document":
            return route.fallback()
        response = route.fetch()
        headers = {**response.headers, "content-security-policy-report-only": POLICY}
        return route.fulfill(response=response, headers=headers)


def _host_wanted(connection: socket.socket) -> str | None:
    """Who somebody who calls believes that they are calling, if they say so at once."""
    connection.settimeout(0.2)
    first, host = b"", None
    with suppress(OSError):
        while host is None and (more := connection.recv(4096)):
            first += more
            host = host_named(first)
    return host


def host_named(first: bytes) -> str | None:
    """The host in the first bytes of a connection: in the extension ``server_name`` of a TLS
    handshake (RFC 6066), or in the header of an HTTP request. None if there is none, or not yet.

    Not by what looks like a name: the keys in a handshake are random, and have "Gi.Xl" in them.
    """
    header = HOST_HEADER.search(first)
    if header:
        return header[1].decode("latin-1")
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _, name, __: names.append(name)
    incoming = ssl.MemoryBIO()
    incoming.write(first)
    with suppress(ssl.SSLError):  # without a certificate, and with half a greeting
        context.wrap_bio(incoming, ssl.MemoryBIO(), server_side=True).do_handshake()
    return names[0] if names else None


def bare(text: str) -> str:
    """The text without what nobody sees: spaces, and characters that have no width."""
    return "".join(
        sign for sign in text if unicodedata.category(sign)[0] not in "CZ" and sign != "\ufffd"
    )
