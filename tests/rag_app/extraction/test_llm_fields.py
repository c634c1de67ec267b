"""Fields read by an LLM, each checked: a real client before a scripted server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, open_engine
from rag_app.extraction.records import ExtractedRow
from tests.rag_app.extraction.documents import DOCUMENTS, SCHEMA
from tests.support.llm_servers import Behaviour, ScriptedServer, error, reply

PLAIN = "invoices/plain.txt"
GOOD = {
    "number": {"value": "A-17", "quote": "Invoice number ..... A-17"},
    "due date": {"value": "30 April 2026", "quote": "Due date ........... 30 April 2026"},
    "total": {"value": "£120.00", "quote": "Total .............. £120.00"},
    "paid": {"value": "no", "quote": "Paid ............... no"},
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    root, store = tmp_path_factory.mktemp("documents"), tmp_path_factory.mktemp("store")
    for name, text in DOCUMENTS.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    ingest_paths([root], store=store, embedder=embedder)
    return store


def rows_by(
    store: Path, embedder: Embedder, *behaviours: Behaviour, documents: list[str] | None = None
) -> tuple[list[ExtractedRow], list[dict[str, Any]]]:
    """The rows that come of what a server says, and the bodies of the requests to it."""
    with ScriptedServer(*behaviours) as server:
        answers = AnswerSettings(openai_base_url=server.base_url, llm_model="m")
        with open_engine(store, answers=answers, embedder=embedder) as engine:
            rows = list(engine.extract(SCHEMA, documents or [PLAIN]))
        return rows, [one.body for one in server.requests]


def values(row: ExtractedRow) -> list[str | None]:
    return [cell.value for cell in row.cells]


def test_one_call_a_document_by_a_schema(store: Path, embedder: Embedder) -> None:
    said = f"```json\n{json.dumps(GOOD)}\n```"
    (row,), (body,) = rows_by(store, embedder, reply(said, usage=(100, 50)))
    assert values(row) == ["A-17", "2026-04-30", "120.00 GBP", "no"]
    assert row.model == "m"
    assert row.usage is not None
    assert row.usage.prompt_tokens == 100
    schema = body["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == list(SCHEMA)
    assert "INVOICE" in body["messages"][1]["content"]
    assert all(cell.source and cell.text in cell.source.quote for cell in row.cells)


@pytest.mark.parametrize(
    "given",
    [
        {"value": "£999.00", "quote": "Total .............. £120.00"},  # not in its quote
        {"value": "£999.00", "quote": "Total: £999.00"},  # nor in the document
        {"value": "£999.00"},
        "£999.00",
    ],
)
def test_what_an_llm_invents_is_not_taken(store: Path, embedder: Embedder, given: object) -> None:
    (row,), _ = rows_by(store, embedder, reply(json.dumps(GOOD | {"total": given})))
    total = row.cells[2]
    assert total.value == "120.00 GBP"  # found without it
    assert "“£999.00” is not in the document" in total.note


def test_a_yes_that_its_quote_denies_is_not_taken(store: Path, embedder: Embedder) -> None:
    paid = {"value": "yes", "quote": "Paid ............... no"}
    (row,), _ = rows_by(store, embedder, reply(json.dumps(GOOD | {"paid": paid})))
    assert row.cells[3].value == "no"


def test_what_it_does_not_find_is_told(store: Path, embedder: Embedder) -> None:
    (row,), _ = rows_by(store, embedder, reply(json.dumps(GOOD | {"total": None})))
    assert row.cells[2].value is None
    assert "Without the LLM: “£120.00”" in row.cells[2].note


@pytest.mark.parametrize("said", ["I cannot do that.", "[1, 2]", '{"number": ', "{" * 5000])
def test_nonsense_leaves_the_document_to_the_rules(
    store: Path, embedder: Embedder, said: str
) -> None:
    (row,), _ = rows_by(store, embedder, reply(said))
    assert values(row) == ["A-17", "2026-04-30", "120.00 GBP", "no"]
    assert "was not the JSON" in row.note


def test_a_server_without_schemas_is_asked_without(store: Path, embedder: Embedder) -> None:
    refusal = error(400, "This response_format type is unavailable: json_schema is not supported")
    (row,), bodies = rows_by(store, embedder, refusal, reply(json.dumps(GOOD)))
    assert values(row)[0] == "A-17"
    assert not row.note
    assert "response_format" not in bodies[1]


def test_an_llm_that_cannot_be_used_is_asked_once(store: Path, embedder: Embedder) -> None:
    rows, bodies = rows_by(
        store, embedder, error(401, "wrong key"), documents=[PLAIN, "invoices/table.md"]
    )
    assert len(bodies) == 1
    assert all("found without the LLM" in row.note for row in rows)
    assert values(rows[1])[2] == "1081.20 EUR"
