"""Whatever an endpoint does, the question is answered in time: with passages, and with a reason."""

from __future__ import annotations

import importlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from ingest.embed.embedder import Embedder
from rag_app import Answer, AnswerSettings, Engine, open_engine
from rag_app.errors import LLMBusy, LLMError, LLMRejected, LLMTimeout, LLMUnreachable
from tests.support.llm_servers import (
    Behaviour,
    Exchange,
    ScriptedServer,
    behaviour,
    dribble,
    dribble_headers,
    error,
    events,
    hang,
    malformed,
    reply,
    slow,
    status,
)

QUESTION = "What does error code E22 mean?"
# In all, and for the next part, in seconds. Short where an endpoint has to be waited for, and long
# enough for a busy machine where it answers at once.
SHORT, LONG = (1.5, 0.7), (6.0, 5.0)
MORE = 5.0  # for the quotes, and for what else the machine does
PATCH = pytest.MonkeyPatch


def server(script: Behaviour) -> Callable[[PATCH], AbstractContextManager[str]]:
    """The address of an endpoint that does that with every request."""

    @contextmanager
    def serving(_: PATCH) -> Iterator[str]:
        with ScriptedServer(script) as scripted:
            yield scripted.base_url

    return serving


def refused(_: PATCH) -> AbstractContextManager[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return nullcontext(f"http://127.0.0.1:{free.getsockname()[1]}/v1")


def unresolvable(patch: PATCH) -> AbstractContextManager[str]:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    patch.setattr(socket, "getaddrinfo", unknown)
    return nullcontext("http://llm.invalid/v1")


@contextmanager
def resolved_by_nobody(patch: PATCH) -> Iterator[str]:
    """A name server that does not answer: nothing can interrupt the look-up."""
    over = threading.Event()

    def wait(*_: Any, **__: Any) -> Any:
        over.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    patch.setattr(socket, "getaddrinfo", wait)
    yield "http://llm.invalid/v1"
    over.set()


@contextmanager
def tls_to_a_plain_port(_: PATCH) -> Iterator[str]:
    with ScriptedServer() as scripted:
        yield scripted.base_url.replace("http://", "https://")


@contextmanager
def never_accepted(_: PATCH) -> Iterator[str]:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        with socket.create_connection(deaf.getsockname()):
            yield f"http://127.0.0.1:{deaf.getsockname()[1]}/v1"


@behaviour
def nothing(exchange: Exchange) -> None:
    """A stream of events that ends before the first."""
    exchange.begin()
    exchange.wfile.write(b"0\r\n\r\n")


@behaviour
def one_line_without_an_end(exchange: Exchange) -> None:
    exchange.begin()
    exchange.send(b"data: ")
    while exchange.wait(0):
        exchange.send(b"x" * 1_000_000)


SPEAKS_HTML = {"Content-Type": "text/html"}
FAULTS: dict[str, tuple[Callable[[PATCH], AbstractContextManager[str]], type[LLMError]]] = {
    "429": (server(status(429)), LLMBusy),
    "429, come back in an hour": (server(status(429, "", {"Retry-After": "3600"})), LLMBusy),
    "500": (server(status(500)), LLMBusy),
    "wrong key": (server(error(401, "no")), LLMRejected),
    "refused connection": (refused, LLMUnreachable),
    "connection never accepted": (never_accepted, LLMUnreachable),
    "unresolvable host": (unresolvable, LLMUnreachable),
    "name server that is silent": (resolved_by_nobody, LLMTimeout),
    "silence": (server(hang()), LLMTimeout),
    "slow drip of comments": (server(dribble()), LLMTimeout),
    "slow drip of headers": (server(dribble_headers()), LLMTimeout),
    "slow drip of words": (server(slow(delay=0.1)), LLMTimeout),
    "half-open stream": (server(hang("The wind ")), LLMTimeout),
    "malformed events": (server(malformed()), LLMError),
    "malformed after a part": (server(malformed("The wind ")), LLMError),
    "empty stream": (server(nothing()), LLMError),
    "empty answer": (server(reply("")), LLMError),
    "only thinking": (server(reply("<think>Hm, hm", finish="length")), LLMError),
    "error in the stream": (server(events({"error": {"message": "no memory"}})), LLMError),
    "one line without an end": (server(one_line_without_an_end()), LLMError),
    "wrong content type": (server(status(200, "<p>Hello", SPEAKS_HTML)), LLMRejected),
    "redirect": (server(status(307, "", {"Location": "http://127.0.0.1:9/"})), LLMRejected),
    "redirect to itself": (
        server(status(302, "", {"Location": "/v1/chat/completions"})),
        LLMRejected,
    ),
    "TLS to a plain port": (tls_to_a_plain_port, LLMUnreachable),
}


def limits_of(fault: str) -> tuple[float, float]:
    waits = FAULTS[fault][1] is LLMTimeout or fault == "connection never accepted"
    return SHORT if waits else LONG


@pytest.fixture(scope="module", autouse=True)
def client_is_imported() -> None:
    """Which takes a second, and is a part of the first answer's time."""
    importlib.import_module("openai")


@contextmanager
def engine_at(
    store: Path, embedder: Embedder, url: str, limits: tuple[float, float] = SHORT
) -> Iterator[Engine]:
    total, idle = limits
    answers = AnswerSettings(
        openai_base_url=url, llm_model="m", llm_total_seconds=total, llm_idle_seconds=idle
    )
    with open_engine(store, answers=answers, embedder=embedder) as engine:
        yield engine


def asked(store: Path, embedder: Embedder, fault: str) -> tuple[Answer, float, type[LLMError]]:
    """The answer under a fault, and how long the LLM was waited for."""
    begin, kind = FAULTS[fault]
    with (
        PATCH.context() as patch,
        begin(patch) as url,
        engine_at(store, embedder, url, limits_of(fault)) as engine,
    ):
        engine.evidence(QUESTION)  # what the search takes the first time is not the LLM's
        started = time.monotonic()
        answer = engine.ask(QUESTION)
        return answer, time.monotonic() - started, kind


def check(store: Path, embedder: Embedder, fault: str) -> float:
    answer, seconds, kind = asked(store, embedder, fault)
    assert seconds < limits_of(fault)[0] + MORE
    assert len(answer.hits) == 8, "the passages are shown"
    assert answer.model == "quotes" and not answer.refused
    assert "Wind sensor path blocked" in answer.text
    assert all(citation.supported for citation in answer.citations)
    assert answer.failure is not None
    failure, (note,) = answer.failure, answer.notes
    assert failure.kind == kind.__name__, failure
    # By the class; a rejected key or a wrong address will not mend itself.
    assert failure.must_act == (kind in (LLMRejected, LLMUnreachable))
    assert note == f"The LLM gave no answer: {failure.message}. These are the documents' own words."
    assert "\n" not in note
    return seconds


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_quotes_step_in(sample: Path, embedder: Embedder, fault: str) -> None:
    check(sample, embedder, fault)


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_twenty_times(sample: Path, embedder: Embedder, fault: str) -> None:
    slowest = max(check(sample, embedder, fault) for _ in range(20))
    print(f"{fault}: at most {slowest:.2f} s of {limits_of(fault)[0]} + {MORE}")


def test_what_was_written_before_is_replaced(sample: Path, embedder: Embedder) -> None:
    with (
        ScriptedServer(hang("Bananas are ")) as scripted,
        engine_at(sample, embedder, scripted.base_url) as engine,
    ):
        *parts, answer = engine.stream(QUESTION)
    assert "".join(parts).strip() in ("Bananas", "Bananas are"), "its end may be held back"
    assert isinstance(answer, Answer)
    assert "Bananas" not in answer.text and answer.citations
    assert answer.usage is not None and answer.usage.estimated, "what it cost all the same"


def test_without_evidence_for_quotes_it_is_a_refusal(sample: Path, embedder: Embedder) -> None:
    # Enough to ask an LLM, and not enough to quote.
    question = "What does error code E52 on the WS-40 mean?"
    with (
        ScriptedServer(status(401)) as scripted,
        engine_at(sample, embedder, scripted.base_url) as engine,
    ):
        answer = engine.ask(question)
        confidence = engine.evidence(question).confidence
    assert scripted.requests, f"the LLM was not asked: {confidence}"
    assert answer.refused and answer.hits and not answer.citations
    assert answer.failure is not None and answer.failure.must_act
    assert answer.text.startswith("The LLM gave no answer, and no sentence of the documents")
    assert "set OPENAI_API_KEY" in answer.notes[0]
