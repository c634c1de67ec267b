"""Connections that never end, come too slowly or bring too much, and the page as it is started."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from benchmarks.page.measure import memory_of
from benchmarks.page.served import Served, serving
from rag_app.web import connections
from rag_app.web.connections import LimitedConnection

HALF = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Never-Ends: "


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("folder")
    with serving(folder / "store", folder) as served:
        yield served


def connected(page: Served) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", httpx.URL(page.address).port or 0), timeout=10)
    one.sendall(HALF)
    return one


def test_1100_half_requests_keep_nobody_out(page: Served) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, limits[1]), limits[1]))
    resource.prlimit(page.process, resource.RLIMIT_NOFILE, (1024, limits[1]))
    try:
        with ExitStack() as stack:
            for _ in range(1_100):
                stack.enter_context(connected(page))
            for _ in range(5):
                started = time.monotonic()
                answer = httpx.get(f"{page.address}/_stcore/health", timeout=5)
                assert answer.status_code == 200
                assert time.monotonic() - started < 1
            files = len(list(Path(f"/proc/{page.process}/fd").iterdir()))
            assert files < 1_024, "and there are files left to open"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_a_message_that_is_too_large_is_closed_and_not_kept(page: Served) -> None:
    address = page.address.replace("http", "ws") + "/_stcore/stream"
    asked = BackMsg()
    asked.rerun_script.widget_states.widgets.add(id="question", string_value="Ω" * 400_000)
    with connect(address, max_size=None) as browser:
        browser.send(asked.SerializeToString())
        assert browser.recv(timeout=10), "a long question, of 800 kB, is read"
    before = megabytes_at_rest(page)
    with ExitStack() as stack:
        for _ in range(20):
            browser = stack.enter_context(connect(address, max_size=None))
            with pytest.raises(ConnectionClosed) as closed:
                browser.send(b"x" * 5_000_000)
                while True:
                    browser.recv(timeout=10)
            assert closed.value.rcvd is None or closed.value.rcvd.code == 1009
    assert memory_of(page.process) - before < 30, "5 MB of each are 100"


def megabytes_at_rest(page: Served) -> float:
    """What the page keeps once it has done what its first reader begins, as loading its engine."""
    sizes = [memory_of(page.process)]
    while len(sizes) < 8 or sizes[-1] - sizes[-8] > 1:  # no growth within two seconds
        time.sleep(0.3)
        sizes.append(memory_of(page.process))
    return sizes[-1]


async def read_all(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def much(_: Request) -> PlainTextResponse:
    return PlainTextResponse("x" * 20_000_000)


@pytest.fixture
def small_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server of the same connections, which waits less long and has less room."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connections, "BODY_SECONDS", 0.5)
    monkeypatch.setattr(connections, "BODY_BYTES", 50)
    monkeypatch.setattr(connections, "WATCH_SECONDS", 0.1)
    monkeypatch.setattr(connections, "MOST_OF_ADDRESS", 5)
    app = Starlette(routes=[Route("/", read_all, methods=["GET", "PUT"]), Route("/much", much)])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, http=LimitedConnection, access_log=False))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def sent_slowly(port: int, pieces: list[bytes], pause: float) -> bytes:
    """What the server answers to what comes piece by piece: nothing where it closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        try:
            for piece in pieces:
                one.sendall(piece)
                time.sleep(pause)
            return received(one)
        except (BrokenPipeError, ConnectionResetError):
            return b""


def received(connection: socket.socket) -> bytes:
    """All of an answer to an upload, which may come in pieces."""
    answer = b""
    while not answer.endswith(b"1000") and (piece := connection.recv(10_000)):
        answer += piece
    return answer


HEAD = [b"PUT / HTTP/1.1\r\n", b"Host: localhost\r\n", b"Content-Length: 1000\r\n\r\n"]


def test_slow_networks_lose_nothing_and_who_only_waits_is_closed(small_server: int) -> None:
    answer = sent_slowly(small_server, [*HEAD, *[b"x" * 50] * 20], 0.08)  # three windows
    assert answer.endswith(b"\r\n\r\n1000")
    assert not sent_slowly(small_server, [HALF, *[b"x"] * 10], 0.1), "a head that never ends"
    assert not sent_slowly(small_server, [*HEAD, *[b"x"] * 12], 0.1), "a body that never ends"
    with httpx.Client() as browser:  # one connection for both
        assert browser.get(f"http://127.0.0.1:{small_server}/").text == "0"
        time.sleep(1)
        assert browser.get(f"http://127.0.0.1:{small_server}/").text == "0"


def test_who_takes_nothing_of_an_answer_is_closed_and_who_takes_a_little_has_all_of_it(
    small_server: int,
) -> None:
    def taken(pause: float) -> int:
        with socket.create_connection(("127.0.0.1", small_server), timeout=10) as one:
            one.sendall(b"GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(pause)
            count = 0
            with suppress(ConnectionResetError):
                while count < 20_000_000 and (piece := one.recv(2_000_000)):
                    count += len(piece)
                    time.sleep(min(pause, 0.03))
            return count

    assert taken(0.03) > 20_000_000
    assert taken(1.5) < 20_000_000


def test_one_address_has_so_many_connections_but_a_proxy_any_number(
    small_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answered(count: int) -> int:
        """How many of so many uploads at once are answered."""
        with ExitStack() as stack:
            uploads = [
                stack.enter_context(socket.create_connection(("127.0.0.1", small_server), 10))
                for _ in range(count)
            ]
            for one in uploads:
                one.sendall(b"".join(HEAD))
                time.sleep(0.01)
            return sum(map(is_answered, uploads))

    def is_answered(upload: socket.socket) -> bool:
        try:
            upload.sendall(b"x" * 1_000)
            return received(upload).endswith(b"\r\n\r\n1000")
        except (BrokenPipeError, ConnectionResetError):
            return False

    monkeypatch.setattr(connections, "HEAD_SECONDS", 10.0)
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    assert answered(20) == 20, "a proxy on this machine need not be named"
    monkeypatch.setattr(connections, "SHARED", ())  # as if it came from elsewhere
    assert answered(20) == 5
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.1,127.0.0.0/24")
    assert answered(20) == 20
