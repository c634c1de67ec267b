"""Both errors, and the threshold between them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import UsageError
from rag_app.eval.calibration.calibrate import (
    AS_ASKED,
    NEAR_MISS,
    Case,
    calibrate,
    fit,
)
from rag_app.eval.calibration.threshold_curve import choose, curve
from rag_app.evidence.calibration import DEFAULT


def cases_of(near: Sequence[float], asked: Sequence[float]) -> list[Case]:
    """Cases with these cosines: near misses, and questions as they are asked."""
    both = [(NEAR_MISS, near), (AS_ASKED, asked)]
    return [
        Case(str(number), "?", kind, f"document {number % 7}", (cosine, 0.4, 1.0, 0.0, 0.0))
        for kind, cosines in both
        for number, cosine in enumerate(cosines)
    ]


def test_near_misses_raise_the_threshold() -> None:
    asked = np.linspace(0.6, 0.9, 60).tolist()
    far = calibrate(cases_of(np.linspace(0.0, 0.2, 60).tolist(), asked), 0.05, "test")
    near = calibrate(cases_of(np.linspace(0.45, 0.65, 60).tolist(), asked), 0.05, "test")

    def cosine_that_is_enough(report) -> float:  # type: ignore[no-untyped-def]
        one = report.calibration
        return min(n for n in np.linspace(0, 1, 101)
                   if one.probability((n, 0.4, 1.0, 0.0, 0.0)) >= one.enough)  # fmt: skip

    assert cosine_that_is_enough(near) > cosine_that_is_enough(far) + 0.1
    assert near.chosen.balanced_accuracy > near.default.balanced_accuracy + 0.2
    assert near.chosen.refused_although_answerable <= 0.05


def test_the_table_has_both_errors_the_choice_and_the_reliability() -> None:
    asked, near = np.linspace(0.4, 0.9, 50).tolist(), np.linspace(0.1, 0.7, 50).tolist()
    report = calibrate(cases_of(near, asked), 0.05, "test")
    for words in (
        "50 as asked", "refused although answerable", "answered although not", " *", "predicted",
        "of near miss", f"The default, at {DEFAULT.enough:g}",
    ):  # fmt: skip
        assert words in report.table()
    assert report.table() == calibrate(cases_of(near, asked), 0.05, "test").table()
    assert json.loads(json.dumps(report.summary()))["chosen"]["threshold"] > 0


def test_few_questions_hardly_move_the_default() -> None:
    """And what no question has, such as a code, keeps the weight that it had."""
    seen = np.array([(0.9, 0.4, 1.0, 0.0, 0.0), (0.1, 0.4, 1.0, 0.0, 0.0)])
    few = fit(seen, np.array([True, False]), np.ones(2))
    assert np.allclose(few.weights, DEFAULT.weights, atol=0.5)
    many = fit(np.repeat(seen, 200, axis=0), np.repeat([True, False], 200), np.ones(400))
    assert many.weights[0] > DEFAULT.weights[0] + 0.5
    assert many.weights[3] < -1.0


def test_without_near_misses_of_any_kind_there_is_nothing_to_fit_to() -> None:
    with pytest.raises(UsageError, match="too few"):
        calibrate(cases_of([], [0.5] * 100), 0.05, "test")


SURE = st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.floats(0.1, 10)), min_size=1)


@given(SURE, st.floats(0, 1))
def test_the_curve_is_monotone_and_the_choice_is_on_it(
    rows: list[tuple[float, bool, float]], most: float
) -> None:
    sure, answerable, weights = (np.array(column) for column in zip(*rows, strict=True))
    points = curve(sure, answerable, weights)
    for lower, higher in pairwise(points):
        assert lower.refused_although_answerable <= higher.refused_although_answerable + 1e-9
        assert lower.answered_although_not >= higher.answered_although_not - 1e-9
    enough = choose(sure, answerable, weights, most)
    assert 0 < enough < 1
    chosen, first = curve(sure, answerable, weights, (enough, 0.01))
    assert chosen.refused_although_answerable <= max(most, first.refused_although_answerable) + 1e-9
    allowed = [one for one in points if one.refused_although_answerable <= most]
    assert all(one.balanced_accuracy <= chosen.balanced_accuracy + 1e-9 for one in allowed)
