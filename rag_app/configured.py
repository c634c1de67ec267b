"""The LLM that the settings ask for: to answer, and, in little time, to rewrite a question."""

from __future__ import annotations

from rag_app.llm import ChatModel
from rag_app.llm_local import LocalModel
from rag_app.rewrite import REWRITE_SECONDS
from rag_app.settings import AnswerSettings


def configured_models(answers: AnswerSettings) -> tuple[ChatModel | None, ChatModel | None]:
    """Both, of one endpoint or one local file; None where there is none. Raises UsageError."""
    path = answers.llm_path
    local = LocalModel(path, answers.llm_context_tokens) if path else None
    return (
        _chat_model(answers, answers.llm_total_seconds, local),
        _chat_model(answers, REWRITE_SECONDS, local),
    )


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
