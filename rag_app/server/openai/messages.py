"""What OpenAI's clients send and get (platform.openai.com/docs/api-reference), as far as it is read
and written here. What else they send, such as a temperature, is passed over."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag_app.records import Effort

PREFIX = "rag:"
MOST_MESSAGES = 1000
MOST_TEXTS = 256


class TextPart(BaseModel):
    """A part of a message. Only texts are read."""

    model_config = ConfigDict(extra="ignore")
    type: Literal["text"]
    text: str


class Message(BaseModel):
    """A message of the conversation; those that no user or assistant wrote are passed over."""

    model_config = ConfigDict(extra="ignore")
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None

    @property
    def words(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="ignore")
    include_usage: bool = False


class Extension(BaseModel):
    """What the engine takes beside OpenAI's fields: ``extra_body={"rag": {...}}``."""

    model_config = ConfigDict(extra="forbid")
    where: dict[str, Any] | None = Field(None, description="A filter, as for /api/search.")
    effort: Effort | None = None


class ChatRequest(BaseModel):
    """A request for a chat completion. The last message is the question."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "model": "rag:default",
                    "messages": [{"role": "user", "content": "How long is the warranty?"}],
                    "stream": False,
                }
            ]
        },
    )
    model: str = Field(description="rag:COLLECTION")
    messages: Annotated[list[Message], Field(min_length=1, max_length=MOST_MESSAGES)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    stop: str | Annotated[list[str], Field(max_length=4)] | None = Field(
        None, description="The answer ends before the first of these."
    )
    rag: Extension | None = None


class EmbeddingRequest(BaseModel):
    """A request for vectors of texts: those with which documents are searched."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"examples": [{"model": "all-MiniLM-L6-v2", "input": ["a text"]}]},
    )
    model: str
    input: str | Annotated[list[str], Field(min_length=1, max_length=MOST_TEXTS)]
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: int | None = Field(None, description="The model's own, if at all.")


class Model(BaseModel):
    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(BaseModel):
    """What can be asked: each collection, and the embedding model."""

    object: Literal["list"]
    data: list[Model]


class Embedding(BaseModel):
    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingUsage(BaseModel):
    prompt_tokens: int
    total_tokens: int


class Embeddings(BaseModel):
    object: Literal["list"]
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage
