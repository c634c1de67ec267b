"""Errors of answering. They hang in the tree drawn in ``ingest.errors``.

NoPicture                a page cannot be shown as a picture
RerankerError            the re-ranker cannot be used          exit 3
JudgeError               the judge of sentences cannot be used exit 3
LLMError                 the LLM cannot be used                exit 3
├── LLMUnreachable       no connection to the endpoint
├── LLMRejected          the endpoint refused the key, the model or the request
│   └── LLMTooLong       it is longer than the model's context
├── LLMBusy              too many requests, or an error of the server, after further tries
└── LLMTimeout           the whole answer, or the next part of it, took too long
"""

from __future__ import annotations

from ingest.errors import RagError
from rag_app.records import LLMCall, Usage


class NoPicture(RagError):
    """A page of a document cannot be shown as a picture; its text can. Says why."""


class RerankerError(RagError):
    """The re-ranker cannot be found, loaded or trusted."""


class JudgeError(RagError):
    """The judge of sentences cannot be found, loaded or trusted."""


class LLMError(RagError):
    """The LLM cannot be used. ``must_act``: asking again will not help, somebody has to set or
    start something. ``usage``: what was spent all the same; ``call``: what was asked."""

    must_act = False
    usage: Usage | None = None
    call: LLMCall | None = None


class LLMUnreachable(LLMError):
    """No connection to the endpoint."""

    must_act = True


class LLMRejected(LLMError):
    """The endpoint answered, and refused: the key, the model or the request."""

    must_act = True


class LLMTooLong(LLMRejected):
    """The request does not fit the model's context. ``context`` is its size in tokens, ``needed``
    what the request has, where they are known."""

    def __init__(self, message: str, context: int | None = None, needed: int | None = None) -> None:
        super().__init__(message)
        self.context = context
        self.needed = needed


class LLMBusy(LLMError):
    """The endpoint has too many requests, or an error of its own, after further tries too."""


class LLMTimeout(LLMError):
    """The first or the next part of the answer, or all of it, took longer than allowed."""
