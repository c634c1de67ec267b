"""A question to a plan over one table, by rules: the operation by the question's phrases, columns and
rows by the names and cells that it has."""

from __future__ import annotations

import re
from dataclasses import replace

from rag_app.tables import phrases_english as say
from rag_app.tables.link import ValueLink, Vocabulary
from rag_app.tables.matrix import matrix_plan
from rag_app.tables.phrases_german import in_english
from rag_app.tables.plan import Condition, Operand, Operation, Plan, Test, checked
from rag_app.tables.reading import Reading, read_comparisons, read_dates, read_equals
from rag_app.tables.words import tokens_of


def plan_for(
    question: str, words: Vocabulary, *, given: bool = False, about: str = ""
) -> Plan | None:
    """The plan of a question over the table of a vocabulary; None if it asks for nothing that the
    table's columns have. ``given``: the table is known to be the one that is asked, so that words
    which are nowhere in it do not matter. ``about`` is what else says what its rows are: its
    document's name, its caption."""
    question = in_english(" ".join(question.split()).strip(" ?.!"))
    links = words.link(question)
    reading = Reading(question, links, words, given)
    planner = _Planner(reading)
    plan = planner.plan()
    if plan is None or planner.has_loose_ends(plan):
        return None
    try:
        return replace(checked(plan, words.columns), notes=tuple(reading.notes), sure=planner.sure(about))
    except ValueError:
        return None


class _Planner:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.text = reading.question
        self.links = reading.links
        self.label = _label(reading.words)

    def sure(self, about: str) -> float:
        """The share of the question's words that is explained."""
        tokens = self.links.tokens
        known = set(self.reading.used)
        for link in self.links.columns:
            known.update(link.places)
        named = {one.key for one in tokens_of(about)}
        known.update(at for at, one in enumerate(tokens) if one.key in named)
        content = [
            at for at, one in enumerate(tokens) if not one.is_stop and one.key not in say.EMPTY
        ]
        if not content:
            return 1.0
        return sum(at in known for at in content) / len(content)

    def has_loose_ends(self, plan: Plan) -> bool:
        """Whether something of the question is left that must not be: a number, "the same as", an
        "or"; or too much, where the table is known to be meant."""
        tokens, known = self.links.tokens, set(self.reading.used)
        for link in self.links.columns:
            known.update(link.places if link.share >= 0.5 else ())
        if any(one.key[0].isdigit() and at not in known for at, one in enumerate(tokens)):
            return True
        if say.NEEDS_MORE.search(self.text):
            return True
        if plan.operation != "difference" and say.DIFFERENCE.search(self.text) and plan.operation != "change":
            return True
        if not self.reading.given:
            return False
        sure = self.sure("")
        least = 0.2 if plan.operation in ("count", "next", "previous") or plan.first else 0.4
        if plan.operation in ("count", "sum") and not plan.conditions and plan.first is None:
            least = 0.99
        elif plan.operation in ("count", "rows") and len(plan.conditions) > 1 and plan.first is None:
            least = 0.7
        return sure < least

    def plan(self) -> Plan | None:
        if (plan := matrix_plan(self.reading)) is not None:
            return plan
        read_comparisons(self.reading)
        read_dates(self.reading)
        read_equals(self.reading)
        if say.YES_NO.match(self.text):
            return None
        for make in (self._either, self._difference, self._grouped, self._neighbour, self._simple):
            if (plan := make()) is not None:
                return plan
        return None

    # The rows.

    def _values(self, without: set[int] = frozenset()) -> tuple[Condition, ...]:  # type: ignore[assignment]
        """All conditions: those on numbers and dates, and the cells that the question names."""
        by_column: dict[int, list[ValueLink]] = {}
        for one in self.links.values:
            if one.start in without or self.reading.used.intersection(range(one.start, one.end)):
                continue
            column = self._column_of(one)
            by_column.setdefault(column, []).append(one)
        found = list(self.reading.conditions)
        for column, values in by_column.items():
            whole = all(one.whole for one in values)
            negated = say.NOT.search(self.text[: self.links.tokens[values[0].start].start])
            texts = tuple(one.text for one in values)
            test: Test = "!=" if negated and whole else "=" if whole else "contains"
            found.append(Condition(column, test, texts, said=tuple(map(self._said, values))))
            for one in values:
                self.reading.used.update(range(one.start, one.end))
        return tuple(dict.fromkeys(found))

    def _is(self, value: ValueLink, column: int) -> Condition:
        test: Test = "=" if value.whole else "contains"
        return Condition(column, test, (value.text,), said=(self._said(value),))

    def _said(self, value: ValueLink) -> str:
        tokens = self.links.tokens
        return self.text[tokens[value.start].start : tokens[value.end - 1].end]

    def _column_of(self, value: ValueLink) -> int:
        """The column that is meant by a value which several have: the one named nearest."""
        def distance(at: int) -> tuple[float, int]:
            link = self.links.column(at)
            if link is None:
                return 99.0, at
            return min(abs(place - value.start) for place in link.places) - 3 * link.share, at

        return min(value.columns, key=distance)

    # What is asked for.

    def _asked(self) -> int | None:
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
                    place for link in self.links.columns if link.column == best[1] for place in link.places
                )
                return best[1]
        for pattern, names in ((say.WHO, say.PEOPLE), (say.WHEN, say.TIMES), (say.WHERE, say.PLACES)):
            if match := pattern.search(self.text):
                self.reading.mark(*match.span())
                for at, own in enumerate(self.reading.words.names):
                    if names & set(own):
                        return at
                if pattern is say.WHEN:
                    dated = [at for at, one in enumerate(self.reading.columns) if one.kind == "date" or self.reading.is_year(at)]
                    return dated[0] if dated else None
                return None
        return None

    def _measure(self, near: list[int], without: set[int] = frozenset()) -> int | None:  # type: ignore[assignment]
        found = self.reading.best_column(["number"], near, without=without)
        if found is None:
            totals = [at for at, own in enumerate(self.reading.words.names) if own == ["total"]]
            return next((at for at in totals if self.reading.columns[at].kind == "number"), None)
        return found

    def _places(self, match: re.Match[str] | None) -> list[int]:
        return self.reading.places(*match.span()) if match else []

    # The operations.

    def _difference(self) -> Plan | None:
        """A difference, ratio or share of two rows: "how many more did Ann sell than Bob"."""
        text = self.text
        kind: Operation
        if say.RATIO.search(text):
            kind = "ratio"
        elif say.DIFFERENCE.search(text):
            kind = "difference"
        elif say.SHARE.search(text):
            return self._share()
        else:
            return None
        match = say.RATIO.search(text) or say.DIFFERENCE.search(text)
        pairs = [
            (one, other)
            for one in self.links.values
            for other in self.links.values
            if one.start < other.start and set(one.columns) & set(other.columns)
        ]
        measure = self._measure(self._places(match), {one.column for one in self.reading.conditions})
        if pairs and measure is not None:
            one, other = pairs[0]
            column = min(set(one.columns) & set(other.columns))
            conditions = self._values({one.start, other.start})
            self.reading.used.update((*range(one.start, one.end), *range(other.start, other.end)))
            sides = tuple(
                Operand(measure, (self._is(side, column),))
                for side in (one, other)
            )
            signed = re.search(r"\bthan\b", text, say.I) is not None
            return Plan(kind, column=measure, conditions=conditions, operands=sides, signed=signed)
        named = [
            link
            for link in self.links.columns
            if link.share == 1 and self.reading.columns[link.column].kind == "number"
        ]
        ends = re.search(r"\b(?:highest|largest|maximum|most)\b.*\b(?:lowest|smallest|minimum|least)\b", text)
        if ends and measure is not None and kind == "difference":
            return None
        if len(named) >= 2 and (conditions := self._values()):
            first, last = sorted(named[:2], key=lambda link: link.places[0])
            self.reading.used.update((*first.places, *last.places))
            return Plan(kind, conditions=conditions, operands=(Operand(first.column), Operand(last.column)))
        return None

    def _share(self) -> Plan | None:
        """What percentage of the total one part is."""
        measure = self._measure(self._places(say.SHARE.search(self.text)))
        conditions = self._values()
        if measure is None or not conditions or len(self.reading.words.names) < 2:
            return None
        if self.reading.columns[measure].unit == "%":
            return None
        return Plan("share", column=measure, operands=(Operand(measure, conditions), Operand(measure)))

    def _aggregate(self) -> tuple[Operation, re.Match[str]] | None:
        for pattern, operation in (
            (say.MEAN, "mean"), (say.SUM, "sum"), (say.HOW_MUCH, "sum"), (say.COUNT, "count"),
        ):  # fmt: skip
            for match in pattern.finditer(self.text):
                if not self._is_name(match):
                    return operation, match  # type: ignore[return-value]
        return None

    def _is_name(self, match: re.Match[str]) -> bool:
        """Whether a word of an operation is a part of a column's name, as in "Total price"."""
        places = set(self.reading.places(*match.span()))
        return any(
            places <= set(link.places) and link.share == 1 and len(link.places) > 1
            for link in self.links.columns
        )

    def _grouped(self) -> Plan | None:
        """ "Sales per region", and "which country has the most players"."""
        by = say.EACH.search(self.text)
        aggregate = self._aggregate()
        if by and (aggregate or say.MOST.search(self.text)):
            places = self.reading.places(*by.span("what"))[:3]
            for link in self.links.columns:
                kind = self.reading.columns[link.column].kind
                groups = kind != "number" or self.reading.is_year(link.column)
                if groups and set(link.places) & set(places) and link.share >= 0.5 and self._repeats(link.column):
                    self.reading.used.update(link.places)
                    operation, match = aggregate or ("max", by)
                    if aggregate is None:
                        found = say.MOST.search(self.text)
                        assert found is not None
                        operation, match = ("min" if _is_down(found) else "max"), found
                    column = None
                    if operation != "count":
                        column = self._measure(self._places(match), {link.column})
                        if column is None:
                            return None
                    return Plan(operation, column=column, conditions=self._values(), group=link.column)
        most = say.MOST.search(self.text)
        if most is None:
            return None
        asked = self._asked()
        if asked is None or not self._repeats(asked) or asked == self.label:
            return None
        descending = not _is_down(most)
        after = self.reading.places(most.start(), len(self.text))
        named = [
            link
            for link in self.links.columns
            if link.column != asked and self.reading.columns[link.column].kind == "number"
            and set(link.places) & set(after)
        ]
        if aggregate and aggregate[0] in ("sum", "mean") and named:
            return Plan(aggregate[0], column=self._measure(after, {asked}), conditions=self._values(),
                        group=asked, order=(asked, descending), first=1)  # fmt: skip
        if named or most["adj"] is None and not most["word"].lower().startswith(("most", "least", "fewest")):
            return None
        self.reading.mark(*most.span())
        return Plan("count", conditions=self._values(), group=asked, order=(asked, descending), first=1)

    def _repeats(self, column: int) -> bool:
        return self.reading.words.distinct[column] < self.reading.words.rows

    def _either(self) -> Plan | None:
        """ "Which is longer, A or B": the one of the two that has more."""
        compared = say.COMPARED.search(self.text)
        if compared is None or not re.search(r"\bor\b", self.text, say.I) or say.COUNT.search(self.text):
            return None
        for one, other in zip(self.links.values, self.links.values[1:], strict=False):
            between = self.text[self.links.tokens[one.end - 1].end : self.links.tokens[other.start].start]
            columns = set(one.columns) & set(other.columns)
            if not columns or not say.OR.match(between):
                continue
            measure = self.reading.best_column(["number", "date"], self._places(compared))
            if measure is None:
                return None
            column = min(columns)
            whole = one.whole and other.whole
            condition = Condition(column, "=" if whole else "contains", (one.text, other.text),
                                  said=(self._said(one), self._said(other)))  # fmt: skip
            self.reading.used.update((*range(one.start, one.end), *range(other.start, other.end)))
            self.reading.mark(*compared.span())
            descending = not _is_down(compared)
            return Plan("rows", conditions=(condition,), select=(column,), order=(measure, descending), first=1)
        return None

    def _neighbour(self) -> Plan | None:
        for pattern, operation in ((say.NEXT, "next"), (say.PREVIOUS, "previous")):
            for match in pattern.finditer(self.text):
                places = self.reading.places(match.end(), len(self.text))[:3]
                before = self.reading.places(0, match.start())[-3:]
                turned = say.THAN_WHICH.match(self.text[match.end() :])
                for value in self.links.values:
                    is_there = value.end - 1 in before if turned else value.start in places
                    if is_there:
                        asked = self._asked()
                        column = self._column_of(value)
                        if turned:
                            operation = "previous" if operation == "next" else "next"
                        self.reading.used.update(range(value.start, value.end))
                        self.reading.mark(*match.span())
                        if self.reading.conditions and not self.reading.given:
                            return None
                        select = asked if asked is not None else column
                        condition = self._is(value, column)
                        return Plan(operation, conditions=(condition,), select=(select,))  # type: ignore[arg-type]
        return None

    def _simple(self) -> Plan | None:
        """An aggregate, the rows at one end, or the rows that pass."""
        aggregate = self._aggregate()
        if aggregate and not (aggregate[0] == "sum" and say.COUNT.search(self.text)):
            if (plan := self._aggregated(*aggregate)) is not None:
                return plan
        elif count := say.COUNT.search(self.text):
            return self._aggregated("count", count)
        return self._extreme() or self._listed()

    def _aggregated(self, operation: Operation, match: re.Match[str]) -> Plan | None:
        places = self._places(match)
        conditioned = {one.column for one in self.reading.conditions}
        if operation == "count":
            return self._counted(match)
        conditions: tuple[Condition, ...] = ()
        measure = self.reading.best_column(["number"], places, without=conditioned, guess=operation != "sum" or not say.HOW_MUCH.search(self.text))
        conditions = self._values()
        if measure is None or _is_ordinal(self.reading.words.names[measure]):
            return None
        if match.re is say.HOW_MUCH:
            return Plan("rows", conditions=conditions, select=(measure,)) if conditions else None
        self.reading.mark(*match.span())
        return Plan(operation, column=measure, conditions=conditions)

    def _counted(self, match: re.Match[str]) -> Plan | None:
        """ "How many …": rows, different cells, or a number that a row has."""
        after = self.reading.places(match.end(), len(self.text))[:4]
        conditioned = {one.column for one in self.reading.conditions}
        distinct = say.DISTINCT.search(self.text)
        for link in self.links.columns:
            near = [place for place in link.places if place in after[:3]]
            if not near or link.column in conditioned or link.share < (0.5 if self.reading.given else 1):
                continue
            kind = self.reading.columns[link.column].kind
            if kind == "number" and not _is_ordinal(self.reading.words.names[link.column]) and not distinct:
                self.reading.used.update(link.places)
                conditions = self._values()
                return Plan("sum", column=link.column, conditions=conditions)
            if distinct or (not self.reading.given and link.column != self.label
                            and self._repeats(link.column) and not self._values_near(link.column)):  # fmt: skip
                self.reading.used.update(link.places)
                return Plan("distinct", column=link.column, conditions=self._values())
        conditions = self._values()
        totals = [at for at, own in enumerate(self.reading.words.names) if own == ["total"]]
        if totals and self.reading.columns[totals[0]].kind == "number" and len(conditions) == 1 and say.SUM.search(self.text):
            return Plan("sum", column=totals[0], conditions=conditions)
        return Plan("count", conditions=conditions)

    def _values_near(self, column: int) -> bool:
        return any(column in one.columns for one in self.links.values)

    def _extreme(self) -> Plan | None:
        """The rows with the most of something, or the first or last."""
        top, most = say.TOP.search(self.text), say.MOST.search(self.text)
        end = say.FIRST.search(self.text)
        first = 1
        if top:
            number = (top["n"] or top["m"] or top["k"]).lower()
            first = say.SMALL.get(number) or int(number)
        asked = self._asked()
        if most is not None and (end is None or most["word"].lower() not in ("latest", "earliest", "newest", "oldest")):
            places = self.reading.places(most.start(), len(self.text))[:6]
            taken = {one.column for one in self.reading.conditions}
            if most["word"].lower().startswith(("most", "least", "fewest")):
                taken |= {at for at, own in enumerate(self.reading.words.names) if _is_ordinal(own)}
            column = self.reading.best_column(
                ["number", "date"], places, without=taken, guess=self.reading.given
            )
            if column is not None:
                self.reading.mark(*most.span())
                if top:
                    self.reading.mark(*top.span())
                conditions = self._values()
                descending = not _is_down(most)
                if _is_rank(self.reading.words.names[column]):
                    descending = not descending
                if asked in (None, column):
                    named = self.links.column(column)
                    is_amount = (
                        re.search(r"^(?:what|how)\b", self.text, say.I) and named is not None
                        and (named.share == 1 or not self.reading.given)
                    )  # fmt: skip
                    asked = column if is_amount else self.label
                return Plan("rows", conditions=conditions, select=(asked,), order=(column, descending), first=first)
        ends = most is not None and most["word"].lower() in ("top", "bottom") and self.reading.given
        if end is None and top is None and not ends:
            return None
        word = end["word"].lower() if end else "last" if ends and _is_down(most) else "first"  # type: ignore[arg-type]
        self.reading.mark(*(end or top or most).span())  # type: ignore[union-attr]
        if top:
            self.reading.mark(*top.span())
        conditions = self._values()
        dated = [at for at, one in enumerate(self.reading.columns) if one.kind == "date" or self.reading.is_year(at)]
        last = word in ("last", "final", "latest", "most recent", "newest")
        select = asked if asked is not None else self.label
        by_table = self.reading.given and word in ("first", "last", "final", "initial")
        if dated and not by_table:
            return Plan("rows", conditions=conditions, select=(select,), order=(dated[0], last), first=first)
        if not self.reading.given:
            return None
        if last:
            return Plan("rows", conditions=conditions, select=(select,), first=-1)
        return Plan("rows", conditions=conditions, select=(select,), first=first)

    def _listed(self) -> Plan | None:
        asked = self._asked()
        conditions = self._values()
        if not conditions or not (say.LIST.match(self.text) or self.reading.given or self.reading.conditions):
            return None
        conditioned = {one.column for one in conditions}
        if asked is None:
            free = [link.column for link in self.links.columns if link.column not in conditioned]
            asked = free[0] if self.reading.given and free else self.label
        lists = say.ALL.match(self.text) is not None
        return Plan("rows", conditions=conditions, select=(asked,), lists=lists)


def _label(words: Vocabulary) -> int:
    """The column that says which thing a row is: the first of texts that hardly repeat."""
    texts = [at for at, one in enumerate(words.columns) if one.kind == "text"]
    for at in texts:
        if words.distinct[at] >= 0.8 * words.rows:
            return at
    return texts[0] if texts else 0


def _is_down(match: re.Match[str]) -> bool:
    return any(word in say.DOWN for word in match[0].lower().split())


def _is_ordinal(names: list[str]) -> bool:
    """Whether a column numbers its rows, so that its numbers are not added."""
    return bool(set(names) & say.ORDINALS) or not names


def _is_rank(names: list[str]) -> bool:
    return bool({"rank", "place", "pos", "posit"} & set(names))
