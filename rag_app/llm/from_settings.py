"""LLM clients made from the settings: one to answer, and a quicker one to rewrite a question."""

from __future__ import annotations

import math
import re

from ingest.errors import UsageError
from rag_app.llm.client import ChatModel
from rag_app.llm.endpoint import Endpoint
from rag_app.llm.local_server import LocalModel
from rag_app.settings import AnswerSettings

OPENAI_URL = "https://api.openai.com/v1"
# A whole rewrite, retries included: the answer waits for it.
REWRITE_SECONDS = 10.0
TRY_SECONDS = 20.0
LOCAL_SECONDS = 300.0  # for an answer of a GGUF file, where no other limit is set
LIST_SECONDS = 5.0
LOAD_SECONDS = 90.0
_AROUND = " \t\r\n\"'"


def configured_models(
    answers: AnswerSettings, *, quoted: bool = True
) -> tuple[ChatModel | None, ChatModel | None]:
    """Both, of one endpoint or one local file; None where there is none. ``quoted`` as for
    Endpoint. Raises UsageError."""
    path = answers.llm_path
    local = LocalModel(path, answers.llm_context_tokens) if path else None
    return (
        _chat_model(answers, math.inf, local, quoted),
        _chat_model(answers, REWRITE_SECONDS, local, quoted),
    )


def try_connection(answers: AnswerSettings, *, quoted: bool = True) -> str:
    """Ask the LLM that the settings name for a word, and return its model's name.

    Takes at most ``TRY_SECONDS``; a file may take ``LOAD_SECONDS``, because it is loaded first.
    Raises UsageError for settings that cannot work, LLMError.
    """
    seconds = LOAD_SECONDS if answers.llm_path else TRY_SECONDS
    short = {"llm_total_seconds": seconds, "llm_idle_seconds": seconds}
    model, _ = configured_models(answers.model_copy(update=short), quoted=quoted)
    if model is None:
        raise UsageError("no LLM is set; give a URL, a key or a file")
    try:
        return model.test_connection()
    finally:
        model.close()


def list_models(answers: AnswerSettings, *, quoted: bool = True) -> list[str]:
    """The models that the endpoint of the settings offers, by name; none where it has no list.

    Takes a few seconds at most. Raises UsageError for settings that cannot work, LLMError.
    """
    short = {"llm_total_seconds": LIST_SECONDS, "llm_idle_seconds": LIST_SECONDS}
    model, _ = configured_models(answers.model_copy(update=short), quoted=quoted)
    return [] if model is None or model.local is not None else model.models()


def _pasted_key(key: str) -> str:
    """A key without what is often copied with it: quotes, ends of lines, the header's name."""
    key = re.sub(r"^\s*(authorization\s*:\s*)?(bearer\s+)?", "", key.strip(_AROUND), flags=re.I)
    return key.strip(_AROUND)


def _chat_model(
    answers: AnswerSettings, most_seconds: float, local: LocalModel | None, quoted: bool
) -> ChatModel | None:
    if not answers.uses_llm:
        return None
    key = _pasted_key(answers.openai_api_key.get_secret_value() if answers.openai_api_key else "")
    if not (local or key or answers.openai_base_url):
        raise UsageError("no LLM is set; set OPENAI_API_KEY, OPENAI_BASE_URL or both")
    total, idle = answers.llm_total_seconds, answers.llm_idle_seconds
    if local is not None:
        # On a processor without help, reading the passages alone takes minutes, and nothing comes
        # meanwhile. What was set is as it was set.
        total = total if "llm_total_seconds" in answers.model_fields_set else LOCAL_SECONDS
        idle = idle if "llm_idle_seconds" in answers.model_fields_set else total
    endpoint = Endpoint(
        url=(answers.openai_base_url or OPENAI_URL).strip(_AROUND),
        file=local.name if local else "",
        key=local.key if local else key,
        model=answers.llm_model or None,
        total_seconds=min(total, most_seconds),
        idle_seconds=idle,
        max_tokens=answers.llm_max_tokens,
        context_tokens=answers.llm_context_tokens,
        price_in=answers.llm_price_in,
        price_out=answers.llm_price_out,
        quoted=quoted,
    )
    return ChatModel(endpoint, local)
