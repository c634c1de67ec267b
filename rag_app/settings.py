"""Settings of answering: the table ``[answer]`` of ``rag.toml``, and the environment."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, PrivateAttr, SecretStr, field_validator
from pydantic_settings import NoDecode

from ingest.errors import UsageError
from ingest.settings import FOLDER_FILES, TableSettings, env_file_expands, folder_is_trusted, places
from rag_app.records import Effort, Mode

_HERE = ("localhost", "127.0.0.1", "::1")
_ALLOW = "allow this folder: add its path to RAG_TRUSTED_FOLDERS in the environment"


class AnswerSettings(TableSettings):
    """How questions are answered, and by which LLM. With no key, URL or file: by quotes.

    Raises UsageError where a file of the current folder, which may be somebody else's, would send
    a key that is not its own to an address of its own, or write outside the folder.
    """

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
    effort: Effort = Field(
        "auto",
        description='With an LLM: "quick" searches once, "thorough" takes steps that it plans, '
        '"auto" takes them where one search is not enough.',
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
        description="What checks sentences beside the rules: a cross-encoder trained on "
        'entailment, as a directory or a name on the hub, or "llm" for the LLM itself; none when '
        "not given.",
    )
    link_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Hosts that an LLM's answer may name in addresses of its own."
    )

    llm_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Hosts, or host:port, that visitors of a page for others may connect as an "
        "LLM; none when not given.",
    )
    _url_place: str = PrivateAttr("")

    def __init__(self, **given: Any) -> None:
        found = places(type(self), given)
        _check_places(found)
        super().__init__(**given)
        self._url_place = found.get("openai_base_url", ("", None))[0]

    @field_validator("link_hosts", "llm_hosts", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(host.strip() for host in value.split(",") if host.strip())
        return value

    @property
    def uses_llm(self) -> bool:
        """Whether an LLM is configured; without one, answers are quotes."""
        return bool(self.openai_api_key or self.openai_base_url or self.llm_path)

    @property
    def llm_judges(self) -> bool:
        """Whether the LLM itself is asked how the sentences of an answer stand."""
        return self.judge == "llm"

    @property
    def url_place(self) -> str:
        """Where the LLM's address was set, in words; empty if it was not."""
        return self._url_place if self.openai_base_url else ""

    def check_store(self, store: Path) -> None:
        """Raise UsageError where an address of the folder's file would get another folder's
        passages."""
        if self.url_place not in FOLDER_FILES or folder_is_trusted():
            return
        with suppress(ValueError):
            if urlsplit(self.openai_base_url or "").hostname in _HERE:
                return
        if not store.resolve().is_relative_to(Path.cwd()):
            raise UsageError(
                f"OPENAI_BASE_URL was set in {self.url_place} of this folder, and the store "
                f"{store} is not in it: its passages are not sent there; {_ALLOW}"
            )


def _check_places(found: Mapping[str, tuple[str, Any]]) -> None:
    url, key, record = (
        found.get(name, ("", None)) for name in ("openai_base_url", "openai_api_key", "record")
    )
    if folder_is_trusted():
        return
    if url[1] and url[0] in FOLDER_FILES and key[1] and key[0] not in FOLDER_FILES:
        raise UsageError(
            f"OPENAI_BASE_URL was set in {url[0]} of this folder and OPENAI_API_KEY in {key[0]}: "
            f"the key is not sent there; set both in one place, or {_ALLOW}"
        )
    if url[1] and url[0] in FOLDER_FILES and env_file_expands():
        raise UsageError(
            f"OPENAI_BASE_URL was set in {url[0]} of this folder, whose .env takes values from the "
            f"environment by ${{...}}: they are not sent there; write them out, or {_ALLOW}"
        )
    place, path = record
    if path and place in FOLDER_FILES and not Path(str(path)).resolve().is_relative_to(Path.cwd()):
        raise UsageError(
            f"record was set in {place} of this folder to {path}, which is not in it; "
            f"set RAG_RECORD in the environment, or {_ALLOW}"
        )
