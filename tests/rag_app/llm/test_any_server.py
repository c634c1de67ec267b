"""Servers of many kinds: each gives the right answer, or one clear line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rag_app.errors import LLMError, LLMRejected
from tests.rag_app.llm.asking import chat, failure
from tests.support.llm_servers import Behaviour, ScriptedServer, cut_after, error, events, status
from tests.support.odd_servers import (
    JSON,
    choice,
    chunk,
    cut_short,
    deltas,
    unframed,
    unless,
    whole,
    without,
    without_system,
    zipped,
)

SAID = "It is in Paris, at the Café Müller [1]."
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Where?"}]
STREAMED = deltas(SAID, finish="stop")
USAGE = chunk(usage={"prompt_tokens": 9, "completion_tokens": 4})


def forbidden(field: str) -> dict[str, Any]:
    why = {"type": "extra_forbidden", "msg": "Extra inputs are not permitted", "input": {}}
    return {"detail": [{**why, "loc": ["body", field]}]}


def unsupported(field: str, instead: str = "") -> dict[str, Any]:
    said = f"Unsupported parameter: '{field}' is not supported with this model.{instead}"
    return {"error": {"message": said, "param": field, "code": "unsupported_parameter"}}


def harmony(text: str) -> list[object]:
    thought = "<|channel|>analysis<|message|>Not <b>Rome</b>.<|end|><|start|>assistant"
    return deltas(f"{thought}<|channel|>final<|message|>{text}<|return|>", size=5, finish="stop")


ANSWER: dict[str, Behaviour] = {
    # What a request may not hold
    "422, a list with loc, stream_options": without(
        "stream_options", 422, forbidden("stream_options"), SAID
    ),
    "422, a list with loc, temperature": without(
        "temperature", 422, forbidden("temperature"), SAID
    ),
    "400, a list of errors alone": without(
        "stream_options", 400, forbidden("stream_options")["detail"], SAID
    ),
    "400, a plain sentence": without("temperature", 400, "temperature is not allowed", SAID),
    "422, serde's sentence": without(
        "stream_options", 422, "unknown field `stream_options`, expected one of `model`", SAID
    ),
    "a field that is not named": without(
        "stream_options", 400, {"message": "Additional properties are not allowed"}, SAID
    ),
    "max_completion_tokens instead": without(
        "max_tokens", 400, unsupported("max_tokens", " Use 'max_completion_tokens' instead."), SAID
    ),
    "neither of the two lengths": unless(
        lambda body: not {"max_tokens", "max_completion_tokens"} & body.keys(),
        422,
        [forbidden("max_tokens"), forbidden("max_completion_tokens")],
        SAID,
    ),
    "temperature of a reasoning model": without(
        "temperature",
        400,
        {"error": {"message": "Only the default (1) value is supported.", "param": "temperature"}},
        SAID,
    ),
    "streaming": unless(
        lambda body: not body["stream"] and "stream_options" not in body,
        400,
        {"error": {"message": "Your organization must be verified to stream.", "param": "stream"}},
        SAID,
    ),
    "system role": without_system(400, {"error": {"message": "System role not supported"}}, SAID),
    "developer instruction": without_system(
        400, {"error": {"message": "Developer instruction is not enabled for gemma-3"}}, SAID
    ),
    "unknown variant `system`": without_system(
        422, "messages[0].role: unknown variant `system`, expected `user`", SAID
    ),
    "a template that raises": without_system(
        500, {"error": {"message": "raise_exception: System role not supported"}}, SAID
    ),
    "roles that alternate": without_system(
        400, {"error": {"message": "Conversation roles must alternate user/assistant/user"}}, SAID
    ),
    # The form of the content
    "parts, streamed": events(
        chunk(choice({"content": [{"type": "thinking", "thinking": [{"text": "Hm"}]}]})),
        chunk(choice({"content": [{"type": "text", "text": SAID}]}, "stop")),
    ),
    "parts, in one piece": status(200, whole({"content": [{"type": "text", "text": SAID}]}), JSON),
    "reasoning_content": events(chunk(choice({"reasoning_content": "Hm"})), *STREAMED),
    "reasoning beside no content": events(
        chunk(choice({"content": None, "reasoning": "Hm"})), *STREAMED
    ),
    "think tags": events(*deltas(f"<think>\nRome?\n</think>\n\n{SAID}", size=4, finish="stop")),
    "the end of thinking only": events(*deltas(f"Rome?\n</think>\n{SAID}", finish="stop")),
    "other thinking tags": events(*deltas(f"<|think|>Rome?<|/think|>{SAID}", finish="stop")),
    "harmony": events(*harmony(SAID)),
    "harmony with a commentary": events(
        *deltas("<|start|>assistant<|channel|>commentary<|message|>Rome.<|end|>"), *harmony(SAID)
    ),
    "text of an older interface": events({"choices": [{"text": SAID, "finish_reason": "stop"}]}),
    # The end of the stream
    "no finish reason": events(*deltas(SAID)),
    "no finish reason, the connection closed": unframed(deltas(SAID)),
    "no finish reason and no [DONE]": unframed(deltas(SAID), done=False),
    "no empty line at the end": unframed(
        [*STREAMED[:-1], f"data: {json.dumps(STREAMED[-1])}".encode()], done=False
    ),
    "usage at the end": events(*STREAMED, USAGE, USAGE),
    "a filter's report first": events(chunk(prompt_filter_results=[]), *STREAMED, USAGE),
    "several choices": events(
        *(chunk(choice({"content": "No"}, index=1), choice({"content": c})) for c in SAID),
        chunk(choice({}, "stop")),
    ),
    "empty deltas and choices": events(
        {"choices": None},
        chunk(),
        chunk({"delta": None}),
        *STREAMED,
        chunk(choice({"content": ""})),
    ),
    # The bytes
    "events as JSON": unframed(STREAMED, kind="application/json"),
    "events as text": unframed(STREAMED, kind="text/plain; charset=utf-8"),
    "events as a page": unframed(STREAMED, kind="text/html"),
    "events as bytes": unframed(STREAMED, kind="application/octet-stream"),
    "events as nothing": unframed(STREAMED, kind=None),
    "lines of JSON": unframed(
        STREAMED, kind="application/x-ndjson", head=b"", tail=b"\n", done=False
    ),
    "a list of JSON": status(200, STREAMED, JSON),
    "JSON where a stream was asked for": status(200, whole({"content": SAID}), JSON),
    "JSON as text": status(200, whole({"content": SAID}), {"Content-Type": "text/plain"}),
    "JSON as events": status(200, whole({"content": SAID}), {"Content-Type": "text/event-stream"}),
    "comments that keep alive": unframed([b": PROCESSING\n\n", b": PROCESSING\n\n", *STREAMED]),
    "events with names": unframed([b'event: ping\ndata: {"type": "ping"}\n\n', *STREAMED]),
    "CRLF": unframed(STREAMED, tail=b"\r\n\r\n"),
    "no space": unframed(STREAMED, head=b"data:"),
    "a mark of byte order": unframed(STREAMED, before=b"\xef\xbb\xbf"),
    "Windows-1252": unframed(STREAMED, encoding="cp1252"),
    "gzip": zipped(STREAMED),
}


@pytest.mark.parametrize("kind", ANSWER)
def test_the_right_answer(kind: str) -> None:
    with ScriptedServer(ANSWER[kind]) as server:
        model = chat(server)
        assert model.complete(MESSAGES)[0] == SAID
        asked = len(server.requests)
        assert model.complete(MESSAGES)[0] == SAID
        assert len(server.requests) == asked + 1, "what it does not take is remembered"


FILTERED = "the content filter of the LLM at"
LINES: dict[str, tuple[Behaviour, type[LLMError], str]] = {
    "filter at the end": (
        events(*deltas("The answer", finish="content_filter")),
        LLMError,
        FILTERED,
    ),
    "filter at once": (
        error(400, "triggering Azure OpenAI's content management policy", code="content_filter"),
        LLMError,
        FILTERED,
    ),
    "refusal, streamed": (
        events(
            chunk(choice({"refusal": "I cannot "})), chunk(choice({"refusal": "help."}, "stop"))
        ),
        LLMError,
        "declined to answer: I cannot help; ask in other words",
    ),
    "refusal, in one piece": (
        status(200, whole({"content": None, "refusal": "No."}), JSON),
        LLMError,
        "declined to answer: No; ask",
    ),
    "error with a status of success": (
        status(200, {"error": {"message": "overloaded", "code": 503}}, JSON),
        LLMError,
        "reported overloaded",
    ),
    "error in words": (status(200, {"error": "no memory"}, JSON), LLMError, "reported no memory"),
    "error in the middle": (
        events(*deltas("The answer"), {"error": {"message": "no memory"}}),
        LLMError,
        "reported no memory",
    ),
    "error of an older kind": (
        events(*deltas("The "), {"object": "error", "message": "no memory", "code": 500}),
        LLMError,
        "reported no memory",
    ),
    "a page": (
        status(200, "<html>Log in</html>", {"Content-Type": "text/html"}),
        LLMRejected,
        "sent text/html and no answer",
    ),
    "nothing": (unframed([], done=False), LLMError, "sent no answer"),
    "words": (status(200, "Hello", {"Content-Type": "text/plain"}), LLMError, "sent no answer"),
    "JSON without a bottom": (status(200, "[" * 99_999, JSON), LLMError, "that is not JSON"),
    "an event without a bottom": (
        unframed([b"data: " + b"[" * 99_999 + b"\n\n"]),
        LLMError,
        "that is not JSON",
    ),
    "cut in JSON": (cut_short(whole({"content": SAID})), LLMError, "the connection was cut"),
    "cut in the stream": (cut_after("The answer."), LLMError, "the connection was cut"),
    "half a sentence": (
        unframed(deltas("The answer is"), done=False),
        LLMError,
        "the connection ended before the answer did",
    ),
    "no gzip": (zipped(STREAMED, broken=True), LLMError, "cannot be unpacked"),
    "a length that is too long": (
        error(400, "max_tokens is too large: 1024. The model supports at most 512"),
        LLMRejected,
        "max_tokens is too large",
    ),
}


@pytest.mark.parametrize("kind", LINES)
def test_one_clear_line(kind: str) -> None:
    behaviour, error_kind, words = LINES[kind]
    with ScriptedServer(behaviour) as server, pytest.raises(LLMError) as caught:
        chat(server).complete(MESSAGES)
    assert isinstance(caught.value, error_kind)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_the_rules_stay_when_the_system_role_is_refused() -> None:
    with ScriptedServer(error(400, "System role not supported"), events(*STREAMED)) as server:
        chat(server).complete(MESSAGES)
        assert server.requests[1].body["messages"] == [
            {"role": "user", "content": "Be brief.\n\nWhere?"}
        ]


def test_a_server_that_goes_on_refusing_is_asked_a_few_times_only() -> None:
    message = "stream_options, temperature, max_tokens and the system role are not supported"
    assert "status 400" in failure(error(400, message), kind=LLMRejected)
