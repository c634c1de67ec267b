"""Re-ranking with real cross-encoders, of random weights: their order, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from ingest.embed import Embedder
from ingest.errors import UsageError
from ingest.settings import load_settings
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.cli import main
from rag_app.errors import RerankerError
from rag_app.rerank import BATCH_SIZE, Reranker
from tests.conftest import REPOSITORY

QUESTION = "What does error code E22 mean?"
TEXTS = ["Wind sensor path blocked.", "The lamp is red.", "", "E22 " * 900, "Ask the keeper. " * 40]

HEAD = "BertForSequenceClassification"
Make = Callable[..., Path]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Make:
    """Makes a small BERT of random weights that scores pairs, and gives its directory."""

    def make(kind: str = HEAD, labels: int = 1, weight: float = 1.0, bias: float = 0.0) -> Path:
        import torch
        import transformers

        torch.manual_seed(3)
        config = transformers.BertConfig(
            vocab_size=30522,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            initializer_range=0.3,
            num_labels=labels,
        )
        model = getattr(transformers, kind)(config)
        if kind == HEAD:
            with torch.no_grad():
                model.classifier.weight *= weight
                model.classifier.bias += bias
        directory = tmp_path_factory.mktemp("cross-encoder")
        model.save_pretrained(directory)
        tokenizer = transformers.AutoTokenizer.from_pretrained(embedder.path)
        tokenizer.save_pretrained(directory)
        return directory

    return make


@pytest.fixture(scope="module")
def model(make: Make) -> Path:
    return make()


@pytest.fixture(scope="module")
def reranker(model: Path) -> Reranker:
    return Reranker(str(model), "cpu")


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
    engine = open_engine(sample, answers=AnswerSettings(reranker=str(model), **settings))
    engine.embedder = embedder
    engine.reranker = Recording(model)
    return engine


def asked_of(engine: Engine) -> list[tuple[str, list[str]]]:
    assert isinstance(engine.reranker, Recording)
    return engine.reranker.asked


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
    many = [f"{text} {number}" for number in range(BATCH_SIZE) for text in TEXTS]
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


@pytest.mark.parametrize(("bias", "score"), [(5000.0, 1.0), (-5000.0, 0.0)])
def test_extreme_scores_keep_the_order_of_the_search(
    make: Make, sample: Path, embedder: Embedder, bias: float, score: float
) -> None:
    with engine_with(sample, embedder, make(bias=bias), rerank_candidates=5) as engine:
        hits = engine.search(QUESTION, 8)
        engine.reranker = None
        before = engine.search(QUESTION, 8)
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
    engine.reranker = None
    assert [hit.chunk_id for hit in engine.search(QUESTION, 4)] != [hit.chunk_id for hit in hits]


def test_only_the_candidates_are_read(sample: Path, embedder: Embedder, model: Path) -> None:
    with engine_with(sample, embedder, model, rerank_candidates=3) as engine:
        hits = engine.search(QUESTION, 9)
        ((_, texts),) = asked_of(engine)
        engine.reranker = None
        before = engine.search(QUESTION, 9)
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
    best = np.argsort(-predicted(model, question, texts))[: len(answer.hits)]
    for hit, place in zip(answer.hits, best, strict=True):
        assert texts[place].endswith(hit.text)


def test_threads_load_it_once_and_share_it(
    model: Path, reranker: Reranker, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sentence_transformers

    loaded: list[str] = []

    class Counting(sentence_transformers.CrossEncoder):  # type: ignore[misc]
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


@pytest.mark.parametrize("name", ["someone/nothing", "no such folder/at/all", "../up"])
def test_nothing_at_hand(name: str) -> None:
    nothing = Reranker(name)
    assert nothing.scores(QUESTION, []) == []
    with pytest.raises(RerankerError, match="no weights") as caught:
        nothing.scores(QUESTION, TEXTS)
    message = str(caught.value)
    assert repr(name) in message and "hf download" in message and "\n" not in message
    assert "the order is that of the search" in message


@contextmanager
def hub_server() -> Iterator[tuple[str, list[str]]]:
    """The address of a hub that has nothing, and what it was asked."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

        do_HEAD = do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", requests
        finally:
            server.shutdown()


@pytest.mark.slow
def test_nothing_is_fetched(sample: Path, tmp_path: Path) -> None:
    """With a hub to ask, and nothing that forbids asking it: the program says what to do."""
    arguments = ["search", QUESTION, "--reranker", "someone/nothing", "--store", str(sample)]
    with hub_server() as (address, requests):
        environment = {
            **{name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"},
            "HF_ENDPOINT": address,
            "HF_HOME": str(tmp_path / "hf"),
            "PYTHONPATH": str(REPOSITORY),
        }
        done = subprocess.run(
            [sys.executable, "-m", "rag_app.cli", *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
        )
        assert requests == []
    assert done.returncode == 3
    assert not done.stdout
    assert done.stderr.count("\n") == 1
    assert "no weights of the re-ranker 'someone/nothing'" in done.stderr
    assert not (tmp_path / "hf").exists()


def test_pickles_are_refused(model: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    directory = shutil.copytree(model, tmp_path / "pickled")
    weights = directory / "model.safetensors"
    torch.save(load_file(weights), directory / "pytorch_model.bin")
    weights.unlink()
    with pytest.raises(RerankerError, match=r"no file named model\.safetensors"):
        Reranker(str(directory), "cpu").scores(QUESTION, TEXTS)


def damage_weights(directory: Path) -> None:
    weights = directory / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def damage_config(directory: Path) -> None:
    (directory / "config.json").write_text('{"architectures": ["')


def foreign_code(directory: Path) -> None:
    config = json.loads((directory / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Config"}}
    (directory / "config.json").write_text(json.dumps(config))
    (directory / "own.py").write_text("raise SystemExit('it ran')")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (damage_weights, "cannot be loaded"),
        (damage_config, "is no re-ranker"),
        (foreign_code, "cannot be loaded"),
    ],
)
def test_damaged_models_and_foreign_code_are_refused(
    model: Path, tmp_path: Path, damage: Callable[[Path], None], words: str
) -> None:
    directory = shutil.copytree(model, tmp_path / "copy")
    damage(directory)
    with pytest.raises(RerankerError, match=words) as caught:
        Reranker(str(directory), "cpu").scores(QUESTION, TEXTS)
    assert "\n" not in str(caught.value)


def test_several_labels_are_refused(make: Make) -> None:
    with pytest.raises(RerankerError, match=r"3 scores a passage.*one output"):
        Reranker(str(make(labels=3)), "cpu").scores(QUESTION, TEXTS)


def test_what_scores_no_pairs_is_refused(make: Make, embedder: Embedder, tmp_path: Path) -> None:
    """sentence-transformers would load them, and make up the weights that they lack."""
    for directory in (str(make("BertModel")), embedder.path, str(tmp_path)):
        with pytest.raises(RerankerError, match=r"is no re-ranker: .*config\.json"):
            Reranker(directory, "cpu").scores(QUESTION, TEXTS)


def test_what_is_not_a_number_is_refused(make: Make) -> None:
    with pytest.raises(RerankerError, match="not numbers"):
        Reranker(str(make(weight=float("nan"))), "cpu").scores(QUESTION, TEXTS)


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
