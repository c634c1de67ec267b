"""Open a collection to be searched and asked; and engines that share what is large: the same models
for another collection, the same collection for another LLM, or with other settings."""

from __future__ import annotations

import os
import weakref
from dataclasses import replace
from functools import partial
from typing import Any

from ingest.embed.embedder import Embedder
from ingest.embed.recent import RecentVectors
from ingest.errors import StoreError, UsageError
from ingest.settings import IndexSettings, load_settings
from ingest.store.tuned_model import collection_embedder
from rag_app.answer.draft import Models
from rag_app.answer.fit_context import FittedStream
from rag_app.answer.llm_judge import LLMJudge
from rag_app.answer.record import check_place
from rag_app.collection.collection import Collection
from rag_app.engine import Engine
from rag_app.evidence.calibration import OwnCalibration
from rag_app.grounding.entailment import EntailmentJudge
from rag_app.llm.client import ChatModel
from rag_app.llm.from_settings import configured_models
from rag_app.parts import Parts
from rag_app.prompts import load_prompts
from rag_app.retrieval.rerank import Reranker
from rag_app.retrieval.retriever import Retriever
from rag_app.retrieval.searcher import Searcher
from rag_app.settings import AnswerSettings
from rag_app.steps.planner import LLMPlanner


def open_engine(
    store: str | os.PathLike[str] | None = None,
    *,
    collection: str | None = None,
    settings: IndexSettings | None = None,
    answers: AnswerSettings | None = None,
    embedder: Embedder | None = None,
) -> Engine:
    """Open a collection to search and ask. Nothing is loaded before it is needed.

    What is not given comes from the environment, ``.env`` and ``rag.toml``. ``embedder`` is one
    that is there already, in place of what the settings name. A store in which nothing is yet can
    be opened; asking it raises StoreEmpty. Raises UsageError for a wrong setting, StoreError if
    ``store`` is a file.
    """
    index = settings or load_settings(IndexSettings, store=store, collection=collection)
    if index.store.exists() and not index.store.is_dir():
        raise StoreError(f"The store {index.store} is a file; give a directory with --store")
    answers = answers or load_settings(AnswerSettings)
    check_place(answers.record)
    answers.check_store(index.store)
    read = Collection(index)
    llm, rewriter = configured_models(answers)
    judge = answers.judge if not answers.llm_judges else None
    retriever = Retriever(read.store)
    embedder = embedder or collection_embedder(index)
    parts = Parts(
        index=index,
        answers=answers,
        collection=read,
        searcher=Searcher(
            read.store.collection,
            answers,
            embedder,
            RecentVectors(embedder),
            retriever,
            Reranker(answers.reranker, index.device) if answers.reranker else None,
        ),
        calibration=OwnCalibration(read.store, read.catalog),
        prompts=load_prompts(answers.prompts),
        judge=EntailmentJudge(judge, index.device) if judge else None,
        llm=llm,
        models=_models(answers, llm, rewriter),
    )
    return Engine(parts, [retriever.close, *([] if llm is None else [llm.close])])


def _models(answers: AnswerSettings, llm: ChatModel | None, rewriter: ChatModel | None) -> Models:
    """Who writes and judges. Raises UsageError for prompts that cannot be used."""
    if llm is None:
        return Models(None, rewriter)
    judge = partial(LLMJudge, llm, load_prompts(answers.prompts)) if answers.llm_judges else None
    return Models(partial(FittedStream, llm), rewriter, judge, partial(LLMPlanner, llm))


class ConnectedLLM:
    """An LLM beside the one of the settings, for as long as somebody has it: its key is in the
    memory of this object, and goes to its endpoint."""

    def __init__(self, answers: AnswerSettings, *, quoted: bool = True) -> None:
        """Nothing is asked yet. ``quoted``: what the LLM says of an error is told.
        Raises UsageError if the settings name no LLM, or a wrong one."""
        llm, rewriter = configured_models(answers, quoted=quoted)
        if llm is None:
            raise UsageError("no LLM is set; give a URL, a key or a file")
        self.llm = llm
        self.models = _models(answers, llm, rewriter)
        self.answers = answers
        # A file is given back when the last one who asked it is gone.
        weakref.finalize(self, llm.close)


def with_llm(engine: Engine, llm: ConnectedLLM) -> Engine:
    """The same collection, answered by another LLM. The engine itself is not changed."""
    searcher = replace(engine.parts.searcher, settings=llm.answers)
    parts = replace(
        engine.parts, answers=llm.answers, searcher=searcher, llm=llm.llm, models=llm.models
    )
    return Engine(parts)


def with_settings(engine: Engine, **changed: Any) -> Engine:
    """The same collection and models, searched and answered with other settings than those of
    ``answer_settings``, by their names; the LLM stays. The engine itself is not changed."""
    answers = engine.answer_settings.model_copy(update=changed)
    searcher = replace(engine.parts.searcher, settings=answers)
    if answers.reranker != engine.answer_settings.reranker:
        device = engine.index_settings.device
        reranker = Reranker(answers.reranker, device) if answers.reranker else None
        searcher = replace(searcher, reranker=reranker)
    return Engine(replace(engine.parts, answers=answers, searcher=searcher))


def with_collection(engine: Engine, collection: str) -> Engine:
    """Another collection of the same store, with the same models, which take memory once."""
    index = engine.index_settings.model_copy(update={"collection": collection})
    read = Collection(index)
    retriever = Retriever(read.store)
    searcher = replace(engine.parts.searcher, collection=collection, retriever=retriever)
    embedder = _embedder_for(index, engine.embedder)
    if embedder is not engine.embedder:
        searcher = replace(searcher, embedder=embedder, recent=RecentVectors(embedder))
    parts = replace(
        engine.parts,
        index=index,
        collection=read,
        searcher=searcher,
        calibration=OwnCalibration(read.store, read.catalog),
    )
    return Engine(parts, [retriever.close])


def _embedder_for(index: IndexSettings, loaded: Embedder) -> Embedder:
    """What is loaded, unless one of both collections has a tuned model, and not the same."""
    wanted = collection_embedder(index)
    is_same = loaded.name == wanted.name or not (loaded.is_tuned or wanted.is_tuned)
    return loaded if is_same else wanted
