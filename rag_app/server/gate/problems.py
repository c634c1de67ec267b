"""Errors as answers: problem details (RFC 9457), one kind for each error of the tree.

What a RagError says may name a path of the machine or words of a document, so others are told a
line of ours; the whole message is in the log. What is wrong with a request is told in full.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

import ingest.errors as ours
import rag_app.errors as answering
from ingest.errors import RagError

logger = logging.getLogger("rag_app.server")

MEDIA_TYPE = "application/problem+json"
OPENAI = "/v1/"
RETRY_SECONDS = 5
MOST_TOLD = 5  # of what is wrong with a request


class Kind(NamedTuple):
    """An error as an answer: its status, its title, and what to do; "" tells its own message."""

    status: int
    title: str
    detail: str = ""
    retries: bool = False


KINDS: Mapping[type[RagError], Kind] = {
    ours.UsageError: Kind(422, "The request asks for something that cannot be done"),
    ours.StoreEmpty: Kind(409, "Nothing is in the collection yet", "Add documents first."),
    ours.StoreLocked: Kind(
        423, "Somebody else is writing to the collection", "Nothing was changed; try again.", True
    ),
    ours.CollectionGone: Kind(
        410, "The collection was renamed or deleted meanwhile", "List the collections."
    ),
    ours.IndexNotWritten: Kind(
        507, "The documents are stored, their index is not", "Searches work, and are slower."
    ),
    ours.FingerprintMismatch: Kind(
        409, "The collection was made with another model", "Whoever runs the server re-embeds it."
    ),
    ours.StoreError: Kind(
        503, "The store cannot be used", "Try again; the server's log says why.", True
    ),
    ours.EmbedderError: Kind(
        503, "The embedding model cannot be used", "The server's log says why."
    ),
    ours.UnknownArchitecture: Kind(
        503, "The embedding model cannot be used", "The server's log says why."
    ),
    answering.RerankerError: Kind(
        503, "The re-ranker cannot be used", "The server's log says why."
    ),
    answering.JudgeError: Kind(
        503, "The judge of sentences cannot be used", "The server's log says why."
    ),
    answering.NoPicture: Kind(
        404, "The page cannot be shown as a picture", "Its text can be read."
    ),
    answering.LLMUnreachable: Kind(
        502, "The LLM cannot be reached", "Whoever runs the server starts it.", True
    ),
    answering.LLMTooLong: Kind(
        422, "The question does not fit the LLM's context", "Ask a shorter one."
    ),
    answering.LLMRejected: Kind(
        502, "The LLM has refused the request", "The server's log says why."
    ),
    answering.LLMBusy: Kind(503, "The LLM has too many requests", "Try again.", True),
    answering.LLMTimeout: Kind(504, "The LLM took too long", "Try again.", True),
    answering.LLMError: Kind(502, "The LLM cannot be used", "The server's log says why."),
    ours.UnknownFormat: Kind(422, "No reader knows the format of the file"),
    ours.EmptyFile: Kind(422, "The file is empty"),
    ours.NoText: Kind(422, "The file holds no text"),
    ours.BrokenFile: Kind(422, "The file is damaged or locked"),
    ours.PageGone: Kind(422, "There is no such web page any more"),
    ours.PageError: Kind(422, "The web page cannot be fetched"),
    ours.LoadError: Kind(422, "The file cannot be read"),
    RagError: Kind(500, "The server cannot do this", "The server's log says why."),
}


@dataclass
class ProblemBody:
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


@dataclass
class OpenAIError:
    message: str
    type: str
    param: str | None
    code: str


@dataclass
class OpenAIErrorBody:
    """An error as OpenAI's clients read it."""

    error: OpenAIError


class Problem(HTTPException):
    """A refusal of the server's own. ``name`` is that of the kind, as in ``too-large``."""

    def __init__(
        self,
        status: int,
        name: str,
        title: str,
        detail: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, title, dict(headers) if headers else None)
        self.body = ProblemBody(f"urn:rag-app:problem:{name}", title, status, detail or title)


def problem_of(error: Exception, path: str = "", store: str = "") -> Problem:
    """An error as a problem; ``store`` is left out of what is told. Writes into the log what only
    that may say."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return _not_valid(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    if isinstance(error, RagError):
        kind = next(KINDS[one] for one in type(error).__mro__ if one in KINDS)
        if kind.detail:
            logger.warning("%s: %s", type(error).__name__, error)
        told = kind.detail or (str(error).replace(store, "the store") if store else str(error))
        headers = {"Retry-After": str(RETRY_SECONDS)} if kind.retries else None
        return Problem(kind.status, _name(type(error)), kind.title, told, headers)
    logger.error("%s: %s", path, type(error).__name__, exc_info=error)
    return Problem(500, "internal", "Something went wrong in the server", "Its log says what.")


def answer_of(request: Request, error: Exception) -> JSONResponse:
    """The answer to a request that failed: in OpenAI's form under ``/v1``, else a problem."""
    store = getattr(request.app.state, "store", "")
    problem = problem_of(error, request.scope.get("path", ""), store)
    if request.scope.get("path", "").startswith(OPENAI):
        return JSONResponse(openai_error(problem), problem.status_code, problem.headers)
    return JSONResponse(
        vars(problem.body), problem.status_code, problem.headers, media_type=MEDIA_TYPE
    )


def openai_error(problem: Problem) -> dict[str, Any]:
    """A problem as OpenAI's clients read one."""
    status = problem.status_code
    kind = "invalid_request_error" if status < 500 else "server_error"
    kind = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}.get(
        status, kind
    )
    code = problem.body.type.rpartition(":")[2].replace("-", "_")
    message = f"{problem.body.title}: {problem.body.detail}"
    if problem.body.title == problem.body.detail:
        message = problem.body.title
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _name(kind: type[Exception]) -> str:
    """``StoreLocked`` as ``store-locked``, ``LLMError`` as ``llm-error``."""
    name = kind.__name__.replace("LLM", "Llm")
    return "".join(f"-{one.lower()}" if one.isupper() else one for one in name).strip("-")


def _not_valid(error: RequestValidationError) -> Problem:
    told = [
        f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}"
        for one in error.errors()[:MOST_TOLD]
    ]
    return Problem(422, "not-valid", "The request is not as it has to be", "; ".join(told))


def _of_http(error: HTTPException) -> Problem:
    names = {
        404: ("not-found", "There is nothing here"),
        405: ("method-not-allowed", "This cannot be done here"),
        413: ("too-large", "The body is too large"),
    }
    name, title = names.get(error.status_code, ("not-valid", "The request cannot be read"))
    return Problem(error.status_code, name, title, "", error.headers)
