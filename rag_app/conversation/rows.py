"""Rows of the file of conversations to exchanges, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from rag_app.conversation.records import Exchange, Feedback, exchange_from
from rag_app.conversation.schema import folded


def columns_of(exchange: Exchange) -> tuple[str, str, str | None]:
    """An exchange as it is kept: content, words, feedback."""
    content = exchange.to_json()
    feedback = content.pop("feedback")
    words = folded(f"{exchange.question}\n{exchange.text}")
    return json.dumps(content), words, json.dumps(feedback) if feedback else None


def exchange_of(content: str, feedback: str | None) -> Exchange:
    exchange = exchange_from(json.loads(content))
    rating = Feedback(**json.loads(feedback)) if feedback else None
    return replace(exchange, feedback=rating)


def exchanges_of(
    rows: Iterable[tuple[int, str, str | None]], settled: int = 0
) -> tuple[tuple[Exchange, ...], int]:
    """The exchanges of rows, and up to which number none is open."""
    found = [(number, exchange_of(content, feedback)) for number, content, feedback in rows]
    for number, exchange in found:
        if exchange.is_open:
            break
        settled = number
    return tuple(exchange for _, exchange in found), settled
