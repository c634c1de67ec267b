"""Programs that are there at once: forked from a process that has imported what they need.

To import the page and what is below it takes a server two seconds of work, and the tests start
dozens of servers. Here that is done once for all tests of a process, by a process of its own, which
has no thread and forks itself for each program: it runs ``rag_app.cli.main``, as ``python -m
rag_app`` does, in its folder, with its environment, and makes the index in its own process, as
``tests/conftest.py`` has it. Some tests of ``tests/ui/serving`` start their servers as users do.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

MAIN = "rag_app.cli.main"
# What a server imports until it has answered a question; not onnxruntime, which has a thread then.
IMPORTS = (
    MAIN, "rag_app.ui.page", "rag_app.ui.serving.serve", "rag_app.web.connections",
    "rag_app.ui.serving.entry.login_gate", "streamlit.web.bootstrap",
    "streamlit.web.server.starlette", "ingest.pipeline", "chromadb", "tokenizers",
)  # fmt: skip
LOOK_SECONDS = 0.02


class Forked:
    """A program that runs. As much of ``subprocess.Popen`` as is needed of it."""

    def __init__(self, parent: Parent, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._parent = parent

    def poll(self) -> int | None:
        """The exit status, if it has ended; negative where a signal has ended it."""
        if self.returncode is None:
            self.returncode = self._parent.order({"poll": self.pid})
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def wait(self, timeout: float) -> int:
        """The exit status. Raises subprocess.TimeoutExpired."""
        until = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("a forked program", timeout)
            time.sleep(LOOK_SECONDS)
        assert self.returncode is not None
        return self.returncode


class Parent:
    """The process that has imported everything. It ends with this one."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], text=True, cwd=Path(__file__).parents[2],
            # Its numbers would have threads, too.
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        atexit.register(self._end)

    def _end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def order(self, order: Mapping[str, Any]) -> Any:
        """Have it do something. Returns what it answers."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@cache
def _parent() -> Parent:
    return Parent()


def start(arguments: Sequence[str], folder: Path, output: str) -> Forked:
    """``python -m rag_app ARGUMENTS`` in a folder; what it writes goes to the end of a file."""
    order = {"arguments": list(arguments), "folder": str(folder), "environment": dict(os.environ),
             "output": output}  # fmt: skip
    return Forked(_parent(), _parent().order(order))


def _serve() -> None:
    """The process itself: an order on each line of its input, an answer on each of its output."""
    for name in IMPORTS:
        import_module(name)
    from ingest.index import process
    from tests.conftest import make_here

    process.make_in_process = make_here
    threads = len(list(Path("/proc/self/task").iterdir()))
    assert threads == 1, "a process with threads cannot be forked"
    for line in sys.stdin:
        order = json.loads(line)
        print(_status(order["poll"]) if "poll" in order else _fork(order), flush=True)


def _status(pid: int) -> str:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return json.dumps(os.waitstatus_to_exitcode(status) if ended else None)


def _fork(order: Mapping[str, Any]) -> int:
    """Returns the id of the new process, which never returns from here."""
    pid = os.fork()
    if pid:
        return pid
    output = os.open(order["output"], os.O_WRONLY | os.O_APPEND)
    for number in (1, 2):
        os.dup2(output, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["rag-app", *order["arguments"]]
    sys.exit(import_module(MAIN).main(order["arguments"]))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _serve()
