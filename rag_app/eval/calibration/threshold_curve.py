"""Both errors of a refusal at each threshold, which threshold to take, and whether probabilities
are what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Thresholds that are tried, from which one is taken, and those of them that are shown.
TRIED = tuple(round(step / 100, 2) for step in range(1, 100))
SHOWN = tuple(round(step / 20, 2) for step in range(1, 20))
BINS = 5


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold does, as shares of 1: of the answerable questions, how many it refuses; of
    the others, how many it answers; and the mean of what it gets right of both."""

    threshold: float
    refused_although_answerable: float
    answered_although_not: float
    balanced_accuracy: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions with a probability from ``low`` to ``high``: how many, their mean probability, and
    the share of them that can be answered."""

    low: float
    high: float
    count: int
    predicted: float
    actual: float


def point(threshold: float, sure: Floats, answerable: Flags, weights: Floats) -> Point:
    """What a threshold does to questions with these probabilities, all arrays of shape (n,)."""
    refused = sure < threshold
    wrongly_no = _share(refused, answerable, weights)
    wrongly_yes = _share(~refused, ~answerable, weights)
    return Point(threshold, wrongly_no, wrongly_yes, 1 - (wrongly_no + wrongly_yes) / 2)


def curve(
    sure: Floats, answerable: Flags, weights: Floats, thresholds: Sequence[float] = SHOWN
) -> tuple[Point, ...]:
    """What each threshold does. The higher, the more is refused, of either kind."""
    return tuple(point(one, sure, answerable, weights) for one in thresholds)


def choose(sure: Floats, answerable: Flags, weights: Floats, most_refused: float) -> float:
    """The lowest of the thresholds with the greatest balanced accuracy, among those that refuse at
    most so much of the answerable; the lowest of all where each refuses more."""
    points = curve(sure, answerable, weights, TRIED)
    allowed = [one for one in points if one.refused_although_answerable <= most_refused]
    best = max((one.balanced_accuracy for one in allowed), default=0.0)
    return next((one.threshold for one in allowed if one.balanced_accuracy == best), TRIED[0])


def bins(sure: Floats, answerable: Flags, weights: Floats) -> tuple[Bin, ...]:
    """Predicted against actual, in bins of equal width; those without any question left out."""
    place = np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    return tuple(
        Bin(
            number / BINS,
            (number + 1) / BINS,
            int(np.sum(here)),
            float(np.average(sure[here], weights=weights[here])),
            float(np.average(answerable[here], weights=weights[here])),
        )
        for number in range(BINS)
        if (here := place == number).any()
    )


def _share(flags: Flags, of: Flags, weights: Floats) -> float:
    return float(np.average(flags[of], weights=weights[of])) if of.any() else 0.0
