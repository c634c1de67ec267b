"""The rows of a sheet as they are shown: texts, merged cells, and what is hidden or not known.

A sheet is read row by row, since there may be a million. openpyxl's parser gives the rows and what
stands in front of them; merged cells stand behind them in the file and are looked for first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import IO, Any

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._reader import FORMULA_TAG, INLINE_STRING, VALUE_TAG, WorkSheetParser

from ingest.load.common.choices import CHOICES
from ingest.load.common.typography import struck_out
from ingest.load.sheets.rich_text import item_text
from ingest.load.sheets.values import shown_value

_BLOCK = 1_000_000
_MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]*\bref=["'](\$?[A-Z]+\$?\d+:\$?[A-Z]+\$?\d+)["']"""
)
# So much of a block is looked at again with the next one: a reference may lie over the border.
_OVERLAP = 200
_MOST_MERGED = 50_000
# A label of merged rows is said in each of them, unless it is a text.
_LONGEST_LABEL = 80

_HIDDEN = ("1", "true")


class SheetRows:
    """The rows of one sheet, to be gone through once. What the fields say is known as far as that
    has gone.

    ``spans`` are the columns of merged cells, by row and column as they are given here, without
    what is hidden; ``bold`` are the rows that are all in bold type. ``hidden_rows`` and
    ``hidden_columns`` count those with something in them, ``formulas`` those without a stored
    result. ``wanted`` are cells whose ``labels``, their text and what their row begins with, are
    asked for, by (row, column) as the file counts.
    """

    def __init__(self, sheet: Any, wanted: set[tuple[int, int]]) -> None:
        self.spans: dict[int, dict[int, int]] = {}
        self.bold: set[int] = set()
        self.labels: dict[tuple[int, int], str] = {}
        self.hidden_rows = 0
        self.formulas = 0
        self._hidden_columns: set[int] = set()
        self._sheet = sheet
        self._wanted = defaultdict(list)
        for row, column in wanted:
            self._wanted[row].append(column)
        self._formats = _Formats(sheet.parent)

    @property
    def hidden_columns(self) -> int:
        """How many hidden columns there are with something in them."""
        return len(self._hidden_columns)

    def __iter__(self) -> Iterator[list[str]]:
        with self._sheet._get_source() as source:
            wide, deep = _merged_cells(source)
        book = self._sheet.parent
        all_of_it = CHOICES.get().hidden
        with self._sheet._get_source() as source:
            parser = _Parser(
                source,
                self._sheet._shared_strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            held: dict[int, tuple[str, int]] = {}
            last = given = 0
            unseen: list[tuple[int, int]] | None = None
            for number, cells in parser.parse():
                if unseen is None:
                    # They stand before all rows.
                    unseen = [] if all_of_it else _hidden_columns(parser)
                if number > last + 1:
                    given += 1
                    yield []  # one for all the rows that are missing
                last = number
                height = parser.row_dimensions.pop(str(number), {})
                hidden = height.get("hidden") in _HIDDEN and not all_of_it
                texts = {
                    cell["column"]: self._text(cell) for cell in cells if cell["value"] is not None
                }
                if hidden:
                    self.hidden_rows += any(texts.values())
                    continue
                self._remember(number, texts)
                own = any(texts.values())
                for column, (text, end) in held.items():
                    if own and number <= end and not texts.get(column):
                        texts[column] = text
                for column, end in deep.get(number, {}).items():
                    if 0 < len(texts.get(column, "")) <= _LONGEST_LABEL:
                        held[column] = texts[column], end
                if number in wide:
                    self.spans[given] = _spans(wide[number], unseen)
                if own and self._is_bold(cells, texts):
                    self.bold.add(given)
                given += 1
                yield self._seen(texts, unseen)

    def _text(self, cell: Mapping[str, Any]) -> str:
        text = self._formats.shown(cell["value"], cell["style_id"])
        self.formulas += cell["data_type"] == "f"
        text = " ".join(text.split())
        return struck_out(text) if self._formats.is_struck_out(cell["style_id"]) else text

    def _is_bold(self, cells: Iterable[Mapping[str, Any]], texts: Mapping[int, str]) -> bool:
        filled = (cell for cell in cells if texts.get(cell["column"]))
        return all(self._formats.is_bold(cell["style_id"]) for cell in filled)

    def _remember(self, number: int, texts: Mapping[int, str]) -> None:
        for column in self._wanted.get(number, ()):
            first = next((text for _, text in sorted(texts.items()) if text), "")
            own = texts.get(column, "")
            self.labels[number, column] = ", ".join(dict.fromkeys(filter(None, (first, own))))

    def _seen(self, texts: Mapping[int, str], unseen: list[tuple[int, int]]) -> list[str]:
        columns = range(1, max(texts, default=0) + 1)
        if not unseen:
            return [texts.get(column, "") for column in columns]
        self._hidden_columns.update(
            column for column, text in texts.items() if text and _is_in(unseen, column)
        )
        return [texts.get(column, "") for column in columns if not _is_in(unseen, column)]


def _hidden_columns(parser: WorkSheetParser) -> list[tuple[int, int]]:
    return [
        (int(columns["min"]), int(columns["max"]))
        for columns in parser.column_dimensions.values()
        if columns.get("hidden") in _HIDDEN
    ]


def _is_in(ranges: list[tuple[int, int]], column: int) -> bool:
    return any(first <= column <= last for first, last in ranges)


def _spans(merged: Mapping[int, int], unseen: list[tuple[int, int]]) -> dict[int, int]:
    """How many columns that can be seen a merged cell covers, by its place among those."""
    seen = [column for column in range(1, max(merged.values()) + 1) if not _is_in(unseen, column)]
    places = {column: place for place, column in enumerate(seen)}
    return {
        places[column]: sum(column <= other <= end for other in seen)
        for column, end in merged.items()
        if column in places
    }


class _Parser(WorkSheetParser):  # type: ignore[misc]
    """Gives a formula whose result the file does not have as such."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if element.get("t") == "inlineStr":
            item = element.find(INLINE_STRING)
            if item is not None and item.find("{*}r") is not None:
                cell["value"] = item_text(item)
        elif (
            cell["value"] is None
            and element.find(FORMULA_TAG) is not None
            # The result may also be an empty text.
            and (element.find(VALUE_TAG) is None or element.get("t") != "str")
        ):
            formula = self.parse_formula(element)
            text = formula if isinstance(formula, str) else getattr(formula, "text", None) or "="
            cell["value"], cell["data_type"] = text, "f"
        return cell


class _Formats:
    """What the styles of a workbook say of a cell: how it is shown, and whether it counts."""

    def __init__(self, book: Any) -> None:
        self._styles: dict[int, tuple[str, bool, bool]] = {}
        self._sheet = SimpleNamespace(parent=book)

    def is_struck_out(self, style: int) -> bool:
        """Whether there is a line through what a cell of this style says."""
        return self._style(style)[1]

    def is_bold(self, style: int) -> bool:
        """Whether a cell of this style is in bold type."""
        return self._style(style)[2]

    def shown(self, value: Any, style: int) -> str:
        """A value as text: numbers as they are shown, dates in ISO form."""
        return shown_value(value, self._style(style)[0])

    def _style(self, style: int) -> tuple[str, bool, bool]:
        found = self._styles.get(style)
        if found is None:
            cell = ReadOnlyCell(self._sheet, 1, 1, None, style_id=style)
            font = cell.font
            found = cell.number_format or "General", bool(font.strike), bool(font.bold)
            self._styles[style] = found
        return found


def _merged_cells(
    source: IO[bytes],
) -> tuple[dict[int, dict[int, int]], dict[int, dict[int, int]]]:
    """The last column of cells merged across columns, and the last row of those merged across
    rows, by the row and column of their upper left cell."""
    wide: dict[int, dict[int, int]] = defaultdict(dict)
    deep: dict[int, dict[int, int]] = defaultdict(dict)
    rest = b""
    count = 0
    while block := source.read(_BLOCK):
        rest += block
        end = 0
        for found in _MERGED.finditer(rest):
            end = found.end()
            count += 1
            if count > _MOST_MERGED:
                return wide, deep
            first, top, last, bottom = range_boundaries(found[1].decode())
            if last > first:
                wide[top][first] = last
            if bottom > top:
                deep[top][first] = bottom
        rest = rest[max(end, len(rest) - _OVERLAP) :]
    return wide, deep
