"""What a question asks of a table, and which rows it names: what all plans are made of."""

from __future__ import annotations

import re

from rag_app.tables.plan import Condition, Operation, Plan, Test
from rag_app.tables.rules import phrases_english as say
from rag_app.tables.rules.link import ValueLink, Vocabulary
from rag_app.tables.rules.reading import Reading
from rag_app.tables.words import tokens_of


class Asking:
    """A reading of a question, and the parts of a plan in it."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.text = reading.question
        self.links = reading.links
        self.label = _label(reading.words)

    def sure(self, about: str, plan: Plan) -> float:
        """The share of the question's words that is explained, by a plan too."""
        tokens = self.links.tokens
        known = set(self.reading.used)
        for link in self.links.columns:
            known.update(link.places)
        of_plan = {word for at in plan.columns() for word in self.reading.words.names[at]}
        known.update(
            at for at, one in enumerate(tokens) if of_plan & say.MEANS.get(one.key, frozenset())
        )
        if any(say.NAMES_OF_THINGS.intersection(own) for own in self.reading.words.names):
            known.update(at for at, one in enumerate(tokens) if one.key in say.THINGS)
        named = {one.key for one in tokens_of(about)}
        known.update(at for at, one in enumerate(tokens) if one.key in named)
        content = [
            at
            for at, one in enumerate(tokens)
            if not one.is_stop
            and one.key not in say.EMPTY
            and plan.operation not in say.OF_OPERATIONS.get(one.key, ())
        ]
        if not content:
            return 1.0
        return sum(at in known for at in content) / len(content)

    def passing(self, without: set[int] = frozenset()) -> tuple[Condition, ...]:  # type: ignore[assignment]
        """All conditions: those on numbers and dates, and the cells that the question names."""
        by_column: dict[tuple[int, bool], list[ValueLink]] = {}
        for one in self.links.values:
            if one.start in without or self.reading.used.intersection(range(one.start, one.end)):
                continue
            column = self.column_of(one)
            negated = say.NOT.search(self.text[: self.links.tokens[one.start].start]) is not None
            by_column.setdefault((column, negated), []).append(one)
        found = list(self.reading.conditions)
        for (column, negated), values in by_column.items():
            whole = all(one.whole for one in values)
            texts = tuple(one.text for one in values)
            test: Test = "=" if whole else "contains"
            if negated:
                test = "!=" if whole else "lacks"
            found.append(Condition(column, test, texts, said=tuple(map(self.said, values))))
            for one in values:
                self.reading.used.update(range(one.start, one.end))
        return tuple(dict.fromkeys(found))

    def is_value(self, value: ValueLink, column: int) -> Condition:
        test: Test = "=" if value.whole else "contains"
        return Condition(column, test, (value.text,), said=(self.said(value),))

    def said(self, value: ValueLink) -> str:
        tokens = self.links.tokens
        return self.text[tokens[value.start].start : tokens[value.end - 1].end]

    def column_of(self, value: ValueLink) -> int:
        """The column that is meant by a value which several have: the one named nearest."""

        def distance(at: int) -> tuple[float, int]:
            link = self.links.column(at)
            if link is None:
                return 99.0, at
            return min(abs(place - value.start) for place in link.places) - 3 * link.share, at

        return min(value.columns, key=distance)

    # What is asked for.

    def asked(self) -> int | None:
        """The column that "which …", "who" or "when" asks for; None where none is named."""
        for match in say.ASKED.finditer(self.text):
            places = self.reading.places(match.end(), match.end() + 45)[:5]
            best: tuple[float, int] | None = None
            for link in self.links.columns:
                near = [place for place in link.places if place in places]
                if match["who"] and self.reading.columns[link.column].kind != "text":
                    continue
                if near and (link.share >= 0.5 or self.reading.given):
                    rank = (near[0] - places[0]) / 2 - 2 * link.share
                    if best is None or rank < best[0]:
                        best = rank, link.column
            if best is not None:
                self.reading.used.update(
                    place
                    for link in self.links.columns
                    if link.column == best[1]
                    for place in link.places
                )
                return best[1]
        for pattern, names in (
            (say.WHO, say.PEOPLE),
            (say.WHEN, say.TIMES),
            (say.WHERE, say.PLACES),
        ):
            if found := pattern.search(self.text):
                self.reading.mark(*found.span())
                if (named := self._named_after(found)) is not None:
                    return named
                for at, own in enumerate(self.reading.words.names):
                    if names & set(own):
                        return at
                if pattern is say.WHEN:
                    dated = [
                        at
                        for at, one in enumerate(self.reading.columns)
                        if one.kind == "date" or self.reading.is_year(at)
                    ]
                    return dated[0] if dated else None
                return None
        return None

    def _named_after(self, match: re.Match[str]) -> int | None:
        """The column of texts whose whole name stands right after, as in "who was the winning
        captain"."""
        places = self.reading.places(match.end(), len(self.text))[:4]
        for link in self.links.columns:
            is_text = self.reading.columns[link.column].kind == "text"
            if is_text and link.share == 1 and len(link.places) > 1 and link.places[0] in places:
                return link.column
        return None

    def asks_for_one_of_two(self) -> bool:
        """ "Which is later, A or B": one of the two, and not both."""
        compared = say.COMPARED.search(self.text)
        comma = -1 if compared is None else self.text.find(",", compared.end())
        return comma >= 0 and re.search(r"\bor\b", self.text[comma:]) is not None

    def asks_for_what_is_not_there(self) -> bool:
        """Whether a month or the like is asked for, or a year, where no column has any."""
        has_times = any(
            one.kind == "date" or self.reading.is_year(at) or say.TIMES & set(own)
            for at, (one, own) in enumerate(
                zip(self.reading.columns, self.reading.words.names, strict=True)
            )
        )
        if period := say.PERIODS.search(self.text):
            places = set(self.reading.places(*period.span()))
            return not any(places & set(one.places) for one in self.links.columns)
        return say.WHEN.search(self.text) is not None and not has_times

    def shown(self, asked: int | None, conditions: tuple[Condition, ...]) -> int:
        """The column that is shown of the rows: what is asked for, or what they are, where that is
        nothing or what the question says of them already."""
        said = {one.column for one in conditions if one.test in ("=", "contains")}
        return self.label if asked is None or asked in said else asked

    def measure(
        self,
        near: list[int],
        without: set[int] = frozenset(),  # type: ignore[assignment]
        *,
        guess: bool = True,
    ) -> int | None:
        found = self.reading.best_column(["number"], near, without=without, guess=guess)
        if found is None:
            totals = [at for at, own in enumerate(self.reading.words.names) if own == ["total"]]
            return next((at for at in totals if self.reading.columns[at].kind == "number"), None)
        return found

    def places(self, match: re.Match[str] | None) -> list[int]:
        return self.reading.places(*match.span()) if match else []

    # The operations.

    def aggregate(self) -> tuple[Operation, re.Match[str]] | None:
        for pattern, operation in (
            (say.MEAN, "mean"), (say.SUM, "sum"), (say.HOW_MUCH, "sum"), (say.COUNT, "count"),
        ):  # fmt: skip
            for match in pattern.finditer(self.text):
                if not self.is_name(match):
                    return operation, match  # type: ignore[return-value]
        return None

    def is_name(self, match: re.Match[str]) -> bool:
        """Whether a word of an operation is a part of a column's name, as in "Total price"."""
        places = set(self.reading.places(*match.span()))
        return any(
            places <= set(link.places) and link.share == 1 and len(link.places) > 1
            for link in self.links.columns
        )

    def repeats(self, column: int) -> bool:
        return self.reading.words.distinct[column] < self.reading.words.rows


def _label(words: Vocabulary) -> int:
    """The column that says which thing a row is: the first of texts that hardly repeat."""
    texts = [at for at, one in enumerate(words.columns) if one.kind == "text"]
    for at in texts:
        if words.names_rows(at):
            return at
    return texts[0] if texts else 0


def is_down(match: re.Match[str]) -> bool:
    return any(word in say.DOWN for word in match[0].lower().split())


def is_ordinal(names: list[str]) -> bool:
    """Whether a column numbers its rows, so that its numbers are not added."""
    return bool(set(names) & say.ORDINALS) or not names


def is_rank(names: list[str]) -> bool:
    return bool({"rank", "place", "pos", "posit"} & set(names))
