"""Settings of the index: flags, then environment, then ``.env``, then ``rag.toml``.

``rag.toml`` has five tables: ``[index]`` (these settings), ``[answer]`` (those of
``rag_app.settings``), ``[page]``, ``[upload]`` and ``[server]`` (those of ``rag_app.ui``,
``rag_app.web`` and ``rag_app.server``). A name that is not known is refused, so that a typing error
is never a setting that silently does nothing.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

from dotenv import dotenv_values
from pydantic import Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from ingest.errors import UsageError
from ingest.similarity import COSINE, Similarity

TABLES = ("index", "answer", "page", "upload", "server")
CONFIG_FILE = Path("rag.toml")
FOLDER_FILES = (".env", str(CONFIG_FILE))
DEFAULT_MODEL = "all-MiniLM-L6-v2"
Backend = Literal["auto", "onnx", "torch"]


class TableSettings(BaseSettings):
    """Settings of which ``rag.toml`` holds one table, named by ``table``."""

    table: ClassVar[str]
    model_config = SettingsConfigDict(
        env_prefix="RAG_",
        env_file=".env",
        extra="ignore",  # the environment and .env hold other programs' names too
        env_ignore_empty=True,
        populate_by_name=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (pydantic's signature)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file_settings = InitSettingsSource(settings_cls, _read_table(cls))
        return init_settings, env_settings, dotenv_settings, file_settings


class IndexSettings(TableSettings):
    """Where the store is and how documents become vectors."""

    table: ClassVar[str] = "index"

    store: Path = Field(Path("storage"), description="Directory of the store.")
    collection: str = Field("default", min_length=1, description="Any text is a valid name.")
    embedding_model: str = Field(
        DEFAULT_MODEL, description="A name on the hub, or the path of a model directory."
    )
    embedding_backend: Backend = Field(
        "auto",
        description='"onnx": 8 bits on the processor; "torch": sentence-transformers; "auto": '
        "ONNX where there is no GPU and the model is known and passes the check.",
    )
    similarity: Similarity = Field(
        COSINE, description='How vectors are compared: "dot" and "euclidean" for models made so.'
    )
    device: str | None = Field(None, description='"cpu", "cuda", "mps"; found when not given.')
    chunk_tokens: int = Field(
        200, ge=16, le=8192, description="Longest chunk, in tokens of the embedding model."
    )
    overlap_tokens: int = Field(
        0, ge=0, description="How much of a chunk's end the next chunk repeats, in tokens."
    )
    lock_seconds: float = Field(
        5.0, ge=0, description="How long to wait for another process that is writing, in seconds."
    )
    audit: bool = Field(
        True, description="Keep an audit log of changes, and of what visitors who log in do."
    )
    ocr: Literal["off", "auto", "force"] = Field(
        "auto", description="Read pictures: never, where there is no text, or every page."
    )
    max_file_megabytes: int = Field(
        200, ge=1, description="A larger file is refused without being read."
    )
    read_seconds: float = Field(
        60.0, gt=0, description="How long reading one file may take, in seconds."
    )
    read_memory_megabytes: int = Field(
        2000, ge=100, description="How much memory reading one file may need (Linux only)."
    )
    read_hidden: bool = Field(
        False, description="Read hidden sheets, rows, columns and slides too."
    )
    fetch_seconds: float = Field(
        60.0, gt=0, description="How long fetching one web page may take, in seconds."
    )
    fetch_robots: bool = Field(
        True, description="Leave web pages alone whose robots.txt asks for it."
    )
    fetch_private: bool = Field(
        False, description="Fetch pages of this machine and its network too."
    )

    @model_validator(mode="after")
    def _overlap_fits(self) -> IndexSettings:
        if self.overlap_tokens * 2 > self.chunk_tokens:
            raise ValueError("overlap_tokens must be at most half of chunk_tokens")
        return self

    @model_validator(mode="after")
    def _backend_fits(self) -> IndexSettings:
        if self.embedding_backend == "onnx" and self.device not in (None, "cpu"):
            raise ValueError(f"embedding_backend onnx does not run on the device {self.device}")
        if self.embedding_backend == "onnx" and self.similarity != COSINE:
            raise ValueError(f"embedding_backend onnx is for cosine, not {self.similarity}")
        return self


Settings = TypeVar("Settings", bound=TableSettings)


def load_settings(kind: type[Settings], **flags: Any) -> Settings:
    """Read settings of one kind. Flags that are None count as not given.

    Raises UsageError, naming the setting, when one is unknown or has a wrong value.
    """
    try:
        return kind(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or kind.table}: {problem['msg']}"
            for problem in error.errors()
        )
        raise UsageError(f"Wrong setting: {problems}") from None


def places(kind: type[TableSettings], given: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Where each setting comes from, and its value, by lower-case name: the place that wins."""
    found: dict[str, tuple[str, Any]] = {}
    for place, source in (
        ("a flag", InitSettingsSource(kind, dict(given))),
        ("the environment", EnvSettingsSource(kind)),
        (FOLDER_FILES[0], DotEnvSettingsSource(kind)),
        (FOLDER_FILES[1], InitSettingsSource(kind, _read_table(kind))),
    ):
        for name, value in source().items():
            found.setdefault(name.lower(), (place, value))
    return found


def env_file_expands() -> bool:
    """Whether values of ``.env`` are made from the environment, where other secrets are too."""
    values = dotenv_values(FOLDER_FILES[0], interpolate=False).values()
    return any("${" in value for value in values if value)


def folder_is_trusted() -> bool:
    """Whether a person has allowed the files of the current folder to name any address and place:
    ``RAG_TRUSTED_FOLDERS`` in the environment lists such folders, as PATH does."""
    folders = os.environ.get("RAG_TRUSTED_FOLDERS", "").split(os.pathsep)
    return Path.cwd() in [Path(folder).expanduser().resolve() for folder in folders if folder]


def _read_table(kind: type[TableSettings]) -> dict[str, Any]:
    if not CONFIG_FILE.is_file():
        return {}
    try:
        tables = tomllib.loads(CONFIG_FILE.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{CONFIG_FILE} cannot be read: {error}") from None
    if unknown := sorted(set(tables) - set(TABLES)):
        raise UsageError(
            f"{CONFIG_FILE}: unknown table or setting {unknown[0]!r}; settings stand under "
            f"{' or '.join(f'[{name}]' for name in TABLES)}"
        )
    table = tables.get(kind.table, {})
    if not isinstance(table, dict):
        raise UsageError(f"{CONFIG_FILE}: {kind.table} must be a table: [{kind.table}]")
    if unknown := sorted(set(table) - set(kind.model_fields)):
        known = ", ".join(sorted(kind.model_fields))
        raise UsageError(
            f"{CONFIG_FILE}: unknown setting {unknown[0]!r} in [{kind.table}]; known: {known}"
        )
    return table
