"""Follow-up questions in a language that has no rules: nothing is put back, and the question is
looked for with the one before it too, which is taken where it finds more (``finding.find``). Where
there is an LLM, it is asked."""

from __future__ import annotations

from rag_app.questions.follow_up.resolved import (
    LONGEST,
    FollowUps,
    Resolved,
    alone,
    may_lean,
)


def _resolve(question: str, *_: object) -> Resolved:
    return alone(question.strip())


def _carry(question: str, found: Resolved, earlier: Resolved | None) -> str | None:
    if earlier is None or not may_lean(question, found, earlier):
        return None
    text = f"{earlier.subject} {found.text}"
    return text if len(text) <= LONGEST else None


PLAIN = FollowUps(
    _resolve,
    _carry,
    leaves_out=lambda question: len(question) <= LONGEST,
    points_back=lambda _: False,
    without_opening=lambda question: question,
)
