"""The everyday questions are well-formed, and what grades them tells right from wrong."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from benchmarks.answers.everyday.grade import everything, first_stretch
from benchmarks.answers.everyday.items import (
    DOCUMENTS,
    UNANSWERABLE,
    holds,
    names,
    read_chains,
    read_questions,
)
from ingest.load.read import load_file
from rag_app import Answer, Citation

SEED = 20261128
KINDS = "mail minutes table how-to contract policy yes-no paraphrase other-form detail".split()


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {path.name: load_file(path).text for path in sorted(DOCUMENTS.iterdir())}


def test_there_are_forty_documents_and_questions_name_no_other(texts: dict[str, str]) -> None:
    assert len(texts) == 40
    assert {one.document for one in read_questions()} - {None} <= set(texts)


def test_each_gold_phrase_is_in_its_document(texts: dict[str, str]) -> None:
    for one in read_questions():
        assert bool(one.gold) == (one.document is not None) == (one.kind != UNANSWERABLE)
        if one.document is not None:
            assert holds(texts[one.document], one.gold), one.kind


def test_the_gold_of_a_conversation_is_in_one_document(texts: dict[str, str]) -> None:
    for number, chain in enumerate(read_chains(), start=1):
        for turn in chain.turns:
            assert (turn.gold is None) == (turn.subject is None), number
            if turn.gold is not None:
                assert any(holds(text, turn.gold) for text in texts.values()), number


def test_the_halves_are_those_that_the_seed_draws() -> None:
    draw = random.Random(SEED)
    found = {kind: [one.half for one in read_questions() if one.kind == kind] for kind in KINDS}
    found[UNANSWERABLE] = [one.half for one in read_questions() if one.kind == UNANSWERABLE]
    found["chain"] = [one.half for one in read_chains()]
    for kind, halves in found.items():
        number = {UNANSWERABLE: 25, "chain": 40}.get(kind, 10)
        drawn = (["tune", "held"] * number)[:number]
        draw.shuffle(drawn)
        assert halves == drawn, kind
        assert Counter(halves)["held"] == number // 2
    assert len({one.question for one in read_questions()}) == 125
    assert {len(chain.turns) for chain in read_chains()} == {5}


@pytest.mark.parametrize(
    ("text", "groups", "held"),
    [
        ("Price: £94.00", (("£94",),), True),
        ("Price: £940", (("£94",),), False),
        ("1,013 and 130", (("13",),), False),
        ("two\n  months’ notice", (("60 days", "Two months' notice"),), True),
        ("two months' notice", (("two months",), ("in writing",)), False),
    ],
)
def test_gold_is_held_by_whole_numbers_and_every_group(
    text: str, groups: tuple[tuple[str, ...], ...], held: bool
) -> None:
    assert holds(text, groups) is held


def test_a_subject_is_named_by_the_beginning_of_a_word() -> None:
    assert names("Who are the cleaners?", "clean")
    assert not names("Is it still there?", "till")


def test_the_first_stretch_ends_where_another_marker_stands() -> None:
    def cited(marker: int, quote: str) -> Citation:
        return Citation(marker, "a.md", None, 0, len(quote), quote, supported=True, score=1.0)

    answer = Answer(
        question="?",
        text="One. [1]\n\nMore of one. [1]\n\nTwo. [2]\n\nAgain. [1]",
        refused=False,
        citations=(cited(1, "Quote of one."), cited(2, "Quote of two.")),
        hits=(),
        model="quotes",
        seconds=0.0,
    )
    assert first_stretch(answer) == "One. [1]\n\nMore of one. \nQuote of one."
    assert holds(everything(answer), (("Two.",), ("Quote of two",)))
