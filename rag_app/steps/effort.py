"""What an LLM plans for an answer, and when."""

from __future__ import annotations

from collections.abc import Callable

from rag_app.answer.draft import Planner
from rag_app.finding import Found
from rag_app.llm.stop import Stop
from rag_app.records import Effort, Step
from rag_app.steps.research import Research, take_steps
from rag_app.steps.toolbox import Toolbox
from rag_app.tables.by_llm import answer_by_llm


def plan(
    research: Research,
    found: Found,
    toolbox: Toolbox,
    planner: Planner,
    effort: Effort,
    stop: Stop | None,
    on_step: Callable[[Step], None] | None,
) -> Found:
    """Have an LLM plan over the tables that were found, and if that gives no answer, take the steps
    that it plans. What was found, with a draft if a table gives it; what the LLM said is in
    ``research``. Raises StoreError, EmbedderError."""
    prompts = toolbox.parts.prompts
    if found.tables:
        by_llm = answer_by_llm(found.asked, found.tables, planner, prompts)
        research.replies.extend(by_llm.replies)
        found = found._replace(draft=by_llm.draft)
    if takes_steps(effort, found):
        take_steps(research, toolbox, planner, prompts, stop=stop, on_step=on_step)
    return found


def takes_steps(effort: Effort, found: Found) -> bool:
    """Whether an LLM is to plan steps to an answer: never where all there is to say is known, or
    the question is for a whole document, which is read anyway; in "auto" where the question names
    several things, or no passage has all that it asks for, and several together have more."""
    if effort == "quick" or found.draft is not None or found.whole is not None:
        return False
    return effort == "thorough" or bool(found.parts) or bool(found.lacking)
