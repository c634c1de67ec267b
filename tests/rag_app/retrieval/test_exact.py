"""Comparing all vectors, kept in memory, and with the index: the same answers through changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.catalog.view import Catalog
from ingest.catalog.writer import CatalogWriter
from ingest.index.writer import refresh
from ingest.store.directory import Store
from rag_app.retrieval.exact import ExactVectors
from rag_app.retrieval.retriever import Retriever
from tests.support.synthetic import put, random_vectors

STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "delete", "refresh"]), st.integers(0, 3), st.integers(1, 30)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_with_or_without_the_index(tmp_path_factory, steps) -> None:
    store = Store(tmp_path_factory.mktemp("store"), "default")
    store.create()
    exact, indexed = Retriever(store), Retriever(store, exact_up_to=0)
    for number, (what, document, count) in enumerate([("put", 9, 5), *steps], start=1):
        # The lock, because a search may be mending the index meanwhile.
        with store.write_lock(30), CatalogWriter(store.catalog_path) as catalog:
            if what == "put":
                put(catalog, f"d{document}", random_vectors(count, number))
            elif what == "delete":
                catalog.delete(f"d{document}")
            else:
                refresh(catalog, store.index_directory)
            stored = {id_: row for ids, rows in catalog.vectors() for id_, row in zip(ids, rows)}  # noqa: B905
        question = random_vectors(1, 100 + number)[0]
        wanted = sorted(stored, key=lambda id_: -float(stored[id_] @ question))[:7]
        for retriever in (exact, indexed):
            assert [one.chunk.id for one in retriever.nearest(question, 7)] == wanted
    exact.close()
    indexed.close()


def test_what_is_in_memory_is_what_is_live_and_older_views_keep_theirs(tmp_path: Path) -> None:
    kept: list[tuple[ExactVectors, list[str]]] = []
    vectors = ExactVectors()
    with CatalogWriter(tmp_path / "catalog.sqlite3") as writer:
        for number in range(30):
            put(writer, f"d{number % 3}", random_vectors(200, number))
            with Catalog(tmp_path / "catalog.sqlite3").reading() as view:
                vectors = vectors.following(view, at_most=1_000)
                stored = {id_: row for ids, rows in view.vectors() for id_, row in zip(ids, rows)}  # noqa: B905
            assert sorted(vectors.points.ids) == sorted(stored)
            for id_, row in zip(vectors.points.ids, vectors.points.vectors, strict=True):
                assert np.array_equal(stored[id_], row)
            kept.append((vectors, [row.tobytes() for row in vectors.points.vectors]))
    for one, rows in kept:
        assert [row.tobytes() for row in one.points.vectors] == rows, "a snapshot has changed"
    best = vectors.best(random_vectors(200, 29)[7], 1, "cosine")
    assert np.isclose(next(iter(best.values())), 1.0, atol=1e-4)


def test_more_than_fits_is_not_kept(tmp_path: Path) -> None:
    with CatalogWriter(tmp_path / "catalog.sqlite3") as writer:
        put(writer, "d", random_vectors(20, 1))
        with Catalog(tmp_path / "catalog.sqlite3").reading() as view:
            assert ExactVectors().following(view, at_most=20).is_complete
            assert not ExactVectors().following(view, at_most=19).is_complete
