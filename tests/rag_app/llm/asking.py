"""How the tests of the client ask."""

from __future__ import annotations

from typing import Any

import pytest

from rag_app.errors import LLMError
from rag_app.llm.client import ChatModel
from rag_app.llm.endpoint import Endpoint
from tests.support.llm_servers import Behaviour, ScriptedServer, reply

QUESTION = [{"role": "user", "content": "Where is it?"}]
KEY = "sk-secret-0123456789"
ANSWERED = reply("It is here.", parts=4, usage=(12, 3))


def chat(server: ScriptedServer, **settings: Any) -> ChatModel:
    given = {
        "url": server.base_url,
        "model": "m",
        "key": KEY,
        "idle_seconds": 5.0,
        "total_seconds": 10.0,
    }
    return ChatModel(Endpoint(**{**given, **settings}))


def failure(*behaviours: Behaviour, kind: type[LLMError] = LLMError, **settings: Any) -> str:
    """The message of the error that the behaviours end in: one line, of that kind, no key."""
    with ScriptedServer(*behaviours) as server, pytest.raises(kind) as caught:
        chat(server, **settings).complete(QUESTION)
    assert type(caught.value) is kind
    message = str(caught.value)
    assert "\n" not in message
    assert KEY not in message
    return message
