"""Errors of answering. They hang in the tree drawn in ``ingest.errors``.

RerankerError            the re-ranker cannot be used          exit 3
JudgeError               the judge of sentences cannot be used exit 3
LLMError                 the LLM cannot be used                exit 3
├── LLMUnreachable       no connection to the endpoint
├── LLMRejected          the endpoint refused the key, the model or the request
└── LLMTimeout           the whole answer, or the next part of it, took too long
"""

from __future__ import annotations

from ingest.errors import RagError


class RerankerError(RagError):
    """The re-ranker cannot be found, loaded or trusted."""


class JudgeError(RagError):
    """The judge of sentences cannot be found, loaded or trusted."""


class LLMError(RagError):
    """The LLM cannot be used."""


class LLMUnreachable(LLMError):
    """No connection to the endpoint."""


class LLMRejected(LLMError):
    """The endpoint answered, and refused: the key, the model or the request."""


class LLMTimeout(LLMError):
    """The first or the next part of the answer, or all of it, took longer than allowed."""
