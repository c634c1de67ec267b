"""The answer of tables to a question: found by its words, planned, computed, told. None where any
of that is not sure, so that the question is searched for as any other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from ingest.catalog.filters import Filter
from ingest.catalog.kept_tables.find import Found, find_tables
from ingest.catalog.view import CatalogView
from ingest.tables.records import Column, Row, Table
from ingest.tables.values import column_of
from ingest.text.analyzer import stems
from rag_app.answer.draft import Draft
from rag_app.languages import TABLES
from rag_app.messages import say_many
from rag_app.tables.compute import Result, compute
from rag_app.tables.kept import KeptTables
from rag_app.tables.plan import Plan
from rag_app.tables.rules import phrases_english as say
from rag_app.tables.rules.link import Vocabulary
from rag_app.tables.rules.phrases_german import GERMAN, in_english
from rag_app.tables.rules.planner import plan_for
from rag_app.tables.tell import Source, tell
from rag_app.tables.words import key_of

MODEL = "table"
# So many tables with the same columns are joined.
MOST_JOINED = 50
# A table that has so many of a question's words less than the one with most is not read.
NEARLY = 1.0
# Of a table that an LLM is shown, the question names at least so much of a column's name; and so
# many tables are shown.
NAMED, MOST_OPENED = 0.5, 3
KEPT = KeptTables()


class OpenTable(NamedTuple):
    """A table that was found and read, with its words, and its place in its document."""

    found: Found
    table: Table
    words: Vocabulary
    source: Source


class TableSearch:
    """The tables that may answer a question, among the documents that pass a filter: found when
    they are first needed, once for all that is done with them."""

    def __init__(
        self, question: str, language: str | None, view: CatalogView, where: Filter | None
    ) -> None:
        self.question, self.language, self.view = question, language, view
        self._where = where

    @cached_property
    def found(self) -> list[Found]:
        """Those that have most of the question's words, or nearly as many. Raises StoreError."""
        found_by = {one: say.MEANS.get(one, ()) for one in stems(in_english(self.question))}
        says_nothing = say.EMPTY | say.OF_OPERATIONS.keys()
        telling = {one: others for one, others in found_by.items() if one not in says_nothing}
        found = find_tables(self.view, telling, self._where)
        found = found or find_tables(self.view, found_by, self._where)
        best = max((one.score for one in found), default=0)
        return [one for one in found if one.score >= best - NEARLY]


class _Asked(NamedTuple):
    found: Found
    table: Table
    words: Vocabulary
    plan: Plan


def may_be_for_tables(question: str) -> bool:
    """Whether a question asks for something of the kind that is computed of rows."""
    if GERMAN.match(question):
        question = in_english(question)
    return any(
        one.search(question)
        for one in (
            say.LIST, say.COUNT, say.SUM, say.MEAN, say.DIFFERENCE, say.RATIO, say.SHARE,
            say.CHANGED, say.MOST, say.TOP, say.HOW_MUCH,
        )
    )  # fmt: skip


def from_tables(search: TableSearch) -> Draft | None:
    """The answer that tables of the collection give; None if the question is not surely for them.

    Raises StoreError.
    """
    question, view = search.question, search.view
    if not TABLES.are_for(search.language) or not may_be_for_tables(question):
        return None
    asked: list[_Asked] = []
    for found in search.found:
        # Tables that have fewer of the question's words than one which answers it are other ones,
        # but for those of the same columns, which may only have less of it in their names.
        is_other = bool(asked) and found.score < asked[0].found.score
        table, vocabulary = KEPT.read(view, found)
        if is_other and not _same_columns(table, asked[0].table):
            continue
        plan = plan_for(question, vocabulary, about=f"{found.document} {table.caption}")
        if plan is not None and plan.sure == 1.0 and _computes(plan):
            asked.append(_Asked(found, table, vocabulary, plan))
            if len(asked) > MOST_JOINED:
                break
    if not asked:
        return None
    first, *others = asked
    if _is_of_another(first, search.found):
        return None
    same = [one for one in others if _same_columns(one.table, first.table)]
    if first.plan.operation == "rows" and not first.plan.conditions and len(same) < len(others):
        return None  # all of a table is asked for, and it is not clear of which
    return _told(view, question, [first, *same[:MOST_JOINED]], others=len(others) - len(same))


def asks_to_compute(question: str) -> bool:
    """Whether a question asks for more than a row: an LLM is worth asking how."""
    question = in_english(question)
    return any(
        one.search(question)
        for one in (
            say.COUNT, say.SUM, say.MEAN, say.DIFFERENCE, say.RATIO, say.SHARE, say.CHANGE,
            say.TOP, say.MOST, *(pattern for pattern, test in say.COMPARISONS if test != "="),
        )
    )  # fmt: skip


def open_tables(search: TableSearch) -> tuple[OpenTable, ...]:
    """The tables that may answer a question which asks to compute, most likely first: of those that
    have most of its words, those with a column that it names. Raises StoreError."""
    question, view = search.question, search.view
    if not TABLES.are_for(search.language) or not asks_to_compute(question):
        return ()
    opened: list[OpenTable] = []
    for found in search.found:
        table, words = KEPT.read(view, found)
        named = words.link(in_english(question)).columns
        if any(one.share >= NAMED for one in named):
            opened.append(OpenTable(found, table, words, _source(view, found, table)))
            if len(opened) == MOST_OPENED:
                break
    return tuple(opened)


def computed(plan: Plan, given: OpenTable) -> Draft | None:
    """What a plan over a table gives, told; None if that is nothing, or a search tells more."""
    columns = given.table.columns
    result = compute(plan, columns, given.table.rows)
    if result.problem or _adds_nothing(plan, result, columns):
        return None
    if not result.rows and not result.amounts:
        return None
    told = tell(plan, result, columns, [given.source])
    return Draft(told.text, told.citations, model=MODEL, notes=told.notes)


def _is_of_another(asked: _Asked, candidates: Sequence[Found]) -> bool:
    """Whether words that a plan looks for inside of cells are the name of another document, which
    has tables of its own."""
    inside = {
        str(text) for one in asked.plan.conditions if one.test == "contains" for text in one.values
    }
    names = {one.document for one in candidates} - {asked.found.document}
    return any(f" {text} " in f" {key_of(name)} " for text in inside for name in names)


def _computes(plan: Plan) -> bool:
    """Whether a plan does more than a search does: a row that a question names is quoted anyway."""
    compared = any(one.test not in ("=", "contains") for one in plan.conditions)
    return plan.operation != "rows" or plan.order is not None or compared or plan.lists


def _adds_nothing(plan: Plan, result: Result, columns: Sequence[Column]) -> bool:
    """Whether a search tells more: a sum over one row is that row, and perhaps of another table
    than is meant ("total charges"); where no row passes a condition on a column that is named by a
    year, the columns were meant to be compared."""
    if plan.operation in ("sum", "mean") and len(result.rows) == 1:
        return True
    on_years = any(columns[one.column].name.strip().isdigit() for one in plan.conditions)
    return not result.rows and on_years


def _same_columns(one: Table, other: Table) -> bool:
    return [(c.name, c.kind) for c in one.columns] == [(c.name, c.kind) for c in other.columns]


def _told(view: CatalogView, question: str, asked: Sequence[_Asked], others: int) -> Draft | None:
    first = asked[0]
    rows: list[Row] = [row for one in asked for row in one.table.rows]
    columns, plan = first.table.columns, first.plan
    if len(asked) > 1:
        joined = Table(0, 0, first.table.caption, columns, tuple(rows))
        columns = _columns(joined)
        vocabulary = Vocabulary(columns, rows)
        replanned = plan_for(
            question,
            vocabulary,
            about=" ".join(one.found.document + " " + one.table.caption for one in asked),
        )
        if replanned is None:
            return None
        plan = replanned
    result = compute(plan, columns, rows)
    if _adds_nothing(plan, result, columns):
        return None
    sources = [_source(view, one.found, one.table) for one in asked]
    told = tell(plan, result, columns, sources)
    notes = told.notes
    if others:
        notes += (
            say_many(
                "{count} other table has the question's words too.",
                "{count} other tables have the question's words too.",
                others,
            ),
        )
    return Draft(told.text, told.citations, model=MODEL, notes=notes)


def _columns(table: Table) -> tuple[Column, ...]:
    return tuple(
        column_of(column.name, [row.cells[at] for row in table.rows])
        for at, column in enumerate(table.columns)
    )


def _source(view: CatalogView, found: Found, table: Table) -> Source:
    document = found.document
    starts = tuple(view.outline(document).page_starts)
    return Source(document, view.document_text(document) or "", starts, table.rows)
