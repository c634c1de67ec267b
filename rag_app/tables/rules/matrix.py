"""Questions over a table whose columns are years and whose rows are items, as annual reports have
them: a change, a ratio, a mean of an item's years, or of two items in one year."""

from __future__ import annotations

import re
from typing import NamedTuple

from rag_app.tables.plan import Condition, Operand, Operation, Plan
from rag_app.tables.rules import phrases_english as say
from rag_app.tables.rules.reading import Reading

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
RANGE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*(?:to|-|–|through|and|until)\s*(?:FY\s*)?((?:19|20)\d\d)(?!\d)"
)
# Of an item's words, so many must be in the question.
ENOUGH = 0.75


class _Item(NamedTuple):
    """A row by its label, as it is compared; the places of its words in the question; how well it
    fits, and how it is written."""

    label: str
    places: frozenset[int]
    score: float


def matrix_plan(reading: Reading) -> Plan | None:
    """The plan of such a question; None if the table, or the question, is no such one."""
    text, words = reading.question, reading.words
    years = _year_columns(reading)
    if len(years) < 2 or words.columns[0].kind != "text":
        return None
    kind = _operation(text)
    if kind is None:
        return None
    asked = _years_asked(reading, years, kind)
    items = _items(reading)
    if not items:
        return None
    first = items[0]
    others = [one for one in items[1:] if not one.places & first.places]
    if len(asked) == 1 and others:
        pair = sorted((first, others[0]), key=lambda one: min(one.places))
        return _of_items(reading, kind, years[asked[0]], pair)
    if kind == "share" or (others and kind == "ratio"):
        return None
    if len(asked) == 1 and kind in ("change", "difference"):
        before = str(int(asked[0]) - 1)
        asked = [asked[0], before] if before in years else asked
    if len(asked) < 2:
        return None
    if kind in ("change", "difference", "ratio"):
        asked = sorted(asked, reverse=True)
        asked = [asked[0], asked[-1]]
    reading.used.update(first.places)
    return Plan(
        kind,
        conditions=(_is(first),),
        operands=tuple(Operand(years[year]) for year in asked),
        signed=True,
    )


def _of_items(reading: Reading, kind: Operation, column: int, pair: list[_Item]) -> Plan | None:
    if kind == "change":
        return None
    for one in pair:
        reading.used.update(one.places)
    signed = re.search(r"\bthan\b", reading.question) is not None
    operands = tuple(Operand(column, (_is(one),)) for one in pair)
    return Plan(kind, operands=operands, signed=signed)


def _operation(text: str) -> Operation | None:
    if say.CHANGE.search(text):
        return "change"
    if say.MEAN.search(text):
        return None if say.CHANGED.search(text) else "mean"
    if say.RATIO.search(text):
        return "ratio"
    if say.SHARE.search(text):
        return "share"
    if say.CHANGED.search(text) or say.DIFFERENCE.search(text):
        return "difference"
    return "sum" if re.search(r"\b(?:sum|combined|total|added)\b", text, say.I) else None


def _year_columns(reading: Reading) -> dict[str, int]:
    """The column of each year: where several have it, the one that the question names."""
    found: dict[str, list[int]] = {}
    for at, column in enumerate(reading.columns):
        years = YEAR.findall(column.name)
        if (
            len(years) == 1
            and column.kind == "number"
            and not re.search(r"change|%|vs", column.name, say.I)
        ):
            found.setdefault(years[0], []).append(at)

    def named(at: int) -> int:
        asked = {token.key for token in reading.links.tokens}
        return sum(word in asked for word in reading.words.names[at] if not word.isdigit())

    return {year: max(columns, key=lambda at: (named(at), -at)) for year, columns in found.items()}


def _years_asked(reading: Reading, years: dict[str, int], kind: str) -> list[str]:
    """The years of the question that are columns; those between two for a sum or mean; all of them
    for a mean of which none is said."""
    text = reading.question
    asked = list(dict.fromkeys(year for year in YEAR.findall(text) if year in years))
    if any(year not in years for year in YEAR.findall(text)):
        return []
    if kind in ("mean", "sum") and (match := RANGE.search(text)):
        asked = [year for year in sorted(years) if match[1] <= year <= match[2]]
    if not asked and kind == "mean":
        asked = sorted(years)
    for place, token in enumerate(reading.links.tokens):
        if token.key in asked or YEAR.fullmatch(token.key):
            reading.used.add(place)
    return asked


def _items(reading: Reading) -> list[_Item]:
    """The rows whose label the question has, best first: whole labels before parts, longer ones
    first; none that two rows have."""
    tokens = reading.links.tokens
    found: list[_Item] = []
    labels = reading.words.labels
    for label in dict.fromkeys(labels):
        own = [word for word in dict.fromkeys(label.split()) if word not in STOPS]
        if not own or labels.count(label) > 1:
            continue
        places = _run(tokens_keys := [one.key for one in tokens], own)
        share = sum(word in tokens_keys for word in own) / len(own)
        if share >= ENOUGH and places:
            found.append(_Item(label, frozenset(places), share * 2 + min(len(own), 8) / 4))
    return sorted(found, key=lambda one: -one.score)


def _run(keys: list[str], own: list[str]) -> list[int]:
    """The places of an item's words, in the stretch of the question that has most of them."""
    best: list[int] = []
    wanted = set(own)
    for start in range(len(keys)):
        window = [
            at
            for at in range(start, min(start + 2 * len(own) + 2, len(keys)))
            if keys[at] in wanted
        ]
        if len({keys[at] for at in window}) > len({keys[at] for at in best}):
            best = window
    return best


def _is(item: _Item) -> Condition:
    return Condition(0, "=", (item.label,))


STOPS = frozenset("of the and in for to from on by a an at as or % $".split())
