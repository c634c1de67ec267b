"""An Answer as a chat completion, whole or in chunks.

The markers of an answer are checked when it is there, so what was streamed may differ from it. The
last chunks carry the citations and, in the field ``rag``, the whole Answer. Where more than markers
differ, as when quotes take the place of an LLM that failed, the words that count are sent too.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Literal
from urllib.parse import quote

from rag_app.grounding.markers import LLM_MARKER
from rag_app.records import Answer, Citation

INSTEAD = "\n\n---\n\nAfter it was checked, the answer is:\n\n"
WORD = re.compile(r"\w+")
Reason = Literal["stop", "length"]


class Completion:
    """One chat completion on its way out: ``stops`` end its text."""

    def __init__(self, model: str, stops: Sequence[str] = ()) -> None:
        self._model, self._stops = model, [stop for stop in stops if stop]
        self._id = f"chatcmpl-{secrets.token_hex(12)}"
        self._created = int(time.time())
        self._held = self._sent = ""
        self._is_over = False

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The completion in one piece."""
        text = self._cut(answer.text)
        message = {
            "role": "assistant",
            "content": text,
            "refusal": None,
            "annotations": citations_of(answer, len(text)),
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._envelope("chat.completion", [choice]),
            "usage": usage(answer),
            "rag": asdict(answer),
        }

    def begin(self) -> dict[str, Any]:
        """The first chunk, with the role."""
        return self._chunk({"role": "assistant", "content": ""})

    def part(self, text: str) -> dict[str, Any] | None:
        """A chunk with what can be sent after a further part; None where it may be the beginning of
        a stop."""
        if self._is_over:
            return None
        self._held += text
        cut = self._cut(self._held)
        if cut != self._held:
            self._is_over = True
            ready, self._held = cut, ""
        else:
            kept = max((_begins(self._held, stop) for stop in self._stops), default=0)
            ready, self._held = (
                self._held[: len(self._held) - kept],
                self._held[-kept:] * bool(kept),
            )
        self._sent += ready
        return self._chunk({"content": ready}) if ready else None

    def end(self, answer: Answer, *, with_usage: bool) -> Iterable[dict[str, Any]]:
        """The chunks after the last part."""
        if not self._is_over and self._held:
            self._sent += self._held
            yield self._chunk({"content": self._held})
        text = self._cut(answer.text)
        if not self._sent:
            yield self._chunk({"content": text})
        elif _words(self._sent) != _words(text):
            yield self._chunk({"content": INSTEAD + text})
        noted = {"annotations": citations_of(answer, len(text))}
        yield {**self._chunk(noted, "stop"), "rag": asdict(answer)}
        if with_usage:
            yield {**self._envelope("chat.completion.chunk", []), "usage": usage(answer)}

    def _cut(self, text: str) -> str:
        places = [at for stop in self._stops if (at := text.find(stop)) >= 0]
        return text[: min(places)] if places else text

    def _chunk(self, delta: dict[str, Any], reason: Reason | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return self._envelope("chat.completion.chunk", [choice])

    def _envelope(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self._id,
            "object": kind,
            "created": self._created,
            "model": self._model,
            "choices": choices,
        }


def citations_of(answer: Answer, length: int) -> list[dict[str, Any]]:
    """The citations as OpenAI has those of the web: each where its marker stands in the text, with
    the document as the title, and an address that leads to the words in ``rag.citations``."""
    found = []
    for citation in answer.citations:
        marker = f"[{citation.marker}]"
        at = answer.text.find(marker)
        if 0 <= at < length:
            found.append(
                {
                    "type": "url_citation",
                    "url_citation": {
                        "start_index": at,
                        "end_index": at + len(marker),
                        "title": citation.document,
                        "url": _address(citation),
                    },
                }
            )
    return found


def usage(answer: Answer) -> dict[str, int]:
    """What the LLM has counted; nothing where none was asked."""
    prompt, completion = 0, 0
    if answer.usage is not None:
        prompt, completion = answer.usage.prompt_tokens, answer.usage.completion_tokens
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def _address(citation: Citation) -> str:
    page = "" if citation.page is None else f"#page={citation.page}"
    return f"/api/documents/text?document={quote(citation.document, safe='')}{page}"


def _begins(text: str, stop: str) -> int:
    """How many of the last characters may be the beginning of a stop."""
    longest = min(len(stop) - 1, len(text))
    return next((n for n in range(longest, 0, -1) if text.endswith(stop[:n])), 0)


def _words(text: str) -> list[str]:
    """The words of a text without its markers, which a check moves behind the full stop."""
    return WORD.findall(LLM_MARKER.sub(" ", text))
