"""Re-ranking with real cross-encoders: the order and the scores are the model's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from ingest.settings import load_settings
from rag_app import AnswerSettings, Engine, open_engine, with_settings
from rag_app.cli.main import main
from rag_app.retrieval.cross_encoder import BATCH_SIZE
from rag_app.retrieval.rerank import Reranker
from tests.rag_app.retrieval.rerank.conftest import QUESTION, TEXTS, Make


class Recording(Reranker):
    """Remembers what it was asked."""

    def __init__(self, model: Path) -> None:
        super().__init__(str(model), "cpu")
        self.asked: list[tuple[str, list[str]]] = []

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        self.asked.append((question, list(texts)))
        return super().scores(question, texts)


@pytest.fixture
def engine(sample: Path, embedder: Embedder, model: Path) -> Iterator[Engine]:
    with engine_with(sample, embedder, model) as engine:
        yield engine


def engine_with(sample: Path, embedder: Embedder, model: Path, **settings: Any) -> Engine:
    engine = open_engine(
        sample, answers=AnswerSettings(reranker=str(model), **settings), embedder=embedder
    )
    searcher = replace(engine.parts.searcher, reranker=Recording(model))
    return Engine(replace(engine.parts, searcher=searcher), [engine.close])


def asked_of(engine: Engine) -> list[tuple[str, list[str]]]:
    reranker = engine.parts.searcher.reranker
    assert isinstance(reranker, Recording)
    return reranker.asked


def predicted(model: Path, question: str, texts: Sequence[str]) -> np.ndarray:
    """What sentence-transformers itself says, one pair at a time."""
    from sentence_transformers import CrossEncoder

    encoder = CrossEncoder(str(model), device="cpu", local_files_only=True)
    return np.array([float(encoder.predict((question, text))) for text in texts])


def test_scores_are_the_models(model: Path, reranker: Reranker) -> None:
    scores = reranker.scores(QUESTION, TEXTS)
    assert scores == pytest.approx(predicted(model, QUESTION, TEXTS), abs=1e-5)
    assert len(set(scores)) == len(TEXTS)
    assert all(0 < score < 1 for score in scores)
    batches = BATCH_SIZE // len(TEXTS) + 1  # so that the last texts are in a second batch
    many = [f"{text} {number}" for number in range(batches) for text in TEXTS]
    assert len(many) > BATCH_SIZE
    assert reranker.scores(QUESTION, many) == pytest.approx(
        predicted(model, QUESTION, many), abs=1e-5
    )


@pytest.mark.parametrize("activation", ["Identity", "Sigmoid", "Tanh"])
def test_logits_and_probabilities_come_out_alike(
    model: Path, reranker: Reranker, activation: str, tmp_path: Path
) -> None:
    import torch
    from sentence_transformers import CrossEncoder

    own = CrossEncoder(
        str(model), local_files_only=True, activation_fn=getattr(torch.nn, activation)()
    )
    own.save(str(tmp_path / "saved"))
    saved = Reranker(str(tmp_path / "saved"), "cpu")
    assert saved.scores(QUESTION, TEXTS) == pytest.approx(reranker.scores(QUESTION, TEXTS))


def test_a_question_longer_than_the_model_reads(model: Path, reranker: Reranker) -> None:
    question = "wind " * 1600
    scores = reranker.scores(question, TEXTS)
    assert scores == pytest.approx(predicted(model, question, TEXTS), abs=1e-5)


def test_an_explanation_tells_both_ranks(engine: Engine) -> None:
    hits = engine.search(QUESTION, 50)
    explanation = engine.explain(QUESTION, document=hits[0].document)
    [best] = [one for one in explanation.expected if one.text == hits[0].text]
    assert best.rank == 1 and best.score == pytest.approx(hits[0].score)
    plain = with_settings(engine, reranker=None)
    before = [hit.chunk_id for hit in plain.search(QUESTION, 50)]
    assert best.found_rank == before.index(hits[0].chunk_id) + 1


@pytest.mark.parametrize(("bias", "score"), [(5000.0, 1.0), (-5000.0, 0.0)])
def test_extreme_scores_keep_the_order_of_the_search(
    make: Make, sample: Path, embedder: Embedder, bias: float, score: float
) -> None:
    with engine_with(sample, embedder, make(bias=bias), rerank_candidates=5) as engine:
        hits = engine.search(QUESTION, 8)
        before = with_settings(engine, reranker=None).search(QUESTION, 8)
    assert [hit.chunk_id for hit in hits] == [hit.chunk_id for hit in before]
    assert [hit.score for hit in hits[:5]] == [score] * 5


def test_search_is_in_the_models_order(engine: Engine, model: Path) -> None:
    hits = engine.search(QUESTION, 4)
    ((question, texts),) = asked_of(engine)
    assert question == QUESTION and len(texts) == 50
    expected = predicted(model, question, texts)
    assert [hit.score for hit in hits] == pytest.approx(sorted(expected, reverse=True)[:4])
    best = texts[int(expected.argmax())]
    assert best.endswith(hits[0].text), "the text that was read is the passage's"
    assert best.startswith(hits[0].document), "under the name of its file"
    assert all(heading in best for heading in hits[0].metadata["headings"])
    plain = with_settings(engine, reranker=None)
    assert [hit.chunk_id for hit in plain.search(QUESTION, 4)] != [hit.chunk_id for hit in hits]


def test_only_the_candidates_are_read(sample: Path, embedder: Embedder, model: Path) -> None:
    with engine_with(sample, embedder, model, rerank_candidates=3) as engine:
        hits = engine.search(QUESTION, 9)
        ((_, texts),) = asked_of(engine)
        before = with_settings(engine, reranker=None).search(QUESTION, 9)
    assert len(texts) == 3
    ids, ids_before = ([hit.chunk_id for hit in some] for some in (hits, before))
    assert sorted(ids[:3]) == sorted(ids_before[:3])
    assert ids[3:] == ids_before[3:]
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[3] < scores[2]


def test_a_filter_and_an_empty_result(engine: Engine) -> None:
    only = {"document": "manuals/ws-40-manual.pdf"}
    hits = engine.search(QUESTION, 60, only)
    assert {hit.document for hit in hits} == {only["document"]}
    assert engine.search(QUESTION, 5, {"document": "no such"}) == []


def test_an_answer_is_made_from_the_models_best(engine: Engine, model: Path) -> None:
    answer = engine.ask(QUESTION)
    ((question, texts),) = asked_of(engine)
    assert question == QUESTION and len(texts) == 50
    best = [texts[place] for place in np.argsort(-predicted(model, question, texts))]
    shown: list[str] = []
    for hit in answer.hits:
        # What a list goes on with was joined to a better passage, and is not shown again.
        while any(best[0].splitlines()[-1] in one for one in shown):
            del best[0]
        text = best.pop(0)
        assert text.endswith(hit.text) or text.splitlines()[-1] in hit.text
        shown.append(hit.text)


def test_threads_load_it_once_and_share_it(
    model: Path, reranker: Reranker, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sentence_transformers

    loaded: list[str] = []

    class Counting(sentence_transformers.CrossEncoder):
        def __init__(self, path: str, **options: Any) -> None:
            loaded.append(path)
            super().__init__(path, **options)

    monkeypatch.setattr(sentence_transformers, "CrossEncoder", Counting)
    fresh = Reranker(str(model), "cpu")
    questions = [f"{QUESTION} {number}" for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: fresh.scores(question, TEXTS), questions))
    assert loaded == [str(model)]
    for question, scores in zip(questions, together, strict=True):
        assert scores == pytest.approx(reranker.scores(question, TEXTS))


def test_a_name_that_was_fetched_before(
    model: Path, reranker: Reranker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    kept = tmp_path / "hub" / "models--someone--small"
    shutil.copytree(model, kept / "snapshots" / "a1b2")
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("a1b2")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    named = Reranker("someone/small", "cpu")
    assert named.scores(QUESTION, TEXTS) == reranker.scores(QUESTION, TEXTS)


def test_all_ways_to_set_it(
    sample: Path, model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def first(*arguments: str) -> dict[str, Any]:
        command = ["search", QUESTION, "-k", "1", "--json", "--store", str(sample), *arguments]
        assert main(command) == 0
        hit: dict[str, Any] = json.loads(capsys.readouterr().out)["hits"][0]
        return hit

    plain = first()
    flagged = first("--reranker", str(model))
    assert flagged["chunk_id"] != plain["chunk_id"]
    Path("rag.toml").write_text(
        f"[answer]\nreranker = {json.dumps(str(model))}\nrerank_candidates = 50\n"
    )
    assert first() == flagged
    Path("rag.toml").unlink()
    monkeypatch.setenv("RAG_RERANKER", str(model))
    assert first() == flagged
    monkeypatch.setenv("RAG_RERANK_CANDIDATES", "1")
    assert first()["chunk_id"] == plain["chunk_id"]
    assert main(["status", "--store", str(sample)]) == 0
    assert f"re-ranked by {model}" in capsys.readouterr().out
    assert main(["ask", QUESTION, "--reranker", "no/such", "--store", str(sample)]) == 3
    assert "no weights of the re-ranker 'no/such'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", [{"reranker": ""}, {"rerank_candidates": 0}, {"rerank_candidates": 201}]
)
def test_wrong_settings(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        load_settings(AnswerSettings, **wrong)
