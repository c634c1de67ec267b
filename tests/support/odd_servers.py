"""Behaviours of servers that speak the chat protocol in ways of their own."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.support.llm_servers import Behaviour, Exchange, behaviour, reply, status

JSON = {"Content-Type": "application/json"}


def choice(delta: object, finish: str | None = None, index: int = 0) -> dict[str, object]:
    return {"index": index, "delta": delta, "finish_reason": finish}


def chunk(*choices: object, **fields: object) -> dict[str, object]:
    return {"object": "chat.completion.chunk", "model": "m", "choices": [*choices], **fields}


def deltas(text: str, *, size: int = 3, finish: str | None = None) -> list[object]:
    """An answer in small pieces."""
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    said: list[object] = [chunk(choice({"content": piece})) for piece in pieces]
    return [*said, chunk(choice({}, finish))] if finish else said


def whole(message: object, finish: str | None = "stop") -> dict[str, object]:
    said = {"index": 0, "message": message, "finish_reason": finish}
    return {"object": "chat.completion", "model": "m", "choices": [said]}


@behaviour
def unframed(
    exchange: Exchange,
    payloads: Sequence[object],
    *,
    kind: str | None = "text/event-stream",
    head: bytes = b"data: ",
    tail: bytes = b"\n\n",
    done: bool = True,
    before: bytes = b"",
    encoding: str = "utf-8",
) -> None:
    """Events until the connection closes, which alone says where they end. A payload in bytes is
    sent as it is."""
    lines = [
        item if isinstance(item, bytes) else _event(item, head, tail, encoding) for item in payloads
    ]
    exchange.send_response(200)
    if kind is not None:
        exchange.send_header("Content-Type", kind)
    exchange.send_header("Connection", "close")
    exchange.end_headers()
    exchange.wfile.write(before + b"".join(lines) + (head + b"[DONE]" + tail if done else b""))


def _event(item: object, head: bytes, tail: bytes, encoding: str) -> bytes:
    return head + json.dumps(item, ensure_ascii=encoding == "utf-8").encode(encoding) + tail


@behaviour
def zipped(exchange: Exchange, payloads: Sequence[object], *, broken: bool = False) -> None:
    """Events in gzip."""
    data = gzip.compress(b"".join(_event(item, b"data: ", b"\n\n", "utf-8") for item in payloads))
    exchange.send_response(200)
    exchange.send_header("Content-Type", "text/event-stream")
    exchange.send_header("Content-Encoding", "gzip")
    exchange.send_header("Content-Length", str(len(data)))
    exchange.end_headers()
    exchange.wfile.write(b"no gzip" * 99 if broken else data)


@behaviour
def cut_short(exchange: Exchange, payload: object) -> None:
    """A part of what the length promises, and the end of the connection."""
    data = json.dumps(payload).encode()
    exchange.send_response(200)
    exchange.send_header("Content-Type", "application/json")
    exchange.send_header("Content-Length", str(len(data)))
    exchange.end_headers()
    exchange.wfile.write(data[: len(data) // 2])
    exchange.wfile.flush()
    exchange.connection.shutdown(socket.SHUT_RDWR)


def unless(
    accepts: Callable[[Mapping[str, Any]], bool], code: int, body: object, answer: str
) -> Behaviour:
    """The answer to a request that the server takes, and an error else."""

    def play(exchange: Exchange) -> None:
        taken = accepts(exchange.body)
        (reply(answer, parts=4) if taken else status(code, body)).play(exchange)

    return Behaviour(play)


def without(field: str, code: int, body: object, answer: str) -> Behaviour:
    """An error for requests that have a field."""
    return unless(lambda request: field not in request, code, body, answer)


def without_system(code: int, message: object, answer: str) -> Behaviour:
    """An error for requests with a message of the system; the rules must still be there."""

    def accepts(request: Mapping[str, Any]) -> bool:
        roles = [message["role"] for message in request["messages"]]
        return "system" not in roles and "Be brief" in request["messages"][0]["content"]

    return unless(accepts, code, message, answer)
