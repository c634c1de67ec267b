"""``/api/collections``: list, create, rename and delete them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import UsageError
from ingest.store.collections import (
    CollectionSummary,
    collection_names,
    create_collection,
    delete_collection,
    list_collections,
    rename_collection,
)
from rag_app.server.documented import answers
from rag_app.server.engines import Engines
from rag_app.server.gate.guard import LockedRoute, caller_of, needs
from rag_app.server.gate.observed import note
from rag_app.server.gate.problems import Problem
from rag_app.server.written import Json

router = APIRouter(route_class=LockedRoute, tags=["Collections"])
Name = Annotated[str, Query(alias="collection", min_length=1, max_length=1000)]


class Collections(BaseModel):
    """The collections that the key opens, in order of name."""

    collections: list[CollectionSummary]


class Named(BaseModel):
    """The name of a collection; any text will do."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "leases"}]})
    name: str = Field(min_length=1, max_length=1000)


class Created(BaseModel):
    created: str


class Renamed(BaseModel):
    renamed: str
    name: str


class Deleted(BaseModel):
    deleted: str


@router.get(
    "/api/collections",
    openapi_extra=needs("read"),
    responses=answers(Collections, "As rag-app collections --json has them"),
)
async def collections(request: Request) -> Response:
    """List the collections."""
    engines, caller = _engines(request), caller_of(request)
    found = await run_in_threadpool(list_collections, engines.own.store.root)
    seen = [one for one in found if caller.key is None or caller.sees(one.name or "")]
    return Json({"collections": [asdict(one) for one in seen]})


@router.post(
    "/api/collections",
    openapi_extra=needs("admin"),
    responses=answers(Created, "There is one now", status=201),
    status_code=201,
)
async def create(request: Request, named: Named) -> Response:
    """Make an empty collection."""
    engines = _engines(request)
    caller_of(request).check(named.name)
    try:
        await run_in_threadpool(create_collection, named.name, store=engines.own.store.root)
    except UsageError:
        raise _taken() from None
    note(request, engines.own, "collection", ["create", named.name])
    return Json({"created": named.name}, 201)


@router.patch(
    "/api/collections",
    openapi_extra=needs("admin"),
    responses=answers(Renamed, "It has the other name now"),
)
async def rename(request: Request, collection: Name, named: Named) -> Response:
    """Give a collection another name; all in it stays."""
    engines = _engines(request)
    caller_of(request).check(named.name)
    engines.of(collection)
    await _change(rename_collection, collection, named.name, store=engines.own.store.root)
    note(request, engines.own, "collection", ["rename", collection, named.name])
    return Json({"renamed": collection, "name": named.name})


@router.delete(
    "/api/collections",
    openapi_extra=needs("admin"),
    responses=answers(Deleted, "It is deleted"),
)
async def delete(request: Request, collection: Name) -> Response:
    """Delete a collection for good, with its uploads and conversations."""
    engines = _engines(request)
    engines.of(collection)
    await _change(delete_collection, collection, store=engines.own.store.root)
    note(request, engines.own, "collection", ["delete", collection])
    return Json({"deleted": collection})


async def _change(change: Any, *names: str, store: Any) -> None:
    try:
        await run_in_threadpool(change, *names, store=store)
    except UsageError:
        if names[-1] in collection_names(store) and len(names) > 1:
            raise _taken() from None
        raise Problem(404, "unknown-collection", "There is no collection of this name") from None


def _engines(request: Request) -> Engines:
    engines: Engines = request.app.state.engines
    return engines


def _taken() -> Problem:
    return Problem(409, "name-taken", "There is a collection of this name already")
