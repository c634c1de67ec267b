"""Another model: refused with the command that mends it, and changed to without the files."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest import IndexSettings, ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import FingerprintMismatch
from ingest.maintenance.reembed import reembed
from ingest.similarity import Vectors
from ingest.store.directory import Store
from rag_app import AnswerSettings, open_engine
from rag_app.cli.main import main
from tests.conftest import REPOSITORY
from tests.support.synthetic import HashEmbedder, lacking, save_tiny_bert


@pytest.fixture(scope="module")
def other_model(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A small model of its own: another dimension, other weights, with prompts."""
    prompts = {"query": "question: ", "document": "text: "}
    return save_tiny_bert(tmp_path_factory.mktemp("model"), embedder, 32, prompts)


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder) -> Path:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in ("lamp", "mast", "rain"):
        text = f"The {name} is checked every Monday. " * 30
        (docs / f"{name}.md").write_text(f"# About the {name}\n\n{text}\n\n## More\n\n{text}")
    (docs / "copy.md").write_bytes((docs / "rain.md").read_bytes())
    ingest_paths([docs], store=tmp_path / "store", embedder=embedder)
    shutil.rmtree(docs)
    return tmp_path / "store"


def documents(store: Path) -> list[tuple[str, str | None, int]]:
    with open_engine(store, answers=AnswerSettings()) as engine:
        return [(one.name, one.title, one.characters) for one in engine.documents()]


def test_change_of_model(
    store: Path,
    other_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = documents(store)
    monkeypatch.setenv("RAG_STORE", str(store))
    monkeypatch.setenv("RAG_EMBEDDING_MODEL", str(other_model))
    monkeypatch.setenv("RAG_CHUNK_TOKENS", "40")
    assert main(["ask", "Is the mast checked?"]) == 3
    assert "rag-app reembed" in capsys.readouterr().err
    assert main(["reembed"]) == 0
    assert "4 documents" in capsys.readouterr().out
    assert documents(store) == before, "the files are gone, and were not needed"
    with open_engine(answers=AnswerSettings()) as engine:
        hits = engine.search("About the mast", k=5)
        assert len(hits) == 5
        for hit in hits:
            assert engine.document_text(hit.document)[hit.start : hit.end] == hit.text
        fingerprint = engine.embedder.fingerprint
        assert fingerprint["dimension"] == 32
        assert fingerprint["prompts"] == {"query": "question: ", "document": "text: "}
        assert engine.embedder.max_tokens < 62, "the prompt takes room"
    assert not lacking(Store(store, "default"))
    monkeypatch.delenv("RAG_EMBEDDING_MODEL")
    assert main(["ask", "Is the mast checked?"]) == 3
    assert not list(store.rglob("reembed*"))


class StopsAfter(Embedder):
    """The real model, which is interrupted after so many calls."""

    calls = 0

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def encode(self, texts: object) -> Vectors:
        if self.calls == self.limit:
            raise KeyboardInterrupt
        self.calls += 1
        return super().encode(texts)


def test_interrupted_it_goes_on_and_the_old_one_answers_meanwhile(
    store: Path, embedder: Embedder
) -> None:
    settings = IndexSettings(store=store, chunk_tokens=60)
    with pytest.raises(KeyboardInterrupt):
        reembed(settings, embedder=StopsAfter(2))
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
        assert engine.search("mast", k=1)[0].document == "mast.md"
    rest = StopsAfter(-1)
    report = reembed(settings, embedder=rest)
    assert rest.calls == 1, "what was embedded is not embedded again"
    assert len(report.files) == 4
    again = ingest_paths([store / "nothing"], settings=settings, embedder=embedder)
    assert again.counts["failed"] == 1
    with pytest.raises(FingerprintMismatch, match="rag-app reembed"):
        ingest_paths([REPOSITORY / "LICENSE"], store=store, embedder=embedder)


class HashesStop(HashEmbedder):
    """Is interrupted at the third text."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.embedded == 2:
            raise KeyboardInterrupt
        return super().encode(texts)


def test_what_moves_while_it_is_interrupted_is_where_it_is_in_the_end(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    for name in ("lamp", "mast", "rain"):
        (old / f"{name}.txt").write_text(f"The {name} is checked every Monday.")
    before = IndexSettings(store=tmp_path / "store")
    after = IndexSettings(store=tmp_path / "store", chunk_tokens=60)
    ingest_paths([old], settings=before, embedder=HashEmbedder())
    with pytest.raises(KeyboardInterrupt):
        reembed(after, embedder=HashesStop())
    old.rename(new)
    ingest_paths([new], settings=before, embedder=HashEmbedder())
    rest = HashEmbedder()
    reembed(after, embedder=rest)
    assert rest.embedded == 1
    report = ingest_paths([new], settings=after, embedder=HashEmbedder())
    assert report.counts["unchanged"] == 3
    with open_engine(settings=after, answers=AnswerSettings()) as engine:
        assert {Path(one.source).parent for one in engine.documents()} == {new}
