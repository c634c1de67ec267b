"""How an answer is written from what was found: by an LLM, or in the documents' own words."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import cache, partial

from rag_app.answer.calculation import lead_of, with_lead
from rag_app.answer.draft import Draft, Models
from rag_app.answer.fallback import with_fallback
from rag_app.answer.llm_answer import ask_llm
from rag_app.answer.part_by_part import quote_parts
from rag_app.answer.quotes import quote
from rag_app.answer.refusal import refuse
from rag_app.evidence import conflicts
from rag_app.finding import Found
from rag_app.grounding.checker import Checker
from rag_app.llm.stop import Stop
from rag_app.parts import Parts
from rag_app.prompts import AnswerPrompt


def written(
    parts: Parts,
    models: Models,
    found: Found,
    prompt: AnswerPrompt,
    is_researched: bool,
    stop: Stop | None = None,
) -> Generator[str | Draft]:
    """The words of an answer as they come, and then the draft of it: what is all there is to say;
    or what an LLM writes from the passages of the ``prompt``, checked; or quotes; or a refusal.
    Gives no draft when it is stopped. ``is_researched``: the LLM has asked for passages itself.

    Raises EmbedderError, JudgeError, and LLMError with ``llm_fallback`` off.
    """
    evidence, draft = found.evidence, found.draft
    disagreements = cache(partial(conflicts.disagreements, evidence))
    if draft is not None:
        yield draft.text
    elif models.answer is not None and (evidence.is_related or is_researched):
        for part in _by_llm(parts, models, found, prompt, stop):
            if isinstance(part, Draft):
                draft = part
            else:
                yield part
        if draft is None:
            return
    elif models.answer is None and found.parts:
        draft = quote_parts(found.parts)
        yield draft.text
    else:
        lead = lead_of(found.asked, evidence) if models.answer is None else None
        if models.answer is None and (evidence.is_enough or lead is not None):
            also = conflicts.sides(disagreements())
            if found.bridge is not None:
                also = [found.bridge.sentence, *also]
            draft = with_lead(quote(evidence, also), lead)
        else:
            draft = refuse(evidence, prompt.passages)
        yield draft.text
    if not draft.refused and found.draft is None:
        notes = conflicts.notes(disagreements()) + found.notes
        draft = draft._replace(notes=draft.notes + notes)
    yield draft


def _by_llm(
    parts: Parts, models: Models, found: Found, prompt: AnswerPrompt, stop: Stop | None
) -> Iterator[str | Draft]:
    """An LLM's answer, checked; where it fails, what can be said without it."""
    assert models.answer is not None
    whole, evidence, settings = found.whole, found.evidence, parts.answers
    judge = models.judge(stop=stop) if models.judge else parts.judge
    checker = Checker(parts.searcher.embedder, judge)
    written = ask_llm(
        models.answer, prompt, evidence, checker=checker, settings=settings, stop=stop
    )
    if settings.llm_fallback:
        written = with_fallback(written, evidence, prompt.passages)
    return written if whole is None else whole.where_it_fails(written)
