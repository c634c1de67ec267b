"""Stopping, and deadlines that hold whatever the server does."""

from __future__ import annotations

import gc
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, open_engine
from rag_app.errors import LLMTimeout
from rag_app.llm import client as llm
from tests.rag_app.llm.asking import ANSWERED, QUESTION, chat
from tests.support.llm_servers import (
    Behaviour,
    ScriptedServer,
    dribble,
    dribble_headers,
    hang,
    reply,
    slow,
    status,
)

# Deadlines here are of half a second at most; the rest is a busy machine.
PROMPTLY = 4.5


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Loading the client takes a second or two, which is no part of what is measured."""
    with ScriptedServer() as server:
        chat(server).complete(QUESTION)


def stop_by_closing(parts: llm.LLMStream) -> None:
    next(parts)
    parts.close()
    parts.close()
    assert [*parts] == []


def stop_by_leaving(parts: llm.LLMStream) -> None:
    with parts:
        for _ in parts:
            break


def stop_by_forgetting(parts: llm.LLMStream) -> None:
    next(parts)


@pytest.mark.parametrize("stop", [stop_by_closing, stop_by_leaving, stop_by_forgetting])
def test_stopping_early_stops_the_server(stop: Any) -> None:
    with ScriptedServer(slow()) as server:
        stop(chat(server).stream(QUESTION))
        gc.collect()
        assert server.disconnected.wait(10)


@pytest.mark.parametrize("behaviour", [hang(), hang("word"), dribble(), dribble_headers(), slow()])
def test_another_thread_stops_it_at_once_whatever_the_server_does(behaviour: Behaviour) -> None:
    with ScriptedServer(behaviour) as server:
        parts = chat(server).stream(QUESTION)
        threading.Timer(0.3, parts.close).start()
        started = time.monotonic()
        assert set(parts) <= {"word", "word "}
        assert 0.2 < time.monotonic() - started < PROMPTLY
        assert server.disconnected.wait(10)
        assert parts.finish_reason is None


def test_closing_before_the_first_part_sends_nothing() -> None:
    with ScriptedServer() as server:
        with chat(server).stream(QUESTION) as parts:
            pass
        assert [*parts] == []
        assert server.requests == []


def test_closing_ends_the_wait_for_a_retry() -> None:
    with ScriptedServer(status(429, headers={"Retry-After": "8"})) as server:
        parts = chat(server).stream(QUESTION)
        threading.Timer(0.3, parts.close).start()
        started = time.monotonic()
        assert [*parts] == []
        assert time.monotonic() - started < PROMPTLY


# Deadlines

IDLE = {"idle_seconds": 0.3, "total_seconds": 5.0}
TOTAL = {"idle_seconds": 5.0, "total_seconds": 0.5}


@pytest.mark.parametrize("settings", [IDLE, TOTAL])
@pytest.mark.parametrize("behaviour", [hang(), hang("word"), dribble(), dribble_headers()])
def test_a_silent_server_is_left_in_time(behaviour: Behaviour, settings: dict[str, float]) -> None:
    with ScriptedServer(behaviour) as server:
        model = chat(server, **settings)
        started = time.monotonic()
        with pytest.raises(LLMTimeout) as caught:
            model.complete(QUESTION)
        assert time.monotonic() - started < PROMPTLY
        # On a busy machine the time may be over before anything was sent.
        assert server.disconnected.wait(10) or not server.requests
        assert len(server.requests) <= 1
    assert ("0.3 s" if settings is IDLE else "0.5 s") in str(caught.value)
    assert ("idle" if settings is IDLE else "total") in str(caught.value)


def test_parts_that_never_end_are_left_in_time() -> None:
    with ScriptedServer(slow(delay=0)) as server:
        # So many that the time ends first: an answer that is longer than allowed is cut off.
        parts = chat(server, **TOTAL, max_tokens=100_000).stream(QUESTION)
        started = time.monotonic()
        with pytest.raises(LLMTimeout, match="allowed in total"):
            for _ in parts:
                time.sleep(0.0005)  # slower than the server, so that something always waits
        assert time.monotonic() - started < PROMPTLY
        assert server.disconnected.wait(10)


def test_a_reader_slower_than_the_deadline_gets_what_came_in_time() -> None:
    with ScriptedServer(ANSWERED) as server:
        parts = chat(server, total_seconds=0.4).stream(QUESTION)
        first = next(parts)
        time.sleep(0.6)
        assert first + "".join(parts) == "It is here."


def test_thinking_counts_as_a_sign_of_life() -> None:
    thought = {"choices": [{"delta": {"reasoning_content": "Hm."}}]}

    def think(exchange: Any) -> None:
        exchange.begin()
        for _ in range(8):
            exchange.wait(0.1)
            exchange.send_event(thought)
        exchange.send_delta({"content": "Yes."}, "stop")
        exchange.end()

    with ScriptedServer(Behaviour(think)) as server:
        assert chat(server, idle_seconds=0.4).complete(QUESTION)[0] == "Yes."


def test_an_answer_that_goes_on_for_ever_is_cut_off_and_said_so(
    sample: Path, embedder: Embedder
) -> None:
    """A server need not keep to the limit of tokens that it is given."""
    endless = reply("The wind sensor path is blocked [1]. " * 20_000, parts=20_000)
    answers: dict[str, Any] = {"llm_model": "m", "llm_max_tokens": 64}
    with ScriptedServer(endless) as server:
        answers |= {"openai_base_url": server.base_url}
        with open_engine(sample, answers=AnswerSettings(**answers), embedder=embedder) as engine:
            *parts, answer = engine.stream("What does error code E22 mean?")
    assert not isinstance(answer, str)
    assert len("".join(map(str, parts))) <= 16 * 64
    assert answer.citations[0].supported
    assert any("went on after its 64 tokens" in note for note in answer.notes)


def test_an_answer_in_one_piece_is_cut_off_too() -> None:
    with ScriptedServer(reply("a" * 100_000)) as server:
        text, _ = chat(server, max_tokens=64).complete(QUESTION)
    assert text == "a" * 16 * 64
