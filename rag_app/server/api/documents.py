"""``/api/documents``: list, read, look at, delete; and the fields that filters can name."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from ingest.errors import UsageError
from ingest.records import FilterField, StoredDocument
from rag_app.engine import Engine
from rag_app.llm.stop import Stop
from rag_app.server.api.asking import Collection
from rag_app.server.api.changes import Report, changed, report_of
from rag_app.server.background import Tell
from rag_app.server.documented import answers
from rag_app.server.gate.guard import LockedRoute, caller_of, needs
from rag_app.server.gate.observed import note
from rag_app.server.gate.problems import Problem
from rag_app.server.written import Json, page_of
from rag_app.web.changes import delete

router = APIRouter(route_class=LockedRoute, tags=["Documents"])
Name = Annotated[str, Query(min_length=1, max_length=2000)]
IMAGE = "image/webp"


class Documents(BaseModel):
    """Documents in order of name; ``next`` is the cursor of those after them."""

    documents: list[StoredDocument]
    next: str | None


class DocumentText(BaseModel):
    """The text that all offsets index, and the offsets at which its pages begin."""

    document: str
    text: str
    page_starts: list[int]


class Fields(BaseModel):
    """What filters can name."""

    fields: list[FilterField]


@router.get(
    "/api/documents",
    openapi_extra=needs("read"),
    responses=answers(Documents, "A page of the list, as rag-app status --json has documents"),
)
async def documents(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(max_length=4000)] = None,
    collection: Collection = None,
) -> Response:
    """List the documents. Where their files are on the machine, only who administers is told."""
    engine = _engine(request, collection)
    found = await run_in_threadpool(engine.documents)
    page, following = page_of(found, lambda one: one.name, limit, cursor)
    if not caller_of(request).has("admin"):
        page = [replace(one, source="", root="") for one in page]
    return Json({"documents": [asdict(one) for one in page], "next": following})


@router.get(
    "/api/documents/text",
    openapi_extra=needs("read"),
    responses=answers(DocumentText, "The text"),
)
async def text(request: Request, document: Name, collection: Collection = None) -> Response:
    """The text of a document."""
    engine = _engine(request, collection)

    def read() -> dict[str, Any]:
        starts = engine.collection.page_starts(document)
        whole = engine.document_text(document)
        return {"document": document, "text": whole, "page_starts": list(starts)}

    try:
        values = await run_in_threadpool(read)
    except UsageError:
        raise _no_document() from None
    note(request, engine, "read", [document])
    return Json(values)


@router.get(
    "/api/documents/page",
    openapi_extra=needs("read"),
    response_class=Response,
    responses={200: {"description": "The page", "content": {IMAGE: {}}}},
)
async def page(
    request: Request,
    document: Name,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    collection: Collection = None,
) -> Response:
    """A page of a PDF or a picture, as a picture."""
    engine = _engine(request, collection)
    try:
        picture = await run_in_threadpool(engine.collection.page_picture, document, page)
    except UsageError:
        raise Problem(404, "unknown-page", "There is no such page") from None
    note(request, engine, "read", [document])
    return Response(picture.image, media_type=IMAGE)


@router.delete(
    "/api/documents",
    openapi_extra=needs("write"),
    responses=answers(Report, "What became of it, as rag-app ingest --json has it"),
)
async def delete_document(
    request: Request, document: Name, collection: Collection = None
) -> Response:
    """Delete a document, and its file if that was uploaded."""
    engine = _engine(request, collection)
    found = await run_in_threadpool(engine.documents)
    sources = [one.source for one in found if one.name == document]
    if not sources:
        raise _no_document()
    note(request, engine, "delete", [document])
    kept = engine.store.note

    def source(_stop: Stop, _tell: Tell) -> Any:
        try:
            id_ = kept.id if kept else None
            yield report_of(delete(engine, id_, [document], sources))
        except UsageError:  # another request was quicker
            raise _no_document() from None

    return await changed(request, engine, source)


@router.get(
    "/api/fields",
    openapi_extra=needs("read"),
    responses=answers(Fields, "The fields that are built in, then the documents' own"),
)
async def fields(request: Request, collection: Collection = None) -> Response:
    """List what ``where`` can name."""
    found = await run_in_threadpool(_engine(request, collection).filter_fields)
    return Json({"fields": [asdict(one) for one in found]})


def _engine(request: Request, collection: str | None) -> Engine:
    engine: Engine = request.app.state.engines.of(collection)
    return engine


def _no_document() -> Problem:
    return Problem(404, "unknown-document", "There is no document of this name")
