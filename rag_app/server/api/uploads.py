"""``POST /api/documents``: files that are sent. The answer comes when they are in the collection,
so what was said to be there is."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, BinaryIO, NamedTuple

from fastapi import APIRouter, File, Header, Request, Response, UploadFile
from fastapi.concurrency import run_in_threadpool

from ingest.settings import load_settings
from rag_app.engine import Engine
from rag_app.llm.stop import Stop
from rag_app.server.api.asking import Collection
from rag_app.server.api.changes import Report, Telling, changed, report_of
from rag_app.server.api.idempotency import Idempotency
from rag_app.server.background import Tell
from rag_app.server.documented import answers
from rag_app.server.gate.guard import LockedRoute, needs
from rag_app.server.gate.observed import note
from rag_app.web.changes import Upload
from rag_app.web.upload_settings import UploadSettings

router = APIRouter(route_class=LockedRoute, tags=["Documents"])
PIECE = 1024 * 1024


class Sent(NamedTuple):
    """A file of a form; ``rag_app.web.uploads.SentFile``."""

    name: str
    size: int
    file: BinaryIO

    def getvalue(self) -> bytes:
        self.file.seek(0)
        return self.file.read()


@router.post(
    "/api/documents",
    openapi_extra=needs("write"),
    responses=answers(Report, "What became of each, as rag-app ingest --json has it", events=True),
)
async def upload(
    request: Request,
    files: Annotated[list[UploadFile], File(description="Files, archives too.")],
    idempotency_key: Annotated[
        str | None, Header(max_length=255, description="The same again has the same answer.")
    ] = None,
    collection: Collection = None,
) -> Response:
    """Add files to the collection: as JSON when they are there, or, with ``Accept:
    text/event-stream``, with ``progress`` and a ``receipt`` for each before the ``report``.
    Whoever leaves before that cancels."""
    engine: Engine = request.app.state.engines.of(collection)
    sent = [Sent(one.filename or "", one.size or 0, one.file) for one in files]
    caller = note(request, engine, "upload", [one.name for one in sent])
    kept = engine.store.note
    adding = Upload(engine, kept.id if kept else None, sent, load_settings(UploadSettings))

    def source(stop: Stop, tell: Tell) -> Iterator[Any]:
        ended = threading.Event()
        with stop.calling(ended.set):
            report = adding.run(Telling(tell), ended)
        if not stop.is_set:
            yield report_of(report)

    if idempotency_key is None:
        return await changed(request, engine, source)
    known: Idempotency = request.app.state.idempotency
    said = await run_in_threadpool(_fingerprint, engine.store.collection, sent)
    with known.once((caller.owner, idempotency_key), said, source) as remembered:
        return await changed(request, engine, remembered)


def _fingerprint(collection: str, files: Sequence[Sent]) -> str:
    """What tells an upload from another: its collection, and the names and bytes of its files."""
    digest = hashlib.sha256(repr((collection, [one[:2] for one in files])).encode())
    for one in files:
        one.file.seek(0)
        while piece := one.file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
