"""Work on threads of its own, as events for a connection; who leaves stops theirs.

So much at once: an LLM mostly waits for its server, and quotes take a processor. What is beyond
waits for its turn, and beyond that callers are told to come back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, aclosing, nullcontext, suppress
from typing import Any, TypeVar

from fastapi import Request

from rag_app.llm.stop import Stop
from rag_app.server.gate.problems import RETRY_SECONDS, Problem

T = TypeVar("T")
Tell = Callable[[Any], None]
# Makes events, of which the last is the result, until the switch is set; some are told meanwhile.
Source = Callable[[Stop, Tell], Iterator[Any]]
# What is told all events of a source, from its beginning to its end.
Noting = Callable[[], AbstractContextManager[Tell]]


class Background:
    """Work of one kind, such as the answers that a server is making."""

    def __init__(
        self, at_once: int, waiting: int, noting: Noting = lambda: nullcontext(_ignore)
    ) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="rag-app")
        self._most = at_once + waiting
        self._open = 0
        self._stops: set[Stop] = set()
        self._noting = noting

    async def stream(self, source: Source) -> AsyncGenerator[Any]:
        """The events of a source. When this is closed, the switch of the source is set. Raises what
        the source raises, and Problem (503) where too much is waiting."""
        if self._open >= self._most:
            raise Problem(
                503, "busy", "Too many are waiting already", "Try again.",
                {"Retry-After": str(RETRY_SECONDS)},
            )  # fmt: skip
        loop, stop = asyncio.get_running_loop(), Stop()
        events: asyncio.Queue[Any] = asyncio.Queue()

        def put(event: object) -> None:
            with suppress(RuntimeError):  # the server has ended
                loop.call_soon_threadsafe(events.put_nowait, event)

        def make() -> None:
            try:
                if not stop.is_set:
                    for event in source(stop, put):
                        put(event)
            finally:
                put(None)

        self._open += 1
        self._stops.add(stop)
        made = loop.run_in_executor(self._pool, make)
        made.add_done_callback(lambda done: self._end(stop, done))
        try:
            with self._noting() as tell:
                while (event := await events.get()) is not None:
                    tell(event)
                    yield event
                await made
        finally:
            stop.set()

    async def whole(self, request: Request, source: Source) -> Any:
        """The last event of a source; None where whoever asked has left, which stops it. Raises
        what ``stream`` raises."""

        async def last() -> Any:
            result = None
            async with aclosing(self.stream(source)) as events:
                async for event in events:
                    result = event
            return result

        return await _unless_left(request, last())

    async def begun(self, request: Request, source: Source) -> AsyncGenerator[Any] | None:
        """The events of a source once the first is there: what goes wrong before it is raised here.
        None where whoever asked has left."""
        events = self.stream(source)

        async def first_of_them() -> Any:
            return await anext(events)

        first = None
        try:
            first = await _unless_left(request, first_of_them())
        finally:
            if first is None:
                await events.aclose()
        if first is None:
            return None

        async def all_of_them() -> AsyncGenerator[Any]:
            async with aclosing(events):
                yield first
                async for event in events:
                    yield event

        return all_of_them()

    def close(self) -> None:
        """Stop all of it, and wait until its threads have ended."""
        for stop in list(self._stops):
            stop.set()
        self._pool.shutdown(wait=True)

    def _end(self, stop: Stop, made: asyncio.Future[None]) -> None:
        self._open -= 1
        self._stops.discard(stop)
        if not made.cancelled():
            made.exception()  # nobody may be waiting for it any more


async def _unless_left(request: Request, wanted: Coroutine[Any, Any, T]) -> T | None:
    """What is wanted; None as soon as whoever sent the request leaves, whose body has been read.
    Raises what the wanted raises."""
    making, leaving = asyncio.ensure_future(wanted), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((making, leaving), return_when=asyncio.FIRST_COMPLETED)
        return making.result() if making.done() else None
    finally:
        making.cancel()
        leaving.cancel()
        await asyncio.gather(making, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _ignore(_: object) -> None:
    pass
