"""What cannot re-rank says so, in one line, and nothing is fetched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ingest.embed.embedder import Embedder
from rag_app.errors import RerankerError
from rag_app.retrieval.rerank import Reranker
from tests.conftest import REPOSITORY
from tests.rag_app.retrieval.rerank.conftest import QUESTION, TEXTS, Make


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
            [sys.executable, "-m", "rag_app", *arguments],
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
