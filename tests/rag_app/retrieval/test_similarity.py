"""Each measure finds what a plain comparison of all vectors finds, with the index and without."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ingest import IndexSettings, ingest_paths
from ingest.catalog.view import Catalog
from ingest.embed.embedder import Embedder
from ingest.errors import FingerprintMismatch, UsageError
from ingest.maintenance.doctor import examine
from ingest.maintenance.reembed import reembed
from ingest.settings import load_settings
from ingest.similarity import Similarity, Vectors, unit
from ingest.store.directory import Store
from rag_app import AnswerSettings, open_engine
from rag_app.cli.main import main
from rag_app.retrieval.query import analyzed
from rag_app.retrieval.retriever import Retriever
from tests.support.synthetic import HashEmbedder

MEASURES: list[Similarity] = ["cosine", "dot", "euclidean"]


class LongerAndShorter(HashEmbedder):
    """Vectors of many lengths, where cosine does not make them all one."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = super().encode(texts)
        if self.similarity == "cosine":
            return vectors
        lengths = np.array([[1 + sum(map(ord, text)) % 7] for text in texts], dtype=np.float32)
        return vectors * lengths

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode(texts)


def settings_of(home: Path, measure: Similarity) -> IndexSettings:
    return IndexSettings(store=home / "store", similarity=measure)


def plain(measure: Similarity, matrix: Vectors, vector: Vectors) -> Vectors:
    if measure == "dot":
        return matrix @ vector
    if measure == "cosine":
        return unit(matrix) @ unit(vector)
    return 1 / (1 + np.linalg.norm(matrix - vector, axis=1))


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    docs.mkdir()
    for number in range(60):
        (docs / f"d{number}.txt").write_text(f"Document {number} is about matter {number % 9}.")
    return docs


@pytest.mark.parametrize("exact_up_to", [0, 20_000])
@pytest.mark.parametrize("measure", MEASURES)
def test_the_nearest_are_those_of_a_plain_comparison(
    docs: Path, tmp_path: Path, measure: Similarity, exact_up_to: int
) -> None:
    embedder = LongerAndShorter(similarity=measure)
    settings = settings_of(tmp_path, measure)
    ingest_paths([docs], settings=settings, embedder=embedder)
    store = Store(settings.store, "default")
    assert examine(store) == []
    with Catalog(store.catalog_path).reading() as view:
        [(ids, matrix)] = view.vectors()
    with closing(Retriever(store, exact_up_to=exact_up_to)) as retriever:
        for number in range(20):
            vector = embedder.encode([f"question {number}"])[0]
            found = retriever.nearest(vector, 5)
            scores = plain(measure, matrix, vector)
            best = np.argsort(-scores)[:5]
            assert [passage.chunk.id for passage in found] == [ids[place] for place in best]
            assert [one.score for one in found] == pytest.approx(scores[best].tolist(), abs=1e-4)
            with retriever.reading() as snapshot:
                query = analyzed(f"matter {number % 9}", vector)
                both = retriever.search(snapshot, query, 5)
            assert all(-1 <= one.score <= 1 for one in both) and len(both) == 5


def test_another_measure_is_refused_until_everything_is_embedded_again(
    docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(tmp_path, "cosine")
    ingest_paths([docs], settings=settings, embedder=LongerAndShorter())
    other = settings_of(tmp_path, "dot")
    with pytest.raises(FingerprintMismatch, match="reembed"):
        ingest_paths([docs], settings=other, embedder=LongerAndShorter(similarity="dot"))
    with open_engine(
        settings=other, answers=AnswerSettings(), embedder=LongerAndShorter(similarity="dot")
    ) as engine:
        with pytest.raises(FingerprintMismatch, match="reembed"):
            engine.search("matter 3")
        reembed(other, embedder=LongerAndShorter(similarity="dot"))
        engine.search("matter 3")
    assert main(["status", "--json", "--store", str(settings.store)]) == 0
    assert json.loads(capsys.readouterr().out)["similarity"] == "dot"


def test_a_collection_of_an_earlier_version_is_compared_by_cosine(
    docs: Path, tmp_path: Path
) -> None:
    settings = settings_of(tmp_path, "cosine")
    ingest_paths([docs], settings=settings, embedder=LongerAndShorter())
    store = Store(settings.store, "default")
    import sqlite3

    with closing(sqlite3.connect(store.catalog_path)) as catalog, catalog:
        [value] = catalog.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()
        fingerprint = json.loads(value)
        del fingerprint["similarity"]
        catalog.execute(
            "UPDATE meta SET value = ? WHERE key = 'fingerprint'", (json.dumps(fingerprint),)
        )
    report = ingest_paths([docs], settings=settings, embedder=LongerAndShorter())
    assert report.counts["unchanged"] == 60


def test_eight_bits_are_for_cosine_only(embedder: Embedder) -> None:
    with pytest.raises(UsageError, match="cosine"):
        load_settings(IndexSettings, similarity="dot", embedding_backend="onnx")
    with pytest.raises(UsageError, match="similarity"):
        load_settings(IndexSettings, similarity="manhattan")
    assert embedder.fingerprint["similarity"] == "cosine"
