"""Plans of groups, and of rows by their place: the most, the first, the next."""

from __future__ import annotations

import re

from rag_app.tables.plan import Plan
from rag_app.tables.rules import phrases_english as say
from rag_app.tables.rules.asking import Asking, is_down, is_ordinal, is_rank


class Ends(Asking):
    """Plans of rows in an order, and of groups."""

    def grouped(self) -> Plan | None:
        """ "Sales per region", and "which country has the most players"."""
        by = say.EACH.search(self.text)
        aggregate = self.aggregate()
        if by and (aggregate or say.MOST.search(self.text)):
            places = self.reading.places(*by.span("what"))[:3]
            for link in self.links.columns:
                kind = self.reading.columns[link.column].kind
                groups = kind != "number" or self.reading.is_year(link.column)
                if (
                    groups
                    and set(link.places) & set(places)
                    and link.share >= 0.5
                    and self.repeats(link.column)
                ):
                    self.reading.used.update(link.places)
                    operation, match = aggregate or ("max", by)
                    if aggregate is None:
                        found = say.MOST.search(self.text)
                        assert found is not None
                        operation, match = ("min" if is_down(found) else "max"), found
                    column = None
                    if operation != "count":
                        column = self.measure(self.places(match), {link.column})
                        if column is None:
                            return None
                    return Plan(
                        operation, column=column, conditions=self.passing(), group=link.column
                    )
        most = say.MOST.search(self.text)
        if most is None:
            return None
        asked = self.asked()
        if asked is None or not self.repeats(asked) or asked == self.label:
            return None
        name = self.links.column(asked)
        before = self.reading.places(0, most.start())
        is_group = self.reading.columns[asked].kind != "number" or self.reading.is_year(asked)
        if not is_group or (name is not None and not set(name.places) & set(before)):
            return None
        descending = not is_down(most)
        after = self.reading.places(most.start(), len(self.text))
        named = [
            link
            for link in self.links.columns
            if link.column != asked
            and self.reading.columns[link.column].kind == "number"
            and set(link.places) & set(after)
        ]
        if aggregate and aggregate[0] in ("sum", "mean") and named:
            return Plan(
                aggregate[0],
                column=self.measure(after, {asked}),
                conditions=self.passing(),
                group=asked,
                order=(asked, descending),
                first=1,
            )
        counts = most["word"].lower().startswith(("most", "least", "fewest"))
        if named or not (most["adj"] or counts or say.NUMBER_OF.match(self.text, most.end())):
            return None
        self.reading.mark(*most.span())
        return Plan(
            "count", conditions=self.passing(), group=asked, order=(asked, descending), first=1
        )

    def neighbour(self) -> Plan | None:
        """The row before or after another, where the table is known to be meant: "leave after five
        years" asks for no row that stands below one of five years."""
        if not self.reading.given:
            return None
        for pattern, operation in ((say.NEXT, "next"), (say.PREVIOUS, "previous")):
            for match in pattern.finditer(self.text):
                places = self.reading.places(match.end(), len(self.text))[:3]
                before = self.reading.places(0, match.start())[-3:]
                turned = say.THAN_WHICH.match(self.text[match.end() :])
                for value in self.links.values:
                    is_there = value.end - 1 in before if turned else value.start in places
                    if is_there:
                        asked = self.asked()
                        column = self.column_of(value)
                        if turned:
                            operation = "previous" if operation == "next" else "next"
                        self.reading.used.update(range(value.start, value.end))
                        self.reading.mark(*match.span())
                        select = asked if asked is not None else column
                        condition = self.is_value(value, column)
                        return Plan(operation, conditions=(condition,), select=(select,))  # type: ignore[arg-type]
        return None

    def extreme(self) -> Plan | None:
        """The rows with the most of something, or the first or last."""
        top, most = say.TOP.search(self.text), say.MOST.search(self.text)
        end = say.FIRST.search(self.text)
        first = 1
        if top:
            number = (top["n"] or top["m"] or top["k"]).lower()
            first = say.SMALL.get(number) or int(number)
        asked = self.asked()
        if most is not None and (
            end is None or most["word"].lower() not in ("latest", "earliest", "newest", "oldest")
        ):
            places = self.reading.places(most.start(), len(self.text))[:6]
            taken = {one.column for one in self.reading.conditions}
            if most["word"].lower().startswith(("most", "least", "fewest")):
                taken |= {at for at, own in enumerate(self.reading.words.names) if is_ordinal(own)}
            kinds = ["number", "date"] if say.IN_TIME.fullmatch(most["word"]) else ["number"]
            column = self.reading.best_column(
                kinds, places, without=taken, guess=self.reading.given
            )
            if column is not None:
                self.reading.mark(*most.span())
                if top:
                    self.reading.mark(*top.span())
                conditions = self.passing()
                descending = not is_down(most)
                if is_rank(self.reading.words.names[column]):
                    descending = not descending
                if asked in (None, column):
                    named = self.links.column(column)
                    is_amount = (
                        re.search(r"^(?:what|how)\b", self.text, say.I) and named is not None
                        and (named.share == 1 or not self.reading.given)
                    )  # fmt: skip
                    asked = column if is_amount else self.label
                return Plan(
                    "rows",
                    conditions=conditions,
                    select=(asked,),
                    order=(column, descending),
                    first=first,
                )
        ends = most is not None and most["word"].lower() in ("top", "bottom") and self.reading.given
        if end is None and top is None and not ends:
            return None
        word = end["word"].lower() if end else "last" if ends and is_down(most) else "first"  # type: ignore[arg-type]
        self.reading.mark(*(end or top or most).span())  # type: ignore[union-attr]
        if top:
            self.reading.mark(*top.span())
        conditions = self.passing()
        dated = [
            at
            for at, one in enumerate(self.reading.columns)
            if one.kind == "date" or self.reading.is_year(at)
        ]
        last = word in ("last", "final", "latest", "most recent", "newest")
        select = self.shown(asked, conditions)
        if dated and select == dated[0] and not say.WHEN.search(self.text):
            select = self.label  # "Which was founded first?" asks for what was founded
        by_table = self.reading.given and word in ("first", "last", "final", "initial")
        if dated and not by_table:
            return Plan(
                "rows", conditions=conditions, select=(select,), order=(dated[0], last), first=first
            )
        if not self.reading.given:
            return None
        if last:
            return Plan("rows", conditions=conditions, select=(select,), first=-1)
        return Plan("rows", conditions=conditions, select=(select,), first=first)
