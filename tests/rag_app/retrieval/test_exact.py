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
from rag_app.retrieval.exact import SPARE, ExactVectors
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


def test_memory_does_not_grow_with_what_is_gone(tmp_path: Path) -> None:
    vectors = ExactVectors()
    with CatalogWriter(tmp_path / "catalog.sqlite3") as writer:
        for generation in range(30):
            put(writer, "d", random_vectors(200, generation))
            with Catalog(tmp_path / "catalog.sqlite3").reading() as view:
                vectors.follow(view)
    assert len(vectors) <= 2 * 200 + SPARE + 200
    best = vectors.best(random_vectors(200, 29)[7], 1)
    assert np.isclose(next(iter(best.values())), 1.0, atol=1e-4)
