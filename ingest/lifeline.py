"""Child processes of our own modules, which end with their program, however that ends.

The program holds one end of a pipe that nobody writes to; when it is closed, the child is ended.
"""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

# What Python, its libraries and their threads need. Nothing else of the program's is a child's.
_INHERITED = re.compile(
    r"PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|TZ|TMPDIR|TMP|TEMP|SYSTEMROOT|WINDIR|USERPROFILE"
    r"|APPDATA|LOCALAPPDATA|VIRTUAL_ENV"
    r"|(LC|LD|DYLD|XDG|RAG|HF|OMP|MKL|KMP|OPENBLAS|MALLOC|ORT|TOKENIZERS|CUDA|NVIDIA|HIP|GGML"
    r"|COV|COVERAGE)_.+|PYTHON.+"
)
_PR_SET_NO_NEW_PRIVS = 38  # prctl(2)
_SECRET = re.compile(r"(^|_)(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(_|$)")


class Lifeline:
    """The program's end of the pipe. Keep it open for as long as the child may live."""

    def __init__(self) -> None:
        self._ends: tuple[int, ...] = os.pipe() if os.name == "posix" else ()

    @property
    def number(self) -> int | None:
        """What the child is told; None where there are no such pipes."""
        return self._ends[0] if self._ends else None

    def start(
        self,
        module: str,
        *arguments: str,
        options: Sequence[str] = (),
        stdin: int = subprocess.PIPE,
    ) -> subprocess.Popen[bytes]:
        """Start ``python -m module``, with pipes to its standard input and from its output.

        ``options`` are Python's. The child must be told ``number`` and call ``end_with`` with it.
        Raises OSError.
        """
        process = subprocess.Popen(
            # -P: modules come from where ours come from, never from the current folder.
            [sys.executable, "-P", *options, "-m", module, *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=self._ends[:1],
            env=_environment(),
        )
        if self._ends:  # the child has its end: ours of it is closed
            os.close(self._ends[0])
            self._ends = self._ends[1:]
        return process

    def close(self) -> None:
        """End the child, if it still lives."""
        for end in self._ends:
            os.close(end)
        self._ends = ()

    def __enter__(self) -> Lifeline:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _environment() -> dict[str, str]:
    """The child's: what it needs of ours and no secrets, with modules from where ours come from,
    also from a relative path."""
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    needed = {
        name: value
        for name, value in os.environ.items()
        if _INHERITED.fullmatch(name.upper()) and not _SECRET.search(name.upper())
    }
    return {**needed, "PYTHONPATH": path}


def gain_no_rights() -> None:
    """No program that this process might start gets rights that it has not, as by setuid."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library
            ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0)))


def end_with(lifeline: int | None) -> None:
    """End this process, whatever it is doing, as soon as the program at the other end has ended.

    The system sends SIGIO when the other side of a pipe is closed, and a process that does not
    handle that signal is ended by it. Nothing is ever written to this pipe. All our children call
    this first, so they give up new rights here too.
    """
    gain_no_rights()
    if lifeline is None or sys.platform == "win32":
        return
    import fcntl
    import select

    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    look = select.poll()
    look.register(lifeline, 0)
    if look.poll(0):  # closed before the signal was asked for
        sys.exit()
