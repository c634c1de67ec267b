"""The bias audit of a collection and its model."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from ingest.similarity import Vectors, unit
from rag_app.clusters.nearest import nearest_to
from rag_app.collection.collection import Collection
from rag_app.insights.base.points import reading
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.insights.bias.association import association
from rag_app.insights.bias.exposure import DEPTH, shift
from rag_app.insights.bias.projection import direction, without
from rag_app.insights.bias.records import Asked, Audit, Cost, Tested, WordTest

DEFAULT = Path(__file__).with_name("tests_english.toml")
SAMPLE = 500  # passages whose neighbours are compared


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is tested: pairs of words for the direction of a group, association tests, questions
    with ``{}`` in the place of a name, and groups as (first name, second name, another word for the
    first)."""

    pairs: Sequence[tuple[str, str]]
    tests: Sequence[WordTest]
    questions: Sequence[str]
    groups: Sequence[tuple[str, str, str]]


def read_wanted(path: Path = DEFAULT) -> Wanted:
    """What a TOML file wants to be tested; the file that comes with the program is an example.
    Raises UsageError for a file that says nothing like it."""
    try:
        with path.open("rb") as file:
            wanted = TypeAdapter(Wanted).validate_python(tomllib.load(file))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        first = str(error).replace("\n", " ")[:200]
        raise UsageError(
            f"{path} is no list of tests ({first}); it is to be like {DEFAULT}"
        ) from None
    empty = [test.name for test in wanted.tests
             if not (test.first and test.second and test.one and test.other)]  # fmt: skip
    if empty or not wanted.pairs or any("{}" not in one for one in wanted.questions):
        raise UsageError(
            f"{path}: each test needs words in all four lists, each question {{}}, and there must "
            "be pairs"
        )
    return wanted


def audit(
    collection: Collection,
    embedder: Embedder,
    wanted: Wanted | None = None,
    where: Mapping[str, Any] | None = None,
    *,
    steps: Steps = QUIET,
) -> Audit:
    """Test what the model associates with groups, and how far a group's name in a question changes
    what is found among the passages that pass a filter, by meaning alone. Beside each, the same
    after the direction of the pairs is projected away.

    Raises StoreEmpty, StoreError, UsageError for a wrong filter, EmbedderError, Stopped.
    """
    wanted = wanted or read_wanted()
    with reading(collection, where) as points:
        steps("Testing associations")
        axis = direction(
            *(unit(embedder.encode(list(side))) for side in zip(*wanted.pairs, strict=True))
        )
        tests = [_tested(test, embedder, axis) for test in wanted.tests]
        flat = without(points.vectors, axis)
        asked: list[Asked] = []
        for at, (first, second, same) in enumerate(wanted.groups):
            steps("Asking about groups", at / len(wanted.groups))
            for question in wanted.questions:
                one, other, twin = unit(
                    embedder.encode_queries(
                        [question.replace("{}", name) for name in (first, second, same)]
                    )
                )
                flat_one, flat_other = without(np.stack([one, other]), axis)
                asked.append(
                    Asked(
                        question, first, second,
                        found=shift(points.vectors, one, other),
                        yardstick=shift(points.vectors, one, twin),
                        projected=shift(flat, flat_one, flat_other),
                    )
                )  # fmt: skip
        return Audit(points.basis(), tuple(tests), tuple(asked), _cost(points.vectors, flat))


def _tested(test: WordTest, embedder: Embedder, axis: Vectors) -> Tested:
    sets = [
        embedder.encode(list(words)) for words in (test.first, test.second, test.one, test.other)
    ]
    return Tested(test.name, association(*sets), association(*(without(one, axis) for one in sets)))


def _cost(vectors: Vectors, flat: Vectors) -> Cost:
    rows = np.random.default_rng(0).permutation(len(vectors))[:SAMPLE]
    depth = min(DEPTH + 1, len(vectors))  # the nearest is the passage itself
    before, _ = nearest_to(vectors, vectors[rows], depth)
    after, _ = nearest_to(flat, flat[rows], depth)
    kept = [
        len((set(one) & set(other)) - {row}) / max(len(set(one) - {row}), 1)
        for one, other, row in zip(before.tolist(), after.tolist(), rows.tolist(), strict=True)
    ]
    return Cost(float(np.mean(kept)), len(rows))
