"""Settings of answering: the table ``[answer]`` of ``rag.toml``, and the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from ingest.settings import TableSettings
from rag_app.records import Mode


class AnswerSettings(TableSettings):
    """How questions are answered, and by which LLM. With no key, URL or file: by quotes."""

    table: ClassVar[str] = "answer"

    openai_api_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("openai_api_key", "OPENAI_API_KEY")
    )
    openai_base_url: str | None = Field(
        None, validation_alias=AliasChoices("openai_base_url", "OPENAI_BASE_URL")
    )
    llm_path: str | None = Field(
        None,
        min_length=1,
        description="A GGUF file, or owner/repository[:file] in the hub's cache.",
    )
    llm_model: str | None = Field(None, description="Asked of the endpoint when not given.")
    llm_total_seconds: float = Field(120.0, gt=0, description="For a whole answer.")
    llm_idle_seconds: float = Field(30.0, gt=0, description="For the first and each next part.")
    llm_max_tokens: int = Field(1024, ge=16, description="Longest answer, in tokens.")
    llm_context_tokens: int | None = Field(
        None, ge=512, description="The model's context; what the endpoint tells when not given."
    )
    llm_price_in: float | None = Field(None, ge=0, description="Price of a million tokens sent.")
    llm_price_out: float | None = Field(None, ge=0, description="Of a million tokens written.")
    llm_fallback: bool = Field(True, description="Quotes where the LLM fails; else an error.")
    prompts: Path | None = Field(
        None, description="A file like rag_app/prompts.toml, with the texts to replace."
    )
    record: Path | None = Field(
        None,
        description="A file that the record of each answer is appended to, one JSON object a "
        "line; nothing is recorded when not given.",
    )
    mode: Mode = Field(
        "hybrid", description='Passages are found by meaning ("dense"), by words, or by both.'
    )
    neighbours: int = Field(
        0, ge=0, le=5, description="Chunks on each side of a passage that are joined to it."
    )
    passages: int = Field(8, ge=1, le=50, description="Passages that an answer is made from.")
    history_tokens: int = Field(
        2000, ge=0, description="Of the conversation, by the embedder's tokenizer; oldest dropped."
    )

    reranker: str | None = Field(
        None,
        min_length=1,
        description="A cross-encoder: a directory, or a name on the hub; none when not given.",
    )
    rerank_candidates: int = Field(50, ge=1, le=200, description="Passages that it reads.")

    unsupported: Literal["mark", "drop"] = Field(
        "mark", description="What becomes of an LLM's sentence that no passage supports."
    )
    judge: str | None = Field(
        None,
        min_length=1,
        description="A cross-encoder trained on entailment that checks sentences: a directory, or "
        "a name on the hub; none when not given.",
    )
    link_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Hosts that an LLM's answer may name in addresses of its own."
    )

    @field_validator("link_hosts", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(host.strip() for host in value.split(",") if host.strip())
        return value

    @property
    def uses_llm(self) -> bool:
        """Whether an LLM is configured; without one, answers are quotes."""
        return bool(self.openai_api_key or self.openai_base_url or self.llm_path)
