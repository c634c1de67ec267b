"""Trying again, and errors that say what is wrong."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from ingest.errors import UsageError
from rag_app import AnswerSettings
from rag_app.errors import LLMBusy, LLMError, LLMRejected, LLMTooLong, LLMUnreachable
from rag_app.llm.client import ChatModel
from rag_app.llm.endpoint import Endpoint
from rag_app.llm.from_settings import configured_models
from tests.rag_app.llm.asking import ANSWERED, KEY, QUESTION, chat, failure
from tests.support.llm_servers import (
    Behaviour,
    ScriptedServer,
    cut_after,
    error,
    events,
    malformed,
    status,
)
from tests.support.odd_servers import deltas, unframed


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
    for wait in ("60", "Fri, 31 Dec 9999 23:59:59 GMT"):
        assert "429" in failure(status(429, headers={"Retry-After": wait}), kind=LLMBusy)
    assert time.monotonic() - started < 10
    for wait in ("soon", "", "Fri, 31 Dec 1999 23:59:59 GMT"):
        with ScriptedServer(status(429, headers={"Retry-After": wait}), ANSWERED) as server:
            assert chat(server).complete(QUESTION)[0] == "It is here."


def test_a_model_that_is_being_loaded_is_waited_for() -> None:
    loading = error(503, "Loading model")
    with ScriptedServer(*[loading] * 5, ANSWERED) as server:
        assert chat(server).complete(QUESTION)[0] == "It is here."
    message = failure(loading, kind=LLMBusy, idle_seconds=0.5)
    assert re.search(r"status 503 after ([4-9]|\d\d) tries: Loading model", message)


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
            LLMTooLong,
            "exceed the model's context length (too big)",
        ),
        (
            error(400, "request (9 tokens) exceeds the available context size (8 tokens)"),
            LLMTooLong,
            "exceed the model's context length",
        ),
        (error(429, "You exceeded your quota."), LLMRejected, "quota after 3 tries (429: You "),
        (error(429, "Slow down."), LLMBusy, "rate limit or quota after 3 tries (429: Slow down)"),
        (status(413, {"error": "too much"}), LLMRejected, "status 413: too much"),
        (status(422, {"detail": [{"msg": "x"}]}), LLMRejected, "status 422: [{'msg': 'x'}]"),
        (status(503, {"error": {"message": "Overloaded"}}), LLMBusy, "503 after 3 tries: Over"),
        (status(502, "<html>Bad gateway</html>"), LLMBusy, "status 502 after 3 tries"),
        (status(500, "x" * 5000), LLMBusy, "xxx…"),
        (malformed(), LLMError, "broke off: the endpoint sent something that is not JSON"),
        (malformed("A"), LLMError, "broke off: the endpoint sent something that is not JSON"),
        (cut_after("A"), LLMError, "broke off: the connection was cut"),
        (unframed(deltas("A and"), done=False), LLMError, "the connection ended before"),
        (events({"error": {"message": "out of memory"}}), LLMError, "reported out of memory"),
        (status(200, "<html>Hello</html>"), LLMError, "sent no answer; check that OPENAI_BASE_URL"),
        (
            status(200, "<html>Hello</html>", {"Content-Type": "text/html; charset=utf-8"}),
            LLMRejected,
            "sent text/html and no answer; check that OPENAI_BASE_URL",
        ),
        (
            status(200, {"error": {"message": "no memory"}}, {"Content-Type": "application/json"}),
            LLMError,
            "reported no memory",
        ),
        (
            status(307, "", {"Location": "http://elsewhere/v1"}),
            LLMRejected,
            "redirects to http://elsewhere/v1; if that is right, set OPENAI_BASE_URL",
        ),
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
                ChatModel(Endpoint(model=model, url=url)).complete(QUESTION)
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
    model = ChatModel(Endpoint(model="m", url=deaf_url, idle_seconds=0.4, total_seconds=3))
    with pytest.raises(LLMUnreachable, match="timed out"):
        model.complete(QUESTION)


def test_closing_ends_the_wait_for_a_connection(deaf_url: str) -> None:
    model = ChatModel(Endpoint(model="m", url=deaf_url, idle_seconds=20))
    parts = model.stream(QUESTION)
    threading.Timer(0.2, parts.close).start()
    started = time.monotonic()
    assert [*parts] == []
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "settings",
    [
        {"url": ""},
        {"url": "localhost:8080/v1"},
        {"url": "http://[::1"},
        {"url": "http://a b/v1"},
        {"url": "http://h:port/v1"},
        {"key": f"{KEY}\n{KEY}"},
        {"key": f"“{KEY}”"},
        {"idle_seconds": 0},
        {"max_tokens": 0},
    ],
)
def test_settings_that_cannot_work(settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        Endpoint(**{"key": KEY, "url": "http://h/v1", **settings})
    assert KEY not in str(caught.value)


def test_a_blank_key_alone_is_no_llm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(UsageError, match="no LLM is set; set OPENAI_API_KEY"):
        configured_models(AnswerSettings(openai_api_key=SecretStr(" ")))


def test_the_address_is_openais_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere/v1")
    answers = AnswerSettings(openai_api_key=SecretStr(f" {KEY}\n"), openai_base_url=None)
    model, _ = configured_models(answers)
    assert model is not None
    assert KEY not in repr(model.endpoint)
    assert str(model.endpoint) == "https://api.openai.com/v1"
    assert str(model._connect().base_url) == "https://api.openai.com/v1/"
    assert model._connect().api_key == KEY


def test_importing_the_module_does_not_import_the_client() -> None:
    code = "import sys, rag_app.llm.client; sys.exit('openai' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
