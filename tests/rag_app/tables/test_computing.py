"""Plans over rows, and plans that cannot be carried out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ingest.tables.derive import table_of
from ingest.tables.records import Table
from rag_app.tables.compute import compute
from rag_app.tables.plan import Condition, Operand, Plan, checked
from rag_app.tables.rules.link import Vocabulary
from rag_app.tables.rules.planner import plan_for


def made(*lines: str) -> Table:
    text, spans = "\n".join(lines), []
    for line in lines:
        start = text.index(line, spans[-1][1] if spans else 0)
        spans.append((start, start + len(line)))
    table = table_of(text, spans)
    assert table is not None
    return table


def test_tenths_are_added_as_decimals() -> None:
    table = made("Name: A; Price: 0.10", "Name: B; Price: 0.20", "Name: C; Price: 1,000.3")
    result = compute(Plan("sum", column=1), table.columns, table.rows)
    assert result.amounts[0].number == Decimal("1000.6")


def test_a_row_that_sums_up_others_is_not_counted_again() -> None:
    table = made("Name: A; Price: 1", "Name: B; Price: 2", "Name: Total; Price: 3")
    assert compute(Plan("sum", column=1), table.columns, table.rows).amounts[0].number == 3


def test_numbers_too_large_to_be_exact_are_a_sentence() -> None:
    table = made("Name: A; Price: 9999999999999999999999", "Name: B; Price: 2")
    result = compute(Plan("sum", column=1), table.columns, table.rows)
    assert "too large" in result.problem


def test_sides_in_two_currencies_are_not_compared() -> None:
    table = made("Name: A; Price: $5", "Name: B; Price: €2")
    sides = tuple(Operand(1, (Condition(0, "=", (one,)),)) for one in ("a", "b"))
    result = compute(Plan("difference", operands=sides), table.columns, table.rows)
    assert "not compared" in result.problem


@pytest.mark.parametrize(
    "plan",
    [Plan("sum", column=7), Plan("sum", column=0),
     Plan("rows", conditions=(Condition(0, ">", (1,)),))],
)  # fmt: skip
def test_a_plan_over_columns_that_do_not_fit_is_refused(plan: Plan) -> None:
    table = made("Name: A; Price: 1", "Name: B; Price: 2")
    with pytest.raises(ValueError, match=r"column|holds"):
        checked(plan, table.columns)


def test_words_of_a_question_are_never_a_statement() -> None:
    table = made("Name: x'); DROP TABLE r; --; Price: 1", "Name: B; Price: 2")
    words = Vocabulary(table.columns, table.rows)
    plan = plan_for("How many have the name x'); DROP TABLE r; --", words, given=True)
    assert plan is not None
    assert compute(plan, table.columns, table.rows).amounts[0].number == 1


def test_a_table_of_many_columns_and_rows_is_asked() -> None:
    wide = "; ".join(f"C{at}: {at}" for at in range(1_500))
    table = made(f"Name: A; {wide}", f"Name: B; {wide}")
    assert compute(Plan("sum", column=900), table.columns, table.rows).amounts[0].number == 1_798


def test_years_as_columns_are_compared() -> None:
    table = made("Revenue; 2019: 110; 2018: 100", "Costs; 2019: 50; 2018: 40")
    words = Vocabulary(table.columns, table.rows)
    plan = plan_for(
        "What was the percentage change in revenue from 2018 to 2019?", words, given=True
    )
    assert plan is not None
    assert compute(plan, table.columns, table.rows).amounts[0].number == 10
