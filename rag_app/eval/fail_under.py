"""Thresholds of figures: ``--fail-under hit@5=0.8``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.errors import UsageError
from rag_app.eval.report import LESS_IS_BETTER, TITLES, EvalReport

# A mean of shares that is 0.8 may be computed a little lower.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least share of 1 that a figure may have, of one set or, with None, of all."""

    name: str | None
    figure: str
    least: float

    def check_name(self, sets: Sequence[tuple[str, Sequence[str]]], *, answers: bool) -> None:
        """Raise UsageError if no set has the figure. ``sets`` are names with their figures."""
        asked = [name for name in TITLES if answers and name not in LESS_IS_BETTER]
        here = [figures for name, figures in sets if self.name in (None, name)]
        if not here:
            raise UsageError(
                f"--fail-under: there is no set {self.name!r}; there are "
                f"{', '.join(name for name, _ in sets)}"
            )
        known = list(dict.fromkeys([*(name for figures in here for name in figures), *asked]))
        if self.figure not in known:
            raise UsageError(
                f"--fail-under: there is no figure {self.figure!r}; there are {', '.join(known)}"
            )


def read_thresholds(given: Sequence[str]) -> list[Threshold]:
    """Thresholds as they are written. Raises UsageError for one that is not of the form."""
    thresholds: list[Threshold] = []
    for one in given:
        full, _, written = one.partition("=")
        name, sign, figure = full.rpartition(":")
        try:
            least = float(written)
        except ValueError:
            least = -1.0
        if not (figure and 0 <= least <= 1):
            raise UsageError(
                f"--fail-under {one} is not of the form FIGURE=SHARE, such as hit@5=0.8, with a "
                "share from 0 to 1"
            )
        thresholds.append(Threshold(name if sign else None, figure, least))
    return thresholds


def check_thresholds(thresholds: Sequence[Threshold], reports: Sequence[EvalReport]) -> list[str]:
    """A line for each figure that is too low, or that no question was there for."""
    missed: list[str] = []
    for threshold in thresholds:
        for report in reports:
            if threshold.name not in (None, report.name):
                continue
            figure = report.figures.get(threshold.figure)
            # A figure that only another set has is none of this one's.
            if figure is None and (threshold.figure in TITLES or not report.search):
                missed.append(
                    f"{report.name}: no question measures {threshold.figure}, which must be at "
                    f"least {threshold.least:g}"
                )
            elif figure is not None and figure.value < threshold.least - ROUNDING:
                missed.append(
                    f"{report.name}: {threshold.figure} is {figure.value:.4f}, below "
                    f"{threshold.least:g}"
                )
    return missed
