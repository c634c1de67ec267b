"""A question to a plan over one table, by rules: the operation by the question's phrases, columns
and rows by the names and cells that it has."""

from __future__ import annotations

import re
from dataclasses import replace

from rag_app.tables.plan import Condition, Operation, Plan, checked
from rag_app.tables.rules import phrases_english as say
from rag_app.tables.rules.asking import is_ordinal
from rag_app.tables.rules.ends import Ends
from rag_app.tables.rules.link import Vocabulary
from rag_app.tables.rules.matrix import matrix_plan
from rag_app.tables.rules.pairs import Pairs
from rag_app.tables.rules.phrases_german import in_english
from rag_app.tables.rules.reading import Reading, read_comparisons, read_dates, read_equals


def plan_for(
    question: str, words: Vocabulary, *, given: bool = False, about: str = ""
) -> Plan | None:
    """The plan of a question over the table of a vocabulary; None if it asks for nothing that the
    table's columns have. ``given``: the table is known to be the one that is asked, so that words
    which are nowhere in it do not matter. ``about`` is what else says what its rows are: its
    document's name, its caption."""
    question = in_english(" ".join(question.split()).strip(" ?.!"))
    links = words.link(question, given=given)
    links.leave_out(about, words)
    reading = Reading(question, links, words, given)
    planner = _Planner(reading)
    plan = planner.plan()
    if plan is None or planner.has_loose_ends(plan, about):
        return None
    try:
        return replace(
            checked(plan, words.columns),
            notes=tuple(reading.notes),
            sure=planner.sure(about, plan),
        )
    except ValueError:
        return None


class _Planner(Pairs, Ends):
    """The plans of one question, from the particular to the plain."""

    def has_loose_ends(self, plan: Plan, about: str) -> bool:
        """Whether something of the question is left that must not be: a number, "the same as", an
        "or"; or too much, where the table is known to be meant."""
        tokens, known = self.links.tokens, self.reading.used | self.links.named_in(about)
        for link in self.links.columns:
            known.update(link.places if link.share >= 0.5 else ())
        if any(one.key[0].isdigit() and at not in known for at, one in enumerate(tokens)):
            return True
        if say.NEEDS_MORE.search(self.text) or self.asks_for_what_is_not_there():
            return True
        if plan.operation == "rows" and plan.first is None and self.asks_for_one_of_two():
            return True
        differs = say.DIFFERENCE.search(self.text)
        if (
            differs
            and plan.operation not in ("difference", "change")
            and not self.reading.used.issuperset(self.places(differs))
        ):
            return True
        if not self.reading.given:
            # What is in no cell of a column is said of all rows, unless that column names them.
            names_rows = self.reading.words.names_rows
            return any(
                one.test == "lacks" and not names_rows(one.column) for one in plan.conditions
            )
        sure = self.sure("", plan)
        least = 0.2 if plan.operation in ("count", "next", "previous") or plan.first else 0.4
        if plan.operation in ("count", "sum") and not plan.conditions and plan.first is None:
            least = 0.99
        elif (
            plan.operation in ("count", "rows") and len(plan.conditions) > 1 and plan.first is None
        ):
            least = 0.7
        return sure < least

    def plan(self) -> Plan | None:
        if (plan := matrix_plan(self.reading)) is not None:
            return plan
        if command := say.COMMAND.match(self.text):
            self.reading.mark(*command.span())
        read_comparisons(self.reading)
        read_dates(self.reading)
        read_equals(self.reading)
        if say.YES_NO.match(self.text):
            return None
        for make in (self.either, self.difference, self.grouped, self.neighbour, self._simple):
            if (plan := make()) is not None:
                return plan
        return None

    # The rows.

    def _simple(self) -> Plan | None:
        """An aggregate, the rows at one end, or the rows that pass."""
        aggregate = self.aggregate()
        if aggregate and not (aggregate[0] == "sum" and say.COUNT.search(self.text)):
            if (plan := self._aggregated(*aggregate)) is not None:
                return plan
        elif count := say.COUNT.search(self.text):
            return self._aggregated("count", count)
        return self.extreme() or self._listed()

    def _aggregated(self, operation: Operation, match: re.Match[str]) -> Plan | None:
        places = self.places(match)
        conditioned = {one.column for one in self.reading.conditions}
        if operation == "count":
            return self._counted(match)
        conditions: tuple[Condition, ...] = ()
        measure = self.reading.best_column(
            ["number"],
            places,
            without=conditioned,
            guess=operation != "sum" or not say.HOW_MUCH.search(self.text),
        )
        conditions = self.passing()
        if measure is None or is_ordinal(self.reading.words.names[measure]):
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
        head = self._head(after)
        for link in self.links.columns:
            near = [place for place in link.places if place in after[:3]]
            if head is not None and link.column != head:
                continue
            if (
                not near
                or link.column in conditioned
                or link.share < (0.5 if self.reading.given else 1)
            ):
                continue
            kind = self.reading.columns[link.column].kind
            if (
                kind == "number"
                and not is_ordinal(self.reading.words.names[link.column])
                and not distinct
            ):
                self.reading.used.update(link.places)
                conditions = self.passing()
                return Plan("sum", column=link.column, conditions=conditions)
            is_kind = link.column != self.label and self.repeats(link.column)
            is_asked = not self.reading.given and not self._values_near(link.column)
            if distinct or (is_kind and is_asked):
                self.reading.used.update(link.places)
                return Plan("distinct", column=link.column, conditions=self.passing())
        conditions = self.passing()
        totals = [at for at, own in enumerate(self.reading.words.names) if own == ["total"]]
        if (
            totals
            and self.reading.columns[totals[0]].kind == "number"
            and len(conditions) == 1
            and say.SUM.search(self.text)
        ):
            return Plan("sum", column=totals[0], conditions=conditions)
        return Plan("count", conditions=conditions)

    def _head(self, places: list[int]) -> int | None:
        """The column that the first word which says something names, if it names one alone: of "how
        many teams won 6", that is "teams"."""
        tokens = self.links.tokens
        told = [at for at in places if not tokens[at].is_stop and tokens[at].key not in say.EMPTY]
        named = [link.column for link in self.links.columns if told and told[0] in link.places]
        return named[0] if len(named) == 1 else None

    def _values_near(self, column: int) -> bool:
        return any(column in one.columns for one in self.links.values)

    def _listed(self) -> Plan | None:
        asked = self.asked()
        conditions = self.passing()
        if not conditions and not self.reading.given and say.ALL.match(self.text):
            for link in self.links.columns:
                if link.share == 1 and self.reading.words.names_rows(link.column):
                    return Plan("rows", select=(link.column,), lists=True)
        if not conditions or not (
            say.LIST.match(self.text) or self.reading.given or self.reading.conditions
        ):
            return None
        conditioned = {one.column for one in conditions}
        if asked is None:
            free = [link.column for link in self.links.columns if link.column not in conditioned]
            asked = free[0] if self.reading.given and free else self.label
        # What a question names by its label is looked up.
        lists = say.ALL.match(self.text) is not None and conditioned != {self.label}
        shown = self.shown(asked, conditions)
        return Plan("rows", conditions=conditions, select=(shown,), lists=lists)
