"""The part of a conversation that is read."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.embed.embedder import Embedder
from ingest.text.unicode import paired
from rag_app.records import Turn


def recent_turns(history: Sequence[Turn], most_tokens: int, embedder: Embedder) -> list[Turn]:
    """The last turns that have at most so many tokens together, by the embedder's tokenizer;
    they begin with a question."""
    kept: list[Turn] = []
    left = most_tokens
    for turn in reversed(history):
        turn = turn._replace(content=paired(turn.content))
        left -= len(embedder.token_spans([turn.content])[0])
        if left < 0:
            break
        kept.append(turn)
    while kept and kept[-1].role != "user":
        kept.pop()
    return kept[::-1]
