"""Schemathesis: calls of every route by what the OpenAPI document says, and checks of what comes
back: nothing unhandled, nothing outside the schema, nothing without its lock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ingest.embed.embedder import Embedder
from rag_app.settings import AnswerSettings
from tests.rag_app.server.served import serving

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
# What takes long; a test of its own has it.
LEFT_OUT = ("/api/evaluations",)
CHANGES = ("POST", "PATCH", "DELETE")
# Of each kind a route: some 500 calls, and 8 seconds of a processor that mostly makes them. The
# same ones each time, so more of them find nothing more; the long run looks for new ones.
EXAMPLES = 10
MANY = 2_000  # about 100,000 in all, and half an hour


@pytest.fixture(scope="module")
def checked(store: Path, embedder: Embedder) -> Iterator[str]:
    answers = AnswerSettings(passages=1, mode="keyword")
    with serving(store, embedder, answers=answers) as address:
        yield address


def test_answers_are_as_the_schema_says(checked: str) -> None:
    assert run(checked, EXAMPLES) > 400


@pytest.mark.long
def test_100_000_calls(checked: str) -> None:
    began = time.monotonic()
    count = run(checked, MANY)
    print(f"\n{count:,} calls in {time.monotonic() - began:.0f} s, and no fault")


def run(address: str, examples: int) -> int:
    """Call every route so often with what is valid, and with what is not. How many calls."""
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    count = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path.startswith(LEFT_OUT) and operation.method.upper() in CHANGES:
            continue
        for mode in schemathesis.GenerationMode:

            @hypothesis.settings(
                max_examples=examples,
                deadline=None,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @hypothesis.given(case=operation.as_strategy(mode))
            def called(case: schemathesis.Case) -> None:
                nonlocal count
                count += 1
                case.call_and_validate(checks=list(CHECKS), timeout=60)

            try:
                called()
            except hypothesis.errors.Unsatisfiable:
                assert mode == schemathesis.GenerationMode.NEGATIVE  # there is nothing to get wrong
    return count
