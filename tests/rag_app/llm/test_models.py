"""The model that is taken from an endpoint's list, where none is set."""

from __future__ import annotations

from typing import Any

import pytest

from rag_app.errors import LLMRejected
from tests.rag_app.llm.asking import QUESTION, chat
from tests.support.llm_servers import ScriptedServer, reply

CHAT, EMBEDDING = "qwen/qwen3-8b", "text-embedding-nomic-embed-text-v1.5"


@pytest.mark.parametrize(
    ("models", "taken"),
    [
        ([CHAT, EMBEDDING], CHAT),
        (["llama3", "bge-m3", "jina-reranker-v2", "whisper-1"], "llama3"),
        ([{"id": "a", "type": "llm"}, {"id": "b", "type": "embeddings"}], "a"),
        ([{"id": "a", "type": "embedding"}, {"id": "b", "type": "chat"}], "b"),
        ([{"id": "a", "task": "feature-extraction"}, {"id": "b", "task": "text-generation"}], "b"),
        (
            [
                {"id": "a", "capabilities": {"completion_chat": False}},
                {"id": "b", "capabilities": {"completion_chat": True}},
            ],
            "b",
        ),
        (
            [
                {"id": "a", "capabilities": ["completion"]},
                {"id": "b", "capabilities": ["embedding"]},
            ],
            "a",
        ),
        ([{"name": "named"}], "named"),
        ([EMBEDDING], EMBEDDING),
    ],
)
def test_the_chat_model_beside_others_is_taken(models: list[Any], taken: str) -> None:
    with ScriptedServer(reply("Here."), models=models) as server:
        assert chat(server, model=None).complete(QUESTION)[0] == "Here."
        assert server.requests[0].body["model"] == taken


@pytest.mark.parametrize(
    "listing",
    ['["only"]', '{"models": [{"name": "only"}]}', '{"data": [{"id": "only"}, 7, null, {}]}'],
)
def test_a_list_of_another_form(listing: str) -> None:
    with ScriptedServer(reply("Here."), models=listing) as server:
        assert chat(server, model=None).complete(QUESTION)[0] == "Here."


@pytest.mark.parametrize(
    "listing",
    [
        "",
        "Hello",
        "<html></html>",
        "[]",
        "{}",
        "null",
        '"x"',
        "7",
        pytest.param("[" * 99_999, id="deep"),
    ],
)
def test_a_list_that_is_none(listing: str) -> None:
    match = "names no model; set RAG_LLM_MODEL"
    with ScriptedServer(models=listing) as server, pytest.raises(LLMRejected, match=match):
        chat(server, model=None).complete(QUESTION)[0]


def test_several_chat_models_are_named_without_the_others() -> None:
    match, models = "has 2 models: a, b; set RAG_LLM_MODEL", ["b", "a", EMBEDDING]
    with ScriptedServer(models=models) as server, pytest.raises(LLMRejected, match=match):
        chat(server, model=None).complete(QUESTION)[0]
