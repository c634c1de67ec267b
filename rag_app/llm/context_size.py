"""The size of a model's context: where an endpoint tells it, and how it says that a request does
not fit.

A part of ``rag_app.llm.client``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# As endpoints word it. OpenAI, llama.cpp and Ollama: "context length", "context size", and codes
# with underscores; vLLM: "maximum model length"; Anthropic: "prompt is too long"; TGI: "`inputs`
# tokens + `max_new_tokens` must be <="; Gemini: "exceeds the maximum number of tokens allowed";
# Mistral: "too large for model with ..."; Groq: "reduce the length of the messages".
_TOO_LONG = re.compile(
    r"context.{0,12}(length|size|window)|maximum model length|max_model_len"
    r"|(prompt|input|request|message)s? (is|are) too (long|large)|too large for model"
    r"|exceeds? the maximum number of (input )?tokens|inputs?` (tokens|must have less than)"
    r"|reduce (the length of|your message)",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"(?:context (?:length|size|window)|model length|tokens allowed|must be <=|must have less than"
    r"|['\"]n_ctx['\"])"
    r"\D{0,24}?(\d{3,8})\b"
    r"|(\d{3,8})(?: tokens?)? (?:maximum|context)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b\d{3,8}\b")

# Where lists of models tell it: vLLM; OpenRouter, Together; Groq; LM Studio; Mistral.
_KEYS = (
    "max_model_len",
    "context_length",
    "context_window",
    "loaded_context_length",
    "max_context_length",
)


def says_too_long(said: object) -> bool:
    """Whether the body of an error says that the request does not fit the context."""
    return bool(_TOO_LONG.search(str(said)))


def sizes_in(said: object) -> tuple[int | None, int | None]:
    """(the context's size, what the request needs) in tokens, as far as an error tells them."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", str(said))
    found = _SIZE.search(text)
    if found is None:
        return None, None
    context = int(found[1] or found[2])
    larger = [int(number) for number in _NUMBER.findall(text) if int(number) > context]
    return context, max(larger, default=None)


def context_of(model: Mapping[str, Any]) -> int | None:
    """A model's context, in tokens, where an entry of the list of models tells it."""
    meta = model.get("meta")  # llama.cpp: of this server, and of the model's training
    if isinstance(meta, Mapping):
        return _least(meta.get("n_ctx"), meta.get("n_ctx_train"))
    return next((size for key in _KEYS if (size := _least(model.get(key)))), None)


def cut_in_silence(reported: int, estimated: int) -> bool:
    """Whether the endpoint read only the part of a prompt that fits, as Ollama does: it has
    counted exactly a usual size of a context, and clearly less than was sent."""
    return reported >= 512 and (reported + 1) % 512 <= 1 and estimated > 1.25 * reported


def _least(*sizes: Any) -> int | None:
    return min((size for size in sizes if isinstance(size, int) and size > 0), default=None)
