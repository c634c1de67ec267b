"""Values as they are written: JSON as the command line has it, server-sent events, and pages of
lists by cursor."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import JSONResponse, StreamingResponse

from ingest.errors import RagError
from rag_app.records import Answer, Step
from rag_app.server.gate.problems import Problem, problem_of

EVENT_STREAM = "text/event-stream"
GONE = 499  # as nginx has it: nobody is there to read it
Item = TypeVar("Item")


class Json(JSONResponse):
    """JSON in ASCII: names of files may have halves of surrogate pairs."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode("ascii")


def wants_events(request: Request) -> bool:
    """Whether a request asks for server-sent events."""
    return EVENT_STREAM in request.headers.get("accept", "").lower()


def event_stream(events: AsyncGenerator[Any], store: str = "") -> StreamingResponse:
    """Events as they are sent: ``part`` has a text, ``step`` a step, ``answer`` the Answer; what is
    a (name, value) is told so; ``problem`` ends them where something goes wrong."""

    async def lines() -> AsyncGenerator[str]:
        try:
            async for event in events:
                yield sent(*_named(event))
        except (RagError, Problem) as error:
            yield sent("problem", vars(problem_of(error, store=store).body))
        finally:
            await events.aclose()

    return StreamingResponse(
        lines(), media_type=EVENT_STREAM, headers={"Cache-Control": "no-store"}
    )


def streamed(lines: AsyncGenerator[str]) -> StreamingResponse:
    """A stream of events, which nobody keeps."""
    # nginx would keep parts back until there are many.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines, media_type=EVENT_STREAM, headers=headers)


def sent(name: str, value: object) -> str:
    """One server-sent event (HTML, 9.2)."""
    return f"event: {name}\ndata: {json.dumps(value)}\n\n"


def page_of(
    items: Sequence[Item], key: Any, limit: int, cursor: str | None
) -> tuple[list[Item], str | None]:
    """A page of a list that is in the order of a ``key``: the next so many after a cursor, and that
    of the next page. What is added or deleted meanwhile moves nothing. Raises Problem (422)."""
    if cursor is not None:
        last = _read_cursor(cursor)
        items = [item for item in items if key(item) > last]
    page = list(items[:limit])
    more = len(items) > limit
    return page, _cursor(key(page[-1])) if more and page else None


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode("utf-8", "surrogatepass")).decode()


def _read_cursor(cursor: str) -> str:
    try:
        return base64.b64decode(cursor.encode("ascii"), b"-_", validate=True).decode(
            "utf-8", "surrogatepass"
        )
    except (ValueError, binascii.Error):
        raise Problem(422, "cursor", "This is no cursor", "Take the next one of a page.") from None


def _named(event: Any) -> tuple[str, object]:
    match event:
        case str():
            return "part", {"text": event}
        case Step():
            return "step", asdict(event)
        case Answer():
            return "answer", asdict(event)
        case _:
            name, value = event
            return name, value
