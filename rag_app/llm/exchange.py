"""One LLM request on a daemon thread, which can be abandoned and its connection cut at any moment.

A part of ``rag_app.llm.client``, which says why.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, suppress
from time import monotonic
from typing import Any

from ingest.errors import RagError
from rag_app.llm.endpoint import Endpoint
from rag_app.llm.failures import too_slow

_END = object()


class Exchange(threading.Thread):
    """One request on a thread of its own, so that whoever waits for it can stop waiting."""

    def __init__(
        self,
        endpoint: Endpoint,
        deadline: float,
        request: Callable[[], Generator[object, None, None]],
    ) -> None:
        super().__init__(name="llm-exchange", daemon=True)
        self.received = False
        self._endpoint = endpoint
        self._deadline = deadline
        self._request = request
        self._arrivals: queue.SimpleQueue[tuple[float, object]] = queue.SimpleQueue()
        self._socket: socket.socket | None = None
        self._stopped = False
        self.start()

    @property
    def connected(self) -> bool:
        return self._socket is not None

    def run(self) -> None:
        import openai

        last: object = _END
        try:
            with closing(self._request()) as chunks:
                for chunk in chunks:
                    arrived = monotonic()
                    self._arrivals.put((arrived, chunk))
                    if self._stopped or arrived > self._deadline:
                        break
        except (openai.OpenAIError, RagError, ValueError, OSError) as error:
            last = error
        finally:
            self._arrivals.put((monotonic(), last))

    def items(self) -> Iterator[object]:
        """What the request yields, until it ends or is stopped. Raises what it raised, and
        LLMTimeout when a deadline passes. A late reader still gets what arrived in time."""
        idle_seconds = self._endpoint.idle_seconds
        while not self._stopped:
            left = self._deadline - monotonic()
            try:
                wait = max(0.0, min(left, idle_seconds))
                arrived, item = self._arrivals.get(timeout=wait)
            except queue.Empty:
                raise too_slow(self._endpoint, total=left <= idle_seconds) from None
            if self._stopped or item is _END:
                return
            if arrived > self._deadline:
                raise too_slow(self._endpoint, total=True)
            if isinstance(item, Exception):
                raise item
            self.received = self.received or hasattr(item, "choices")
            yield item

    def stop(self) -> None:
        """Hang up now, and let whoever waits go."""
        self._stopped = True
        self._arrivals.put((monotonic(), _END))
        self._hang_up()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Keep hold of the socket, as the HTTP client reports the steps of the request."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._stopped:
                self._hang_up()

    def _hang_up(self) -> None:
        # Closing the socket here would not wake the thread that waits for it; a shutdown does.
        # That of the base class, because an SSLSocket's would drop the state that thread uses.
        with suppress(OSError):
            if self._socket is not None:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def watch_socket(request: Any) -> None:
    """Request hook of the HTTP client: report each step to the exchange whose thread this is."""
    exchange = threading.current_thread()
    if isinstance(exchange, Exchange):
        request.extensions["trace"] = exchange.watch


def limit_body(most: int, too_much: Callable[[], Exception]) -> Callable[[Any], None]:
    """A response hook of the HTTP client that raises once a body has more than ``most`` bytes. One
    line without an end would else be collected until a deadline passes or memory is full."""

    def limit(response: Any) -> None:
        original = response.iter_bytes

        def iter_bytes(chunk_size: int | None = None) -> Iterator[bytes]:
            size = 0
            for data in original(chunk_size):
                size += len(data)
                if size > most:
                    raise too_much()
                yield data

        response.iter_bytes = iter_bytes

    return limit
