"""kill -9 in the middle of uploads and answers: nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from rag_app import Conversations, open_engine
from tests.conftest import REPOSITORY

UPLOADS = 200
WORKERS = 4
KILLS = 5


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def start(store: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "rag_app", "serve", "--store", str(store), "--port", str(port)]
    return subprocess.Popen(
        command,
        cwd=store.parent,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_until_it_answers(address: str) -> float:
    began = time.monotonic()
    with httpx.Client(base_url=address, timeout=60) as client:
        while True:
            try:
                asked = client.post("/api/ask", json={"question": "Number 0?"})
                if asked.status_code in (200, 409):  # nothing is there yet
                    return time.monotonic() - began
            except httpx.TransportError:
                time.sleep(0.05)


@pytest.mark.long
def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    port = free_port()
    address, store = f"http://127.0.0.1:{port}", tmp_path / "store"
    stored: set[str] = set()
    answered: set[str] = set()
    todo = list(range(UPLOADS))
    lock = threading.Lock()

    def work() -> None:
        client = httpx.Client(base_url=address, timeout=120)
        while True:
            with lock:
                if not todo:
                    return
                number = todo.pop()
            name, id_ = f"note-{number}.md", f"{number:032x}"
            files = {"files": (name, f"# Note {number}\n\nNumber {number} is kept.\n".encode())}
            body = {"question": f"Number {number}?", "conversation": id_}
            try:
                sent = client.post("/api/documents", files=files)
                if sent.status_code == 200:
                    assert sent.json()["counts"]["failed"] == 0, sent.text
                    stored.add(name)
                    asked = client.post("/api/ask", json=body)
                    if asked.status_code == 200:
                        answered.add(id_)
                    continue
            except httpx.TransportError:
                time.sleep(0.1)
            with lock:
                todo.append(number)

    server, restarts = start(store, port), []
    workers = [threading.Thread(target=work) for _ in range(WORKERS)]
    try:
        wait_until_it_answers(address)
        for worker in workers:
            worker.start()
        for kill in range(1, KILLS + 1):
            while len(stored) < kill * UPLOADS // (KILLS + 1):
                time.sleep(0.02)
            server.send_signal(signal.SIGKILL)
            server.wait()
            server = start(store, port)
            restarts.append(wait_until_it_answers(address))
        for worker in workers:
            worker.join()
        server.send_signal(signal.SIGKILL)
        server.wait()
    finally:
        server.kill()
        server.wait()
    with open_engine(store) as engine:
        assert stored == {one.name for one in engine.documents()} and len(stored) == UPLOADS
        kept = Conversations(engine.store)
        # Before an answer that was acknowledged, one that was killed may stand, open.
        asked = {id_: kept.open(id_).exchanges for id_ in answered}
        assert all(exchanges[-1].answer is not None for exchanges in asked.values())
        assert all(one.is_open for exchanges in asked.values() for one in exchanges[:-1])
    print(f"\n{KILLS} kills, {len(stored)} uploads, {len(answered)} answers; first answers after "
          f"{', '.join(f'{one:.1f}' for one in restarts)} s")  # fmt: skip
