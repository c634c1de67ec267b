"""The ways to an LLM that the page offers, and the settings that are typed for one."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from ingest.errors import UsageError
from rag_app import AnswerSettings
from rag_app.messages import to_say
from rag_app.ui.serving.loopback import is_local


class Kind(NamedTuple):
    """A way to an LLM: what is asked for it, and a word of help."""

    name: str
    help: str
    url: str = ""
    asks_url: bool = False
    asks_key: bool = False
    is_file: bool = False


KINDS = (
    Kind(
        "OpenAI",
        to_say("Your questions and the passages found for them go to OpenAI."),
        asks_key=True,
    ),
    Kind(
        "Ollama",
        to_say("Runs on this computer. Start Ollama first."),
        url="http://localhost:11434/v1",
        asks_url=True,
    ),
    Kind(
        to_say("Another server"),
        to_say(
            "Anything that speaks OpenAI's protocol: llama.cpp, vLLM, LM Studio, LocalAI, or a "
            "service on the web."
        ),
        url="http://localhost:8080/v1",
        asks_url=True,
        asks_key=True,
    ),
    Kind(
        to_say("A GGUF file"),
        to_say(
            "llama.cpp runs the file on this computer. It comes with "
            "<code>pip install 'rag-app[local-llm]'</code>."
        ),
        is_file=True,
    ),
)


def kinds_offered(answers: AnswerSettings) -> dict[str, Kind]:
    """By name. Who reads this from another machine is asked neither for files of this one nor for
    addresses that only this one reaches, but for those that its owner allows."""
    return {
        kind.name: kind
        for kind in KINDS
        if is_local() or not (kind.is_file or (kind.asks_url and not answers.llm_hosts))
    }


def kind_of(answers: AnswerSettings) -> Kind:
    """The way to the LLM that some settings name."""
    named = {kind.name: kind for kind in KINDS}
    if answers.llm_path:
        return named["A GGUF file"]
    if answers.openai_base_url is None:
        return named["OpenAI"]
    is_ollama = answers.openai_base_url == named["Ollama"].url
    return named["Ollama" if is_ollama else "Another server"]


def check_typed(answers: AnswerSettings) -> None:
    """Raise UsageError for what somebody on another machine may not connect."""
    if is_local():
        return
    if answers.llm_path:
        raise UsageError("a file of this machine is connected from this machine only")
    if answers.openai_base_url is not None:
        with suppress(ValueError):
            address = urlsplit(answers.openai_base_url)
            host = address.hostname or ""
            if {host, f"{host}:{address.port}"} & {name.lower() for name in answers.llm_hosts}:
                return
        raise UsageError("this address is not among those that the page's owner allows")


def typed_settings(
    answers: AnswerSettings, *, url: str = "", key: str = "", model: str = "", path: str = ""
) -> AnswerSettings:
    """The settings with the LLM that was typed, and nothing of the one that is set: above all not
    its key."""
    typed = {
        "openai_api_key": SecretStr(key.strip()) if key.strip() else None,
        "openai_base_url": url.strip() or None,
        "llm_model": model.strip() or None,
        "llm_path": path.strip() or None,
    }
    return answers.model_copy(update=typed)
