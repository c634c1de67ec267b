"""What the chat's answers cited, as a history to recommend from."""

from __future__ import annotations

from ingest.errors import UsageError
from rag_app.conversation.records import Verdict
from rag_app.conversation.store import Conversations
from rag_app.insights.related.recommend import Seen

MOST = 1_000  # conversations, the newest
# An answer that was rated down was no help, and what it cited is known.
WORTH: dict[Verdict | None, float] = {"up": 2.0, None: 1.0, "down": -1.0}


def cited_in_chat(conversations: Conversations, user: str = "") -> list[Seen]:
    """The documents that answers cited, each with the sum of what the answers were worth. Raises
    UsageError where nothing was cited yet, StoreError."""
    weights: dict[str, float] = {}
    for summary in conversations.listed(limit=MOST):
        for exchange in conversations.open(summary.id).exchanges:
            if exchange.answer is None or exchange.answer.refused:
                continue
            verdict = exchange.feedback.verdict if exchange.feedback else None
            for document in {one.document for one in exchange.answer.citations}:
                weights[document] = weights.get(document, 0.0) + WORTH[verdict]
    if not weights:
        raise UsageError(
            "Nothing was cited in the chat yet; ask something there, or give --history FILE"
        )
    return [Seen(user, document, weight) for document, weight in weights.items()]
