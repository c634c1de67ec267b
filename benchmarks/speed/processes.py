"""Whole processes side by side: seconds, CPU seconds and memory, of each in turn.

A process is started and watched by a small one (this file, run as a program), because Linux counts
the memory of whoever starts a process as that process's own (``ru_maxrss`` in getrusage(2)).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# How often memory is looked at, in seconds.
LOOK = 0.05
LONGEST = 1800


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process took, its children's share too. ``memory`` is the most that all of them had
    at one time, in bytes; ``output`` is what it printed."""

    seconds: float
    cpu_seconds: float
    memory: int
    output: str = ""


def measure(
    command: Sequence[str | os.PathLike[str]],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    accepted: Sequence[int] = (0,),
) -> Usage:
    """Run a command to its end. Raises RuntimeError, with what it said, if it fails."""
    done = subprocess.run(
        [sys.executable, "-I", __file__, *map(os.fspath, command)],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command} could not be watched: {done.stderr}")
    told = json.loads(done.stdout)
    if told.pop("code") not in accepted:
        raise RuntimeError(f"{command} failed: {told['output'][-2000:]}{done.stderr[-2000:]}")
    return Usage(**told)


def in_turns(actions: Mapping[str, Callable[[], Usage]], rounds: int) -> dict[str, list[Usage]]:
    """Each action once a round, one after the other, so that a load of the machine falls on all."""
    usages: dict[str, list[Usage]] = {name: [] for name in actions}
    for number in range(1, rounds + 1):
        for name, action in actions.items():
            usage = action()
            usages[name].append(usage)
            print(
                f"  {number}/{rounds} {name}: {usage.seconds:.2f} s, "
                f"{usage.cpu_seconds:.2f} CPU s, {usage.memory / 1e6:.0f} MB",
                file=sys.stderr,
                flush=True,
            )
    return usages


def median(usages: Sequence[Usage]) -> Usage:
    """Of each figure its median; the output of the last."""
    return Usage(
        statistics.median(usage.seconds for usage in usages),
        statistics.median(usage.cpu_seconds for usage in usages),
        int(statistics.median(usage.memory for usage in usages)),
        usages[-1].output,
    )


def ratio(others: Sequence[Usage], ours: Sequence[Usage], figure: str = "seconds") -> float:
    """How many times as much the others took: the median over the rounds."""
    return statistics.median(
        getattr(other, figure) / getattr(own, figure)
        for other, own in zip(others, ours, strict=True)
    )


def main() -> None:
    """Run the command of the arguments; print its figures as JSON on standard output."""
    import resource

    started = time.perf_counter()
    process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    ended = threading.Event()
    most = [0]
    watcher = threading.Thread(target=_watch, args=(process.pid, ended, most))
    watcher.start()
    output = process.communicate()[0].decode(errors="replace")
    seconds = time.perf_counter() - started
    ended.set()
    watcher.join()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    # The largest process alone, for those that are over before they are looked at. In kB, but for
    # macOS, which counts bytes.
    largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    told = {
        "code": process.returncode,
        "seconds": seconds,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "memory": max(largest, most[0]),
        "output": output,
    }
    sys.stdout.write(json.dumps(told))


def _watch(process: int, ended: threading.Event, most: list[int]) -> None:
    while not ended.wait(LOOK):
        most[0] = max(most[0], _memory(process))


def _memory(process: int) -> int:
    """What a process and all that it started have in memory, in bytes; 0 where there is no /proc.

    Pages that two of them share count twice.
    """
    folder = Path(f"/proc/{process}")
    try:
        pages = int((folder / "statm").read_text().split()[1])
        children = [
            int(child)
            for task in (folder / "task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except (OSError, IndexError):  # it is over
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(map(_memory, children))


if __name__ == "__main__":
    main()
