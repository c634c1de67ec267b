"""When an answer takes several steps."""

from __future__ import annotations

from rag_app.finding import Found
from rag_app.records import Effort


def takes_steps(effort: Effort, found: Found) -> bool:
    """Whether an LLM is to plan steps to an answer: never where all there is to say is known, or
    the question is for a whole document, which is read anyway; in "auto" where the question names
    several things, or no passage has all that it asks for, and several together have more."""
    if effort == "quick" or found.draft is not None or found.whole is not None:
        return False
    return effort == "thorough" or bool(found.parts) or bool(found.lacking)
