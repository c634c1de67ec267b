"""The reading process: takes files from a pipe, reads them, and answers with documents or errors.

It is started by ``ingest.load.sandbox.reader`` as ``python -m ingest.load.sandbox.worker LIMITS``.
It prints nothing and writes no files, and it ends when its pipe is closed: at once, even in the
middle of a parser that never comes back, because the system itself sends the signal that ends it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from ingest.errors import LoadError
from ingest.lifeline import end_with
from ingest.load.common.choices import CHOICES, Choices
from ingest.load.formats.detect import MODULES
from ingest.load.ocr.told import ON_PAGE
from ingest.load.read import load_bytes
from ingest.load.sandbox.confine import confine
from ingest.load.sandbox.protocol import (
    READY,
    document_frames,
    error_frames,
    page_frames,
    read_frame,
    write_frames,
)

MOST_REQUEST = 8 * 1000 * 1000 * 1000


def main() -> None:
    """Read files. The argument is JSON: what ``serve`` takes, ``readers``, modules of formats to be
    used in place of ours, and ``choices``."""
    limits = json.loads(sys.argv[1])
    CHOICES.set(Choices(**limits["choices"]))
    MODULES.update(limits["readers"])

    def answer(name: bytes, data: bytes, tell: Tell) -> tuple[bytes, ...]:
        ON_PAGE.set(lambda page, pages: tell(*page_frames(page, pages)))
        return document_frames(load_bytes(data, name.decode()))

    serve(answer, limits)


Tell = Callable[..., None]


def serve(
    answer: Callable[[bytes, bytes, Tell], tuple[bytes, ...]], limits: Mapping[str, Any]
) -> None:
    """Answer requests, of two frames each, until the other side closes the pipe. What ``answer``
    tells meanwhile goes before its answer.

    ``limits`` are ``lifeline``, the number of a pipe that ends when the program does, and
    ``memory`` in bytes. A bug in a reader ends the process, which tells enough.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with(limits["lifeline"])
    requests, answers = _own_pipes()
    _limit(int(limits["memory"]))
    confine()
    write_frames(answers, READY)
    while True:
        try:
            request = read_frame(requests, MOST_REQUEST)
            data = read_frame(requests, MOST_REQUEST)
        except EOFError:
            return
        try:
            frames = answer(request, data, partial(write_frames, answers))
        except LoadError as error:
            frames = error_frames(type(error).__name__, str(error))
        except MemoryError:
            frames = error_frames("MemoryError", "")
        try:
            write_frames(answers, *frames)
        except BrokenPipeError:
            return


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the program, moved away from where a library might print or read."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def _limit(memory: int) -> None:
    """Limit the memory to what is used now and this many bytes more; forbid writing files."""
    try:
        import resource
    except ImportError:  # Windows
        return
    # Pages of data and stack: https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html
    statm = Path("/proc/self/statm")
    used = int(statm.read_text().split()[5]) * resource.getpagesize() if statm.exists() else 0
    for kind, most in (
        # Not RLIMIT_AS: libraries reserve addresses that they never use.
        (resource.RLIMIT_DATA, used + memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        allowed = resource.getrlimit(kind)[1]
        if allowed != resource.RLIM_INFINITY:
            most = min(most, allowed)
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()
