"""Half of the documents deleted and a third changed, again and again: nothing that lives gets lost
in the graph, and the collection does not grow."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ingest.catalog import postings
from ingest.catalog.view import Catalog
from ingest.catalog.writer import CatalogWriter
from ingest.index.reader import open_index
from ingest.index.writer import refresh
from ingest.store.directory import Store
from rag_app.retrieval.retriever import Retriever
from tests.support.synthetic import clustered_vectors, put

PER_DOCUMENT = 20
CHARACTERS = 800  # of a chunk, as real ones have; they weigh as much as its vector
K = 10
QUERIES = 200


class Collection:
    """A collection and its documents: the seed of the vectors of each."""

    def __init__(self, home: Path, documents: dict[str, int]) -> None:
        self.store = Store(home, "default")
        self.store.create()
        self.documents: dict[str, int] = {}
        self.write(documents, [])

    def write(self, documents: dict[str, int], gone: list[str]) -> None:
        """One run of ingestion: what is new or changed, then what is gone, then the index."""
        with CatalogWriter(self.store.catalog_path) as catalog:
            for name, seed in documents.items():
                put(catalog, name, clustered_vectors(PER_DOCUMENT, seed), CHARACTERS)
            for name in gone:
                catalog.delete(name)
            refresh(catalog, self.store.index_directory, always=False)
            catalog.tidy_words()
            catalog.vacuum()
        self.documents |= documents
        for name in gone:
            del self.documents[name]

    def size(self) -> int:
        """Bytes on disk."""
        files = self.store.directory.rglob("*")
        return sum(path.stat().st_size for path in files if path.is_file())


def churn(collection: Collection, chance: random.Random, new: int) -> None:
    names = sorted(collection.documents)
    chance.shuffle(names)
    gone, kept = names[: len(names) // 2], names[len(names) // 2 :]
    changed = kept[: len(names) // 3]
    added = [f"d{new + number}" for number in range(len(gone))]
    collection.write({name: chance.randrange(10**9) for name in changed + added}, gone)


def recall_and_check(collection: Collection) -> float:
    """Every live chunk is found by its own vector, through both ways of searching; returns the
    recall@10 of the index alone."""
    with Catalog(collection.store.catalog_path).reading() as view:
        batches = list(view.vectors())
        assert postings.check(view.connection, at_most=1_000)[1] == 0
    ids = [id_ for batch, _ in batches for id_ in batch]
    matrix = np.concatenate([vectors for _, vectors in batches])
    held = set(ids)
    assert len(held) == len(ids) == PER_DOCUMENT * len(collection.documents)
    queries = clustered_vectors(QUERIES, 2)
    with (
        closing(Retriever(collection.store)) as retriever,
        closing(open_index(collection.store.index_directory)) as index,
    ):
        for id_, own in zip(ids, matrix, strict=True):
            assert index.query(own, 1)[0][0] == id_, "lost in the graph"
            assert retriever.nearest(own, 1)[0].chunk.id == id_
        found = 0
        for query in queries:
            nearest = {ids[place] for place in np.argsort(-(matrix @ query))[:K]}
            # Twice as many are asked for, because up to a quarter of the graph may be gone.
            live = [id_ for id_, _ in index.query(query, 2 * K) if id_ in held][:K]
            found += len(nearest & set(live))
    return found / (K * QUERIES)


def play(home: Path, documents: int, rounds: int, look_every: int) -> None:
    chance = random.Random(1)
    collection = Collection(home / "churned", {f"d{n}": n for n in range(documents)})
    largest = 0.0
    for number in range(1, rounds + 1):
        churn(collection, chance, new=number * documents)
        if number % look_every == 0:
            recall = recall_and_check(collection)
            fresh = Collection(home / f"fresh{number}", collection.documents)
            share = collection.size() / fresh.size()
            largest = max(largest, share)
            print(
                f"\nround {number}, {documents * PER_DOCUMENT} chunks: each found by its vector;"
                f" recall@{K} {recall:.4f}, built anew {recall_and_check(fresh):.4f};"
                f" on disk {share:.2f} times what is built anew"
            )
            assert recall >= 0.99
    assert largest <= 1.5


@pytest.mark.slow
def test_three_rounds(tmp_path: Path) -> None:
    play(tmp_path, documents=25, rounds=3, look_every=3)


@pytest.mark.long
def test_fifty_rounds(tmp_path: Path) -> None:
    play(tmp_path, documents=200, rounds=50, look_every=10)
