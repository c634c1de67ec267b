"""An LLM that plans over tables: its plan is checked, computed, cited, recorded and replayed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import Answer, AnswerSettings, open_engine
from rag_app.answer.record import AnswerRecord
from rag_app.replay.replay import replay
from tests.rag_app.steps.scripts import calls, in_words
from tests.support.llm_servers import Behaviour, Exchange, ScriptedServer, behaviour, reply

PRODUCTS = """Article,Kind,Price (EUR),Margin,Listed since,Colour
Lamp,Lighting,49.90,12,2024-03-01,red
Desk,Furniture,529.00,30,2024-05-12,oak
Chair,Furniture,n/a,7,2023-11-30,oak
Sofa,Furniture,1200.10,0,2024-03-15,red
"""
# No rule knows how these words stand to the columns.
QUESTION = "How much profit per article do we average on oaken things?"
PLAN = {
    "operation": "mean",
    "column": "Margin",
    "where": [{"column": "Colour", "values": ["oak"]}],
}
FALLBACK = "I do not know."


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    folder = tmp_path_factory.mktemp("by-llm")
    (folder / "docs").mkdir()
    (folder / "docs" / "products.csv").write_text(PRODUCTS)
    (folder / "docs" / "rules.txt").write_text("We sell lamps, desks, chairs and sofas.")
    ingest_paths([folder / "docs"], store=folder / "store", embedder=embedder)
    return folder / "store"


def plans_table(body: dict[str, Any]) -> bool:
    return "query_table" in body["messages"][0]["content"]


@behaviour
def scripted(exchange: Exchange, script: Sequence[Behaviour]) -> None:
    """Plan over tables by a script; say that nothing is known where an answer is asked for."""
    if not plans_table(exchange.body):
        reply(FALLBACK).play(exchange)
        return
    asked = [one for one in exchange.server.requests if plans_table(one.body)]
    script[min(len(asked), len(script)) - 1].play(exchange)


def run(
    store: Path, embedder: Embedder, *script: Behaviour, question: str = QUESTION, **settings: Any
) -> tuple[Answer, ScriptedServer]:
    """Ask by a script; without the server, the record is replayed to the same answer."""
    records: list[AnswerRecord] = []
    with ScriptedServer(scripted(script)) as server:
        answers = AnswerSettings(openai_base_url=server.base_url, llm_model="scripted", **settings)
        with open_engine(store, answers=answers, embedder=embedder) as engine:
            *_, made = engine.stream(question, on_record=records.append)
            requests = len(server.requests)
            assert replay(engine, records[0], offline=True).changes == ()
            assert len(server.requests) == requests
    assert isinstance(made, Answer)
    return made, server


def query(**plan: Any) -> Behaviour:
    return calls(("query_table", plan))


@pytest.mark.parametrize(
    "way", [query(**PLAN), in_words("query_table", PLAN)], ids=["by protocol", "in words"]
)
def test_a_plan_is_computed_and_every_row_cited(
    store: Path, embedder: Embedder, way: Behaviour
) -> None:
    answer, server = run(store, embedder, way)
    assert answer.model == "table"
    assert "The mean of Margin over 2 rows where Colour is oak is 18.5." in answer.text
    assert [dict(one.cells)["Article"] for one in answer.citations] == ["Desk", "Chair"]
    assert any("chose what to compute" in note for note in answer.notes)
    assert len(server.requests) == 1 and answer.usage is not None
    shown = server.requests[0].body["messages"][-1]["content"]
    assert '- "Colour" (text): "red", "oak"' in shown and '- "Price (EUR)" (number, EUR)' in shown


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (
            {"operation": "rows", "order_by": "Price (EUR)", "descending": True, "first": 1},
            "The highest Price (EUR):",
        ),
        (
            {
                "operation": "count",
                "where": [{"column": "Listed since", "test": ">=", "values": ["2024-03-15"]}],
            },
            "In 2 of 4 rows Listed since is 2024-03-15 or after.",
        ),
        (
            {
                "operation": "difference",
                "sides": [
                    {
                        "column": "price (eur)",
                        "where": [{"column": "Article", "values": [article]}],
                    }
                    for article in ("Desk", "Lamp")
                ],
            },
            "is 479.10 EUR.",
        ),
        ({"operation": "sum", "column": "Margin", "group_by": "Colour"}, "red: 12; oak: 37."),
    ],
    ids=["first", "dates", "difference", "groups"],
)
def test_each_operation(store: Path, embedder: Embedder, plan: dict[str, Any], told: str) -> None:
    answer, _ = run(store, embedder, query(**plan))
    assert told in answer.text and answer.citations


def test_a_plan_that_does_not_fit_is_told_so_and_made_again(
    store: Path, embedder: Embedder
) -> None:
    wrong = PLAN | {"column": "Profit"}
    answer, server = run(store, embedder, query(**wrong), query(**PLAN))
    assert "18.5" in answer.text
    again = server.requests[1].body["messages"][-1]["content"]
    assert "there is no column “Profit”; there are: “Article”, “Kind”" in again


@pytest.mark.parametrize(
    "plan",
    [
        PLAN | {"where": [{"column": "Colour", "values": ["green"]}]},
        PLAN | {"column": "Kind"},
        PLAN | {"table": 7},
        {"operation": "ratio", "sides": []},
        {"operation": "drop", "column": "Margin"},
        PLAN | {"where": [{"column": "Margin", "test": ">", "values": ["much"]}]},
        {"operation": "sum", "column": "Margin; DROP TABLE r"},
        # There is no number in it, and nothing is divided by none.
        {
            "operation": "ratio",
            "sides": [
                {"column": "Margin", "where": [{"column": "Article", "values": [article]}]}
                for article in ("Desk", "Sofa")
            ],
        },
    ],
)
def test_what_does_not_fit_is_no_answer(
    store: Path, embedder: Embedder, plan: dict[str, Any]
) -> None:
    """However often it is planned: it is asked twice at most, and answered in the ordinary way."""
    answer, server = run(store, embedder, query(**plan))
    assert sum(plans_table(one.body) for one in server.requests) <= 2
    assert answer.model != "table" and not plans_table(server.requests[-1].body)


@pytest.mark.parametrize("said", [reply("NONE"), reply('{"tool": "shell", "arguments": {}}')])
def test_no_call_is_no_answer(store: Path, embedder: Embedder, said: Behaviour) -> None:
    answer, server = run(store, embedder, said)
    assert answer.model != "table" and len(server.requests) == 2


def test_nothing_is_planned_where_the_rules_are_sure_or_one_search_is_wanted(
    store: Path, embedder: Embedder
) -> None:
    answer, server = run(store, embedder, query(**PLAN), question="What is the total margin?")
    assert "49" in answer.text and answer.model == "table" and not server.requests
    _, server = run(store, embedder, query(**PLAN), effort="quick")
    assert not any(plans_table(one.body) for one in server.requests)
    _, server = run(store, embedder, query(**PLAN), question="What do we sell?")
    assert not any(plans_table(one.body) for one in server.requests)
