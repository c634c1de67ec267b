"""The file of the LLM that a reader has asked to be remembered on this computer, its key included.

It lies in the user's own configuration folder, in a file that only its owner may read, and not
beside the documents: a store is copied and backed up, and a key must not go with it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr

from ingest.atomic_files import write_atomically
from ingest.errors import UsageError
from ingest.private import make_directory
from rag_app import AnswerSettings

FIELDS = ("openai_api_key", "openai_base_url", "llm_model", "llm_path")


def llm_file() -> Path:
    """Where it is kept."""
    from platformdirs import user_config_path

    return user_config_path("rag-app") / "llm.json"


def save_llm(answers: AnswerSettings) -> None:
    """Keep the LLM of some settings. Raises UsageError if it cannot be written."""
    values = {name: getattr(answers, name) for name in FIELDS}
    secret = values["openai_api_key"]
    values["openai_api_key"] = secret.get_secret_value() if secret else None
    path = llm_file()
    try:
        make_directory(path.parent)
        write_atomically(path, json.dumps(values))
    except OSError as error:
        raise UsageError(
            f"the connection cannot be remembered in {path} ({error.strerror or error})"
        ) from None


def saved_llm(answers: AnswerSettings) -> AnswerSettings | None:
    """The settings with the LLM that is remembered; None where none is, or it cannot be read."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        values = json.loads(llm_file().read_text("utf-8"))
        kept = {name: str(values[name]) if values.get(name) else None for name in FIELDS}
        if any(kept.values()):
            key = kept["openai_api_key"]
            return answers.model_copy(
                update=kept | {"openai_api_key": SecretStr(key) if key else None}
            )
    return None


def delete_saved_llm() -> None:
    """Remember none. Raises UsageError if the file cannot be removed."""
    path = llm_file()
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be removed ({error.strerror or error})") from None
