"""Readers that do what a parser must not do, in the place of a real one. Only for tests."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import time
from pathlib import Path

from ingest.load.common.compose import compose
from ingest.records import Block, LoadedDocument


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Do what the file says, on its first line."""
    order, _, rest = data.decode().partition("\n")
    if order == "sleep":
        time.sleep(600)
    elif order == "hold":
        # In C, and without giving other threads a chance.
        re.match("(a+)+$", "a" * 64 + "b")
    elif order == "spin":
        end = time.monotonic() + float(rest)
        while time.monotonic() < end:
            pass
    elif order == "memory":
        bytearray(1_500_000_000)
    elif order == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif order == "fault":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif order == "bug":
        raise ZeroDivisionError
    elif order == "inherited":
        return compose("text", [Block("paragraph", " ".join(os.environ))])
    elif order == "rights":
        with open("/proc/self/status") as file:  # noqa: PTH123
            return compose("text", [Block("paragraph", " ".join(file.read().split()))])
    elif order == "print":
        print("from Python")
        os.write(1, b"from C")
        os.write(2, b"from C")
    elif order == "garbage":
        _into_answers(b"\xff" * 100_000)
    elif order == "huge":
        _into_answers((1 << 60).to_bytes(8, "big") * 10)
    elif order == "write":
        with open(rest.strip(), "w") as file:  # noqa: PTH123
            file.write("outside")
    elif order in ACTS:
        try:
            ACTS[order](rest.strip())
            rest = "done"
        except OSError as error:
            rest = f"refused with {error.errno}"
    elif order == "modules":
        rest = " ".join(sorted({name.partition(".")[0] for name in sys.modules}))
    elif order == "long":
        rest = ("w" * 999 + " ") * 65_000
    return compose("text", [Block("paragraph", rest)])


def _connect(port: str) -> None:
    socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()


def _send(port: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"words", ("127.0.0.1", int(port)))


ACTS = {
    "connect": _connect,
    "send": _send,
    "open": lambda path: Path(path).open().close(),
    "list": os.listdir,
    "make": lambda path: Path(path).touch(),
    "remove": os.unlink,
    "signal": lambda process: os.kill(int(process), 0),
}


def _into_answers(data: bytes) -> None:
    """Write to every pipe but the standard ones, whatever they are, and end."""
    for number in range(3, 20):
        try:
            os.write(number, data)
        except OSError:
            continue
    os._exit(0)
