"""Settings of answering: the table ``[answer]`` of ``rag.toml``, and the environment."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AliasChoices, Field, SecretStr

from ingest.settings import TableSettings


class AnswerSettings(TableSettings):
    """How questions are answered, and by which LLM. With neither key nor URL: by quotes."""

    table: ClassVar[str] = "answer"

    openai_api_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("openai_api_key", "OPENAI_API_KEY")
    )
    openai_base_url: str | None = Field(
        None, validation_alias=AliasChoices("openai_base_url", "OPENAI_BASE_URL")
    )
    llm_model: str | None = Field(None, description="Asked of the endpoint when not given.")
    llm_total_seconds: float = Field(120.0, gt=0, description="For a whole answer.")
    llm_idle_seconds: float = Field(30.0, gt=0, description="For the first and each next part.")
    llm_max_tokens: int = Field(1024, ge=16, description="Longest answer, in tokens.")
    passages: int = Field(8, ge=1, le=50, description="Passages that an answer is made from.")
    mode: Literal["hybrid", "dense", "keyword"] = "hybrid"

    @property
    def uses_llm(self) -> bool:
        """Whether an LLM is configured; without one, answers are quotes."""
        return bool(self.openai_api_key or self.openai_base_url)
