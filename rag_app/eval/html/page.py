"""The results as files: ``results.json``, and pages that need nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from ingest.errors import UsageError
from rag_app.eval.calibration.calibrate import CalibrationReport
from rag_app.eval.compare import ALONE, Comparison, format_difference
from rag_app.eval.html.svg import Bar, Line, bars, lines
from rag_app.eval.report import TITLES, Asked, EvalReport, Figures

TEMPLATES = Path(__file__).parent
# Of the worst questions, so many are on the page; results.json has all.
WORST = 40
HITS = 3
QUOTE = 240  # characters
# (title, first rank, last rank)
RANKS = (("rank 1", 1, 1), ("2 to 3", 2, 3), ("4 to 5", 4, 5), ("6 to 10", 6, 10))


def write_results(
    folder: Path,
    *,
    reports: Sequence[EvalReport] = (),
    comparisons: Sequence[Comparison] = (),
) -> None:
    """Write both files into a folder, which is made. Raises UsageError if that is not possible."""
    results: dict[str, Any] = {}
    if reports:
        results["reports"] = [report.everything() for report in reports]
    if comparisons:
        results["comparisons"] = [comparison.summary() for comparison in comparisons]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(results, ensure_ascii=False, indent=1)
        (folder / "results.json").write_text(text + "\n", encoding="utf-8")
        (folder / "report.html").write_text(page(reports, comparisons), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"The results cannot be written to {folder} ({error.strerror or error}); choose "
            "another folder with --output"
        ) from None


def page(reports: Sequence[EvalReport], comparisons: Sequence[Comparison] = ()) -> str:
    """The page as HTML. All text is escaped, and nothing is loaded from elsewhere."""
    return _template("page.html").render(
        reports=[_report(report) for report in reports],
        comparisons=[_comparison(comparison) for comparison in comparisons],
        titles=TITLES,
        alone=ALONE,
        hits=HITS,
        quote=QUOTE,
    )


def write_calibration_page(path: Path, report: CalibrationReport) -> None:
    """Write the curves of a calibration. Raises UsageError if that is not possible."""
    points = sorted((*report.curve, report.chosen), key=lambda one: one.threshold)
    errors = [
        Line(
            "refused although answerable",
            [(one.threshold, one.refused_although_answerable) for one in points],
        ),
        Line(
            "answered although not",
            [(one.threshold, one.answered_although_not) for one in points],
        ),
        Line("balanced accuracy", [(one.threshold, one.balanced_accuracy) for one in points]),
    ]
    sure = [
        Line("questions", [(one.predicted, one.actual) for one in report.reliability]),
        Line("as it should be", [(0.0, 0.0), (1.0, 1.0)]),
    ]
    text = _template("calibration.html").render(
        report=report,
        points=points,
        errors=lines("Both errors", errors, "threshold", report.chosen.threshold),
        sure=lines("How often it was right to be sure", sure, "predicted"),
    )
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"The page cannot be written to {path} ({error.strerror or error}); choose another "
            "file with --page"
        ) from None


def _template(name: str) -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
    )
    return environment.get_template(name)


def _report(report: EvalReport) -> dict[str, Any]:
    return {
        "report": report,
        "figures": _plot(f"Figures of {report.name}", report.figures),
        "ranks": _rank_plot(report),
        "documents": _document_plot(report) if len(report.documents) > 1 else "",
        "key": _key(report),
        "worst": worst(report)[:WORST],
    }


def worst(report: EvalReport) -> list[Asked]:
    """The questions whose gold is not first: those where it was not found before the others."""
    missed = [one for one in report.asked if one.question.answerable and one.rank != 1]
    return sorted(missed, key=lambda one: (-(one.rank or 10_000), one.number))


def _plot(title: str, figures: Figures) -> Markup:
    return bars(title, [Bar(name, one.value, one.low, one.high) for name, one in figures.items()])


def _rank_plot(report: EvalReport) -> Markup:
    ranks = [one.rank for one in report.asked if one.question.answerable]
    counts = [
        (title, sum(rank is not None and first <= rank <= last for rank in ranks))
        for title, first, last in RANKS
    ]
    later = sum(rank is not None and rank > RANKS[-1][-1] for rank in ranks)
    if later:
        counts.append(("later", later))
    counts.append(("not found", ranks.count(None)))
    rows = [Bar(title, count, shown=str(count)) for title, count in counts]
    return bars("At which rank the gold is", rows, most=max(len(ranks), 1))


def _key(report: EvalReport) -> str:
    return "hit@5" if "hit@5" in report.search else next(iter(report.search), "")


def _document_plot(report: EvalReport) -> Markup:
    key = _key(report)
    rows = [
        Bar(f"{name} ({figures[key].count})", *_ends(figures, key))
        for name, figures in report.documents.items()
        if key in figures
    ]
    return bars(f"{key} by document", rows)


def _ends(figures: Figures, key: str) -> tuple[float, float, float]:
    figure = figures[key]
    return figure.value, figure.low, figure.high


def _comparison(comparison: Comparison) -> dict[str, Any]:
    rows = comparison.rows
    shown = [Bar(row.variant.label, *_ends(row.report.search, comparison.by)) for row in rows]
    return {
        "comparison": comparison,
        "first": rows[0].report,
        "names": list(rows[0].report.figures),
        "plot": bars(f"{comparison.by} of each", shown),
        "differences": [format_difference(row.less_than_best) for row in rows],
    }
