"""Ten thousand connections that come to nothing: others are answered meanwhile, and all is given
back."""

from __future__ import annotations

import resource
import shutil
import socket
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.rag_app.server.test_kills import free_port, start, wait_until_it_answers

CONNECTIONS = 10_000
ASKED = 40
QUESTION = {"question": "What does error code E22 mean?"}
HEAD = b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\n"
KINDS = (
    HEAD + b"X-Never-Ends: ",
    HEAD + b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
    b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n",  # and nothing of it is taken
    b"",
)


@pytest.mark.long
def test_ten_thousand_slow_connections_keep_nobody_out(sample: Path, tmp_path: Path) -> None:
    shutil.copytree(sample, tmp_path / "store")
    port = free_port()
    address = f"http://localhost:{port}"
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(CONNECTIONS + 1_000, limits[1]), limits[1]))
    server = start(tmp_path / "store", port)
    slow: list[socket.socket] = []
    try:
        wait_until_it_answers(address)
        before, taken = files_of(server.pid), []
        for number in range(CONNECTIONS):
            one = socket.create_connection(("127.0.0.1", port), timeout=20)
            one.setblocking(False)
            with suppress(OSError):
                one.send(KINDS[number % len(KINDS)])
            slow.append(one)
            if number % (CONNECTIONS // ASKED) == 0:
                for other in slow:
                    with suppress(OSError):  # those that were closed
                        other.send(b"x")
                began = time.monotonic()
                answer = httpx.post(f"{address}/api/ask", json=QUESTION, timeout=60)
                taken.append(time.monotonic() - began)
                assert answer.status_code == 200
        most = files_of(server.pid)
        for one in slow:
            one.close()
        until = time.monotonic() + 30
        while files_of(server.pid) > before and time.monotonic() < until:
            time.sleep(0.2)
        assert files_of(server.pid) <= before
        assert most < 1_100
        print(f"\n{len(slow):,} connections, at most {most:,} files at once; {len(taken)} answers "
              f"meanwhile, the slowest after {max(taken):.1f} s")  # fmt: skip
    finally:
        server.kill()
        server.wait()
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def files_of(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))
