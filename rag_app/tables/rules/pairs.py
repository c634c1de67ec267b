"""Plans that compare two rows: the greater of them, their difference, their ratio, a share."""

from __future__ import annotations

import re

from rag_app.tables.plan import Condition, Operand, Operation, Plan
from rag_app.tables.rules import phrases_english as say
from rag_app.tables.rules.asking import Asking, is_down
from rag_app.tables.rules.link import ValueLink

HIGHEST = re.compile(r"\b(?:highest|largest|maximum|most)\b")
LOWEST = re.compile(r"\b(?:lowest|smallest|minimum|least)\b")


class Pairs(Asking):
    """Plans of two sides."""

    def either(self) -> Plan | None:
        """ "Which is longer, A or B": the one of the two that has more."""
        compared = say.COMPARED.search(self.text)
        if (
            compared is None
            or not re.search(r"\bor\b", self.text, say.I)
            or say.COUNT.search(self.text)
        ):
            return None
        for one, other in zip(self.links.values, self.links.values[1:], strict=False):
            between = self.text[
                self.links.tokens[one.end - 1].end : self.links.tokens[other.start].start
            ]
            columns = set(one.columns) & set(other.columns)
            if not columns or not say.OR.match(between):
                continue
            measure = self.reading.best_column(["number", "date"], self.places(compared))
            if measure is None:
                return None
            column = min(columns)
            whole = one.whole and other.whole
            condition = Condition(column, "=" if whole else "contains", (one.text, other.text),
                                  said=(self.said(one), self.said(other)))  # fmt: skip
            self.reading.used.update((*range(one.start, one.end), *range(other.start, other.end)))
            self.reading.mark(*compared.span())
            descending = not is_down(compared)
            return Plan(
                "rows",
                conditions=(condition,),
                select=(column,),
                order=(measure, descending),
                first=1,
            )
        return None

    def difference(self) -> Plan | None:
        """A difference, ratio or share of two rows: "how many more did Ann sell than Bob"."""
        text = self.text
        kind: Operation
        if say.RATIO.search(text):
            kind = "ratio"
        elif say.DIFFERENCE.search(text):
            kind = "difference"
        elif say.SHARE.search(text):
            return self.share()
        else:
            return None
        match = say.RATIO.search(text) or say.DIFFERENCE.search(text)
        pairs = [
            (one, other)
            for one in self.links.values
            for other in self.links.values
            if one.start < other.start and set(one.columns) & set(other.columns)
        ]
        # What differs may be anything, if nothing is named: "the difference between A and B".
        measure = self.measure(
            self.places(match),
            {one.column for one in self.reading.conditions},
            guess=any(one.key in say.MONEY for one in self.links.tokens),
        )
        if pairs and measure is None and kind == "difference" and match is not None:
            return self._beside_each_other(*pairs[0], match)
        if pairs and measure is not None:
            one, other = pairs[0]
            column = min(set(one.columns) & set(other.columns))
            conditions = self.passing({one.start, other.start})
            self.reading.used.update((*range(one.start, one.end), *range(other.start, other.end)))
            sides = tuple(Operand(measure, (self.is_value(side, column),)) for side in (one, other))
            signed = re.search(r"\bthan\b", text, say.I) is not None
            return Plan(kind, column=measure, conditions=conditions, operands=sides, signed=signed)
        named = [
            link
            for link in self.links.columns
            if link.share == 1 and self.reading.columns[link.column].kind == "number"
        ]
        highest = HIGHEST.search(text)
        if (
            highest
            and LOWEST.search(text, highest.end())
            and measure is not None
            and kind == "difference"
        ):
            return None
        if len(named) >= 2 and (conditions := self.passing()):
            first, last = sorted(named[:2], key=lambda link: link.places[0])
            self.reading.used.update((*first.places, *last.places))
            return Plan(
                kind, conditions=conditions, operands=(Operand(first.column), Operand(last.column))
            )
        return None

    def _beside_each_other(
        self, one: ValueLink, other: ValueLink, asked: re.Match[str]
    ) -> Plan | None:
        """Both rows, for whoever asks how two things differ and in what is not said."""
        column = min(set(one.columns) & set(other.columns))
        if not self.reading.words.names_rows(column) or not (one.whole and other.whole):
            return None
        condition = Condition(column, "=", (one.text, other.text),
                              said=(self.said(one), self.said(other)))  # fmt: skip
        self.reading.used.update((*range(one.start, one.end), *range(other.start, other.end)))
        self.reading.mark(*asked.span())
        return Plan("rows", conditions=(condition,), select=(column,), lists=True)

    def share(self) -> Plan | None:
        """What percentage of the total one part is."""
        measure = self.measure(self.places(say.SHARE.search(self.text)))
        conditions = self.passing()
        if measure is None or not conditions or len(self.reading.words.names) < 2:
            return None
        if self.reading.columns[measure].unit == "%":
            return None
        return Plan(
            "share", column=measure, operands=(Operand(measure, conditions), Operand(measure))
        )
