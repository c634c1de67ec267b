"""The LLM that the settings ask for: to answer, and, in little time, to rewrite a question."""

from __future__ import annotations

from ingest.errors import UsageError
from rag_app.llm.client import ChatModel
from rag_app.llm.local_server import LocalModel
from rag_app.questions.rewrite import REWRITE_SECONDS
from rag_app.settings import AnswerSettings

TRY_SECONDS = 20.0
LOAD_SECONDS = 90.0


def configured_models(answers: AnswerSettings) -> tuple[ChatModel | None, ChatModel | None]:
    """Both, of one endpoint or one local file; None where there is none. Raises UsageError."""
    path = answers.llm_path
    local = LocalModel(path, answers.llm_context_tokens) if path else None
    return (
        _chat_model(answers, answers.llm_total_seconds, local),
        _chat_model(answers, REWRITE_SECONDS, local),
    )


def try_connection(answers: AnswerSettings) -> str:
    """Ask the LLM that the settings name for a word, and return its model's name.

    Takes at most ``TRY_SECONDS``; a file may take ``LOAD_SECONDS``, because it is loaded first.
    Raises UsageError for settings that cannot work, LLMError.
    """
    seconds = LOAD_SECONDS if answers.llm_path else TRY_SECONDS
    short = {"llm_total_seconds": seconds, "llm_idle_seconds": seconds}
    model, _ = configured_models(answers.model_copy(update=short))
    if model is None:
        raise UsageError("no LLM is set; give a URL, a key or a file")
    try:
        return model.test_connection()
    finally:
        model.close()


def _chat_model(
    answers: AnswerSettings, most_seconds: float, local: LocalModel | None
) -> ChatModel | None:
    if not answers.uses_llm:
        return None
    key = answers.openai_api_key
    return ChatModel(
        model=answers.llm_model,
        api_key=key.get_secret_value() if key else None,
        base_url=answers.openai_base_url,
        total_seconds=min(answers.llm_total_seconds, most_seconds),
        idle_seconds=answers.llm_idle_seconds,
        max_tokens=answers.llm_max_tokens,
        context_tokens=answers.llm_context_tokens,
        price_in=answers.llm_price_in,
        price_out=answers.llm_price_out,
        local=local,
    )
