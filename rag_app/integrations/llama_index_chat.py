"""A conversation as a chat engine of LlamaIndex."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.callbacks import CallbackManager
from llama_index.core.chat_engine.types import (
    AgentChatResponse,
    BaseChatEngine,
    StreamingAgentChatResponse,
)

from rag_app.integrations.llama_index import Where, metadata_of, nodes_of, where_of
from rag_app.records import Answer, Turn


class EngineChatEngine(BaseChatEngine):
    """``engine.stream`` with the conversation before it, which this object keeps.

    A response has the ``nodes_of`` the answer, and its ``metadata_of``. In a stream they are there
    at its end; the text that is kept then is that of the Answer, whose markers were checked.
    """

    def __init__(self, stream: Callable[..., Generator[str | Answer]], where: Where = None) -> None:
        self._stream = stream
        self._where = where_of(where)
        self._turns: list[Turn] = []
        self.callback_manager = CallbackManager([])

    def reset(self) -> None:
        """Begin a new conversation."""
        self._turns.clear()

    @property
    def chat_history(self) -> list[ChatMessage]:
        """The conversation so far."""
        return [ChatMessage(role=turn.role, content=turn.content) for turn in self._turns]

    def chat(
        self, message: str, chat_history: Sequence[ChatMessage] | None = None
    ) -> AgentChatResponse:
        """Answer a message; ``chat_history`` takes the place of the conversation so far. Raises
        what ``Engine.stream`` raises."""
        self._begin(chat_history)
        with self.callback_manager.as_trace("chat"):
            *_, answer = self._stream(message, self._turns, self._where)
        assert isinstance(answer, Answer), "a stream ends with its Answer"
        self._keep(message, answer)
        return AgentChatResponse(
            answer.text, source_nodes=nodes_of(answer), metadata=metadata_of(answer)
        )

    def stream_chat(
        self, message: str, chat_history: Sequence[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """The same, part by part: ``response.response_gen``."""
        self._begin(chat_history)
        response = StreamingAgentChatResponse(is_writing_to_memory=False)
        response.chat_stream = self._parts(message, response)
        return response

    async def achat(
        self, message: str, chat_history: Sequence[ChatMessage] | None = None
    ) -> AgentChatResponse:
        """``chat`` in a thread."""
        return await asyncio.to_thread(self.chat, message, chat_history)

    async def astream_chat(
        self, message: str, chat_history: Sequence[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """``stream_chat`` in threads: ``response.async_response_gen()``."""
        self._begin(chat_history)
        response = StreamingAgentChatResponse(is_writing_to_memory=False)
        parts = self._parts(message, response)

        async def in_threads() -> AsyncGenerator[ChatResponse]:
            try:
                while (part := await asyncio.to_thread(next, parts, None)) is not None:
                    yield part
            finally:
                parts.close()

        response.achat_stream = in_threads()
        return response

    def _begin(self, history: Sequence[ChatMessage] | None) -> None:
        if history is not None:
            self._turns = [turn for message in history for turn in _turns_of(message)]

    def _parts(self, message: str, response: StreamingAgentChatResponse) -> Generator[ChatResponse]:
        said = ""
        for part in self._stream(message, self._turns, self._where):
            if isinstance(part, Answer):
                response.source_nodes = nodes_of(part)
                self._keep(message, part)
            else:
                said += part
                written = ChatMessage(role=MessageRole.ASSISTANT, content=said)
                yield ChatResponse(message=written, delta=part)

    def _keep(self, message: str, answer: Answer) -> None:
        self._turns += [
            Turn("user", message, answer.standalone),
            Turn("assistant", answer.text),
        ]


def _turns_of(message: ChatMessage) -> list[Turn]:
    """A message as we know it; those of systems and tools are no part of a conversation."""
    if message.role == MessageRole.USER:
        return [Turn("user", message.content or "")]
    if message.role in (MessageRole.ASSISTANT, MessageRole.CHATBOT):
        return [Turn("assistant", message.content or "")]
    return []
