"""Websocket messages that Streamlit may get: those that its own page could have sent, and of those
that the page sends by itself none just after a click.

For a text, Streamlit raises an error, for bytes of another kind it logs one, each with a traceback:
here the connection is closed, and the log has one line of it.

While a click waits for the run that goes on, Streamlit 1.67 makes one request of it and of the next
message, with the page that the later one is from: a click on a link led nowhere where the page
looked for news (``rag_app.ui.elsewhere``) a moment after. It looks again two seconds later anyway.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNSUPPORTED = 1003  # RFC 6455, 7.4.1: a kind of data that is not taken
PROTOCOL_ERROR = 1002
QUIET_SECONDS = 3.0

logger = logging.getLogger(__name__)


class MessageGate:
    """An ASGI middleware in front of Streamlit (ASGI 3.0, "WebSocket"). After a click it keeps back
    what the page sends by itself for ``QUIET_SECONDS``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on all but a websocket's messages that are none of Streamlit's; one such ends it."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        is_over = False
        clicked = -QUIET_SECONDS

        async def receive_checked() -> Message:
            nonlocal is_over, clicked
            message = await receive()
            while (by_itself := is_automatic(message)) and (
                time.monotonic() - clicked < QUIET_SECONDS
            ):
                message = await receive()
            code = _refusal(message)
            if code is None:
                if not by_itself:
                    clicked = time.monotonic()
                return message
            logger.warning("A connection was closed: its message is none of the page's.")
            is_over = True
            await send({"type": "websocket.close", "code": code})
            return {"type": "websocket.disconnect", "code": code, "reason": ""}

        async def send_until_over(message: Message) -> None:
            if is_over:
                return
            try:
                await send(message)
            except RuntimeError as error:
                # uvicorn has closed it by itself: a ping without an answer, a frame that is none,
                # its own end. Streamlit knows an OSError for a page that has gone.
                raise ConnectionResetError(str(error)) from error

        await self._app(scope, receive_checked, send_until_over)


def is_automatic(message: Message) -> bool:
    """Whether the page asks by itself, as it does every few seconds, and nobody has clicked."""
    try:
        return bool(BackMsg.FromString(message.get("bytes") or b"").rerun_script.is_auto_rerun)
    except DecodeError:
        return False


def _refusal(message: Message) -> int | None:
    """The code to close a connection with because of a message, if it is to be closed."""
    if message["type"] != "websocket.receive":
        return None
    data = message.get("bytes")
    if data is None:
        return UNSUPPORTED
    try:
        BackMsg.FromString(data)
    except DecodeError:
        return PROTOCOL_ERROR
    return None
