"""What could be asked next: drawn from the documents, and answered by them."""

from __future__ import annotations

import pytest

from rag_app import Engine
from rag_app.conversation.suggestions import follow_ups, question_about

ASKED = (
    "What does error code E22 mean?",
    "Can I put up the 3 m mast without guy wires?",
    "What is the cap on liability in the service agreement?",
)


def test_what_is_suggested_is_answered_and_new(sample_engine: Engine) -> None:
    offered = 0
    for question in ASKED:
        answer = sample_engine.ask(question)
        suggested = follow_ups(sample_engine, answer)
        assert len(set(suggested)) == len(suggested) <= 3
        assert question not in suggested
        assert not any(sample_engine.ask(one).refused for one in suggested)
        offered += len(suggested)
        again = follow_ups(sample_engine, answer, asked=suggested)
        assert not set(again) & set(suggested), "was asked"
    assert offered >= 6


def test_a_filter_holds_for_what_is_suggested_too(sample_engine: Engine) -> None:
    where = {"document": "manuals/ws-40-manual.pdf"}
    answer = sample_engine.ask(ASKED[0], where=where)
    assert follow_ups(sample_engine, answer, where=where)
    nothing = {"document": "glossary.md"}
    assert follow_ups(sample_engine, answer, where=nothing) == ()


def test_a_refusal_suggests_nothing(sample_engine: Engine) -> None:
    answer = sample_engine.ask("What is the capital of Australia?")
    assert answer.refused
    assert follow_ups(sample_engine, answer) == ()


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("4.2 Replacing the battery", "What is said about replacing the battery?"),
        ("Duties of the Customer", "What is said about Duties of the Customer?"),
        ("How do I reset it?", "How do I reset it?"),
        ("From a USB stick", None),
        ("Water", None),
        ("3.3.1 (19 January 2026)", None),
        ("word " * 30, None),
    ],
)
def test_a_heading_becomes_a_question_where_it_names_a_topic(
    heading: str, question: str | None
) -> None:
    assert question_about(heading) == question
