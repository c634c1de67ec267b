"""Whether an answer quotes its documents word for word."""

from __future__ import annotations

from rag_app import Answer, Engine


def assert_word_for_word(engine: Engine, answer: Answer) -> None:
    """Each citation has the words of its place, and there is one."""
    assert answer.citations
    for one in answer.citations:
        assert engine.document_text(one.document)[one.start : one.end] == one.quote
