"""Bodies of requests: how large, in which charset and how deep they may be, told before they are
read as what they say."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from fastapi import Request
from starlette.types import Message, Receive, Scope

from rag_app.server.gate.problems import Problem

DEEPEST = 64  # brackets in brackets; filters have 50 at most


class CheckedRequest(Request):
    """A request whose body is refused as soon as it is more than ``most`` bytes."""

    def __init__(self, scope: Scope, receive: Receive, most: int) -> None:
        declared = dict(scope["headers"]).get(b"content-length", b"")
        if declared.isdigit() and int(declared[:20]) > most:
            raise _too_large(most)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise _too_large(most)
            return message

        super().__init__(scope, counted)

    async def json(self) -> Any:
        """The value of a body. Raises Problem."""
        charset = self.headers.get("content-type", "").lower().partition("charset=")[2].strip('"; ')
        if charset not in ("", "utf-8", "utf8", "us-ascii"):
            raise Problem(415, "not-utf-8", "JSON is written in UTF-8 (RFC 8259)")
        try:
            text = (await self.body()).decode("utf-8")
        except UnicodeDecodeError:
            raise Problem(400, "not-utf-8", "JSON is written in UTF-8 (RFC 8259)") from None
        if is_too_deep(text):
            raise Problem(400, "too-deep", f"More than {DEEPEST} brackets stand in each other")
        try:
            return json.loads(text, parse_constant=_refuse)
        except ValueError:
            raise Problem(400, "not-json", "The body is not JSON") from None


def is_too_deep(text: str) -> bool:
    """Whether more brackets stand in each other than are read; those in strings do not count."""
    depth = 0
    is_string = is_escaped = False
    for sign in text:
        if is_string:
            if is_escaped:
                is_escaped = False
            elif sign == "\\":
                is_escaped = True
            elif sign == '"':
                is_string = False
        elif sign == '"':
            is_string = True
        elif sign in "[{":
            depth += 1
            if depth > DEEPEST:
                return True
        elif sign in "]}":
            depth -= 1
    return False


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _too_large(most: int) -> Problem:
    return Problem(413, "too-large", "The body is too large", f"At most {most:,} bytes are read.")
