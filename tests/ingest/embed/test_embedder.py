"""The fast path: sentence-transformers' vectors, whatever is beside a text; or it is not used."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import IndexSettings
from ingest.embed import bert_graph as bert
from ingest.embed import embedder as embed
from ingest.embed import onnx_encoder as embed_onnx
from ingest.embed import reference
from ingest.embed.embedder import Embedder, embedder_of
from ingest.embed.reference import DEFAULT_REFERENCE, read_reference
from ingest.errors import EmbedderError, UnknownArchitecture, UsageError
from ingest.settings import load_settings
from tests.conftest import REPOSITORY

SENTENCE = "The keeper writes the hour, the wind and the height of the water into the book. "
ODD = {
    "empty": "",
    "white space": " \n\t ",
    "one token": "lamp",
    "one letter": "x",
    "unknown": "\ue000",
    "not text": "\x00\x01\u200b",
    "accents": "ÜBERPRÜFEN Sie die Anlage: ça coûte 1.250,50 €",
    "scripts": "Который час? 東京タワーは高い 🙂👍🏽 مرحبا",
    "table row": "Part: E-52; Price: 90.00; Weight: 4 kg",
    "254 tokens": "lamp " * 254,
    "255 tokens": "lamp " * 255,
    "too long": SENTENCE * 60,
    "one long word": "a" * 5_000,
}


@pytest.fixture(scope="module")
def torch_embedder() -> Embedder:
    """The reference."""
    return Embedder(device="cpu", backend="torch")


@pytest.fixture(scope="module")
def fast() -> Embedder:
    return Embedder(backend="onnx")


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A user's cache of its own."""
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    return home / ".cache" / "rag-app"


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory, torch_embedder: Embedder) -> Path:
    """A BERT that the package has no reference of: with CLS pooling and prompts."""
    return make_model(tmp_path_factory.mktemp("small"), torch_embedder, "BertModel")


def make_model(folder: Path, tokens: Embedder, architecture: str) -> Path:
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    torch.manual_seed(1)
    config = getattr(transformers, architecture.replace("Model", "Config"))(
        vocab_size=30522,
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        hidden_act="gelu_new",
        initializer_range=0.2,
    )
    getattr(transformers, architecture)(config).save_pretrained(folder / "bare")
    tokens.model.tokenizer.save_pretrained(folder / "bare")
    transformer = Transformer(str(folder / "bare"), max_seq_length=64)
    model = SentenceTransformer(
        modules=[transformer, Pooling(64, pooling_mode="cls")],
        prompts={"query": "question: ", "document": "text: "},
    )
    model.save(str(folder / "model"))
    return folder / "model"


def cosines(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return (left * right).sum(axis=1)


@pytest.mark.long
def test_same_as_sentence_transformers(fast: Embedder, torch_embedder: Embedder) -> None:
    expected, found = (one.encode(list(ODD.values())) for one in (torch_embedder, fast))
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-5)
    for name, cosine in zip(ODD, cosines(expected, found), strict=True):
        assert cosine > 0.98, name
    texts = [SENTENCE * count for count in (1, 2, 4, 8, 12)]
    assert cosines(torch_embedder.encode(texts), fast.encode(texts)).min() > 0.995
    assert fast.encode([]).shape == (0, 384)
    assert fast.fingerprint == torch_embedder.fingerprint, "the vectors are comparable"
    assert fast.max_tokens == torch_embedder.max_tokens == 254


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([*ODD.values(), SENTENCE, SENTENCE * 3]), min_size=1, max_size=9))
def test_order_and_neighbours(fast: Embedder, texts: Sequence[str]) -> None:
    """A text has the same vector, to the last bit, in any company and in any place."""
    together = fast.encode(texts)
    for row, text in zip(together, texts, strict=True):
        assert (row == fast.encode([text])[0]).all()


def test_many_texts_keep_their_order(fast: Embedder) -> None:
    texts = [f"Buoy {number} lies off the rock." for number in range(600)]
    together = fast.encode(texts)
    for place in (0, 255, 256, 599):
        assert (together[place] == fast.encode_queries([texts[place]])[0]).all()


def test_weights_for_processors_that_saturate(
    fast: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed_onnx, "saturates", lambda: True)
    other = Embedder(backend="onnx")
    assert cosines(other.encode([SENTENCE]), fast.encode([SENTENCE])).min() > 0.9999
    graph = bert.build_bert(Path(fast.path), "mean", unsigned=True).graph
    assert graph != bert.build_bert(Path(fast.path), "mean").graph


@pytest.mark.slow
@pytest.mark.long
def test_any_bert_is_checked_once(
    small_model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [SENTENCE, "lamp", SENTENCE * 20]
    plain = Embedder(str(small_model), device="cpu", backend="torch")
    first = Embedder(str(small_model), device="cpu")
    assert cosines(first.encode(texts), plain.encode(texts)).min() > 0.97
    assert cosines(first.encode_queries(texts), plain.encode_queries(texts)).min() > 0.97
    assert cosines(first.encode_queries(texts), plain.encode(texts)).min() < 0.97, "prompts count"
    (kept,) = cache.iterdir()

    def loads_nothing(_: Embedder) -> None:
        raise AssertionError("the model was loaded")

    with monkeypatch.context() as patched:
        patched.setattr(Embedder, "model", property(loads_nothing))
        again = Embedder(str(small_model), device="cpu")
        assert (again.encode(texts) == first.encode(texts)).all()
        assert again.fingerprint == first.fingerprint
        assert again.max_tokens == first.max_tokens
    assert plain.fingerprint == first.fingerprint
    assert plain.max_tokens == first.max_tokens

    whole = kept.read_text()
    for damaged in ("", whole[: len(whole) // 2], whole.replace("0.1", "0.2", 1), "\x00" * 50):
        kept.write_text(damaged)
        mended = Embedder(str(small_model), device="cpu")
        assert (mended.encode(texts) == first.encode(texts)).all()
        assert kept.read_text() == whole
    assert list(cache.iterdir()) == [kept]


@pytest.mark.slow
@pytest.mark.parametrize("place", ["a file", "nowhere"])
def test_nothing_can_be_kept(
    small_model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    if place == "a file":
        cache.parent.mkdir(parents=True)
        cache.write_text("in the way")
    else:
        monkeypatch.setattr("platformdirs.user_cache_path", lambda _: Path("~/.cache"))
    assert Embedder(str(small_model), device="cpu").encode(["lamp"]).shape == (1, 64)
    assert not Path("~").exists()


@pytest.mark.long
def test_two_processes_at_once(small_model: Path, cache: Path) -> None:
    code = (
        "import sys; from ingest.embed.embedder import Embedder;"
        "print(Embedder(sys.argv[1], 'cpu').encode(['lamp']).tobytes().hex())"
    )
    command = [sys.executable, "-c", code, str(small_model)]
    running = [
        subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = {process.communicate(timeout=120)[0] for process in running}
    assert [process.returncode for process in running] == [0, 0]
    assert len(told) == 1
    (kept,) = cache.iterdir()
    assert read_reference(kept) is not None


def test_what_fails_the_check_is_not_used(
    torch_embedder: Embedder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = read_reference(DEFAULT_REFERENCE)
    assert wrong is not None
    other = replace(wrong, documents=wrong.documents[1:] + wrong.documents[:1])
    monkeypatch.setattr(embed, "read_reference", lambda _: other)
    monkeypatch.setattr(Embedder, "model", torch_embedder.model)
    with caplog.at_level(logging.WARNING):
        found = Embedder(device="cpu").encode([SENTENCE])
    assert "sentence-transformers embeds instead" in caplog.text
    assert (found == torch_embedder.encode([SENTENCE])).all()
    with pytest.raises(EmbedderError, match="cosine"):
        Embedder(backend="onnx").encode([SENTENCE])


def test_onnx_runtime_that_cannot_be_loaded(
    torch_embedder: Embedder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "ingest.embed.onnx_encoder", None)
    monkeypatch.setattr(Embedder, "model", torch_embedder.model)
    assert Embedder(device="cpu").encode(["lamp"]).shape == (1, 384)
    assert "ONNX Runtime cannot be loaded" in caplog.text


@pytest.mark.slow
def test_other_architectures_are_sentence_transformers(
    tmp_path: Path,
    torch_embedder: Embedder,
    cache: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = str(make_model(tmp_path, torch_embedder, "RobertaModel"))
    plain = Embedder(path, device="cpu", backend="torch")
    assert (Embedder(path, device="cpu").encode(["lamp"]) == plain.encode(["lamp"])).all()
    assert not caplog.records, "nothing is wrong"
    assert cache.exists()
    with pytest.raises(UnknownArchitecture, match="BERT"):
        Embedder(path, backend="onnx").encode(["lamp"])


def test_a_directory_that_is_no_bert(tmp_path: Path, fast: Embedder) -> None:
    model = Path(fast.path)
    for name in ("config.json", "model.safetensors"):
        shutil.copyfile(model / name, tmp_path / name)
    config = json.loads((tmp_path / "config.json").read_text())
    for change in ({"model_type": "roberta"}, {"hidden_act": "relu"}, {"num_hidden_layers": 7}):
        (tmp_path / "config.json").write_text(json.dumps({**config, **change}))
        with pytest.raises(UnknownArchitecture):
            bert.build_bert(tmp_path, "mean")
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(UnknownArchitecture):
        bert.build_bert(tmp_path, "max")
    os.truncate(tmp_path / "model.safetensors", 1_000_000)
    with pytest.raises(UnknownArchitecture):
        bert.build_bert(tmp_path, "mean")


def test_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert embedder_of(IndexSettings()).backend == "auto"
    monkeypatch.setenv("RAG_EMBEDDING_BACKEND", "torch")
    assert embedder_of(load_settings(IndexSettings)).backend == "torch"
    monkeypatch.setenv("RAG_EMBEDDING_BACKEND", "tensorflow")
    with pytest.raises(UsageError, match="embedding_backend"):
        load_settings(IndexSettings)
    with pytest.raises(UsageError, match="cuda"):
        load_settings(IndexSettings, embedding_backend="onnx", device="cuda")


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_on_another_device_it_is_sentence_transformers(
    torch_embedder: Embedder, monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    monkeypatch.setattr(Embedder, "model", torch_embedder.model)
    found = Embedder(device=device).encode([SENTENCE])
    assert (found == torch_embedder.encode([SENTENCE])).all()


def test_the_reference_is_of_this_version(torch_embedder: Embedder) -> None:
    """What ships is what scripts/make_reference.py would write."""
    made = reference.reference_of(torch_embedder.model)
    kept = read_reference(DEFAULT_REFERENCE)
    assert made is not None and kept is not None
    assert replace(made, documents=[], queries=[]) == replace(kept, documents=[], queries=[])
    assert np.abs(np.array(made.documents) - np.array(kept.documents)).max() < 1e-4
