"""What is sent to the endpoint, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest

from rag_app.errors import LLMRejected
from rag_app.llm.request import HEADERS
from rag_app.records import Usage
from tests.rag_app.llm.asking import ANSWERED, KEY, QUESTION, chat
from tests.support.llm_servers import ScriptedServer, error, events, reply, slow, status


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
        assert chat(server).complete(QUESTION) == ("Yes.", Usage(3, 1, estimated=True))


def test_a_reply_may_depend_on_the_prompt() -> None:
    with ScriptedServer(lambda body: body["messages"][-1]["content"].upper()) as server:
        assert chat(server).complete(QUESTION) == ("WHERE IS IT?", Usage(20, 10))


def test_without_a_key_a_placeholder_is_sent() -> None:
    with ScriptedServer() as server:
        chat(server, key="").complete(QUESTION)
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
        ("<think>One.</think> <think>Two.</think>\n\nYes.", "Yes."),
        ("<thought>One.</thought>Yes.", "Yes."),
        ("[THINK]One.[/THINK]Yes.", "Yes."),
        ("A thought that began in the prompt.</think>\nYes.", "Yes."),
        ("<thin ice", "<thin ice"),
        ("<thi", "<thi"),
        ("  Yes.", "  Yes."),
    ],
)
def test_thinking_is_left_out(content: str, answer: str, pieces: int) -> None:
    with ScriptedServer(reply(content, parts=pieces, thinking="Let me see.")) as server:
        assert chat(server).complete(QUESTION)[0] == answer


def test_an_answer_that_is_not_streamed_is_read_all_the_same() -> None:
    said = {"message": {"role": "assistant", "content": "Yes."}, "finish_reason": "stop"}
    whole = {"model": "whole", "choices": [said], "usage": {"prompt_tokens": 7}}
    headers = {"Content-Type": "application/json"}
    with ScriptedServer(status(200, whole, headers)) as server:
        parts = chat(server).stream(QUESTION)
        assert [*parts] == ["Yes."]
        assert (parts.model, parts.usage, parts.finish_reason) == ("whole", Usage(7, 0), "stop")


@pytest.mark.parametrize("pieces", [1, 3, 100])
def test_halves_of_characters_are_joined_or_marked(pieces: int) -> None:
    said = "It is \ud83d\ude00 here, \ud800 and\udc00 there. \ud83d"
    with ScriptedServer(reply(said, parts=pieces)) as server:
        assert (
            chat(server).complete(QUESTION)[0]
            == "It is \U0001f600 here, \ufffd and\ufffd there. \ufffd"
        )


def test_tokens_are_estimated_where_the_endpoint_counts_none_with_thinking() -> None:
    asked = [{"role": "user", "content": "x" * 400}]
    for field in ("reasoning_content", "reasoning"):
        thought = {"choices": [{"delta": {field: "t" * 200}}]}
        said = {"choices": [{"delta": {"content": "y" * 40}, "finish_reason": "stop"}]}
        with ScriptedServer(events(thought, said)) as server:
            answer, usage = chat(server, price_in=2.0, price_out=10.0).complete(asked)
        assert answer == "y" * 40
        assert usage == Usage(100, 60, estimated=True, cost=pytest.approx(0.0008))


@pytest.mark.parametrize(
    ("prices", "cost"),
    [
        ({"price_in": 1.0, "price_out": 4.0}, 24e-6),
        ({"price_out": 4.0}, 12e-6),
        ({"price_in": 0.0, "price_out": 0.0}, 0.0),
        ({}, None),
    ],
)
def test_cost_is_counted_from_the_prices_that_are_set(
    prices: dict[str, float], cost: float | None
) -> None:
    with ScriptedServer(ANSWERED) as server:
        usage = chat(server, **prices).complete(QUESTION)[1]
    assert usage is not None
    assert usage.cost == (None if cost is None else pytest.approx(cost))
    assert not usage.estimated


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
        assert chat(server).complete(QUESTION)[0] == "Yes."


def test_the_connection_can_be_tested() -> None:
    with ScriptedServer(slow()) as server:
        assert chat(server).test_connection() == "m-reported"
        assert server.disconnected.wait(10)
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
    with ScriptedServer(error(409, "stream_options")) as server:
        with pytest.raises(LLMRejected, match="status 409"):
            chat(server).complete(QUESTION)
        assert len(server.requests) == 1
    with ScriptedServer(error(422, "stream_options")) as server:
        with pytest.raises(LLMRejected, match="status 422"):
            chat(server).complete(QUESTION)
        assert len(server.requests) == 2, "once without it"


def test_what_is_for_openai_goes_to_no_other_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-secret")
    monkeypatch.setenv(
        "OPENAI_CUSTOM_HEADERS", "Authorization: Bearer secret\nX-Gateway: secret\nCookie: secret"
    )
    with ScriptedServer(reply("OK"), models=("only",)) as server:
        chat(server, model=None, key="own").test_connection()
        sent = [request.headers for request in server.requests]
    assert sent and "secret" not in str(sent)
    for headers in sent:
        assert {name.lower() for name in headers} <= HEADERS
        assert headers["authorization"] == "Bearer own"
