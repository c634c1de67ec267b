"""Starts the operations of ``kill_child``, and kills them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.conftest import REPOSITORY

OPERATIONS = ("sync", "add", "reread", "delete", "reembed", "backup", "restore", "rebuild")


class Worker:
    """The process that forks the operations (``kill_child``). A context manager."""

    def __init__(self, store: Path, errors: Path) -> None:
        self.kills: Counter[str] = Counter()
        self._errors = errors
        self._seconds = dict.fromkeys(OPERATIONS, 0.5)  # of each, when it was last finished
        with errors.open("w") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.kill_child", store],
                cwd=REPOSITORY,
                env={**os.environ, "TOKENIZERS_PARALLELISM": "false"},  # it forks
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
            )

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)

    def run(self, tokens: int, *words: str, kill_at: float | None = None) -> list[str]:
        """Do an operation, and kill it at this part of its time; returns what it said."""
        assert self._process.stdin and self._process.stdout
        print(json.dumps([tokens, *words]), file=self._process.stdin, flush=True)
        child = int(self._process.stdout.readline().split()[1])
        started = time.monotonic()
        if kill_at is not None:
            time.sleep(self._seconds[words[0]] * kill_at)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        said: list[str] = []
        line = "ended 1"
        for line in self._process.stdout:
            if line.startswith("ended"):
                break
            said.append(line.strip())
        status = int(line.split()[1])
        assert status in (0, -signal.SIGKILL), (words, self._errors.read_text())
        if status == 0:
            self._seconds[words[0]] = time.monotonic() - started
        else:
            self.kills[words[0]] += 1
        return said
