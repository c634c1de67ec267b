"""What of a table a question names: columns by their names, cells by their words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.tables.records import Column, Row
from ingest.tables.values import YEAR, is_missing
from rag_app.tables.words import Token, key_of, tokens_of

LONGEST_VALUE = 12  # words
# A column says which thing a row is, if so many of its cells differ; and words tell such things
# apart, if they are in so many of them.
NAMES_ROWS, SOME = 0.8, 0.2


@dataclass(frozen=True, slots=True)
class ColumnLink:
    """A column that words of the question, by their places, name: ``share`` of its name."""

    column: int
    places: tuple[int, ...]
    share: float


@dataclass(frozen=True, slots=True)
class ValueLink:
    """Words ``[start, end)`` of the question that are a cell of some columns, or in cells of them,
    ``whole`` or not; ``text`` is how they are compared."""

    start: int
    end: int
    columns: tuple[int, ...]
    text: str
    whole: bool


@dataclass(slots=True)
class Links:
    """A question's words, and what they name."""

    tokens: list[Token]
    columns: list[ColumnLink] = field(default_factory=list)
    values: list[ValueLink] = field(default_factory=list)

    def column(self, at: int) -> ColumnLink | None:
        return next((one for one in self.columns if one.column == at), None)

    def named_in(self, about: str) -> set[int]:
        """The places of two words and more that stand so in what a table's document is called: the
        "40" of "WS-40", which counts nothing."""
        named, found = f" {key_of(about)} ", set[int]()
        for at, (one, other) in enumerate(pairwise(self.tokens)):
            if f" {one.key} {other.key} " in named:
                found |= {at, at + 1}
        return found

    def leave_out(self, about: str, words: Vocabulary) -> None:
        """Leave out words that only stand inside cells, where the table's document is called so:
        they say which table is meant, and not which rows; but for those that name some of the
        things that the rows are, as "stations" in a list of stations and gauges."""
        named = f" {key_of(about)} "
        self.values = [
            one
            for one in self.values
            if one.whole or f" {one.text} " not in named or words.tells_apart(one)
        ]


class Vocabulary:
    """The words of a table, made once for all that is asked of it."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        self.columns = columns
        self.names = [_name_words(column.name) for column in columns]
        self.whole: dict[str, set[int]] = defaultdict(set)
        self.inside: dict[str, set[tuple[int, str]]] = defaultdict(set)
        self.distinct: list[int] = []
        self.years: set[int] = set()
        self.rows = len(rows)
        self.labels = [key_of(row.cells[0]) for row in rows]
        for at, column in enumerate(columns):
            cells = {row.cells[at] for row in rows}
            self.distinct.append(len(cells))
            filled = [cell for cell in cells if not is_missing(cell)]
            if filled and all(YEAR.fullmatch(cell) for cell in filled):
                self.years.add(at)
            for cell in cells:
                if is_missing(cell) or (
                    column.kind == "number" and not re.search(r"[^\W\d]", cell)
                ):
                    continue
                text = key_of(cell)
                self.whole[text].add(at)
                if column.kind != "number":
                    for word in text.split():
                        self.inside[word].add((at, text))

    def tells_apart(self, value: ValueLink) -> bool:
        """Whether words are in some of the cells that say which thing a row is, not in a few."""
        for at in value.columns:
            cells = {cell for column, cell in self.inside.get(value.text, ()) if column == at}
            share = len(cells) / max(self.rows, 1)
            if self.names_rows(at) and SOME <= share < 1:
                return True
        return False

    def names_rows(self, at: int) -> bool:
        """Whether a column says which thing a row is: texts that hardly repeat."""
        return self.columns[at].kind == "text" and self.distinct[at] >= NAMES_ROWS * self.rows

    def link(self, question: str, *, given: bool = False) -> Links:
        """What of the table a question names; ``given``: it is known to be asked of this table."""
        links = Links(tokens_of(question))
        self._link_columns(links)
        self._link_values(links, given=given)
        return links

    def _link_columns(self, links: Links) -> None:
        places: dict[str, list[int]] = defaultdict(list)
        for place, token in enumerate(links.tokens):
            places[token.key].append(place)
        for at, words in enumerate(self.names):
            found = [place for word in words for place in places.get(word, ())]
            there = {word for word in words if word in places}
            if found and words:
                links.columns.append(
                    ColumnLink(at, tuple(sorted(set(found))), len(there) / len(set(words)))
                )
        links.columns.sort(key=lambda one: (-one.share, -len(one.places)))

    def _link_values(self, links: Links, *, given: bool) -> None:
        tokens = links.tokens
        taken: set[int] = set()
        named = {one.places for one in links.columns if one.share == 1 and _adjacent(one.places)}
        full = {one.column: set(one.places) for one in links.columns if one.share == 1}
        things = _things(tokens)
        for length in range(min(LONGEST_VALUE, len(tokens)), 0, -1):
            for start in range(len(tokens) - length + 1):
                span = range(start, start + length)
                if taken.intersection(span) or all(tokens[one].is_stop for one in span):
                    continue
                if tuple(span) in named or (length == 1 and tokens[start].key.isdigit()):
                    continue
                text = " ".join(tokens[one].key for one in span)
                columns, whole = self.whole.get(text), True
                if not columns and not (
                    tokens[start].is_stop or tokens[start + length - 1].is_stop
                ):
                    columns, whole = self._holding(text), False
                    columns = {at for at in columns if not set(span) <= full.get(at, set())}
                if columns:
                    found = ValueLink(start, start + length, tuple(sorted(columns)), text, whole)
                    # "Which station …" names the rows, unless some of them are something else.
                    says_which = not given and self.tells_apart(found)
                    if whole or length > 1 or start not in things or says_which:
                        links.values.append(found)
                        taken.update(span)
        links.values.sort(key=lambda one: one.start)

    def _holding(self, text: str) -> set[int]:
        """The columns with cells that hold some words."""
        words = text.split()
        if len(text) < 2 or (len(words) == 1 and words[0].isdigit()):
            return set()
        found = set.intersection(*(self.inside.get(word, set()) for word in words))
        return {at for at, cell in found if f" {text} " in f" {cell} "}


def _things(tokens: Sequence[Token]) -> set[int]:
    """The places of what a question asks for, right after "which" or "how many", which is what rows
    are, and seldom a word in a cell."""
    found: set[int] = set()
    for place, token in enumerate(tokens):
        if token.key in ("which", "mani", "many", "what", "number"):
            after = [
                at for at in range(place + 1, min(place + 4, len(tokens))) if not tokens[at].is_stop
            ]
            found.update(after[:2])
    return found


def _name_words(name: str) -> list[str]:
    """The words of a column's name, without a unit in brackets."""
    own = re.sub(r"[(\[][^()\[\]]*[)\]]", " ", name) or name
    tokens = tokens_of(own.replace("_", " "))
    return [token.key for token in tokens if not token.is_stop] or [token.key for token in tokens]


def _adjacent(places: Sequence[int]) -> bool:
    return places[-1] - places[0] == len(places) - 1
