"""Ask questions of your own documents and get answers that can be checked.

from rag_app import open_engine
with open_engine(store="storage") as engine:
    print(engine.ask("How long is the warranty?").text)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.errors import RagError
    from rag_app.conversation.records import Conversation, Exchange, Feedback
    from rag_app.conversation.store import Conversations
    from rag_app.engine import Engine
    from rag_app.llm.stop import Stop
    from rag_app.opening import ConnectedLLM, open_engine, with_collection, with_llm, with_settings
    from rag_app.records import Answer, Citation, Failure, Hit, Turn, Unsupported, Usage
    from rag_app.settings import AnswerSettings

__all__ = [
    "Answer",
    "AnswerSettings",
    "Citation",
    "ConnectedLLM",
    "Conversation",
    "Conversations",
    "Engine",
    "Exchange",
    "Failure",
    "Feedback",
    "Hit",
    "RagError",
    "Stop",
    "Turn",
    "Unsupported",
    "Usage",
    "open_engine",
    "with_collection",
    "with_llm",
    "with_settings",
]

_HOMES = {
    "Answer": "rag_app.records",
    "AnswerSettings": "rag_app.settings",
    "Citation": "rag_app.records",
    "ConnectedLLM": "rag_app.opening",
    "Conversation": "rag_app.conversation.records",
    "Conversations": "rag_app.conversation.store",
    "Engine": "rag_app.engine",
    "Exchange": "rag_app.conversation.records",
    "Failure": "rag_app.records",
    "Feedback": "rag_app.conversation.records",
    "Hit": "rag_app.records",
    "RagError": "ingest.errors",
    "Stop": "rag_app.llm.stop",
    "Turn": "rag_app.records",
    "Unsupported": "rag_app.records",
    "Usage": "rag_app.records",
    "open_engine": "rag_app.opening",
    "with_collection": "rag_app.opening",
    "with_llm": "rag_app.opening",
    "with_settings": "rag_app.opening",
}


def __getattr__(name: str) -> Any:
    # Imported when asked for, so that ``import rag_app`` costs nothing.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
