"""A program that changes collections, each time in a process of its own, which kills itself before
a step of its choice: a step is whatever Python tells its audit hooks of files."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from ingest.store import collections
from ingest.store.directory import Store

STEPS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "sqlite3.connect"}


def main() -> None:
    store = sys.argv[1]
    for line in sys.stdin:
        kill_before, operation, *names = json.loads(line)
        child = os.fork()
        if child == 0:
            kill_before_step(kill_before, store)
            getattr(collections, f"{operation}_collection")(*names, store=store)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print({0: "done", -signal.SIGKILL: "killed"}.get(status, "failed"), flush=True)


def kill_before_step(number: int, store: str) -> None:
    steps = 0

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal steps
        if event in STEPS and str(arguments[0]).startswith(store):
            steps += 1
            if steps == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def hold(store: str, name: str) -> None:
    """Write to a collection until the end of the input."""
    with Store(Path(store), name).write_lock(5):
        print("held", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        hold(*sys.argv[1:])
    else:
        main()
