"""Compare settings: the same questions over a grid, and which differences are beyond chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from ingest.errors import UsageError
from ingest.settings import IndexSettings
from rag_app.engine import Engine
from rag_app.eval.metrics import Figure, difference
from rag_app.eval.report import EvalReport, aligned
from rag_app.eval.workplace import Collection
from rag_app.settings import AnswerSettings

ALIASES = {"chunk_size": "chunk_tokens"}
ALONE = (
    "Each line is judged alone: of twenty settings that do no better or worse than the first, one "
    "is told as beyond chance."
)
# Where a collection is, is not what is compared; and a key is not to be printed.
_NOT_COMPARED = frozenset({"store", "collection", "openai_api_key"})
INDEX = frozenset(IndexSettings.model_fields) - _NOT_COMPARED
ANSWERS = frozenset(AnswerSettings.model_fields) - _NOT_COMPARED


@dataclass(frozen=True, slots=True)
class Variant:
    """Settings beside the user's, as they were given: ``{"chunk_size": "128"}``."""

    given: Mapping[str, str]

    @property
    def label(self) -> str:
        """The settings in a line."""
        return " ".join(f"{name}={value}" for name, value in self.given.items())

    @property
    def index(self) -> dict[str, str]:
        """Those of the index, by their own names."""
        return {
            ALIASES.get(n, n): value
            for n, value in self.given.items()
            if ALIASES.get(n, n) in INDEX
        }

    @property
    def answers(self) -> dict[str, str]:
        """Those of answering."""
        return {name: value for name, value in self.given.items() if name in ANSWERS}


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a variant. ``less_than_best`` is how far it is from the best one."""

    variant: Variant
    report: EvalReport
    less_than_best: Figure | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows in order of the figure ``by``, best first."""

    by: str
    rows: tuple[Row, ...]

    def summary(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return {
            "name": self.rows[0].report.name,
            "source": self.rows[0].report.source,
            "by": self.by,
            "rows": [
                {
                    "settings": dict(row.variant.given),
                    "difference": asdict(row.less_than_best) if row.less_than_best else None,
                    "beyond_chance": row.less_than_best is not None
                    and row.less_than_best.beyond_chance,
                    **row.report.summary(),
                }
                for row in self.rows
            ],
        }

    def table(self) -> str:
        """For a terminal: one line a variant."""
        names = list(self.rows[0].report.figures)
        table = [("", *names, f"{self.by} to the first", "beyond chance")]
        for row in self.rows:
            figures = row.report.figures
            values = (f"{figures[name].value:.3f}" if name in figures else "-" for name in names)
            table.append((row.variant.label, *values, *format_difference(row.less_than_best)))
        first = self.rows[0].report
        notes = [f"Note: {note}" for note in first.notes]
        if len(self.rows) > 2:
            notes.append(f"Note: {ALONE}")
        return "\n\n".join([f"{first.name}: {first.source}", aligned(table), *notes])


def format_difference(figure: Figure | None) -> tuple[str, str]:
    """A difference with its interval, and whether chance would not explain it."""
    if figure is None:
        return "", ""
    interval = f"{figure.value:+.3f} ({figure.low:+.3f} to {figure.high:+.3f})"
    return interval, "yes" if figure.beyond_chance else "no"


def variants(grid: Sequence[str]) -> list[Variant]:
    """Every combination of ``name=value,value`` entries. Raises UsageError for a wrong entry."""
    choices: dict[str, list[str]] = {}
    for entry in grid:
        name, sign, values = entry.partition("=")
        name, given = name.strip(), [value.strip() for value in values.split(",")]
        if not sign or not all(given):
            raise UsageError(f"--compare {entry} is not of the form NAME=VALUE,VALUE")
        own = ALIASES.get(name, name)
        if own not in INDEX | ANSWERS:
            raise UsageError(
                f"--compare: there is no setting {name!r}; there are "
                f"{', '.join(sorted(INDEX | ANSWERS | set(ALIASES)))}"
            )
        if own in {ALIASES.get(other, other) for other in choices}:
            raise UsageError(f"--compare names {name} twice; put its values in one list")
        choices[name] = list(dict.fromkeys(given))
    return [
        Variant(dict(zip(choices, values, strict=True))) for values in product(*choices.values())
    ]


def compare(
    collection: Collection,
    chosen: Sequence[Variant],
    measured: Callable[[Engine, Variant], EvalReport],
    by: str,
) -> Comparison:
    """Measure each variant of a collection. Raises UsageError if there is no figure ``by``."""
    done: list[tuple[Variant, EvalReport]] = []
    for variant in chosen:
        with collection.open(variant.index, variant.answers) as engine:
            report = measured(engine, variant)
        if by not in report.search:
            raise UsageError(
                f"--by: there is no figure {by!r} of the search; there are "
                f"{', '.join(report.search)}"
            )
        done.append((variant, report))
    done.sort(key=lambda one: -one[1].search[by].value)
    best = _values(done[0][1], by)
    rows = [
        Row(variant, report, difference(_values(report, by), best) if place else None)
        for place, (variant, report) in enumerate(done)
    ]
    return Comparison(by, tuple(rows))


def _values(report: EvalReport, by: str) -> list[float]:
    return [one.scores[by] for one in report.asked if one.question.answerable]
