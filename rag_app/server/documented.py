"""What the OpenAPI document says of all routes alike: which problems may come of them."""

from __future__ import annotations

from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from rag_app.server.gate.guard import SCHEME
from rag_app.server.gate.problems import MEDIA_TYPE, OPENAI, OpenAIErrorBody, ProblemBody

TITLE = "rag-app"
ABOUT = "Ask questions of your own documents and get answers that can be checked."
PROBLEMS = {
    400: "The body cannot be read",
    401: "No key, or one that is not known",
    403: "A key of another scope or collection",
    404: "There is nothing of this name",
    409: "The collection cannot do this as it is",
    410: "The collection was renamed or deleted meanwhile",
    413: "The body is too large",
    415: "The body is in another charset",
    422: "The request asks for something that cannot be done",
    423: "Somebody else is writing",
    429: "The key's limit is reached",
    500: "Something went wrong in the server",
    502: "The LLM cannot be used",
    503: "The store cannot be used, or too many are waiting",
    504: "The LLM took too long",
    507: "The documents are stored, their index is not",
}
_SCHEMAS = (ProblemBody, OpenAIErrorBody)


def openapi_of(routes: Any, version: str) -> dict[str, Any]:
    """The OpenAPI document (3.1) of some routes."""
    document = get_openapi(title=TITLE, version=version, description=ABOUT, routes=routes)
    parts = document.setdefault("components", {})
    parts["securitySchemes"] = {SCHEME: {"type": "http", "scheme": "bearer"}}
    schemas = parts.setdefault("schemas", {})
    for kind in _SCHEMAS:
        schema = TypeAdapter(kind).json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[kind.__name__] = schema
    for path, operations in document["paths"].items():
        is_openai = path.startswith(OPENAI)
        name = (OpenAIErrorBody if is_openai else ProblemBody).__name__
        media = "application/json" if is_openai else MEDIA_TYPE
        told = {media: {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        for operation in operations.values():
            for status, words in PROBLEMS.items():
                operation["responses"][str(status)] = {"description": words, "content": told}
    return document


def answers(kind: Any, words: str, *, events: bool = False, status: int = 200) -> dict[Any, Any]:
    """What a route has in ``responses``: values of a kind as JSON and, with ``events``, the same as
    server-sent events. Routes write it themselves, as the command line does."""
    given: dict[str, Any] = {"description": words, "model": kind}
    if events:
        given["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
    return {status: given}
