"""A question as it is read against one table: what its words name, and which are explained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ingest.tables.records import Column
from ingest.tables.values import MONTH, SYMBOLS, YEAR, date_of
from rag_app.messages import say
from rag_app.tables.plan import Condition, Test, date_test
from rag_app.tables.rules import phrases_english as phrases
from rag_app.tables.rules.link import Links, Vocabulary
from rag_app.tables.words import SCALES, amount_in, scale_of

DATE = re.compile(
    rf"\b(?:\d{{4}}-\d\d?-\d\d?|\d\d?[./]\d\d?[./]\d{{4}}|(?:\d\d?(?:st|nd|rd|th|\.)?\s+(?:of\s+)?)?(?:{MONTH})\b"
    r"(?!-)(?:\s+\d\d?(?:st|nd|rd|th)?\b(?!\d))?(?:,?\s+\d{4})?|(?:1[5-9]|20)\d\d(?![\d.,]*\d))\b",
    re.IGNORECASE,
)
POUNDS = re.compile(r"\s*pounds?\b", re.IGNORECASE)  # money, where the table has that
# How near a name is to what it belongs to counts less than whether it is named.
FAR = 0.08


@dataclass(slots=True)
class Reading:
    """``used`` are the places of words that are explained."""

    question: str
    links: Links
    words: Vocabulary
    given: bool
    used: set[int] = field(default_factory=set)
    conditions: list[Condition] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    taken_values: set[int] = field(default_factory=set)

    @property
    def columns(self) -> Sequence[Column]:
        return self.words.columns

    def mark(self, start: int, end: int) -> None:
        """Explain the words of ``question[start:end]``."""
        self.used.update(self.places(start, end))

    def places(self, start: int, end: int) -> list[int]:
        return [at for at, one in enumerate(self.links.tokens) if start <= one.start < end]

    def name(self, column: int) -> str:
        return self.columns[column].name

    def has_unit(self, unit: str) -> bool:
        """Whether a column has numbers of a unit."""
        return any(unit in (one.unit, *one.units) for one in self.columns)

    def is_year(self, column: int) -> bool:
        """Whether a column of numbers holds years."""
        return self.columns[column].kind == "number" and column in self.words.years

    def best_column(
        self,
        kinds: Iterable[str],
        near: Sequence[int] = (),
        unit: str = "",
        without: Iterable[int] = (),
        *,
        guess: bool = True,
    ) -> int | None:
        """The column that words of the question name best, near some places, or whose unit is
        ``unit``; what is ambiguous is noted. The only one of its kind, where none is named."""
        wanted, left_out = set(kinds), set(without)
        of_kind = [
            at
            for at, column in enumerate(self.columns)
            if column.kind in wanted and at not in left_out
        ]
        scored = sorted(((self._score(at, near, unit), -at) for at in of_kind), reverse=True)
        if not scored:
            return None
        if scored[0][0] < 1:
            others = [at for at in of_kind if not self.is_year(at)]
            guessed = len(others) == 1 and (guess or self.given)
            return others[0] if guessed and self._may_have(others[0], unit) else None
        score, first = scored[0][0], -scored[0][1]
        rivals = [-at for other, at in scored[1:] if score - other < 0.01]
        if rivals:
            named = ", ".join(f"“{self.name(at)}”" for at in (first, *rivals))
            note = say(
                "More than one column may be meant: {columns}; this is “{column}”.",
                columns=named,
                column=self.name(first),
            )
            if note not in self.notes:
                self.notes.append(note)
        link = self.links.column(first)
        self.used.update(link.places if link else ())
        self.used.update(self._meaning(first))
        return first

    def _may_have(self, at: int, unit: str) -> bool:
        """Whether numbers of a column that nothing names may be of a unit: money is marked, but in
        a table that is known to be meant."""
        is_money = unit in SYMBOLS.values()
        return (
            self.given or not is_money or unit in (self.columns[at].unit, *self.columns[at].units)
        )

    def _score(self, at: int, near: Sequence[int], unit: str) -> float:
        score = 0.0
        link = self.links.column(at)
        if link is not None:
            score += 1 + 3 * link.share
            if near:
                distance = min(abs(one - place) for one in near for place in link.places)
                score -= FAR * distance
        meant = self._meaning(at)
        if meant:
            score += 2.5
            if near:
                score -= FAR * min(abs(one - place) for one in near for place in meant)
        column = self.columns[at]
        if unit and unit.casefold() in (
            column.unit.casefold(),
            *(u.casefold() for u in column.units),
        ):
            score += 2
        elif unit and column.unit and (unit in SYMBOLS.values() or unit == "%"):
            score -= 3
        return score

    def _meaning(self, at: int) -> list[int]:
        """The places of words that mean a column without being in its name."""
        own = set(self.words.names[at])
        return [
            place
            for place, token in enumerate(self.links.tokens)
            if own & phrases.MEANS.get(token.key, frozenset())
        ]


def read_comparisons(reading: Reading) -> None:
    """The conditions on numbers: "more than 500", "between 3 and 5 kg", "with 2 doors"."""
    text = reading.question
    for pattern, test in phrases.COMPARISONS:
        for match in pattern.finditer(text):
            places = reading.places(*match.span())
            if reading.used.intersection(
                place for place in places if reading.links.tokens[place].key[0].isdigit()
            ):
                continue
            amounts = [
                one for name in ("a", "b") if (one := amount_in(text, match, name)) is not None
            ]
            if not amounts or (test == "between" and len(amounts) < 2):
                continue
            unit = next((unit for _, unit, _ in amounts if unit), "")
            numbers = tuple(sorted(number for number, _, _ in amounts))
            end = max(last for _, _, last in amounts)
            if (pounds := POUNDS.match(text, end)) and reading.has_unit("GBP"):
                unit, end = "GBP", pounds.end()
            is_year = all(YEAR.fullmatch(str(one)) for one in numbers)
            near = reading.places(match.start(), end) or places
            column = reading.best_column(["number"], near, unit, guess=test != "=" and not is_year)
            if column is None or (
                is_year and not reading.is_year(column) and not reading.links.column(column)
            ):
                continue
            scaled = phrases.SCALED.match(text, match.end("a"))
            if scaled and SCALES[scaled[1].casefold()] == (scale := scale_of(reading.name(column))):
                numbers = tuple(one / scale for one in numbers)
            negated = test == "=" and phrases.NOT.search(text[: match.start("a")])
            reading.conditions.append(
                Condition(
                    column,
                    "!=" if negated else test,
                    numbers,
                    unit if unit in SYMBOLS.values() else "",
                )
            )
            reading.mark(match.start(), max(end, match.end()))


def read_dates(reading: Reading) -> None:
    """The conditions on dates and years: "in March 2024", "before 2010", "since 1 May"."""
    text = reading.question
    matches = [one for one in DATE.finditer(text) if _is_date(text, one)]
    skip = False
    is_in: Test = "="
    for at, match in enumerate(matches):
        if skip:
            skip = False
            continue
        places = reading.places(*match.span())
        if reading.used.intersection(places) or _names_column(reading, places):
            continue
        before, found = text[: match.start()], _date_in(match[0])
        if found is None:
            continue
        later = matches[at + 1] if at + 1 < len(matches) else None
        if (
            later
            and phrases.BETWEEN_DATES.search(before)
            and phrases.SPANS.match(text[match.end() : later.start()])
        ):
            until = _date_in(later[0])
            if until is not None and _add_dates(reading, "between", found, until, places):
                reading.mark(match.start(), later.end())
                skip = True
                continue
        test = next((test for pattern, test in phrases.DATED if pattern.search(before)), is_in)
        if _add_dates(reading, test, found, found, places):
            reading.mark(match.start(), match.end())


def read_equals(reading: Reading) -> None:
    """The conditions on numbers that stand beside the name of a column: "3 doors", "tier 2"."""
    for place, token in enumerate(reading.links.tokens):
        if place in reading.used or not token.key[0].isdigit():
            continue
        if any(value.start <= place < value.end for value in reading.links.values):
            continue
        if _names_column(reading, [place]) or not re.fullmatch(r"\d+(?:\.\d+)?", token.key):
            continue
        beside = [
            # The nearest, and of two the one after it: "200 laps".
            (min((abs(one - place), one < place) for one in near), link)
            for link in reading.links.columns
            if (near := [one for one in link.places if 0 < abs(one - place) <= 2])
            and reading.columns[link.column].kind == "number"
            and link.share >= 0.5
        ]
        if beside:
            _, link = min(beside, key=lambda one: one[0])
            reading.conditions.append(Condition(link.column, "=", (Decimal(token.key),)))
            reading.used.update((place, *link.places))


def _add_dates(reading: Reading, test: Test, first: int, last: int, near: list[int]) -> bool:
    dated = [at for at, column in enumerate(reading.columns) if column.kind == "date"]
    years = [at for at in range(len(reading.columns)) if reading.is_year(at)]
    column = reading.best_column(["date"], near) if dated else None
    if column is None and len(dated) > 1:
        column = dated[0]
        named = ", ".join(f"“{reading.name(at)}”" for at in dated)
        reading.notes.append(
            say(
                "More than one column has dates: {columns}; this is “{column}”.",
                columns=named,
                column=reading.name(column),
            )
        )
    if column is None and years and first % 10_000 == 0:
        test_of: list[Decimal | int | str] = [Decimal(first // 10_000)]
        if test == "between":
            test_of.append(Decimal(last // 10_000))
        reading.conditions.append(Condition(years[0], test, tuple(test_of)))
        return True
    if column is None:
        return first % 10_000 == 0 and test == "=" and _year_in_text(reading, str(first // 10_000))
    if first < 10_000:  # no year: a month, or a day of any year
        if first % 100 or test != "=":
            return False
        reading.conditions.append(Condition(column, "month", (first // 100,)))
        return True
    sign, values = date_test(test, first, last)
    reading.conditions.append(Condition(column, sign, values))
    return True


def _year_in_text(reading: Reading, year: str) -> bool:
    columns = sorted({at for at, _ in reading.words.inside.get(year, ())})
    if not columns:
        return False
    reading.conditions.append(Condition(columns[0], "contains", (year,)))
    return True


def _names_column(reading: Reading, places: list[int]) -> bool:
    return any(set(places) <= set(link.places) for link in reading.links.columns)


def _is_date(text: str, match: re.Match[str]) -> bool:
    """Whether "may" and "march" are months here."""
    if any(map(str.isdigit, match[0])) or len(match[0]) > 5:
        return True
    return (
        match[0][0].isupper()
        or re.search(
            r"\b(?:in|of|during|since|until|before|after)\s+$", text[: match.start()], re.IGNORECASE
        )
        is not None
    )


def _date_in(text: str) -> int | None:
    if YEAR.fullmatch(text):
        return int(text) * 10_000
    found = date_of(text)
    return found if found is not None else (date_of(f"{text} 2000") or 0) % 10_000 or None
