"""Tokens of a run: a large text is cut into chunks for minutes, and a run can be stopped within."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.chunk import Tokens


@dataclass(frozen=True, slots=True)
class CheckedTokens:
    """The tokens of a model; ``check`` is asked before each batch, and may raise."""

    tokens: Tokens
    check: Callable[[], None]

    @property
    def max_tokens(self) -> int:
        """How many tokens the model reads."""
        return self.tokens.max_tokens

    def token_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Start and end of each token of each text. Raises what ``check`` raises."""
        self.check()
        return self.tokens.token_spans(texts)
