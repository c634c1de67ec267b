"""Filters: the SQL says what the grammar says, quickly, and no name or value becomes SQL."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.catalog.filters import Filter, parse_filter
from ingest.catalog.view import Catalog, CatalogView
from ingest.catalog.writer import CatalogWriter
from ingest.errors import UsageError
from ingest.records import Chunk, DocumentEntry, FileState
from tests.support.plain_filters import Passage, passes
from tests.support.synthetic import content_of, random_vectors

START = datetime(2026, 1, 30, tzinfo=UTC)
HOSTILE = ("x' OR 1=1 --", 'a"b', "a.b", "%", "'; DROP TABLE documents; --", "\x00", "é")

names = st.sampled_from(["author", "year", "tags", "[0]", *HOSTILE])
texts = st.sampled_from(["", "Ada", "ada", "1", "2026-01-31", *HOSTILE])
numbers = st.one_of(
    st.integers(-3, 3), st.sampled_from([0.5, -0.0, 1e300, 2**53 + 1, 2**70, -(2**63), 2**63 - 1])
)
scalars = st.one_of(texts, numbers, st.booleans())
metadata = st.dictionaries(names, st.one_of(scalars, st.lists(scalars, max_size=3)), max_size=3)
paths = st.sampled_from(["a.md", "b.md", "a/b.md", "a/b/c.md", "ab/c.md", "a0/c.md", "é/a b.md"])
headings = st.lists(st.sampled_from(["Leave", "Pay"]), max_size=2)


@st.composite
def collections(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Documents, of which some have the same bytes."""
    contents = [
        {
            "number": number,
            "kind": draw(st.sampled_from(["pdf", "text"])),
            "title": draw(st.sampled_from([None, "Pay", "1"])),
            "language": draw(st.sampled_from([None, "en", "de"])),
            "found": draw(metadata),
            "chunks": draw(
                st.lists(st.tuples(st.sampled_from([None, 1, 2]), headings), min_size=1, max_size=2)
            ),
        }
        for number in range(draw(st.integers(1, 3)))
    ]
    return [
        {
            **draw(st.sampled_from(contents)),
            "name": name,
            "said": draw(metadata),
            "modified": START + timedelta(hours=draw(st.integers(0, 60))),
        }
        for name in draw(st.lists(paths, min_size=1, max_size=5, unique=True))
    ]


def fields() -> st.SearchStrategy[dict[str, Any]]:
    """A condition on one field."""
    moments = ["2026-01-31", "2026-01-31T05:00", "2026-01-31T05:00:00+02:00", "2026-02-01T00:00:00"]
    built_in = {
        "document": paths,
        "folder": st.sampled_from(["", "a", "a/", "a/b", "ab", "é", "b"]),
        "type": st.sampled_from(["pdf", "text", 1]),
        "kind": st.sampled_from(["pdf", "text"]),
        "title": st.sampled_from(["Pay", "1", 1]),
        "language": st.sampled_from(["en", "de"]),
        "heading": st.sampled_from(["Leave", "Pay", 0]),
        "page": st.sampled_from([1, 2, 1.5, "1", True]),
        "modified": st.sampled_from(moments),
    }

    def condition(name: str) -> st.SearchStrategy[dict[str, Any]]:
        values = built_in.get(name, scalars)
        compared = ["$eq", "$ne"]
        if name != "folder":
            compared += ["$gt", "$gte", "$lt", "$lte"]
        several = st.dictionaries(
            st.sampled_from(["$in", "$nin"]), st.lists(values, min_size=1, max_size=4), min_size=1
        )
        comparisons = st.dictionaries(st.sampled_from(compared), values, min_size=1, max_size=2)
        return st.one_of(values, comparisons, several).map(lambda wanted: {name: wanted})

    return st.one_of(st.sampled_from(sorted(built_in)), names).flatmap(condition)


filters = st.recursive(
    fields(),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["$and", "$or"]), st.lists(inner, min_size=1, max_size=4)).map(
            lambda pair: {pair[0]: pair[1]}
        ),
        st.tuples(inner, inner).map(lambda pair: {**pair[0], **pair[1]}),
    ),
    max_leaves=6,
)


def store(path: Path, documents: list[dict[str, Any]]) -> list[Passage]:
    """Write a catalog, and return every chunk under each of its names."""
    passages: list[Passage] = []
    with CatalogWriter(path) as catalog:
        for document in documents:
            content = content_of(f"content {document['number']}", random_vectors(2, 1))
            pieces = document["chunks"]
            chunks = [
                Chunk(place, place + 1, page, tuple(above), "")
                for place, (page, above) in enumerate(pieces)
            ]
            content = replace(
                content,
                chunks=chunks,
                sentences=[[(0, 1)]] * len(chunks),
                vectors=random_vectors(len(chunks), document["number"]),
                document=replace(
                    content.document,
                    kind=document["kind"],
                    title=document["title"],
                    language=document["language"],
                    metadata=document["found"],
                ),
            )
            state = FileState(1, int(document["modified"].timestamp()) * 10**9, 1)
            said = json.dumps(document["said"])
            entry = DocumentEntry(document["name"], f"/d/{document['name']}", "/d", state, said)
            catalog.put(entry, catalog.content_number(content.digest) or content)
            own = {**document["found"], **document["said"]}
            rows = catalog.connection.execute(
                "SELECT chunks.id FROM chunks JOIN documents ON documents.content = chunks.content"
                " WHERE documents.name = ? ORDER BY chunks.start",
                (document["name"],),
            )
            ids = [id_ for (id_,) in rows]
            for id_, (page, above) in zip(ids, pieces, strict=True):
                passages.append(
                    Passage(
                        document["name"], id_, page, above, document["kind"], document["title"],
                        document["language"], document["modified"], own,
                    )
                )  # fmt: skip
    return passages


def parsed(where: Mapping[str, Any]) -> Filter:
    found = parse_filter(where)
    assert found is not None
    return found


def found(view: CatalogView, where: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The chunks that pass, with each name under which they do; each chunk once."""
    ids = [id_ for batch, _ in view.vectors(where=parsed(where)) for id_ in batch]
    assert len(ids) == len(set(ids))
    live = view.chunks(ids, parsed(where))
    assert set(live) == set(ids)
    return {(id_, name) for id_, chunk in live.items() for name in chunk.documents}


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(collections(), st.lists(filters, min_size=1, max_size=8))
def test_sql_finds_what_plain_python_finds(
    documents: list[dict[str, Any]], asked: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.sqlite3"
        passages = store(path, documents)
        with Catalog(path).reading() as view:
            for where in asked:
                expected = {(one.id, one.name) for one in passages if passes(where, one)}
                assert found(view, where) == expected, where
                assert parsed(where).fields >= set(where) - {"$and", "$or"}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CatalogView]:
    """2,000 documents in 20 folders; every tenth says who wrote it."""
    path = tmp_path_factory.mktemp("where") / "catalog.sqlite3"
    with CatalogWriter(path) as catalog:
        documents = []
        for number in range(2_000):
            name = f"folder{number % 20}/file{number}.txt"
            said = json.dumps({"author": f"author {number % 7}"}) if number % 10 == 0 else "{}"
            entry = DocumentEntry(name, f"/d/{name}", "/d", FileState(1, number * 10**9, 1), said)
            documents.append((entry, content_of(name, random_vectors(1, number))))
        catalog.put_all(documents)
    with Catalog(path).reading() as view:
        yield view


@pytest.mark.parametrize(
    "where",
    [
        {"document": "folder3/file3.txt"},
        {"folder": "folder3"},
        {"author": "author 3"},
        {"$and": [{"folder": "folder0"}, {"page": {"$ne": 1}}]},
        {"modified": {"$lt": "1970-01-01T00:01"}},
    ],
)
def test_a_filter_reads_only_the_passages_of_documents_that_pass(
    view: CatalogView, where: dict[str, Any]
) -> None:
    """By the plan that SQLite makes: chunks are looked up, and never read from end to end."""
    condition = parsed(where).chunks
    rows = view.connection.execute(
        "EXPLAIN QUERY PLAN SELECT chunks.id, chunks.vector FROM chunks"
        f" WHERE chunks.generation > ? AND chunks.generation <= ? AND {condition.sql}",
        (0, 2**62, *condition.values),
    )
    plan = [str(row[3]) for row in rows]
    assert any("chunks USING INDEX chunks_by_content" in step for step in plan), plan
    assert 0 < sum(len(ids) for ids, _ in view.vectors(where=parsed(where))) < 2_000


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({}, "is a mapping"),
        ([], "is a mapping"),
        ({"$not": []}, "Unknown operator"),
        ({"page": {"$like": 1}}, "Unknown operator"),
        ({"$or": []}, "takes a list"),
        ({"$and": [{}]}, "is a mapping"),
        ({"a": {"$in": 3}}, "take a list"),
        ({"a": {"$in": []}}, "take a list"),
        ({"a": {}}, "is empty"),
        ({"a": None}, "is compared with"),
        ({"a": {"$eq": [1]}}, "is compared with"),
        ({"a": float("nan")}, "is compared with"),
        ({"a": "\ud800"}, "no Unicode"),
        ({"\ud800": 1}, "no Unicode"),
        ({1: 1}, "name is text"),
        ({"modified": "yesterday"}, "2026-01-31"),
        ({"modified": 3}, "2026-01-31"),
        ({"folder": {"$gt": "a"}}, "compared with $eq"),
        ({"a": {"$in": list(range(40_000))}}, "30,000 values"),
    ],
)
def test_wrong_filters_say_what_is_wrong(where: Any, words: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_filter(where)
    assert words in str(error.value)


def test_large_filters_are_compiled_and_absurd_ones_refused(view: CatalogView) -> None:
    wide = {"$or": [{"document": f"folder{n % 20}/file{n}.txt"} for n in range(3_000)]}
    assert sum(len(ids) for ids, _ in view.vectors(where=parsed(wide))) == 2_000
    deep: dict[str, Any] = {"author": "author 0"}
    for _ in range(40):
        deep = {"$and": [deep, {"folder": {"$ne": "x"}}]}
    assert found(view, deep)
    for _ in range(1_000):
        deep = {"$or": [deep]}
    with pytest.raises(UsageError, match="nested"):
        parse_filter(deep)


def test_dates_of_python_are_dates(view: CatalogView) -> None:
    assert len(found(view, {"modified": {"$lt": START.date()}})) == 2_000
    assert len(found(view, {"modified": datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC)})) == 1
