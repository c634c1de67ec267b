"""Requests for a report, told from questions."""

from __future__ import annotations

import pytest

from rag_app.report.intent_english import topic_english
from rag_app.report.intent_german import topic_german


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Write a report on working from home.", "working from home"),
        ("Could you please draft me a detailed report about “pay”?", "pay"),
        ("Schreibe mir bitte einen kurzen Bericht über die Mühle", "die Mühle"),
        ("Kannst du einen Bericht zum Urlaub schreiben?", "Urlaub"),
        ("Who wrote the report on the mill?", None),
        ("Write a report", None),
        ("What does the report on pay say?", None),
    ],
)
def test_requests_for_a_report(question: str, topic: str | None) -> None:
    assert (topic_english(question) or topic_german(question)) == topic
