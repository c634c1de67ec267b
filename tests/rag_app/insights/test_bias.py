"""Association tests against the plain definition, and the audit of the sample documents."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from ingest.similarity import Vectors, unit
from rag_app import AnswerSettings, open_engine
from rag_app.insights.bias.association import association
from rag_app.insights.bias.audit import audit, read_wanted
from rag_app.insights.bias.exposure import shift
from rag_app.insights.bias.projection import direction, without


def drawn(seed: int, *sizes: int) -> list[Vectors]:
    chance = np.random.default_rng(seed)
    return [chance.normal(size=(size, 8)).astype(np.float32) for size in sizes]


@given(st.integers(0, 2**32 - 1))
def test_effect_and_p_are_those_of_the_definition(seed: int) -> None:
    sets = drawn(seed, 4, 4, 3, 5)
    first, second, one, other = (each.astype(float).tolist() for each in sets)

    def cosine(a: list[float], b: list[float]) -> float:
        return math.fsum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)

    def score(target: list[float]) -> float:
        near = math.fsum(cosine(target, word) for word in one) / len(one)
        return near - math.fsum(cosine(target, word) for word in other) / len(other)

    scores = [score(target) for target in (*first, *second)]
    mean = math.fsum(scores) / 8
    spread = math.sqrt(math.fsum((one - mean) ** 2 for one in scores) / 7)
    difference = math.fsum(scores[:4]) / 4 - math.fsum(scores[4:]) / 4
    above = sum(
        2 * math.fsum(scores[row] for row in rows) - math.fsum(scores) > 4 * difference + 1e-9
        for rows in combinations(range(8), 4)
    )
    found = association(*sets)
    assert found.effect == pytest.approx(difference / spread, abs=1e-6)
    assert found.p == pytest.approx(above / math.comb(8, 4))
    assert found.is_exact


def test_many_targets_are_sampled() -> None:
    found = association(*drawn(1, 20, 20, 5, 5))
    assert not found.is_exact
    assert 0 < found.p <= 1
    assert found == association(*drawn(1, 20, 20, 5, 5))


def test_equal_targets_have_no_effect() -> None:
    one, attributes, others = drawn(2, 1, 3, 3)
    assert association(one, one, attributes, others).effect == 0


def test_projection_takes_the_direction_away() -> None:
    base, vectors = drawn(3, 6, 50)
    axis = np.eye(8, dtype=np.float32)[2]
    found = direction(base + 3 * axis, base - 3 * axis)
    assert found @ axis == pytest.approx(1, abs=1e-5)
    left = without(unit(vectors), found)
    assert np.abs(left @ found).max() < 1e-6
    assert np.linalg.norm(left, axis=1) == pytest.approx(np.ones(50), abs=1e-5)


def test_equal_questions_shift_nothing() -> None:
    vectors, question = drawn(4, 30, 1)
    found = shift(unit(vectors), unit(question)[0], unit(question)[0])
    assert (found.overlap, found.exposure, found.score, found.best) == (1, 0, 0, 0)
    opposite = shift(unit(vectors), unit(question)[0], -unit(question)[0])
    assert opposite.exposure == pytest.approx(1)


def test_audit_says_what_was_not_tested(sample: Path, embedder: Embedder) -> None:
    with open_engine(sample, answers=AnswerSettings(), embedder=embedder) as engine:
        found = audit(engine.collection, embedder)
    assert len(found.tests) == 2
    assert len(found.asked) == 30
    assert abs(found.tests[0].projected.effect) < abs(found.tests[0].found.effect)
    assert 0 < found.cost.neighbours_kept <= 1
    assert "Not tested" in found.text()
    assert len(found.rows()) == 32


def test_tests_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "tests.toml"
    path.write_text('pairs = [["a", "b"]]\nquestions = ["no place"]\ngroups = []\ntests = []\n')
    with pytest.raises(UsageError, match="each question"):
        read_wanted(path)
    path.write_text("pairs = 3")
    with pytest.raises(UsageError, match="no list of tests"):
        read_wanted(path)
