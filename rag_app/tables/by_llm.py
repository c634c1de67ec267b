"""A question to a plan over tables, by an LLM, where the rules are not sure of one.

The LLM is shown what columns there are, and calls ``query_table`` with their names. What it calls
is checked against the table, and computed as any other plan; no words of it are executed or shown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.tables.values import SYMBOLS, YEAR, date_of, is_missing, number_of
from ingest.text.invisible import without_invisible
from rag_app.answer.draft import Draft, Planner
from rag_app.fences import attribute, fence_for
from rag_app.messages import say
from rag_app.prompts import Prompts
from rag_app.records import Planned, ToolCall
from rag_app.tables.answer import OpenTable, computed
from rag_app.tables.plan import Condition, Operand, Plan, Test, checked, date_test
from rag_app.tables.words import key_of

# A call that does not fit the table is told what is wrong, and made again once.
MOST_TRIES = 2
# Of a column, so many of its cells are shown, and all of a column that has no more than so many.
EXAMPLES, MOST_LISTED = 3, 12
LONGEST_CELL = 40  # characters
MOST_COLUMNS = 60

Name = Annotated[str, Field(min_length=1, max_length=200)]
Called = Literal[
    "rows", "count", "distinct", "sum", "mean", "min", "max", "difference", "ratio", "change",
    "share",
]  # fmt: skip
TWO_SIDES = ("difference", "ratio", "change", "share")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class RowTest(_Part):
    """A test that rows have to pass."""

    column: Name
    test: Literal["=", "!=", ">", ">=", "<", "<=", "between", "contains"] = "="
    values: list[str | int | float] = Field(min_length=1, max_length=20)


class Side(_Part):
    """One side of a difference, ratio, change or share."""

    column: Name
    where: list[RowTest] = Field([], max_length=8)


class QueryTable(_Part):
    """Compute something of the rows of one table, exactly."""

    table: int = Field(1, ge=1, description="the number of the table")
    operation: Called = Field(
        description="rows: show the rows that pass. count, distinct (different values), sum, mean,"
        " min, max: of a column. difference, ratio, change (in percent), share (in percent): of"
        " two sides"
    )
    column: Name | None = Field(None, description="the column to compute with")
    where: list[RowTest] = Field([], max_length=8, description="what rows must pass, all of it")
    group_by: Name | None = Field(None, description="compute for each value of this column")
    order_by: Name | None = Field(None, description="for rows: the column to sort by")
    descending: bool = Field(False, description="the highest or latest first")
    first: int | None = Field(None, ge=1, description="only so many, after sorting")
    sides: list[Side] = Field([], max_length=2, description="for an operation of two sides")


class Wrong(ValueError):
    """A call that does not fit; says why, to the LLM."""


class Answered(NamedTuple):
    """The answer that a plan gave, None where there is none, and what the LLM said."""

    draft: Draft | None
    replies: tuple[Planned, ...]


def answer_by_llm(
    question: str, tables: Sequence[OpenTable], planner: Planner, prompts: Prompts
) -> Answered:
    """The answer of some tables as an LLM plans it; none where it calls nothing, or nothing that
    fits, or where what it calls leads to nothing. Raises nothing of the LLM's."""
    replies: list[Planned] = []
    wrong = ""
    for _ in range(MOST_TRIES):
        reply = planner.plan(_messages(prompts, question, tables, wrong), [description()])
        replies.append(reply)
        call = next((one for one in reply.calls if one.name == "query_table"), None)
        if call is None:
            break
        try:
            given, plan = plan_of(call, tables)
        except Wrong as error:
            wrong = str(error)
            continue
        draft = computed(plan, given)
        if draft is None:
            break
        notes = (*draft.notes, _note(reply.model))
        return Answered(draft._replace(notes=notes), tuple(replies))
    return Answered(None, tuple(replies))


def _note(model: str) -> str:
    return say(
        "{model} chose what to compute; it was checked against the columns and computed exactly.",
        model=model or say("The AI model"),
    )


def description() -> dict[str, Any]:
    """The tool as the chat protocol describes functions."""
    schema = QueryTable.model_json_schema()
    return {
        "type": "function",
        "function": {
            "name": "query_table",
            "description": schema.pop("description"),
            "parameters": schema,
        },
    }


def plan_of(call: ToolCall, tables: Sequence[OpenTable]) -> tuple[OpenTable, Plan]:
    """A call as a plan over one of the tables. Raises Wrong."""
    try:
        asked = QueryTable.model_validate(json.loads(call.arguments or "{}"))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Wrong(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (ValueError, RecursionError):
        raise Wrong("the arguments are no JSON object") from None
    if asked.table > len(tables):
        raise Wrong(f"there is no table {asked.table}")
    given = tables[asked.table - 1]
    try:
        return given, checked(_plan(asked, given), given.table.columns)
    except Wrong:
        raise
    except ValueError as error:
        raise Wrong(str(error)) from None


def _plan(asked: QueryTable, given: OpenTable) -> Plan:
    column = None if asked.column is None else _column(asked.column, given)
    if asked.operation in TWO_SIDES:
        if len(asked.sides) != 2:
            raise Wrong(f"{asked.operation} needs two sides, each with its column")
        column = None
    elif asked.operation not in ("rows", "count") and column is None:
        raise Wrong(f"{asked.operation} needs a column")
    order = None
    if asked.order_by is not None and (asked.operation == "rows" or asked.group_by is not None):
        # Groups are sorted by what is computed of them.
        by = 0 if asked.operation != "rows" else _column(asked.order_by, given)
        order = (by, asked.descending)
    select = () if column is None or asked.operation != "rows" else (column,)
    return Plan(
        asked.operation,
        column=None if asked.operation in ("rows", "count") else column,
        conditions=_conditions(asked.where, given),
        select=select,
        group=None if asked.group_by is None else _column(asked.group_by, given),
        order=order,
        first=asked.first if asked.operation == "rows" or order is not None else None,
        operands=tuple(
            Operand(_column(one.column, given), _conditions(one.where, given))
            for one in asked.sides
            if asked.operation in TWO_SIDES
        ),
        lists=asked.operation == "rows",
        sure=1.0,
    )


def _column(name: str, given: OpenTable) -> int:
    """The column of a name, as it is written or as words are compared. Raises Wrong."""
    columns = given.table.columns
    for same in (str.strip, key_of):
        found = [at for at, one in enumerate(columns) if same(one.name) == same(name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise Wrong(f"{len(found)} columns are called “{name}”")
    named = ", ".join(f"“{one.name}”" for one in columns[:MOST_COLUMNS])
    raise Wrong(f"there is no column “{name}”; there are: {named}")


def _conditions(tests: Sequence[RowTest], given: OpenTable) -> tuple[Condition, ...]:
    return tuple(_condition(one, given) for one in tests)


def _condition(asked: RowTest, given: OpenTable) -> Condition:
    """A test with its values as the cells of its column are compared. Raises Wrong."""
    at = _column(asked.column, given)
    column, said = given.table.columns[at], [str(one).strip() for one in asked.values]
    if asked.test == "between" and len(said) != 2:
        raise Wrong("between needs two values")
    if column.kind == "number" and asked.test != "contains":
        return _on_numbers(at, asked.test, said)
    if column.kind == "date" and asked.test != "contains":
        return _on_dates(at, asked.test, said)
    if asked.test not in ("=", "!=", "contains"):
        raise Wrong(f"“{column.name}” holds words, which are only equal or not")
    keys = [key_of(one) for one in said]
    whole = all(at in given.words.whole.get(key, ()) for key in keys)
    if asked.test != "contains" and whole:
        return Condition(at, asked.test, tuple(keys), said=tuple(said))
    cells = [f" {key_of(row.cells[at])} " for row in given.table.rows]
    for key, one in zip(keys, said, strict=True):
        if not any(f" {key} " in cell for cell in cells):
            raise Wrong(f"no cell of “{column.name}” has “{one}”")
    if asked.test == "!=":
        raise Wrong(f"no cell of “{column.name}” is exactly “{said[0]}”")
    return Condition(at, "contains", tuple(keys), said=tuple(said))


def _on_numbers(at: int, test: Test, said: Sequence[str]) -> Condition:
    read = [number_of(one) for one in said]
    values: list[Decimal] = []
    for one, number in zip(said, read, strict=True):
        if number is None:
            raise Wrong(f"“{one}” is no number")
        values.append(number.number)
    if len(values) > 1 and test != "between":
        raise Wrong(f"{test} takes one number")
    units = {one.unit for one in read if one is not None and one.unit in SYMBOLS.values()}
    return Condition(at, test, tuple(sorted(values)), unit=units.pop() if len(units) == 1 else "")


def _on_dates(at: int, test: Test, said: Sequence[str]) -> Condition:
    values: list[int] = []
    for one in said:
        date = int(one) * 10_000 if YEAR.fullmatch(one) else date_of(one)
        if date is None or date < 10_000:
            raise Wrong(f"“{one}” is no date with a year")
        values.append(date)
    if test == "!=" or (len(values) > 1 and test != "between"):
        raise Wrong("a date is compared with one date, or between two")
    sign, dates = date_test(test, min(values), max(values))
    return Condition(at, sign, dates)


def _messages(
    prompts: Prompts, question: str, tables: Sequence[OpenTable], wrong: str
) -> list[dict[str, str]]:
    told = [_told(one) for one in tables]
    fence = fence_for([*told, question])
    shown = "\n\n".join(
        prompts.fill(
            "tables.table",
            fence=fence,
            number=number,
            document=attribute(one.found.document),
            text=without_invisible(text),
        )
        for number, (one, text) in enumerate(zip(tables, told, strict=True), start=1)
    )
    again = f"\n\nThe call before was wrong: {attribute(wrong)}" if wrong else ""
    asked = prompts.fill("tables.question", tables=shown, question=question) + again
    return [
        {"role": "system", "content": prompts.fill("tables.system", fence=fence)},
        {"role": "user", "content": asked},
    ]


def _told(given: OpenTable) -> str:
    """A table as an LLM is shown it: a line for each column, with some of its cells."""
    table = given.table
    lines = [table.caption] if table.caption else []
    lines.append(f"{len(table.rows)} rows; columns:")
    for at, column in enumerate(table.columns[:MOST_COLUMNS]):
        cells = dict.fromkeys(row.cells[at] for row in table.rows)
        filled = [" ".join(one.split())[:LONGEST_CELL] for one in cells if not is_missing(one)]
        lists = column.kind in ("text", "bool") and len(filled) <= MOST_LISTED
        shown = filled if lists else filled[:EXAMPLES]
        more = "" if lists or len(filled) <= EXAMPLES else ", …"
        unit = f", {column.unit}" if column.unit else ""
        values = json.dumps(shown, ensure_ascii=False)[1:-1]
        lines.append(
            f"- {json.dumps(column.name, ensure_ascii=False)} ({column.kind}{unit}): {values}{more}"
        )
    return "\n".join(lines)
