"""A folder and its collection against a plain dict, through any order of changes and crashes."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ingest import FileReceipt, IndexSettings, ingest_paths
from ingest.catalog import postings
from ingest.catalog.chunk_vectors import points_of
from ingest.catalog.view import Catalog
from ingest.errors import StoreEmpty
from ingest.progress import NoProgress
from ingest.store.directory import Store
from rag_app.retrieval.query import analyzed
from rag_app.retrieval.retriever import Retriever
from tests.support.synthetic import HashEmbedder, lacking

NAMES = st.sampled_from(["a.txt", "b.txt", "sub/a.txt", "sub/c.md", "d.txt"])
TEXTS = st.lists(
    st.sampled_from(
        ["The lamp is red.", "The mast is high.", "It rains.", " ".join(["Snow fell."] * 40)]
    ),
    min_size=1,
    max_size=3,
).map("\n\n".join)


EMBEDDER = HashEmbedder()


class Crash(NoProgress):
    """Ends the run after so many receipts, as a signal would."""

    def __init__(self, after: int) -> None:
        self.left = after

    def finished(self, receipt: FileReceipt, work: float) -> None:  # noqa: ARG002
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


class Mirror(RuleBasedStateMachine):
    """``files`` is what is on disk, ``stored`` what the collection must hold."""

    @initialize()
    def begin(self) -> None:
        self.work = Path(tempfile.mkdtemp())
        self.folder = self.work / "docs"
        self.folder.mkdir()
        self.settings = IndexSettings(store=self.work / "store", chunk_tokens=60)
        self.store = Store(self.settings.store, self.settings.collection)
        self.files: dict[str, str] = {}
        self.stored: dict[str, str] = {}
        self.retriever = Retriever(self.store)

    @rule(name=NAMES, text=TEXTS)
    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        self.files[name] = text

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        if self.files.pop(name, None) is not None:
            (self.folder / name).unlink()

    @rule(name=NAMES, to=NAMES)
    def rename(self, name: str, to: str) -> None:
        if name in self.files and Path(name).suffix == Path(to).suffix:
            (self.folder / to).parent.mkdir(exist_ok=True)
            (self.folder / name).rename(self.folder / to)
            self.files[to] = self.files.pop(name)

    @rule()
    def mirror(self) -> None:
        ingest_paths([self.folder], sync=True, settings=self.settings, embedder=EMBEDDER)
        self.stored = dict(self.files)
        before = EMBEDDER.embedded
        report = ingest_paths([self.folder], sync=True, settings=self.settings, embedder=EMBEDDER)
        assert EMBEDDER.embedded == before
        assert {receipt.status for receipt in report.files} <= {"unchanged"}
        assert not lacking(self.store)

    @rule()
    def add_without_deleting(self) -> None:
        ingest_paths([self.folder], settings=self.settings, embedder=EMBEDDER)
        self.stored |= self.files

    @rule(name=NAMES)
    def ingest_one_file(self, name: str) -> None:
        if self.stored and name in self.files:
            ingest_paths([self.folder / name], settings=self.settings, embedder=EMBEDDER)
            self.stored[name] = self.files[name]

    @rule(after=st.integers(0, 4))
    def crash(self, after: int) -> None:
        allowed = {**self.stored}, {**self.files}
        with suppress(KeyboardInterrupt):
            ingest_paths(
                [self.folder],
                sync=True,
                settings=self.settings,
                embedder=EMBEDDER,
                progress=Crash(after),
            )
        found = self.read()
        for name in {*self.stored, *self.files, *found}:
            assert found.get(name) in [versions.get(name) for versions in allowed], name
        self.stored = found

    @rule(exact_up_to=st.sampled_from([0, 4, 20_000]))
    def reopen(self, exact_up_to: int) -> None:
        """Search with the index, without it, or with either as the collection grows and shrinks."""
        self.retriever.close()
        self.retriever = Retriever(self.store, exact_up_to=exact_up_to)

    @rule(name=NAMES)
    def search(self, name: str) -> None:
        if name not in self.stored:
            return
        with Catalog(self.store.catalog_path).reading() as view:
            ids = [
                row[0]
                for row in view.connection.execute(
                    "SELECT chunks.id FROM chunks JOIN documents USING (content) WHERE name = ?",
                    (name,),
                )
            ]
            vectors = points_of(view, ids=ids).vectors
        for vector in vectors:
            best = self.retriever.nearest(vector, 3)[0]
            assert best.score > 0.999
            assert best.chunk.text in self.stored[best.chunk.documents[0]]

    @rule(word=st.sampled_from(["lamp", "mast", "rains", "snow"]))
    def search_words(self, word: str) -> None:
        """Every document with the word is found by it, and no other."""
        wanted = {name for name, text in self.stored.items() if word in text.casefold()}
        try:
            with self.retriever.reading() as snapshot:
                found = self.retriever.search(snapshot, analyzed(word), 100, mode="keyword")
        except StoreEmpty:
            assert not wanted
            return
        assert {name for passage in found for name in passage.chunk.documents} == wanted

    @invariant()
    def the_collection_is_what_it_must_be(self) -> None:
        assert self.read() == self.stored

    def read(self) -> dict[str, str]:
        if not self.store.exists:
            return {}
        with Catalog(self.store.catalog_path).reading() as view:
            assert postings.check(view.connection, at_most=1_000)[1] == 0
            return {one.name: str(view.document_text(one.name)).strip() for one in view.documents()}

    def teardown(self) -> None:
        self.retriever.close()
        shutil.rmtree(self.work, ignore_errors=True)


def play(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Mirror,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_a_few_hundred_steps() -> None:
    play(examples=8, steps=25)


@pytest.mark.long
def test_twenty_thousand_steps() -> None:
    play(examples=400, steps=50)
