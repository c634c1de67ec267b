"""The server for programs in a thread of the tests: real connections, real clients."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn

from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, open_engine
from rag_app.auth.keys import Keys
from rag_app.server.app import create_app
from rag_app.server.serve import NAMES, POLICY
from rag_app.server.settings import ServerSettings
from rag_app.web.connections import LimitedConnection
from rag_app.web.gate import AddressGate


@contextmanager
def serving(
    store: Path,
    embedder: Embedder,
    *,
    answers: AnswerSettings | None = None,
    with_keys: bool = False,
    settings: ServerSettings | None = None,
) -> Iterator[str]:
    """The address of a server over a store."""
    engine = open_engine(store, answers=answers or AnswerSettings(), embedder=embedder)
    keys = Keys(store) if with_keys else None
    app = create_app(engine, keys=keys, settings=settings or ServerSettings())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        gate = AddressGate(app, port=port, names=NAMES, policy=POLICY)
        config = uvicorn.Config(
            gate, http=LimitedConnection, access_log=False, log_level="warning", lifespan="on"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


def client(address: str, key: str = "") -> httpx.Client:
    """A client of a server, with a key if one is given."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(base_url=address, headers=headers, timeout=120)
