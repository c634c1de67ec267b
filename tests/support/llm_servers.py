"""A scripted server that speaks the OpenAI chat protocol.

``ScriptedServer`` plays a list of behaviours, one for each request for a chat completion; the last
one is played again for all further requests. A behaviour is made by one of the functions below, or
is a function from the request's body to the text of the reply.
"""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any, Concatenate, ParamSpec, Self

P = ParamSpec("P")
FOR_EVER = 10**9


@dataclass(frozen=True)
class Behaviour:
    """What the server does with one request for a chat completion."""

    play: Callable[[Exchange], None]


@dataclass(frozen=True)
class Request:
    """A request as it came in. The names of ``headers`` are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


def behaviour(play: Callable[Concatenate[Exchange, P], None]) -> Callable[P, Behaviour]:
    """Make a word of the script language of a function that plays it."""

    @wraps(play)
    def word(*args: P.args, **kwargs: P.kwargs) -> Behaviour:
        return Behaviour(lambda exchange: play(exchange, *args, **kwargs))

    return word


@behaviour
def reply(
    exchange: Exchange,
    text: str,
    *,
    parts: int = 1,
    usage: tuple[int, int] | None = None,
    finish: str | None = "stop",
    thinking: str = "",
) -> None:
    """A whole answer, cut into ``parts``, with (prompt, completion) tokens if they are asked for.

    ``thinking`` comes first, in ``reasoning_content``. ``finish`` None leaves the reason out.
    """
    prompt, completion = usage or (0, 0)
    counted = {"prompt_tokens": prompt, "completion_tokens": completion} if usage else None
    if not exchange.body.get("stream"):
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": finish}
        return exchange.send_json(200, exchange.envelope([choice], usage=counted))
    exchange.begin()
    exchange.send_delta({"role": "assistant", "content": None})
    if thinking:
        exchange.send_delta({"reasoning_content": thinking})
    size = max(1, -(-len(text) // parts))
    for start in range(0, len(text), size):
        exchange.send_delta({"content": text[start : start + size]})
    exchange.send_delta({}, finish)
    if counted and exchange.body.get("stream_options", {}).get("include_usage"):
        exchange.send_event(exchange.envelope([], usage=counted))
    return exchange.end()


@behaviour
def status(
    exchange: Exchange, code: int, body: object = "", headers: Mapping[str, str] | None = None
) -> None:
    """An error status. A ``body`` that is not a str is sent as JSON."""
    exchange.send_json(code, body, headers)


def error(status_code: int, message: str, **fields: object) -> Behaviour:
    """An error as OpenAI words it: ``{"error": {"message": ..., ...}}``."""
    return status(status_code, {"error": {"message": message, **fields}})


@behaviour
def hang(exchange: Exchange, after: str = "") -> None:
    """Accept the request and say nothing more: from the start, or after a first part."""
    if after:
        exchange.begin()
        exchange.send_delta({"content": after})
    exchange.wait(FOR_EVER)


@behaviour
def dribble(exchange: Exchange, interval: float = 0.02) -> None:
    """Send comments that keep the connection alive, for ever, and no part."""
    exchange.begin()
    while exchange.wait(interval):
        exchange.send(b": keep-alive\n\n")


@behaviour
def dribble_headers(exchange: Exchange, interval: float = 0.02) -> None:
    """Send the headers of a response byte by byte, for ever."""
    exchange.wfile.write(b"HTTP/1.1 200 OK\r\nX-Endless: ")
    while exchange.wait(interval):
        exchange.wfile.write(b"x")


@behaviour
def slow(exchange: Exchange, parts: int = FOR_EVER, delay: float = 0.02) -> None:
    """Send "word " ``parts`` times, waiting ``delay`` seconds before each."""
    exchange.begin()
    for _ in range(parts):
        if not exchange.wait(delay):
            return
        exchange.send_delta({"content": "word "})
    exchange.send_delta({}, "stop")
    exchange.end()


@behaviour
def cut_after(exchange: Exchange, text: str = "") -> None:
    """Cut the connection: before any response, or after a first part."""
    if text:
        exchange.begin()
        exchange.send_delta({"content": text})
    exchange.connection.shutdown(socket.SHUT_RDWR)


@behaviour
def malformed(exchange: Exchange, text: str = "") -> None:
    """Send JSON that breaks off inside an event: at once, or after a first part."""
    exchange.begin()
    if text:
        exchange.send_delta({"content": text})
    exchange.send(b'data: {"choices": [{"delta": {"content": "lo\n\n')
    exchange.end()


@behaviour
def events(exchange: Exchange, *payloads: object) -> None:
    """Send these payloads, as JSON, as the events of the stream, and nothing else."""
    exchange.begin()
    for payload in payloads:
        exchange.send_event(payload)
    exchange.end()


class Exchange(BaseHTTPRequestHandler):
    """One connection. Behaviours use it to send, and to wait in a way that notices the client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: ScriptedServer
    body: dict[str, Any]

    def do_GET(self) -> None:
        self.server.listings.append(self._headers())
        if self.path != f"{self.server.root}/models" or self.server.models is None:
            return self.send_json(404, {"error": {"message": "no such page"}})
        if isinstance(self.server.models, str):
            return self.send_json(200, self.server.models, {"Content-Type": "text/plain"})
        models = [
            {"object": "model", **({"id": model} if isinstance(model, str) else model)}
            for model in self.server.models
        ]
        return self.send_json(200, {"object": "list", "data": models})

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        script = self.server.next_behaviour(Request(self.path, self._headers(), self.body))
        if not self.path.partition("?")[0].endswith(f"{self.server.root}/chat/completions"):
            return self.send_json(404, "404 page not found")
        self.close_connection = True
        try:
            if not isinstance(script, Behaviour):
                script = reply(script(self.body), parts=4, usage=(20, 10))
            script.play(self)
        except ConnectionError:
            self.server.disconnected.set()
        return None

    def begin(self) -> None:
        """Send the headers of a stream of events."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def send_event(self, payload: object) -> None:
        self.send(b"data: %s\n\n" % json.dumps(payload).encode())

    def send_delta(self, delta: Mapping[str, object], finish: str | None = None) -> None:
        self.send_event(self.envelope([{"index": 0, "delta": delta, "finish_reason": finish}]))

    def end(self) -> None:
        """End a stream of events properly."""
        self.send(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def send_json(self, code: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(code)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def envelope(self, choices: Sequence[object], **fields: object) -> dict[str, object]:
        """A chunk, or a whole completion, around ``choices``."""
        kind = "chat.completion.chunk" if self.body.get("stream") else "chat.completion"
        model = f"{self.body.get('model')}-reported"
        return {"id": "1", "object": kind, "model": model, "choices": choices, **fields}

    def wait(self, seconds: float) -> bool:
        """Wait; False, and sooner, if the client has gone or the server is being stopped."""
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0 and not self.server.stopping.is_set():
            if select.select([self.connection], [], [], min(left, 0.02))[0]:
                self.server.disconnected.set()  # after its request, a client only ever hangs up
                return False
        return not self.server.stopping.is_set()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the output of the tests clean."""

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}


class ScriptedServer(ThreadingHTTPServer):
    """An HTTP server on a free port of 127.0.0.1 that plays its behaviours. A context manager.

    ``requests`` are those for chat completions, ``listings`` the headers of those for the models;
    ``models`` are names, or entries of the list, or the text of one; None answers with 404.
    ``disconnected`` is set when a client hangs up before its answer is whole.
    """

    daemon_threads = False  # so that closing the server waits for them

    def __init__(
        self,
        *behaviours: Behaviour | Callable[[dict[str, Any]], str],
        models: Sequence[str | dict[str, Any]] | str | None = ("scripted",),
        root: str = "/v1",
    ) -> None:
        self.behaviours = behaviours or (reply("An answer."),)
        self.models = models
        self.root = root
        self.requests: list[Request] = []
        self.listings: list[dict[str, str]] = []
        self.disconnected = threading.Event()
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), Exchange)
        self.base_url = f"http://127.0.0.1:{self.server_port}/v1"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))

    def next_behaviour(self, request: Request) -> Behaviour | Callable[[dict[str, Any]], str]:
        self.requests.append(request)
        return self.behaviours[min(len(self.requests), len(self.behaviours)) - 1]

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        for connection in tuple(self._connections):  # also those that idle between two requests
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self.server_close()
