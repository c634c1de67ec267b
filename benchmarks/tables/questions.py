"""Two hundred questions over the made tables: twenty operations in five phrasings each, of two
tables; with what is right, worked out here in Python."""

# ruff: noqa: E501 (a phrase is one line)
from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.tables.made import Made

Row = tuple[str, str, Decimal, Decimal, str]
# {t} things, {T} one of them by its column, {m} measure, {s} second measure, {c} category column,
# {v} a value of it, {x} {y} amounts of the measure, {a} {b} two labels, {d} the date column.
PHRASINGS = {
    "over": "Which {t} have a {m} of more than {x}?|List all {t} with {m} over {x}|Show me the {t} whose {m} exceeds {x}|What {t} have a {m} greater than {x}?|Find {t} with a {m} above {x}",
    "under": "Which {t} have a {m} of less than {x}?|List {t} with {m} under {x}|Show the {t} with a {m} below {x}|What are the {t} with {m} lower than {x}?|Give me all {t} where the {m} is smaller than {x}",
    "between": "Which {t} have a {m} between {x} and {y}?|List the {t} with {m} from {x} to {y}|Show {t} with a {m} between {x} and {y}|Find all {t} whose {m} is between {x} and {y}|What {t} have {m} between {x} and {y}?",
    "least": "Which {t} have at least {n} {s}?|List the {t} with {n} or more {s}|Show all {t} with at least {n} {s}|Find {t} that have a minimum of {n} {s}|Name the {t} with no fewer than {n} {s}",
    "year": "Which {t} have a {d} date in 2021?|List all {t} with {d} in 2021|Show the {t} {d} in 2021|Which {t} were {d} in 2021?|Find {t} with {d} during 2021",
    "since": "Which {t} have {d} after 2022?|List the {t} with {d} since 2023|Show all {t} {d} after 2022|Find {t} with a {d} date later than 2022|Which {t} were {d} after 2022?",
    "count": "How many {t} have the {c} {v}?|How many {t} are there with {c} {v}?|What is the number of {t} with {c} {v}?|Count the {t} whose {c} is {v}|How many {t} of {c} {v} are listed?",
    "count over": "How many {t} have a {m} of more than {x}?|How many {t} have {m} over {x}?|Count the {t} with {m} above {x}|What is the number of {t} with a {m} greater than {x}?|How many of the {t} have a {m} that exceeds {x}?",
    "sum": "What is the total {s} of all {t}?|What is the sum of {s} over all {t}?|Add up the {s} of the {t}|How many {s} do all {t} have in total?|Total {s} of the {t}",
    "sum of": "What is the total {m} of the {t} with {c} {v}?|Sum of {m} for {t} whose {c} is {v}|What do the {t} with {c} {v} add up to in {m}?|What is the combined {m} of {t} with {c} {v}?|Total {m} for {c} {v} among the {t}",
    "mean": "What is the average {m} of the {t}?|What is the mean {m} of all {t}?|Average {m} of the {t}|What {m} do the {t} have on average?|Calculate the average {m} over all {t}",
    "max": "What is the highest {m} of the {t}?|What is the maximum {m} among the {t}?|What is the largest {m} of all {t}?|Maximum {m} of the {t}|How high is the highest {m} of the {t}?",
    "min": "What is the lowest {m} of the {t}?|What is the minimum {m} among the {t}?|What is the smallest {m} of all {t}?|Minimum {m} of the {t}|Tell me the lowest {m} among the {t}",
    "argmax": "Which {T} has the highest {m}?|Which {T} has the most {s}?|Which of the {t} has the largest {m}?|Name the {T} with the greatest {m}|What {T} has the maximum {m}?",
    "top": "What are the top 3 {t} by {m}?|Which 3 {t} have the highest {m}?|List the three {t} with the largest {m}|Show the 3 {t} with the highest {m}|Name the top three {t} by {m}",
    "group": "What is the total {s} per {c} of the {t}?|Show the sum of {s} by {c} for the {t}|Total {s} for each {c} of the {t}|How many {s} do the {t} have in total per {c}?|Sum up the {s} of the {t} for every {c}",
    "group count": "How many {t} are there per {c}?|Count the {t} by {c}|What is the number of {t} for each {c}?|How many {t} does each {c} have?|Number of {t} per {c}",
    "difference": "What is the difference in {m} between {a} and {b}?|What is the difference between the {m} of {a} and {b}?|How much more {m} does {a} have than {b}?|Difference of {m} between {a} and {b}|By how much do {a} and {b} differ in {m}?",
    "ratio": "What is the ratio of the {m} of {a} to that of {b}?|What is the ratio of {a} to {b} in {m}?|Ratio of the {m} of {a} and {b}|How many times as much {m} does {a} have as {b}?|What is the {m} of {a} divided by the {m} of {b}?",
    "mean of": "What is the average {s} of the {t} with {c} {v}?|Average {s} of {t} whose {c} is {v}|What is the mean {s} for {t} with {c} {v}?|On average, what {s} do {t} with {c} {v} have?|Mean {s} of the {t} of {c} {v}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what is right: numbers, labelled where there are groups, and the rows."""

    id: str
    question: str
    table: Made
    numbers: tuple[tuple[str, Decimal], ...]
    rows: frozenset[str]

    @property
    def is_held_back(self) -> bool:
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 1


def asked_of(tables: list[Made]) -> list[Asked]:
    """The two hundred questions."""
    found: list[Asked] = []
    turn = 0
    single = [one for one in tables if not one.stem.startswith("sales")]
    for operation, phrasings in PHRASINGS.items():
        for at, phrasing in enumerate(phrasings.split("|")):
            for _ in range(2):
                table = single[(turn * 11) % len(single)]
                turn += 1
                found.append(_asked(f"{operation}-{at}-{table.stem}", operation, phrasing, table))
    return found


def _asked(identity: str, operation: str, phrasing: str, table: Made) -> Asked:
    rows = list(table.rows)
    seed = int.from_bytes(hashlib.sha256(identity.encode()).digest()[:4], "big")
    amounts = sorted(row[2] for row in rows)
    low = amounts[len(amounts) // 4].quantize(Decimal(10))
    x, y = int(low), int(amounts[3 * len(amounts) // 4].quantize(Decimal(10)))
    value, n = rows[seed % len(rows)][1], 20 + seed % 20
    one, other = rows[seed % len(rows)], rows[(seed + 3) % len(rows)]
    question = phrasing.format(
        t=table.things, T=table.label.lower(), m=table.measure.lower(), s=table.second.lower(),
        c=table.category.lower(), v=value, x=f"{x:,}" if seed % 3 == 0 else x, y=y, n=n, a=one[0],
        b=other[0], d=table.date.lower(),
    )  # fmt: skip
    tests: dict[str, Callable[[Row], bool]] = {
        "over": lambda row: row[2] > x,
        "under": lambda row: row[2] < x,
        "between": lambda row: x <= row[2] <= y,
        "least": lambda row: row[3] >= n,
        "year": lambda row: row[4].startswith("2021"),
        "since": lambda row: row[4] >= "2023",
        "count": lambda row: row[1] == value,
        "count over": lambda row: row[2] > x,
        "sum of": lambda row: row[1] == value,
        "mean of": lambda row: row[1] == value,
    }
    kept = [row for row in rows if operation not in tests or tests[operation](row)]
    measured = 3 if "{s}" in phrasing and "{m}" not in phrasing else 2
    column = [row[measured] for row in kept]
    numbers: list[tuple[str, Decimal]] = []
    if operation.startswith("count"):
        numbers = [("", Decimal(len(kept)))]
    elif operation.startswith("sum"):
        numbers = [("", sum(column, Decimal(0)))]
    elif operation.startswith("mean"):
        numbers = [("", sum(column, Decimal(0)) / len(column))]
    elif operation in ("max", "min", "argmax", "top"):
        best = sorted(column, reverse=operation != "min")[: 3 if operation == "top" else 1]
        kept = [row for row in kept if row[measured] in best]
    elif operation.startswith("group"):
        for group in dict.fromkeys(row[1] for row in rows):
            own = [row[3] for row in rows if row[1] == group]
            numbers.append(
                (group, Decimal(len(own)) if "count" in operation else sum(own, Decimal(0)))
            )
    elif operation in ("difference", "ratio"):
        kept = [one, other]
        difference = one[2] - other[2] if " than " in phrasing else abs(one[2] - other[2])
        numbers = [("", difference if operation == "difference" else one[2] / other[2])]
    return Asked(identity, question, table, tuple(numbers), frozenset(row[0] for row in kept))
