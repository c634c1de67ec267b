"""A websocket that others closed is, for Streamlit, a page that has gone, and not a fault."""

from __future__ import annotations

import socket
import threading

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.sync.client import connect

from rag_app.ui.serving.message_gate import MessageGate, is_automatic


class ClosingBetween:
    """Closes a connection, as a login that has ended does, while more is on its way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def close_before(message: Message) -> None:
            if message["type"] == "websocket.send":
                await send({"type": "websocket.close", "code": 1008})
            await send(message)

        await self._app(scope, receive, close_before)


@pytest.mark.enable_socket
def test_what_is_sent_after_the_end_is_sent_to_nobody() -> None:
    ends: list[type[BaseException]] = []
    is_over = threading.Event()

    async def answer(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            await websocket.send_bytes(b"an answer")
        except (WebSocketDisconnect, RuntimeError) as error:
            ends.append(type(error))
        is_over.set()

    app = ClosingBetween(MessageGate(Starlette(routes=[WebSocketRoute("/", answer)])))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, ws="websockets-sansio", log_level="error"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        with connect(f"ws://127.0.0.1:{listening.getsockname()[1]}/", proxy=None):
            assert is_over.wait(10)
        server.should_exit = True
        thread.join()
    assert ends == [WebSocketDisconnect]


def test_what_the_page_asks_by_itself_is_no_click() -> None:
    by_itself, click = BackMsg(), BackMsg()
    by_itself.rerun_script.is_auto_rerun = True
    click.rerun_script.query_string = "?conversation=a"
    assert is_automatic({"type": "websocket.receive", "bytes": by_itself.SerializeToString()})
    for data in (click.SerializeToString(), b"\xff\xff", None):
        assert not is_automatic({"type": "websocket.receive", "bytes": data})
