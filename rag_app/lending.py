"""Engines that share what is large: the same models for another collection, the same collection
for another LLM, or with other settings."""

from __future__ import annotations

import weakref
from functools import partial
from typing import Any

from ingest.errors import UsageError
from rag_app.answer.fit_context import FittedStream
from rag_app.answer.llm_answer import Models
from rag_app.engine import Engine
from rag_app.llm.from_settings import configured_models
from rag_app.retrieval.rerank import Reranker
from rag_app.settings import AnswerSettings


class ConnectedLLM:
    """An LLM beside the one of the settings, for as long as somebody has it: its key is in the
    memory of this object, and goes to its endpoint."""

    def __init__(self, answers: AnswerSettings) -> None:
        """Nothing is asked yet. Raises UsageError if the settings name no LLM, or a wrong one."""
        llm, rewriter = configured_models(answers)
        if llm is None:
            raise UsageError("no LLM is set; give a URL, a key or a file")
        self.llm = llm
        self.models = Models(partial(FittedStream, llm), rewriter)
        self.answers = answers
        # A file is given back when the last one who asked it is gone.
        weakref.finalize(self, llm.close)


class LentEngine(Engine):
    """An engine that another one lent its models, or its index, to: closing it leaves them open."""

    def __init__(
        self, lender: Engine, *, collection: str | None = None, llm: ConnectedLLM | None = None
    ) -> None:
        if collection is None:
            vars(self).update(vars(lender))
        else:
            index = lender.index_settings.model_copy(update={"collection": collection})
            super().__init__(index, lender.answer_settings)
            self.embedder, self.reranker = lender.embedder, lender.reranker
            self.judge, self.prompts = lender.judge, lender.prompts
            self.llm, self._models = lender.llm, lender._models
        self._owns_index = collection is not None
        self._connected = llm
        if llm is not None:
            self.answer_settings, self.llm, self._models = llm.answers, llm.llm, llm.models

    def close(self) -> None:
        """Give back what is its own."""
        if self._owns_index:
            self._retriever.close()


def with_llm(engine: Engine, llm: ConnectedLLM) -> Engine:
    """The same collection, answered by another LLM. The engine itself is not changed."""
    return LentEngine(engine, llm=llm)


def with_settings(engine: Engine, **changed: Any) -> Engine:
    """The same collection and models, searched and answered with other settings than those of
    ``answer_settings``, by their names; the LLM stays. The engine itself is not changed."""
    lent = LentEngine(engine)
    lent.answer_settings = engine.answer_settings.model_copy(update=changed)
    wanted = lent.answer_settings.reranker
    if wanted != engine.answer_settings.reranker:
        lent.reranker = Reranker(wanted, engine.index_settings.device) if wanted else None
    return lent


def with_collection(engine: Engine, collection: str) -> Engine:
    """Another collection of the same store, with the same models, which take memory once."""
    return LentEngine(engine, collection=collection)
