"""Opening the user's browser at the page, when it is served.

Others on this machine can read the arguments of every process, so the token is not among them: a
private file leads to the address. It is in the store, for browsers that may read no hidden folders
of the home and no temporary files of others (those in a snap).
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import webbrowser
from html import escape
from pathlib import Path

from ingest.atomic_files import write_atomically

STARTS_WITHIN = 60.0  # seconds
READ_WITHIN = 30.0
PAGE = """<!doctype html><meta charset="utf-8"><title>Ask your documents</title>
<meta http-equiv="refresh" content="0; url={0}"><a href="{0}">Ask your documents</a>
"""


def open_when_served(url: str, address: str, port: int, folder: Path) -> None:
    """Open a browser at a ``url`` as soon as somebody listens at this address, and do not wait for
    it. Without a screen, nothing happens."""
    has_screen = any(map(os.environ.get, ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")))
    if has_screen or sys.platform in ("win32", "darwin"):
        arguments = (url, address, port, folder / f"open-chat-{port}.html")
        threading.Thread(target=_open, args=arguments, daemon=True).start()


def _open(url: str, address: str, port: int, file: Path) -> None:
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        try:
            socket.create_connection((reached, port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    else:
        return
    if "?" not in url:
        webbrowser.open(url)
        return
    try:
        write_atomically(file, PAGE.format(escape(url)))
        webbrowser.open(file.resolve().as_uri())
        time.sleep(READ_WITHIN)
        file.unlink(missing_ok=True)
    except OSError:  # a store that can only be read: the terminal shows the address
        webbrowser.open(url.partition("?")[0])
