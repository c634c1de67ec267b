"""Figures of rankings against their definitions, and the intervals."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_app.eval.metrics import difference, mean_figure, rank_scores, span_scores

# A ranking in which each hit holds at most one gold place, and each place is found once at most.
rankings = st.integers(1, 6).flatmap(
    lambda golds: st.tuples(
        st.just(golds),
        st.permutations([*range(golds), *[None] * 8]).map(
            lambda held: [[] if one is None else [one] for one in held]
        ),
        st.integers(0, 14),
    ).map(lambda made: (made[0], made[1][: made[2]]))
)


@settings(deadline=None)
@given(st.lists(rankings, min_size=1, max_size=5))
def test_the_figures_are_what_their_definitions_say(given_rankings) -> None:
    for (golds, hits), scores in zip(given_rankings, rank_scores(given_rankings), strict=True):
        ranks = [rank for rank, held in enumerate(hits, start=1) if held]
        first = min(ranks, default=math.inf)
        for k in (1, 3, 5, 10):
            assert scores[f"hit@{k}"] == (first <= k)
        assert scores["mrr"] == pytest.approx(1 / first)
        assert scores["recall@10"] == pytest.approx(sum(rank <= 10 for rank in ranks) / golds)
        gain = sum(1 / math.log2(rank + 1) for rank in ranks if rank <= 10)
        best = sum(1 / math.log2(rank + 1) for rank in range(1, min(golds, 10) + 1))
        assert scores["ndcg@10"] == pytest.approx(gain / best)


def test_a_gold_place_counts_once_and_a_passage_may_hold_two() -> None:
    again, both = rank_scores([(2, [[0], [0], [0]]), (2, [[], [0, 1]])])
    assert again["recall@10"] == 0.5
    assert both["recall@10"] == 1.0
    assert both["mrr"] == 0.5


spans = st.dictionaries(
    st.sampled_from("abc"),
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda s: (s[0], s[0] + s[1])),
        min_size=1,
        max_size=4,
    ),
    max_size=3,
)


@settings(deadline=None)
@given(spans, spans)
def test_characters_are_counted_once(gold, found) -> None:
    def places(given):
        return {(name, at) for name, spans in given.items() for s, e in spans for at in range(s, e)}

    wanted, seen = places(gold), places(found)
    scores = span_scores(gold, found)
    assert scores["recall"] * len(wanted) == pytest.approx(len(wanted & seen))
    assert scores["precision"] * len(seen) == pytest.approx(len(wanted & seen))
    assert scores["iou"] * len(wanted | seen) == pytest.approx(len(wanted & seen))


@pytest.mark.parametrize(
    ("right", "count", "low", "high"), [(5, 5, 0.566, 1), (0, 5, 0, 0.434), (8, 10, 0.490, 0.943)]
)
def test_a_few_questions_are_never_sure(right: int, count: int, low: float, high: float) -> None:
    """As ``scipy.stats.binomtest(right, count).proportion_ci(method="wilson")`` has them."""
    figure = mean_figure([float(number < right) for number in range(count)])
    assert figure is not None and figure.count == count
    assert (figure.low, figure.high) == pytest.approx((low, high), abs=0.001)
    same = difference([1.0] * count, [1.0] * count)
    assert same is not None and not same.beyond_chance


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    chance = random.Random(0)
    held = 0
    for trial in range(200):
        figure = mean_figure([float(chance.random() < 0.7) for _ in range(80)], seed=trial)
        assert figure is not None
        assert figure.low <= figure.value <= figure.high
        held += figure.low <= 0.7 <= figure.high
    assert 180 <= held <= 199
    assert mean_figure([]) is None
    assert difference([], []) is None
    assert mean_figure([0.0, 1.0], seed=3) == mean_figure([0.0, 1.0], seed=3)


def test_a_difference_is_of_the_same_questions() -> None:
    """What is small beside the spread of the questions, but on each of them, is beyond chance."""
    chance = random.Random(0)
    before = [chance.random() for _ in range(60)]
    better = difference([value + 0.02 + chance.random() / 100 for value in before], before)
    noise = difference([value + chance.gauss(0, 0.2) for value in before], before)
    assert better is not None and better.beyond_chance and better.value > 0.02
    assert noise is not None and not noise.beyond_chance
