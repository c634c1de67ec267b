"""What an engine is made of; ``rag_app.opening`` puts it together."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ingest.settings import IndexSettings
from rag_app.answer.draft import QUOTES, Models
from rag_app.collection.collection import Collection
from rag_app.evidence.calibration import OwnCalibration
from rag_app.grounding.entailment import EntailmentJudge
from rag_app.llm.client import ChatModel
from rag_app.prompts import Prompts
from rag_app.retrieval.searcher import Searcher
from rag_app.settings import AnswerSettings


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of an engine, which engines share. ``llm`` is None in quotes mode, ``judge`` where
    no entailment model checks sentences."""

    index: IndexSettings
    answers: AnswerSettings
    collection: Collection
    searcher: Searcher
    calibration: OwnCalibration
    prompts: Prompts
    judge: EntailmentJudge | None
    llm: ChatModel | None
    models: Models

    def status(self) -> dict[str, Any]:
        """What the collection holds and how it answers, as plain values for JSON."""
        llm = self.llm
        return {
            "store": str(self.index.store),
            "collection": self.collection.store.collection,
            "embedding_model": self.index.embedding_model,
            "similarity": self.collection.similarity(),
            "answers": QUOTES if llm is None else f"{llm.model or 'the model'} at {llm.endpoint}",
            "address_set_in": self.answers.url_place or None,
            "calibration": self.calibration.in_words(),
            "reranker": self.answers.reranker,
            "chunks": self.collection.chunk_count(),
            "documents": [asdict(document) for document in self.collection.documents()],
            "receipts": [asdict(receipt) for receipt in self.collection.receipts()],
        }
