"""The judge that a benchmark measures, as RAG_JUDGE names it."""

from __future__ import annotations

import sys

from ingest.settings import load_settings
from rag_app import AnswerSettings
from rag_app.answer.llm_judge import LLMJudge
from rag_app.grounding.checker import Judge
from rag_app.grounding.entailment import EntailmentJudge
from rag_app.llm.from_settings import configured_models
from rag_app.prompts import load_prompts

HELP = "a judge, as in RAG_JUDGE: a cross-encoder, or llm for the LLM of the settings"


def judge_of(name: str | None) -> Judge | None:
    """The judge of a name; the LLM without its limits of an answer. Raises SystemExit."""
    if name != "llm":
        return EntailmentJudge(name) if name else None
    settings = load_settings(AnswerSettings)
    llm, _ = configured_models(settings)
    if llm is None:
        raise SystemExit("--judge llm needs an LLM: set OPENAI_BASE_URL or RAG_LLM_PATH")
    most = sys.maxsize
    return LLMJudge(llm, load_prompts(settings.prompts), most_asked=most, seconds=float(most))
