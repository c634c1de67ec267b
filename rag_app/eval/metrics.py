"""Ranking metrics, and their confidence intervals.

The figures are trec_eval's own, through pytrec_eval (Van Gysel and de Rijke, "Pytrec_eval: An
Extremely Fast Python Interface to trec_eval", SIGIR 2018). What is ranked are passages, so each is
called by the gold that it holds: a gold place counts once, at the first passage that holds it. A
passage that holds two of them counts as two in a row.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.errors import UsageError

# As they are printed, and as trec_eval calls them.
MEASURES = {
    "hit@1": "success_1",
    "hit@3": "success_3",
    "hit@5": "success_5",
    "hit@10": "success_10",
    "mrr": "recip_rank",
    "ndcg@10": "ndcg_cut_10",
    "recall@10": "recall_10",
    "recall@100": "recall_100",
}
_WANTED = {"success.1,3,5,10", "recip_rank", "ndcg_cut.10", "recall.10,100"}
SPAN_MEASURES = ("recall", "precision", "iou")

# Draws of a bootstrap: the ends of the interval then move by less than its tenth (Efron and
# Tibshirani, "An Introduction to the Bootstrap", 1993, section 14.3).
DRAWS = 2_000
_Z = 1.959964  # within so many standard deviations lie 95 % of a normal distribution
_AT_ONCE = 4_000_000

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over ``count`` questions, and its 95 % confidence interval."""

    value: float
    low: float
    high: float
    count: int

    @property
    def beyond_chance(self) -> bool:
        """Whether zero is outside the interval: for differences."""
        return self.low > 0 or self.high < 0


def rank_scores(rankings: Sequence[tuple[int, Sequence[Sequence[int]]]]) -> list[dict[str, float]]:
    """The figures of each question, by the names of MEASURES, each 0 to 1.

    A ranking is (how many gold places there are, for each hit the numbers from 0 of those that it
    holds). Raises UsageError where pytrec_eval is not installed.
    """
    try:
        import pytrec_eval
    except ImportError:
        raise UsageError(
            "Figures need pytrec_eval, which is not installed by itself on this machine; run: "
            "pip install pytrec-eval-terrier"
        ) from None
    wanted = {
        str(number): {f"gold {place}": 1 for place in range(golds)}
        for number, (golds, _) in enumerate(rankings)
    }
    run = {
        str(number): {name: float(-rank) for rank, name in enumerate(_names(hits))}
        for number, (_, hits) in enumerate(rankings)
    }
    if not rankings:
        return []
    scores = pytrec_eval.RelevanceEvaluator(wanted, _WANTED).evaluate(run)
    return [
        {name: scores[str(number)][measure] for name, measure in MEASURES.items()}
        for number in range(len(rankings))
    ]


def _names(hits: Sequence[Sequence[int]]) -> list[str]:
    """What trec_eval sees of a ranking: a name for each hit, and never the same twice."""
    names: dict[str, None] = {}
    for rank, held in enumerate(hits):
        new = [f"gold {place}" for place in held if f"gold {place}" not in names]
        names.update(dict.fromkeys(new or [f"other {rank}"]))
    return list(names) or ["nothing"]


def span_scores(
    gold: Mapping[str, Sequence[Span]], found: Mapping[str, Sequence[Span]]
) -> dict[str, float]:
    """How many characters of the gold were found, how many of the found are gold, and both:
    recall, precision and intersection over union. Spans are by document.

    Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval", Chroma, 2024.
    """
    wanted = {name: _characters(spans) for name, spans in gold.items()}
    seen = {name: _characters(spans) for name, spans in found.items()}
    covered = sum(len(wanted[name] & seen[name]) for name in wanted.keys() & seen.keys())
    all_gold, all_found = (sum(map(len, sets.values())) for sets in (wanted, seen))
    union = all_gold + all_found - covered
    return {
        "recall": covered / all_gold if all_gold else 0.0,
        "precision": covered / all_found if all_found else 0.0,
        "iou": covered / union if union else 0.0,
    }


def _characters(spans: Sequence[Span]) -> set[int]:
    return {place for start, end in spans for place in range(start, end)}


def mean_figure(values: Sequence[float], seed: int = 0) -> Figure | None:
    """The mean and its 95 % interval; None of none.

    Of what is right or wrong, Wilson's interval: five questions of five that were right are 57 to
    100 %, where a bootstrap would be sure of all. Of all else, between which means 95 % of samples
    of these questions lie (the percentile bootstrap).

    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927;
    recommended for few questions by Brown, Cai and DasGupta, Statistical Science 16, 2001.
    """
    if not values:
        return None
    given = np.asarray(values, dtype=np.float64)
    if not np.isin(given, (0.0, 1.0)).all():
        return _bootstrap(given, seed)
    share, count = float(given.mean()), len(given)
    spread = _Z**2 / count
    centre = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    # Where all were right, the upper end is 1 but for the last digit.
    low, high = min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half))
    return Figure(share, low, high, count)


def difference(values: Sequence[float], others: Sequence[float], seed: int = 0) -> Figure | None:
    """The mean of ``values`` less that of ``others``, question by question: a paired bootstrap."""
    changes = [a - b for a, b in zip(values, others, strict=True)]
    return _bootstrap(np.asarray(changes, dtype=np.float64), seed) if changes else None


def _bootstrap(given: npt.NDArray[np.float64], seed: int) -> Figure:
    low, high = np.percentile(_means(given, seed), [2.5, 97.5])
    return Figure(float(given.mean()), float(low), float(high), len(given))


def _means(values: npt.NDArray[np.float64], seed: int) -> npt.NDArray[np.float64]:
    """The means of DRAWS samples with replacement, a part at a time to spare memory."""
    chance = np.random.default_rng(seed)
    count = len(values)
    step = max(1, _AT_ONCE // count)
    parts = [
        values[chance.integers(0, count, (min(step, DRAWS - done), count))].mean(axis=1)
        for done in range(0, DRAWS, step)
    ]
    return np.concatenate(parts)
