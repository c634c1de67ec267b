"""Fit the thresholds of the refusal to the user's own collection.

Questions are asked as they are, with the passages that answer them held out, and with another
detail (``near_misses``); a logistic regression learns to tell them apart. So that few questions
cannot run wild, it also learns from points that are labelled by the default, which count as much as
PRIOR questions (Huang, Stein, Rubin and Kou, "Catalytic prior distributions", PNAS 2020).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any

import numpy as np

from ingest.errors import UsageError
from rag_app.engine import Engine
from rag_app.eval.calibration.near_misses import Details, held_out
from rag_app.eval.calibration.threshold_curve import (
    Bin,
    Flags,
    Floats,
    Point,
    bins,
    choose,
    curve,
    point,
)
from rag_app.eval.gold import GoldPlaces
from rag_app.eval.questions import Question
from rag_app.eval.report import aligned
from rag_app.evidence.calibration import DEFAULT, Calibration, to_json
from rag_app.evidence.evidence import Evidence

AS_ASKED, HELD_OUT, NEAR_MISS, UNANSWERABLE = "as asked", "held out", "near miss", "unanswerable"
PRIOR = 100.0
POINTS = tuple(
    product((0.2, 0.4, 0.6, 0.8), (0.2, 0.4, 0.6), (0.4, 0.7, 1.0), (0.0, 1.0), (0.0, 1.0))
)
FOLDS = 5
# With fewer of either kind, an error of a tenth would be two or three questions.
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Case:
    """A question in one of its kinds, and what the refusal sees of it. ``group`` are those that
    are held out together: the questions of a document or, of few documents, of a page."""

    id: str
    question: str
    kind: str
    group: str
    features: tuple[float, ...]

    @property
    def answerable(self) -> bool:
        """Whether the documents, without what is held out, answer."""
        return self.kind == AS_ASKED


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """What came of it. All figures are cross-validated: of each question by a fit that has seen
    nothing of its document. Each kind of unanswerable question weighs the same, and all of them as
    much as the answerable ones. ``default`` is what the default would do to the same questions."""

    calibration: Calibration
    counts: dict[str, int]
    auc: float
    chosen: Point
    default: Point
    answered_of: dict[str, float]
    curve: tuple[Point, ...]
    reliability: tuple[Bin, ...]
    notes: tuple[str, ...]

    def summary(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)

    def table(self) -> str:
        """For a terminal."""
        counts = ", ".join(f"{number} {kind}" for kind, number in self.counts.items())
        rows = [("threshold", "refused although answerable", "answered although not", "balanced")]
        points = sorted({one.threshold: one for one in (*self.curve, self.chosen)}.items())
        rows += [_row(one, chosen=one == self.chosen) for _, one in points]
        sure = [("predicted", "actual", "questions")]
        sure += [(f"{b.predicted:.2f}", f"{b.actual:.2f}", str(b.count)) for b in self.reliability]
        before = self.default
        kinds = ", ".join(f"{share:.3f} of {kind}" for kind, share in self.answered_of.items())
        parts = [
            f"Asked: {counts}. AUC {self.auc:.3f}.",
            aligned(rows),
            f"Answered although not, by kind: {kinds}.",
            "How sure it was, and how often it was right to be\n" + aligned(sure),
            f"The default, at {before.threshold:g}: refused although answerable "
            f"{before.refused_although_answerable:.3f}, answered although not "
            f"{before.answered_although_not:.3f}, balanced {before.balanced_accuracy:.3f}.",
        ]
        return "\n\n".join([*parts, *(f"Note: {note}" for note in self.notes)])


def ask_all(
    engine: Engine,
    questions: Sequence[Question],
    on_progress: Callable[[int], None] = lambda _: None,
    seed: int = 0,
) -> list[Case]:
    """Each question in each of its kinds. The collection is only read.

    ``on_progress`` is called with how many questions are done. Raises what ``Engine.evidence``
    raises.
    """
    places = GoldPlaces(engine)
    details = Details([one for one in questions if one.answerable], seed)
    by_page = len({one.gold[0].document for one in questions if one.gold}) < FOLDS
    cases: list[Case] = []
    for number, question in enumerate(questions, start=1):
        group = _group(question, by_page=by_page)
        for kind, text, evidence in _kinds(engine, question, places, details):
            cases.append(Case(question.id, text, kind, group, evidence.features))
        on_progress(number)
    return cases


def _kinds(
    engine: Engine, question: Question, places: GoldPlaces, details: Details
) -> Iterator[tuple[str, str, Evidence]]:
    text = question.text
    if not question.answerable:
        yield UNANSWERABLE, text, engine.evidence(text)
        return
    without = held_out(engine, question, places)
    if without is None:
        return  # its gold is not in the collection
    yield AS_ASKED, text, engine.evidence(text)
    yield HELD_OUT, text, without
    if (other := details.near_miss(engine, question)) is not None:
        yield NEAR_MISS, *other


def _group(question: Question, *, by_page: bool) -> str:
    if not question.gold:
        return question.id
    gold = question.gold[0]
    return f"{gold.document} {gold.page or gold.quote}" if by_page else gold.document


def calibrate(
    cases: Sequence[Case], most_refused: float, source: str, notes: tuple[str, ...] = ()
) -> CalibrationReport:
    """Fit, cross-validate, and choose the thresholds: the best that refuse at most so much, as a
    share of 1, of what can be answered. The same cases give the same.

    Raises UsageError if there are too few.
    """
    _check(cases)
    seen = np.array([case.features for case in cases])
    answerable = np.array([case.answerable for case in cases])
    weights = _weights(cases)
    sure = _cross_validated(seen, answerable, weights, [case.group for case in cases])
    enough = choose(sure, answerable, weights, most_refused)
    fitted = replace(fit(seen, answerable, weights), enough=enough)
    by_default = np.array([DEFAULT.probability(case.features) for case in cases])
    chosen = point(enough, sure, answerable, weights)
    counts = Counter(case.kind for case in cases)
    described = {
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "source": source,
        "questions": counts[AS_ASKED] + counts[UNANSWERABLE],
        "cases": dict(counts),
        "refused_although_answerable": chosen.refused_although_answerable,
        "answered_although_not": chosen.answered_although_not,
        "most_refused": most_refused,
    }
    return CalibrationReport(
        calibration=replace(fitted, fitted=described),
        counts=dict(counts),
        auc=_auc(answerable, sure, weights),
        chosen=chosen,
        default=point(DEFAULT.enough, by_default, answerable, weights),
        answered_of={
            kind: float(np.mean([p >= enough for p, c in zip(sure, cases, strict=True)
                                 if c.kind == kind]))
            for kind in counts if kind != AS_ASKED
        },
        curve=curve(sure, answerable, weights),
        reliability=bins(sure, answerable, weights),
        notes=notes,
    )  # fmt: skip


def fit(seen: Floats, answerable: Flags, weights: Floats) -> Calibration:
    """The weights that tell the answerable from the others: ``seen`` has shape (n, features). The
    thresholds are the default's."""
    from sklearn.linear_model import LogisticRegression

    by_default = np.array([DEFAULT.probability(one) for one in POINTS])
    share = PRIOR / len(POINTS)
    model = LogisticRegression(C=1e4, max_iter=1000).fit(
        np.concatenate([seen, POINTS, POINTS]),
        np.concatenate([answerable, np.full(len(POINTS), True), np.full(len(POINTS), False)]),
        sample_weight=np.concatenate([weights, share * by_default, share * (1 - by_default)]),
    )
    return replace(DEFAULT, bias=float(model.intercept_[0]), weights=tuple(model.coef_[0].tolist()))


def keep(engine: Engine, report: CalibrationReport) -> None:
    """Have the collection's questions use it from now on. Raises StoreError."""
    with engine.collection.reading() as view:
        fingerprint = view.fingerprint()
    engine.store.write_calibration(to_json(report.calibration, fingerprint))


def _check(cases: Sequence[Case]) -> None:
    known = sum(case.answerable for case in cases)
    unknown = len(cases) - known
    groups = len({case.group for case in cases})
    if min(known, unknown) < FEWEST or groups < 2:
        raise UsageError(
            f"{known} questions that the documents answer and {unknown} that they do not, of "
            f"{groups} documents or pages, are too few to fit anything to: {FEWEST} of each are "
            "needed. Ingest more, or write questions yourself, one JSON object a line, and name "
            "them: rag-app calibrate --questions FILE. What was in use stays"
        )


def _weights(cases: Sequence[Case]) -> Floats:
    """All that can be answered weighs as much as all that cannot, of which each kind the same."""
    counts = Counter(case.kind for case in cases)
    known = counts[AS_ASKED]
    each = known / (len(counts) - 1)
    return np.array([1.0 if case.answerable else each / counts[case.kind] for case in cases])


def _cross_validated(
    seen: Floats, answerable: Flags, weights: Floats, groups: Sequence[str]
) -> Floats:
    """The probability of each case by a fit that has not seen its group."""
    from sklearn.model_selection import GroupKFold

    sure = np.zeros(len(seen))
    folds = GroupKFold(min(FOLDS, len(set(groups))))
    for train, test in folds.split(seen, answerable, groups):
        model = fit(seen[train], answerable[train], weights[train])
        sure[test] = [model.probability(one) for one in seen[test]]
    return sure


def _auc(answerable: Flags, sure: Floats, weights: Floats) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(answerable, sure, sample_weight=weights))


def _row(one: Point, *, chosen: bool) -> tuple[str, str, str, str]:
    return (
        f"{one.threshold:.2f}{' *' if chosen else ''}",
        f"{one.refused_although_answerable:.3f}",
        f"{one.answered_although_not:.3f}",
        f"{one.balanced_accuracy:.3f}",
    )
