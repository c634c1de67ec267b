"""The words in the catalog are those of the documents, through every change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.catalog import postings
from ingest.catalog.contents import EmbeddedContent
from ingest.catalog.view import Catalog
from ingest.catalog.writer import CatalogWriter
from ingest.chunk import Span
from ingest.maintenance.doctor import examine, mend
from ingest.records import Chunk, DocumentEntry, FileState, LoadedDocument
from ingest.store.directory import Store
from ingest.text.analyzer import stems, word_number
from rag_app.retrieval.keyword import K1, B, KeywordIndex

WORDS = ["lamp", "mast", "river", "gauge", "rain", "E22", "snow"]
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
NAME = st.sampled_from(["river.txt", "b.txt", "lamp/c.txt", "d.txt"])
STEP = st.one_of(
    st.tuples(st.just("put"), NAME, st.lists(TEXT, min_size=1, max_size=4)),
    st.tuples(st.just("delete"), NAME, st.just([])),
    st.tuples(st.just("tidy"), NAME, st.just([])),
)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "BLOCK", 4)


def content_of(parts: list[str]) -> EmbeddedContent:
    text = "\n".join(parts)
    starts = [sum(len(part) + 1 for part in parts[:number]) for number in range(len(parts))]
    places = [(start, start + len(part)) for start, part in zip(starts, parts, strict=True)]
    return EmbeddedContent(
        digest=text,
        document=LoadedDocument("text", text, ()),
        chunks=[Chunk(start, end, None, (), "") for start, end in places],
        sentences=[(Span(start, end),) for start, end in places],
        vectors=np.eye(len(parts), 8, dtype=np.float32),
        note=None,
    )


def put(catalog: CatalogWriter, name: str, parts: list[str]) -> None:
    content = content_of(parts)
    stored = catalog.content_number(content.digest)
    entry = DocumentEntry(name, f"/docs/{name}", "/docs", FileState(1, 1, 1))
    catalog.put(entry, content if stored is None else stored)


def expected(documents: dict[str, list[str]]) -> list[Counter[int]]:
    """The words of each chunk, with those of the names of its document."""
    by_content: dict[str, list[str]] = {}
    for name, parts in documents.items():
        by_content.setdefault("\n".join(parts), []).append(name)
    found: list[Counter[int]] = []
    for names in by_content.values():
        above = [word for name in names for word in stems(name)]
        for part in documents[names[0]]:
            found.append(Counter(map(word_number, [*above, *stems(part)])))
    return found


def held(path: Path, before: KeywordIndex | None) -> tuple[list[Counter[int]], KeywordIndex]:
    """The same, as a search sees it, and its words."""
    with Catalog(path).reading() as view:
        index = KeywordIndex(view, before)
        lengths = index.lengths
        chunks: dict[int, Counter[int]] = {
            number: Counter() for number in np.flatnonzero(lengths.words).tolist()
        }
        for word in {*WORDS, "txt", "b", "c", "d"}:
            for posting in index.question(view, stems(word)).postings:
                for number, count in zip(posting.chunks, posting.counts, strict=True):
                    chunks[int(number)][word_number(stems(word)[0])] = int(count)
        assert {number: sum(words.values()) for number, words in chunks.items()} == {
            number: int(lengths.words[number]) for number in chunks
        }
        assert postings.check(view.connection, at_most=100)[1] == 0
    return list(chunks.values()), index


def same(one: list[Counter[int]], other: list[Counter[int]]) -> bool:
    return sorted(map(repr, map(sorted_items, one))) == sorted(map(repr, map(sorted_items, other)))


def sorted_items(counter: Counter[int]) -> list[tuple[int, int]]:
    return sorted(counter.items())


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, min_size=1, max_size=14))
def test_words_follow_documents(steps: list[tuple[str, str, list[str]]]) -> None:
    with TemporaryDirectory() as home:
        path = Path(home) / "catalog.sqlite3"
        documents = dict[str, list[str]]()
        index: KeywordIndex | None = None
        for what, name, parts in steps:
            with CatalogWriter(path) as catalog:
                if what == "put":
                    put(catalog, name, parts)
                    documents[name] = parts
                elif what == "delete":
                    catalog.delete(name)
                    documents.pop(name, None)
                else:
                    catalog.tidy_words()
            # One that has followed all the way, and one that starts now.
            found, index = held(path, index)
            assert same(found, expected(documents))
        assert same(held(path, None)[0], expected(documents))


def test_a_share_is_bm25_over_the_most_that_it_could_be(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    parts = ["lamp lamp mast", "river gauge", "lamp river river rain", "snow"]
    with CatalogWriter(path) as catalog:
        put(catalog, "x", parts)
    with Catalog(path).reading() as view:
        question = KeywordIndex(view).question(view, ["lamp", "river", "unknown"])
        numbers, shares = question.best(10)
    lengths = [len(stems(part)) + 1 for part in parts]  # and the word of the name
    mean = sum(lengths) / len(lengths)
    idf = np.log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    wanted = {
        number: sum(
            idf * times / (times + K1 * (1 - B + B * lengths[number] / mean))
            for times in (parts[number].split().count(word) for word in ("lamp", "river"))
        )
        / (2 * idf)
        for number in range(4)
    }
    order = sorted((n for n in wanted if wanted[n]), key=lambda n: -wanted[n])
    assert [int(number) - 1 for number in numbers] == order
    assert shares == pytest.approx([wanted[number] for number in order], rel=1e-5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store", "default")
    store.create()
    with store.write_lock(0), CatalogWriter(store.catalog_path) as catalog:
        for number in range(5):
            put(catalog, f"n{number}.txt", [f"lamp {number} mast", f"river {number}"])
    yield store


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM chunk_words",
        "DELETE FROM word_blocks WHERE block = 1",
        "DELETE FROM postings WHERE block = 0",
        "UPDATE postings SET counts = zeroblob(length(counts))",
        "UPDATE chunk_words SET length = length + 1",
    ],
)
def test_the_doctor_finds_and_mends_words(store: Store, damage: str) -> None:
    with CatalogWriter(store.catalog_path) as catalog:
        assert catalog.connection.execute(damage).rowcount > 0
    findings = [finding.what for finding in examine(store)]
    assert any("not found by all of their words" in what for what in findings), findings
    left = mend(store, examine(store))
    assert not any("words" in finding.what for finding in left)


def test_a_block_that_is_mostly_gone_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    with CatalogWriter(path) as catalog:
        for number in range(8):
            put(catalog, f"n{number}", [f"lamp w{number}"])

        def rows() -> int:
            return int(catalog.connection.execute("SELECT count(*) FROM postings").fetchone()[0])

        full = rows()
        for number in range(1, 8):
            catalog.delete(f"n{number}")
        assert rows() == full
        catalog.tidy_words()
        assert rows() < full / 2
    with Catalog(path).reading() as view:
        assert postings.check(view.connection, at_most=10) == (1, 0)
        [posting] = KeywordIndex(view).question(view, ["lamp"]).postings
        assert len(posting.chunks) == 1
