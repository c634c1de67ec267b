"""The program itself: it starts, answers, and ends in order, also in the middle of an answer."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.conftest import REPOSITORY
from tests.support.llm_servers import ScriptedServer, hang

QUESTION = {"question": "What does error code E22 mean?"}


@pytest.mark.slow
def test_it_starts_answers_and_ends(sample: Path, tmp_path: Path) -> None:
    shutil.copytree(sample, tmp_path / "store")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "rag_app", "serve", "--store", "store", "--port", str(port)]
    with ScriptedServer(hang("E22 means")) as llm:
        environment = {
            **os.environ, "PYTHONPATH": str(REPOSITORY), "OPENAI_BASE_URL": llm.base_url,
            "OPENAI_API_KEY": "key", "RAG_LLM_MODEL": "scripted",
        }  # fmt: skip
        with subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        ) as server:  # fmt: skip
            while not ready(address):
                assert server.poll() is None
            events = {"Accept": "text/event-stream"}
            with httpx.stream(
                "POST", f"{address}/api/ask", json=QUESTION, headers=events, timeout=60
            ) as answer:
                next(answer.iter_lines())
                server.send_signal(signal.SIGTERM)
                said, log = server.communicate(timeout=60)
        assert llm.disconnected.wait(10)
    assert server.returncode == 0 and f"http://localhost:{port}/v1" in said
    assert "Traceback" not in log, log


def ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/ready", timeout=60).status_code == 200
    except httpx.TransportError:
        time.sleep(0.05)
        return False
