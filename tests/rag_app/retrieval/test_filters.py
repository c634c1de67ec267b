"""Filters from the outside: what Python and the command line take, and say where nothing passes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import StoreEmpty, UsageError
from ingest.records import FilterField
from rag_app import Answer, AnswerSettings, Engine, open_engine
from rag_app.cli.main import main

LAMP = "The red lamp means that the battery is low."
QUESTION = "What does the red lamp mean?"
FILES = {
    "lamp.txt": LAMP,
    "copies/lamp.txt": LAMP,
    "manuals/de.txt": "Die rote Lampe bedeutet, dass die Batterie leer ist. Sie wird geladen.",
    "notes.md": "---\nauthor: Ada\n---\n# Lamps\n\nThe green lamp means that all is well.",
}
SAID = {"document": "copies/lamp.txt", "author": "Bo", "year": 2021, "done": False}


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A store of four documents, two of them with the same bytes. Not to be changed."""
    folder = tmp_path_factory.mktemp("docs")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "metadata.jsonl").write_text(json.dumps(SAID), encoding="utf-8")
    store = tmp_path_factory.mktemp("store")
    ingest_paths([folder], store=store, embedder=embedder)
    return store


@pytest.fixture
def engine(described: Path, embedder: Embedder) -> Iterator[Engine]:
    with open_engine(described, answers=AnswerSettings(), embedder=embedder) as engine:
        yield engine


def test_a_hit_has_the_metadata_of_the_document_it_is_shown_under(engine: Engine) -> None:
    [hit] = engine.search("lamp", where={"author": "Bo"})
    assert hit.document == "copies/lamp.txt"
    assert hit.metadata["author"] == "Bo"
    assert hit.metadata["year"] == 2021
    assert hit.metadata["folder"] == "copies"
    assert hit.metadata["type"] == hit.metadata["kind"] == "text"
    assert hit.metadata["documents"] == ["copies/lamp.txt"]
    [hit] = engine.search("lamp", where={"document": "lamp.txt"})
    assert hit.document == "lamp.txt"
    assert "author" not in hit.metadata
    # Its own time, as it is shown, is its time.
    assert engine.search(
        "lamp", where={"document": "lamp.txt", "modified": hit.metadata["modified"]}
    )
    [hit] = engine.search("lamp", where={"language": "de"})
    assert hit.document == "manuals/de.txt"
    assert hit.metadata["language"] == "de"


def test_an_answer_is_made_of_what_passes(engine: Engine) -> None:
    answer = engine.ask(QUESTION, where={"folder": "copies"})
    assert not answer.refused
    assert {citation.document for citation in answer.citations} == {"copies/lamp.txt"}
    assert {hit.document for hit in answer.hits} == {"copies/lamp.txt"}
    for citation in answer.citations:
        text = engine.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote
    *_, last = engine.stream(QUESTION, where={"document": "notes.md"})
    assert isinstance(last, Answer)
    assert {hit.document for hit in last.hits} == {"notes.md"}


def test_where_nothing_passes_the_answer_says_which_fields_there_are(engine: Engine) -> None:
    parts = list(engine.stream(QUESTION, where={"autor": "Ada"}))
    answer = parts[-1]
    assert isinstance(answer, Answer)
    assert answer.refused
    assert not answer.hits
    assert answer.text == "".join(part for part in parts[:-1] if isinstance(part, str))
    assert answer.text == (
        "No passage passes the filter. No document has a field “autor”. There are the fields "
        "document, folder, type, language, title, heading, page and modified. The documents have "
        "these of their own: author, done and year."
    )
    known = engine.ask(QUESTION, where={"kind": "pdf"})
    assert known.text.startswith("No passage passes the filter. There are the fields document")
    assert engine.search("lamp", where={"autor": "Ada"}) == []


def test_an_empty_collection_is_still_that(tmp_path: Path, embedder: Embedder) -> None:
    with open_engine(tmp_path / "none", answers=AnswerSettings(), embedder=embedder) as engine:
        assert engine.filter_fields() == []
        with pytest.raises(StoreEmpty):
            engine.ask(QUESTION, where={"type": "pdf"})


def test_the_fields_that_can_be_asked_for(engine: Engine) -> None:
    fields = {field.name: field for field in engine.filter_fields()}
    assert fields["document"].values == tuple(sorted(FILES))
    assert fields["folder"].values == ("", "copies", "manuals")
    assert fields["type"].values == ("markdown", "text")
    assert fields["language"].values == ("de", "en")
    assert fields["modified"] == FilterField("modified", "time", (), own=False, is_whole=False)
    assert fields["author"] == FilterField("author", "text", ("Ada", "Bo"), own=True, is_whole=True)
    assert fields["year"].values == (2021,)
    assert fields["done"].values == (False,)
    for field in fields.values():
        for value in field.values:
            assert engine.search("lamp", where={field.name: value}), field


def test_a_wrong_filter_is_refused_before_anything_is_answered(engine: Engine) -> None:
    with pytest.raises(UsageError, match="2026-01-31"):
        engine.ask(QUESTION, where={"modified": {"$gte": "last week"}})


@pytest.fixture
def run(described: Path, capsys: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--store", str(described)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_the_command_line_takes_filters(run) -> None:
    code, out, _ = run("search", "lamp", "--where", '{"year": {"$gte": 2021}}', "--json")
    assert code == 0
    assert [hit["document"] for hit in json.loads(out)["hits"]] == ["copies/lamp.txt"]
    code, out, _ = run("search", "lamp", "--folder", "copies", "--folder", "manuals", "--json")
    found = {hit["document"] for hit in json.loads(out)["hits"]}
    assert found == {"copies/lamp.txt", "manuals/de.txt"}
    code, out, _ = run(
        "ask", QUESTION, "--document", "lamp.txt", "--type", "text", "--where", '{"language": "en"}'
    )
    assert code == 0
    assert "[1] lamp.txt" in out


def test_the_command_line_says_why_nothing_is_found(run) -> None:
    code, out, err = run("search", "lamp", "--where", '{"autor": "Ada"}')
    assert (code, out) == (1, "")
    assert "No document has a field “autor”" in err
    assert err.count("\n") == 1
    code, out, err = run("search", "lamp", "--where", '{"autor": "Ada"}', "--json")
    assert (code, json.loads(out)["hits"]) == (1, [])
    code, out, err = run("ask", QUESTION, "--type", "pdf")
    assert (code, err) == (1, "")
    assert "No passage passes the filter." in out


@pytest.mark.parametrize(
    "where", ["author=Ada", "[]", "{}", '{"page": {"$like": 1}}', "[" * 100_000, '"a"', "null"]
)
def test_a_malformed_filter_is_wrong_use_with_an_example(run, where: str) -> None:
    code, out, err = run("ask", QUESTION, "--where", where)
    assert (code, out) == (2, "")
    assert """it is like --where '{"author": "Ada", "year": {"$gte": 2021}}'""" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "where",
    [
        {"$or": [{f"field{i}": i} for i in range(20_000)]},
        {"$and": [{"$or": [{"document": f"{i}{j}"} for j in range(900)]} for i in range(900)]},
        {"folder": {"$nin": [f"folder{i}" for i in range(20_000)]}},
        {"modified": {"$in": ["2026-01-31"] * 20_000}},
    ],
    ids=["or", "within", "folders", "days"],
)
def test_a_filter_of_very_many_conditions_is_wrong_use(
    where: dict[str, object], engine: Engine
) -> None:
    start = time.monotonic()
    with pytest.raises(UsageError, match=r"more than 3,000 conditions, .*\$in"):
        engine.search("lamp", where=where)
    assert time.monotonic() - start < 1


def test_a_filter_may_have_many_values_and_conditions(engine: Engine) -> None:
    start = time.monotonic()
    values = [f"{i}.txt" for i in range(20_000)]
    assert engine.search("lamp", where={"document": {"$in": [*values, "lamp.txt"]}})
    several = [{f"field{i}": i} for i in range(900)]
    assert engine.search("lamp", where={"$or": [*several, {"author": "Bo"}]})
    assert time.monotonic() - start < 2


def test_status_shows_the_metadata_of_each_document(run) -> None:
    _, out, _ = run("status", "--json")
    documents = {one["name"]: one for one in json.loads(out)["documents"]}
    assert documents["copies/lamp.txt"]["metadata"] == {"author": "Bo", "year": 2021, "done": False}
    assert documents["notes.md"]["metadata"] == {"author": "Ada"}
    assert documents["manuals/de.txt"]["language"] == "de"
    assert documents["manuals/de.txt"]["folder"] == "manuals"
