"""The jobs that read files again: those of documents, and those that failed."""

from __future__ import annotations

from collections.abc import Iterable

from rag_app import Engine
from rag_app.messages import to_say
from rag_app.ui.documents.entries import Entry
from rag_app.ui.documents.jobs.jobs import again_job
from rag_app.ui.documents.state import DocumentsState

HELP = to_say("Read again even if unchanged, for example after updating this program.")


def read_again(documents: DocumentsState, engine: Engine, entries: Iterable[Entry]) -> None:
    """Have the files of some rows of the list read again."""
    sources = {entry.name: entry.source for entry in entries}
    documents.selected -= sources.keys()
    documents.ingestion.add(again_job(engine, documents.collection_id, sources))
