"""Questions that are asked, answered and taken back, by several pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.store.directory import Store
from rag_app import Conversation, Conversations, Exchange

QUESTION = "What does error code E22 mean?"


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations(Store(tmp_path / "store", "default"))


def test_a_question_is_kept_when_it_is_asked_and_settled_when_it_is_answered(
    kept: Conversations,
) -> None:
    conversation = Conversation()
    asked = Exchange(QUESTION, is_open=True)
    kept.put(conversation, asked)
    opened = kept.open(conversation.id)
    assert opened.exchanges == (asked,)
    assert kept.news(conversation.id, opened.mark, [asked.id]) is None
    later = kept.put(conversation, Exchange("Why?", parent=asked.id))
    settled = replace(asked, partial="Becau", is_open=False)
    assert kept.settle(settled)
    news = kept.news(conversation.id, opened.mark, [asked.id])
    assert news is not None and news.exchanges == (settled, later)
    assert kept.open(conversation.id).shown == later.id, "what is shown stays"
    assert kept.open(conversation.id).mark == news.mark
    kept.delete(conversation.id)
    assert not kept.settle(settled), "what was deleted does not come back"
    assert kept.listed() == []


def test_what_is_asked_at_the_end_goes_on_from_what_another_page_has_just_asked(
    kept: Conversations,
) -> None:
    conversation = Conversation()
    first = kept.put(conversation, Exchange("One"))
    other = kept.put(conversation, Exchange("Two", parent=first.id))
    assert (
        kept.put(conversation, Exchange("Three", parent=first.id), at_end=True).parent == other.id
    )
    assert kept.put(conversation, Exchange("Edited", parent=first.id)).parent == first.id


def test_a_question_that_is_taken_back_leaves_no_gap(kept: Conversations) -> None:
    conversation = Conversation()
    first = kept.put(conversation, Exchange("One"))
    gone = kept.put(conversation, Exchange("Two", parent=first.id, is_open=True))
    last = kept.put(conversation, Exchange("Three", parent=gone.id, is_open=True))
    mark = kept.open(conversation.id).mark
    kept.withdraw(gone.id)
    opened = kept.open(conversation.id)
    assert [one.question for one in opened.branch()] == ["One", "Three"]
    assert kept.settle(replace(last, error="No.")), "where it stands now is kept"
    assert [one.error for one in kept.open(conversation.id).branch()] == [None, "No."]
    news = kept.news(conversation.id, mark, [gone.id, last.id])
    assert news is not None and news.gone == {gone.id}
    kept.withdraw(last.id)
    assert kept.open(conversation.id).shown == first.id
    kept.withdraw(first.id)
    assert kept.listed() == [], "a conversation without a question is none"
