"""Questions that name two or more things, in parts; and those that do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_app.questions.parted.parts_english import parts_english
from rag_app.questions.parted.parts_german import parts_german

ENGLISH = {
    "What are the notice periods of the lease and of the loan?": ["the lease", "the loan"],
    "Who is older, Annie Morton or Terry Richardson?": ["Annie Morton", "Terry Richardson"],
    "What do E21, E22 and E23 mean?": ["E21", "E22", "E23"],
    "Are both Cypress and Ajuga genera?": ["Cypress", "Ajuga"],
    "Who signed the lease and when does it end?": ["Who signed the lease", "when does it end"],
    "What is the rent? When is it due?": ["What is the rent", "When is it due"],
}
GERMAN = {
    "Wie lang ist die Kündigungsfrist des Mietvertrags und des Darlehens?": [
        "des Mietvertrags",
        "des Darlehens",
    ],
    "Wer hat den Vertrag unterschrieben, und wann endet er?": [
        "Wer hat den Vertrag unterschrieben",
        "wann endet er",
    ],
    "Wer ist älter, Anna Marten oder Jan Reuter?": ["Anna Marten", "Jan Reuter"],
}
ONE = (
    "How and when do I clean it?",
    "Where is the park and ride?",
    "What is the price of bread and butter?",
    "How do I vent and tap a cask?",
    "Who founded the brewery?",
    "Was kosten Brot und Butter?",
    "Wie und wann reinige ich die Pumpe?",
    "and",
    "?",
)


@pytest.mark.parametrize("question", ENGLISH)
def test_english(question: str) -> None:
    assert [one.words for one in parts_english(question)] == ENGLISH[question]
    assert parts_german(question) == []


@pytest.mark.parametrize("question", GERMAN)
def test_german(question: str) -> None:
    assert [one.words for one in parts_german(question)] == GERMAN[question]


@pytest.mark.parametrize("question", ONE)
def test_one_question(question: str) -> None:
    assert parts_english(question) == parts_german(question) == []


def test_each_part_can_be_asked_alone() -> None:
    asked = parts_english("What does the damage waiver cost, and what does it do?")
    assert [one.question for one in asked] == [
        "What does the damage waiver cost?",
        "What does the damage waiver do?",
    ]


@given(st.text(alphabet="Aa1 ,?.und orwhatis", max_size=80))
def test_any_text(text: str) -> None:
    for part in (*parts_english(text), *parts_german(text)):
        assert part.question.strip()
