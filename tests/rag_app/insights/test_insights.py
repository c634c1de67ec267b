"""What the vectors of the sample documents know, through the commands and the Python API."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.manifold import trustworthiness as of_scikit_learn

from ingest import delete_documents, ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from ingest.progress import Stopped
from ingest.similarity import unit
from rag_app import Answer, Conversation, Conversations, Engine, Exchange, Stop, open_engine
from rag_app.cli.main import main
from rag_app.clusters.cluster import cluster
from rag_app.clusters.nearest import nearest
from rag_app.clusters.words import telling_words
from rag_app.insights.base.csv_table import to_csv
from rag_app.insights.base.kept import KeptInsights
from rag_app.insights.base.records import Place
from rag_app.insights.base.steps import Steps
from rag_app.insights.map.map import make_map
from rag_app.insights.map.projection import project
from rag_app.insights.map.trust import trustworthiness
from rag_app.insights.outliers.gaps import find_gaps
from rag_app.insights.outliers.outliers import find_outliers
from rag_app.insights.topics.records import Topics
from rag_app.insights.topics.topics import find_topics


def says_what_it_points_at(engine: Engine, place: Place) -> bool:
    return engine.document_text(place.document)[place.start : place.end] == place.text


def test_topics_place_every_passage_and_lead_back_to_the_words(sample_engine: Engine) -> None:
    found = find_topics(sample_engine.collection)
    count = sample_engine.collection.chunk_count()
    assert len(found.chunk_ids) == found.basis.chunks == count
    assert [len(layer.topics) for layer in found.layers] == sorted(
        len(layer.topics) for layer in found.layers
    )
    for layer in found.layers:
        assert sum(topic.passages for topic in layer.topics) == count
        assert sum(topic.documents for topic in layer.topics) == len(found.documents)
        for topic in layer.topics:
            assert topic.words and topic.typical
            assert all(says_what_it_points_at(sample_engine, place) for place in topic.typical)
    of = dict(zip(found.documents, found.layers[found.main].of_documents, strict=True))
    assert of["policies/travel-and-expenses.html"] != of["manuals/ws-40-manual.pdf"]
    assert find_topics(sample_engine.collection).layers == found.layers


@pytest.mark.parametrize("method", ["kmeans", "hdbscan"])
def test_other_methods_by_name(sample_engine: Engine, method: str) -> None:
    count = 5 if method == "kmeans" else None
    found = find_topics(sample_engine.collection, method=method, count=count)  # type: ignore[arg-type]
    assert len(found.layers) == 1
    assert count is None or len(found.layers[0].topics) == count


def test_clear_groups_are_found_whatever_the_seed() -> None:
    chance = np.random.default_rng(0)
    middles = unit(chance.normal(size=(6, 64)).astype(np.float32))
    truth = np.repeat(np.arange(6), 50)
    vectors = unit(middles[truth] + chance.normal(0, 0.03, (300, 64)).astype(np.float32))
    for seed in range(2):
        coarsest = cluster(vectors, seed=seed).layers[0]
        pairs = {(one, other) for one, other in zip(truth.tolist(), coarsest.tolist(), strict=True)}
        assert len(pairs) == 6


@settings(max_examples=15)
@given(st.integers(1, 14), st.booleans())
def test_few_or_equal_vectors_are_no_error(count: int, are_equal: bool) -> None:
    vectors = unit(np.random.default_rng(count).normal(size=(count, 8)).astype(np.float32))
    if are_equal:
        vectors[:] = vectors[0]
    found = cluster(vectors)
    assert all(len(labels) == count for labels in found.layers)
    positions = project(vectors, "pca")
    assert positions.shape == (count, 2) and np.isfinite(positions).all()


def test_the_words_of_a_topic_are_those_that_others_lack() -> None:
    boats = ["The boats sail at noon.", "Boats and sails for the harbour.", "A boat for rent."]
    bread = ["Bake the bread at noon.", "Breads rise with yeast.", "Yeast and bread."]
    words = telling_words([boats, bread])
    assert words[0][0] == "boats" and words[1][0] == "bread"
    assert not set(words[0]) & set(words[1])


def test_trustworthiness_is_that_of_scikit_learn() -> None:
    chance = np.random.default_rng(1)
    vectors = unit(chance.normal(size=(120, 16)).astype(np.float32))
    positions = project(vectors, "pca")
    expected = of_scikit_learn(vectors, positions, n_neighbors=15, metric="cosine")
    assert trustworthiness(vectors, positions) == pytest.approx(expected, abs=1e-6)


def test_the_map_can_be_trusted_and_says_so(sample_engine: Engine) -> None:
    made = make_map(sample_engine.collection, method="tsne")
    assert made.trustworthiness is not None and made.trustworthiness > 0.9
    assert "A plane hides distances" in made.text()
    assert len(made.x) == len(made.chunk_ids)
    with pytest.raises(UsageError, match="no projection"):
        make_map(sample_engine.collection, method="drawn")  # type: ignore[arg-type]


def test_nearest_by_cells_is_nearly_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(2)
    middles = chance.normal(size=(40, 32))
    vectors = unit(
        (middles[chance.integers(40, size=3000)] + chance.normal(0, 0.5, (3000, 32))).astype(
            np.float32
        )
    )
    exact, _ = nearest(vectors, 5)
    monkeypatch.setattr("rag_app.clusters.nearest.EXACT_UPTO", 1000)
    near, alike = nearest(vectors, 5)
    assert np.mean([len(set(a) & set(b)) / 5 for a, b in zip(exact, near, strict=True)]) > 0.95
    assert (np.diff(alike, axis=1) <= 1e-6).all()


def test_a_stranger_is_found_and_why(
    sample: Path, embedder: Embedder, tmp_path: Path, sample_engine: Engine
) -> None:
    passages = find_outliers(sample_engine.collection).passages
    assert "END OF REPORT" in [one.place.text for one in passages]
    store, files = tmp_path / "store", tmp_path / "files"
    shutil.copytree(sample, store)
    files.mkdir()
    (files / "cake.md").write_text(
        "Whisk four eggs with sugar, fold in the melted chocolate and bake the cake for half an "
        "hour in a buttered tin.\n"
    )
    ingest_paths([files], store=store, embedder=embedder)
    with open_engine(store, embedder=embedder) as engine:
        found = find_outliers(engine.collection)
        cake = next(one for one in found.passages if one.place.document == "cake.md")
        assert "nothing is much like it" in cake.why
        assert says_what_it_points_at(engine, cake.place)


def test_questions_that_found_nothing_are_gaps(sample_engine: Engine) -> None:
    asked = ["Who won the chess match?", "Who won the chess title?", "What is a mast?"]
    kept = Conversations(sample_engine.store)
    exchanges = []
    for question in asked:
        answer = sample_engine.ask(question)
        assert isinstance(answer, Answer)
        exchanges.append(Exchange(question, answer))
    for exchange in exchanges:
        kept.put(Conversation(), exchange)
    try:
        gaps = find_gaps(sample_engine, kept)
        assert gaps.asked == 3
        assert {question for gap in gaps.gaps for question in gap.questions} == set(asked[:2])
        assert len(gaps.gaps) == 1
    finally:
        for summary in kept.listed():
            kept.delete(summary.id)


def test_a_result_is_kept_until_the_collection_changes(
    sample: Path, embedder: Embedder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    shutil.copytree(sample, store)
    table = tmp_path / "topics.csv"
    command = ["insights", "topics", "--store", str(store), "--json", "--output", str(table)]
    assert main(command) == 0
    first = json.loads(capsys.readouterr().out)
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out) == first
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(layer["topics"]) for layer in first["layers"])

    asked = {"method": "graph", "count": None, "seed": 0, "where": None}
    with open_engine(store, embedder=embedder) as engine:
        kept = KeptInsights(engine.collection)
        found = kept.find(Topics, asked)
        assert found is not None and not found.is_stale
        delete_documents(["policies/travel-and-expenses.html"], store=store)
        stale = kept.find(Topics, asked)
        assert stale is not None and stale.is_stale
        next((engine.store.directory / "insights").glob("topics-*.json")).write_text("{")
        assert kept.find(Topics, asked) is None


def test_what_is_stopped_ends(sample_engine: Engine) -> None:
    stop = Stop()
    stop.set()
    with pytest.raises(Stopped):
        find_topics(sample_engine.collection, steps=Steps(stop=stop))


def test_what_cannot_be_done_is_said(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    topics = ["insights", "topics", "--store", str(sample)]
    assert main([*topics, "--method", "kmeans"]) == 2
    assert "--count N" in capsys.readouterr().err
    assert main([*topics, "--document", "nothing.pdf"]) == 2
    assert "No passage passes the filter" in capsys.readouterr().err
    assert main(["insights", "map", "--store", str(sample), "--method", "drawn"]) == 2
    assert main([*topics, "--output", "/nowhere/x.csv"]) == 2
    assert "give another file" in capsys.readouterr().err


def test_cells_are_no_formulas() -> None:
    assert to_csv([{"a": "=1+1", "b": None, "c": 2}]) == "a,b,c\r\n'=1+1,,2\r\n"
