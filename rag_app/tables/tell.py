"""What came of a plan, in words: the result, what was computed, the rows as a table, each cited."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from ingest.tables.records import Column, Row
from rag_app.collection.rows import markdown_table
from rag_app.messages import say, say_many
from rag_app.records import Cells, Citation
from rag_app.tables.compute import Result
from rag_app.tables.plan import Plan
from rag_app.tables.wording import conditions_of, head_of

# So many rows are shown, and cited one by one; of more, the stretches that hold them are cited.
SHOWN = 25
# Characters of a stretch, and how many there may be.
LONGEST_STRETCH = 20_000
MOST_STRETCHES = 100
# So many documents of joined tables are named.
NAMED = 5
# In so wide a table the columns that the plan names are shown, and the first ones.
WIDEST = 12


class Source(NamedTuple):
    """A table that was asked: its document, the page of each offset, its text and its rows."""

    document: str
    text: str
    page_of: tuple[int, ...]
    rows: Sequence[Row]

    def page(self, offset: int) -> int | None:
        return sum(start <= offset for start in self.page_of) or None


class Told(NamedTuple):
    """An answer from tables, with its citations and what the reader should know of it."""

    text: str
    citations: tuple[Citation, ...]
    notes: tuple[str, ...]


def tell(plan: Plan, result: Result, columns: Sequence[Column], sources: Sequence[Source]) -> Told:
    """A plan's result as an answer. The rows of the sources follow each other in the result."""
    total = sum(len(one.rows) for one in sources)
    notes = list(plan.notes)
    if result.left_out:
        name = columns[plan.column or 0].name
        notes.append(
            say_many(
                "{count} row without a number in “{name}” is left out.",
                "{count} rows without a number in “{name}” are left out.",
                result.left_out,
                name=name,
            )
        )
    where = conditions_of(plan.conditions, columns)
    head = head_of(plan, result, columns, where, total)
    places = _placed(result.rows, sources)
    notes.insert(0, _computed_from(total, sources))
    parts, citations = [head], list[Citation]()
    by_source: dict[int, list[Row]] = {}
    for at, row in places:
        by_source.setdefault(at, []).append(row)
    for marker, (at, rows) in enumerate(by_source.items(), start=1):
        shown = rows[:SHOWN]
        cells = [_cells(row, columns, plan) for row in shown]
        parts.append(markdown_table(cells, marker))
        citations += [
            _citation(marker, sources[at], row.start, row.end, own)
            for row, own in zip(shown, cells, strict=True)
        ]
        if len(rows) > SHOWN:
            left = len(rows) - SHOWN
            more = say_many("… and {count} more row", "… and {count} more rows", left)
            parts.append(f"{more} [{marker}]")
            stretches = _stretches(rows[SHOWN:], sources[at].rows)
            citations += [
                _citation(marker, sources[at], *one) for one in stretches[:MOST_STRETCHES]
            ]
            if len(stretches) > MOST_STRETCHES:
                note = say("There are too many rows to cite all of them; the first are cited.")
                notes.append(note)
    return Told("\n\n".join(parts), tuple(citations), tuple(notes))


def _computed_from(total: int, sources: Sequence[Source]) -> str:
    """Which tables were asked, and how many rows they have."""
    if len(sources) == 1:
        return say_many(
            "Computed from the only row of the table in {document}.",
            "Computed from all {count} rows of the table in {document}.",
            total,
            document=sources[0].document,
        )
    names = list(dict.fromkeys(one.document for one in sources))
    shown = [*names[:NAMED], *(["…"] if len(names) > NAMED else [])]
    return say(
        "Computed from all {rows} rows of {tables} tables with the same columns, in {documents}.",
        rows=total,
        tables=len(sources),
        documents=", ".join(shown),
    )


def _placed(ids: Sequence[int], sources: Sequence[Source]) -> list[tuple[int, Row]]:
    placed: list[tuple[int, Row]] = []
    for one in ids:
        at = 0
        while one >= len(sources[at].rows):
            one -= len(sources[at].rows)
            at += 1
        placed.append((at, sources[at].rows[one]))
    return placed


def _cells(row: Row, columns: Sequence[Column], plan: Plan) -> Cells:
    named = plan.columns()
    shown = [
        at
        for at in range(len(columns))
        if len(columns) <= WIDEST or at in named or at < WIDEST // 2
    ]
    names: list[str] = []
    for at in shown:  # two columns of one name are told apart
        name = columns[at].name
        names.append(name if name not in names else f"{name} ({names.count(name) + 1})")
    return tuple((name, row.cells[at]) for name, at in zip(names, shown, strict=True))


def _stretches(rows: Sequence[Row], all_rows: Sequence[Row]) -> list[tuple[int, int]]:
    """The stretches of text that hold rows which follow each other."""
    after = {one.start: other.start for one, other in itertools.pairwise(all_rows)}
    found: list[tuple[int, int]] = []
    expected = -1
    for row in sorted(rows, key=lambda one: one.start):
        if row.start == expected and row.end - found[-1][0] <= LONGEST_STRETCH:
            found[-1] = (found[-1][0], row.end)
        else:
            found.append((row.start, row.end))
        expected = after.get(row.start, -1)
    return found


def _citation(marker: int, source: Source, start: int, end: int, cells: Cells = ()) -> Citation:
    quote = source.text[start:end]
    return Citation(
        marker, source.document, source.page(start), start, end, quote, True, 1.0, cells=cells
    )
