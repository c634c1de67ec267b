"""Frames, requests and widget values at a real server, beside an honest reader who is not kept
waiting."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, WebSocketException

from benchmarks.page.served import Served, serving
from rag_app.auth import passwords
from tests.hostile.inputs import PIECES, mutated, text
from tests.ui.serving.test_login import PASSWORD
from tests.ui.serving.test_login_gate import log_in, run_page, stream, visitor

MOST_SECONDS = 1.0
HOST = b" HTTP/1.1\r\nHost: localhost:{port}\r\n"
REQUESTS = [
    b"GET /" + HOST + b"Accept: text/html\r\n\r\n",
    b"POST /" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 10\r\n\r\npassword=x",
    b"PUT /_stcore/upload_file/a/b" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n0\r\n\r\n",
    b"GET /_stcore/stream" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setattr(passwords, "N", 16)  # a hash that is checked in no time
        environment.setenv("RAG_PASSWORD", passwords.hashed(PASSWORD))
        folder = tmp_path_factory.mktemp("served")
        with serving(folder / "store", folder) as page:
            yield page


@contextmanager
def honest(served: Served) -> Iterator[list[float]]:
    """The seconds that each answer took a reader who asks every 50 ms, at least ten times: one
    for the login, one for the page behind it."""
    took: list[float] = []
    done = threading.Event()

    def asks() -> None:
        with visitor(served) as client, visitor(served) as inside:
            assert log_in(inside).status_code == 303
            while not done.wait(0.05) or len(took) < 10:
                for one, status in ((client, 401), (inside, 200)):
                    start = time.monotonic()
                    assert one.get("/", headers={"Accept": "text/html"}).status_code == status
                    took.append(time.monotonic() - start)

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(asks)
        try:
            yield took
        finally:
            done.set()
        asking.result()  # raises what went wrong there


def request(served: Served, chance: random.Random) -> None:
    """Bytes that are nearly a request, or none, of which no answer is waited for long."""
    port = httpx.URL(served.address).port or 0
    data = chance.choice(REQUESTS).replace(b"{port}", str(port).encode())
    kind = chance.randrange(5)
    if kind == 0:
        data = chance.randbytes(chance.randint(1, 2_000))
    elif kind == 1:
        data = data[: chance.randrange(len(data))]
    elif kind == 2:
        data = data.replace(b"Host", b"X: " + b"a" * 100_000 + b"\r\nHost", 1)
    else:
        data = mutated(data, chance)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as one, suppress(OSError):
        one.sendall(data)
        one.settimeout(0.02)
        one.recv(1_000)


def frame(client: httpx.Client, chance: random.Random) -> None:
    """A message of a websocket after the login: random, changed, half, or of text."""
    asked = BackMsg()
    asked.rerun_script.query_string = text(chance, 2).encode("utf-8", "replace").decode()
    data = mutated(asked.SerializeToString() or b"x", chance)
    kind = chance.randrange(4)
    with suppress(WebSocketException, OSError), stream(client) as opened:
        if kind == 0:
            opened.send(chance.choice(PIECES).encode("utf-8", "replace").decode())
        elif kind == 1:
            opened.send(b"x" * 1_100_000)
        elif kind == 2:
            opened.socket.sendall(chance.randbytes(50))  # no frame at all
        else:
            opened.send(data)


def few(many: int, default: int) -> object:
    return pytest.mark.parametrize(
        "count",
        [
            pytest.param(default, id="few"),
            pytest.param(many, id="many", marks=pytest.mark.long),
        ],
    )


@few(5_000, 40)
def test_requests_and_frames_keep_nobody_waiting(served: Served, count: int) -> None:
    with visitor(served) as client:
        assert log_in(client).status_code == 303
        with honest(served) as took:
            for seed in range(count):
                chance = random.Random(f"request-{seed}")
                if seed % 5:
                    request(served, chance)
                else:
                    frame(client, chance)
    assert took and max(took) <= MOST_SECONDS
    print(f"requests and frames: {count:,}, slowest of {len(took):,} others {max(took):.3f} s")


@pytest.mark.parametrize(
    ("sent", "code"), [("text", 1003), ("", 1003), (b"\xff\xff", 1002), (b"x" * 1_100_000, 1009)]
)
def test_a_message_that_is_none_of_the_page_ends_its_connection_and_no_other(
    served: Served, sent: str | bytes, code: int
) -> None:
    with visitor(served) as client:
        assert log_in(client).status_code == 303
        with stream(client) as opened, stream(client) as other:
            run_page(opened)
            opened.send(sent)
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    opened.recv(timeout=10)
            assert closed.value.rcvd is not None and closed.value.rcvd.code == code
            assert run_page(other)


def values(chance: random.Random) -> bytes:
    """Values of widgets, each of a wrong kind or with a hostile text."""
    asked = BackMsg()
    for _ in range(chance.randint(1, 5)):
        name = chance.choice(["question", "$$ID-0-None", "mode", text(chance, 2)])
        one = asked.rerun_script.widget_states.widgets.add(id=name.encode("utf-8", "replace"))
        said = text(chance, 5).encode("utf-8", "replace").decode()
        kind = chance.randrange(6)
        if kind == 0:
            one.string_value = said
        elif kind == 1:
            one.int_value = chance.choice([-(2**63), 2**63 - 1, 0])
        elif kind == 2:
            one.double_value = chance.choice([float("nan"), float("inf"), 1e308])
        elif kind == 3:
            one.json_value = chance.choice(["[" * 10_000, said, "null"])
        elif kind == 4:
            one.string_array_value.data.extend([said] * 3)
        else:
            one.trigger_value = True
    asked.rerun_script.query_string = said
    return asked.SerializeToString()


@few(1_000, 5)
def test_after_wrong_values_of_widgets_the_page_is_drawn(served: Served, count: int) -> None:
    slowest = 0.0
    # From an address of its own, because hostile requests have guessed passwords from the other.
    with visitor(served, "127.0.0.2") as client:
        assert log_in(client).status_code == 303
        for seed in range(count):
            start = time.monotonic()
            with stream(client) as opened:
                opened.send(values(random.Random(f"values-{seed}")))
                assert run_page(opened)
                slowest = max(slowest, time.monotonic() - start)
    print(f"values of widgets: {count:,}, slowest {slowest:.3f} s")
