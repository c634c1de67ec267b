"""What spans of ingestion say. Names of files only where ``ingest.tracing.traced.words_wanted``."""

from __future__ import annotations

from typing import Any

from ingest.records import IngestReport, LoadedDocument
from ingest.similarity import Vectors
from ingest.tracing.traced import OPERATION, Attributes, Given, words_wanted


def of_run(report: IngestReport, _: Given) -> Attributes:
    """Of a run: how many files came to what."""
    return {f"rag_app.ingest.{status}": count for status, count in report.counts.items() if count}


def of_reading(loaded: LoadedDocument, given: Given) -> Attributes:
    """Of a file that was read."""
    made: dict[str, Any] = {
        "rag_app.document.kind": loaded.kind,
        "rag_app.document.characters": len(loaded.text),
        "rag_app.document.pages": len(loaded.page_starts),
    }
    return made | _name(given["name"])


def of_chunking(chunked: Any, _: Given) -> Attributes:
    """Of a document that was cut."""
    return {"rag_app.document.chunks": len(chunked.chunks)}


def of_storing(_: None, given: Given) -> Attributes:
    """Of a document that was embedded and stored."""
    document = given["document"]
    chunks = len(document.chunked.chunks)
    return {"rag_app.document.chunks": chunks} | _name(document.entry.name)


def of_encoding(vectors: Vectors, given: Given) -> Attributes:
    """Of texts that were embedded: questions, or passages."""
    name, texts = given["self"].name, given["texts"]
    made: dict[str, Any] = {
        OPERATION: "embeddings",
        "gen_ai.provider.name": "rag_app",  # in this process
        "gen_ai.request.model": name,
        "gen_ai.embeddings.dimension.count": int(vectors.shape[1]),
        "embedding.model_name": name,
        "rag_app.embeddings.texts": len(texts),
        "rag_app.embeddings.of": given["what"],
    }
    if words_wanted():
        made |= {f"embedding.embeddings.{at}.embedding.text": one for at, one in enumerate(texts)}
    return made


def _name(name: str) -> dict[str, Any]:
    return {"rag_app.document.name": name} if words_wanted() else {}
