"""Questions over the tables of the sample documents, as people ask them."""

from __future__ import annotations

import pytest

from rag_app import Engine


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("What is the cheapest station?", ["WS-40L weather station"]),
        (
            "What is the total price of all stations?",
            ["WS-40C weather", "WS-40S weather", "WS-40L weather"],
        ),
        ("What's the sum of hotel limits?", ["outside London", "Greater London", "abroad"]),
        ("List all actions due in April 2026", ["31-01", "31-03", "31-06", "31-07"]),
        ("What is the most expensive product?", ["WS-40S weather station"]),
        ("Which products cost more than 4,000 pounds?", ["WS-40S weather station"]),
        ("Which station is not a satellite one?", ["WS-40C weather", "WS-40L weather"]),
        ("Who owns the most actions?", ["31-02", "31-06"]),
        ("List the plans", ["Plan: Base", "Plan: Plus", "Plan: Flood Watch"]),
    ],
)
def test_the_right_rows_are_taken(sample_engine: Engine, question: str, rows: list[str]) -> None:
    answer = sample_engine.ask(question)
    assert answer.model == "table"
    assert len(answer.citations) == len(rows)
    assert all(row in one.quote for row, one in zip(rows, answer.citations, strict=True))


def test_what_is_not_said_to_differ_is_shown_side_by_side(sample_engine: Engine) -> None:
    """Nothing says in what two plans differ: not in their price alone."""
    answer = sample_engine.ask("What is the difference between the Base plan and the Plus plan?")
    assert answer.model == "table" and "difference of" not in answer.text
    assert [one.cells[0][1] for one in answer.citations] == ["Base", "Plus"]


@pytest.mark.parametrize(
    "question",
    [
        # A document's name is no word to look for in the rows of another.
        "Show me the price list as a table",
        # No row says what changed.
        "What changed in the price list?",
    ],
)
def test_what_only_seems_to_be_asked_of_rows_is_searched_for(
    sample_engine: Engine, question: str
) -> None:
    answer = sample_engine.ask(question)
    assert answer.model == "quotes"
    assert {one.document for one in answer.citations} & {
        "sales/price-list-and-warranty.html", "contracts/service-agreement.pdf",
    }  # fmt: skip
