"""The page as a user starts it, and a browser in front of it: for measuring, and for the tests."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
STARTS_WITHIN = 60.0
STOPS_WITHIN = 30.0


@dataclass(frozen=True)
class Served:
    """A running page: its address, the process that serves it, and the address that it tells."""

    address: str
    process: int
    told: str = ""


class Process(Protocol):
    """A program that runs, as ``subprocess.Popen`` has it."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    def poll(self) -> int | None: ...

    def send_signal(self, sig: int, /) -> None: ...

    def wait(self, timeout: float) -> int: ...


# Starts ``rag-app`` with arguments in a folder; what it writes goes to the end of a file.
Start = Callable[[Sequence[str], Path, str], Process]


def chromium(playwright: Playwright, *arguments: str) -> Browser:
    """The system's Chromium, or the one that Playwright brought.

    Raises:
        playwright.sync_api.Error: none of them can be started.
    """
    executable = CHROMIUM if CHROMIUM.exists() else None
    return playwright.chromium.launch(executable_path=executable, args=[*ARGUMENTS, *arguments])


def _start(arguments: Sequence[str], folder: Path, output: str) -> Process:
    with Path(output).open("a", encoding="utf-8") as written:
        return subprocess.Popen(
            [sys.executable, "-m", "rag_app", *arguments],
            cwd=folder, stdout=written, stderr=subprocess.STDOUT,
        )  # fmt: skip


@contextmanager
def serving(
    store: Path,
    folder: Path,
    *arguments: str,
    port: int | None = None,
    token: bool = False,
    start: Start = _start,
) -> Iterator[Served]:
    """``rag-app chat`` over a store, started in a folder, for as long as the block lasts; without
    a login and a browser where none is set, or as users start it, with ``token``.

    Raises:
        AssertionError: it did not start, did not end well, or wrote a traceback.
    """
    port = port or free_port()
    open_to_all = () if token else ("--no-browser", "--without-login")
    # Into a file, because a pipe that nobody reads is full after 64 kB and stops the server.
    with tempfile.NamedTemporaryFile("a+", encoding="utf-8") as written:
        told = ["chat", "--port", str(port), "--store", str(store), *open_to_all, *arguments]
        process = start(told, folder, written.name)
        try:
            _wait_for_port(port, process)
            written.seek(0)
            told = written.readline().split()[4] if token else ""
            yield Served(f"http://localhost:{port}", process.pid, told)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=STOPS_WITHIN)
        written.seek(0)
        output = written.read()
    assert process.returncode == 0, output
    assert "Traceback" not in output, output


def free_port() -> int:
    """A port that nobody listened to a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _wait_for_port(port: int, process: Process) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the page was not served")
