"""What an engine is made of; ``rag_app.opening`` puts it together."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.settings import IndexSettings
from rag_app.answer.draft import Models
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
