"""Conversations: kept, found and branched."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import StoreError, UsageError
from ingest.store.directory import Store
from rag_app import (
    Answer,
    Citation,
    Conversation,
    Conversations,
    Engine,
    Exchange,
    Failure,
    Feedback,
    Hit,
    Unsupported,
    Usage,
)
from rag_app.conversation.records import exchange_from
from rag_app.records import Check, Status
from tests.conftest import REPOSITORY

QUESTION = "What does error code E22 mean?"
words = st.text()
numbers = st.integers(0, 10**9)
floats = st.floats(allow_nan=False)
hits = st.builds(
    Hit, words, st.none() | numbers, numbers, numbers, words, floats, words,
    st.dictionaries(words, words | floats | st.booleans() | st.lists(words)),
)  # fmt: skip
citations = st.builds(
    Citation, numbers, words, st.none() | numbers, numbers, numbers, words, st.booleans(), floats,
    st.none() | words,
)  # fmt: skip
answers = st.builds(
    Answer,
    question=words,
    text=words,
    refused=st.booleans(),
    citations=st.lists(citations, max_size=3).map(tuple),
    hits=st.lists(hits, max_size=3).map(tuple),
    model=words,
    seconds=floats,
    usage=st.none() | st.builds(Usage, numbers, numbers, st.booleans(), st.none() | floats),
    notes=st.lists(words, max_size=2).map(tuple),
    unsupported=st.lists(st.builds(Unsupported, numbers, numbers, words), max_size=2).map(tuple),
    failure=st.none() | st.builds(Failure, words, words, st.booleans()),
    standalone=st.none() | words,
    checks=st.lists(
        st.builds(Check, numbers, numbers, st.sampled_from(get_args(Status)), floats, words)
    ).map(tuple),
)
exchanges = st.builds(
    Exchange,
    question=words,
    answer=st.none() | answers,
    error=st.none() | words,
    partial=words,
    where=st.none() | st.dictionaries(words, words),
    feedback=st.none() | st.builds(Feedback, st.sampled_from(["up", "down"]), words),
    record=st.none() | st.dictionaries(words, floats),
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", "default")


@pytest.fixture
def kept(store: Store) -> Conversations:
    return Conversations(store)


def answered(question: str = QUESTION, text: str = "Ice [1].", **fields: object) -> Exchange:
    citation = Citation(1, "manual.pdf", 8, 0, 4, "Ice *on* it.", True, 0.9)
    answer = Answer(question, text, False, (citation,), (), "quotes", 0.1)
    return Exchange(question, replace(answer, **fields))


@settings(deadline=None, max_examples=30)
@given(exchanges)
def test_an_exchange_comes_back_as_it_was(tmp_path_factory, exchange) -> None:  # type: ignore[no-untyped-def]
    kept = Conversations(Store(tmp_path_factory.mktemp("kept"), "default"))
    conversation = Conversation()
    kept.put(conversation, exchange)
    assert kept.open(conversation.id).exchanges == (exchange,)


def test_real_answers_come_back_as_they_were(sample_engine: Engine, kept: Conversations) -> None:
    conversation = Conversation()
    asked = [
        Exchange(question, sample_engine.ask(question))
        for question in (
            QUESTION,
            "What is the capital of Australia?",
            "Which documents are there?",
        )
    ]
    for exchange in asked:
        kept.put(conversation, exchange)
    assert kept.open(conversation.id).exchanges == tuple(asked)


def test_what_a_later_version_adds_is_passed_over() -> None:
    values = json.loads(json.dumps({**answered().to_json(), "mood": "good"}))
    values["answer"]["colour"] = "blue"
    values["answer"]["citations"][0]["weight"] = 3
    assert exchange_from(values).text == "Ice [1]."


def test_a_conversation_is_listed_renamed_and_deleted(kept: Conversations) -> None:
    assert kept.listed() == []
    first, second = Conversation(), Conversation()
    kept.put(first, answered())
    kept.put(second, answered("long " * 40))
    kept.put(first, answered("And E23?"))
    assert [(one.id, one.exchanges) for one in kept.listed()] == [(first.id, 2), (second.id, 1)]
    assert kept.listed()[0].title == QUESTION
    assert kept.listed()[1].title.endswith("long …") and len(kept.listed()[1].title) <= 82
    assert kept.rename(second.id, " Two\nlines ") == "Two lines"
    assert kept.open(second.id).title == "Two lines"
    with pytest.raises(UsageError, match="needs a title"):
        kept.rename(second.id, " ")
    kept.delete(first.id)
    assert [one.id for one in kept.listed()] == [second.id]
    with pytest.raises(UsageError, match="no such conversation"):
        kept.open(first.id)
    assert len({Conversation().id for _ in range(100)}) == 100
    assert len(bytes.fromhex(first.id)) == 16, "128 bits"


def test_what_is_deleted_is_not_in_the_file(kept: Conversations) -> None:
    conversation = Conversation()
    kept.put(conversation, answered("Where is zanzibarium?"))
    kept.delete(conversation.id)
    kept.put(Conversation(), answered())
    files = kept.path.parent.glob("conversations*")
    assert not any(b"zanzibarium" in file.read_bytes() for file in files)


def test_search_wants_every_word_anywhere(kept: Conversations) -> None:
    ice, fire = Conversation(), Conversation()
    kept.put(ice, answered("Was ist ÄRGER?", "Frost on the vanes [1]."))
    kept.put(ice, answered("And then?", "50%_off"))
    kept.put(fire, answered("Who burns?", "Nobody."))
    found = lambda words: [one.id for one in kept.listed(words)]  # noqa: E731
    assert found("ärger FROST") == [ice.id]
    assert found("frost then") == [ice.id], "in different exchanges"
    assert found("nobody") == [fire.id]
    assert found("frost nobody") == []
    assert found("%") == [ice.id] and found("0_o") == [], "signs mean themselves"
    assert len(found(" ")) == 2


def test_an_edited_question_is_another_branch(kept: Conversations) -> None:
    first = answered()
    second = replace(answered("And E23?"), parent=first.id)
    third = replace(answered("Why?"), parent=second.id)
    edited = replace(answered("And E24?"), parent=first.id)
    conversation = Conversation()
    for exchange in (first, second, third, edited):
        kept.put(conversation, exchange)
    read = kept.open(conversation.id)
    assert read.branch() == (first, edited)
    assert read.versions(edited) == (second, edited)
    kept.show(conversation.id, read.newest_after(second))
    assert kept.open(conversation.id).branch() == (first, second, third)
    assert kept.open(conversation.id).exchanges == (first, second, third, edited)


def test_a_changed_exchange_takes_its_own_place(kept: Conversations) -> None:
    conversation, exchange = Conversation(), Exchange("Why?", partial="Becau")
    kept.put(conversation, exchange)
    kept.rate(exchange.id, Feedback("down", "stopped"))
    kept.put(conversation, replace(exchange, partial="Because"))
    (read,) = kept.open(conversation.id).exchanges
    assert read.partial == "Because"
    assert read.feedback is not None and read.feedback.comment == "stopped", "is kept"


def test_many_write_at_once(kept: Conversations, store: Store) -> None:
    conversation = Conversation()

    def write(number: int) -> None:
        own = Conversations(store)
        for turn in range(5):
            own.put(conversation, answered(f"{number}-{turn}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = {exchange.question for exchange in kept.open(conversation.id).exchanges}
    assert asked == {f"{number}-{turn}" for number in range(6) for turn in range(5)}


@pytest.mark.slow
def test_what_a_killed_process_kept_is_there(store: Store, kept: Conversations) -> None:
    code = """if True:
        import os, sys
        from pathlib import Path
        from ingest.store.directory import Store
        from rag_app import Conversation, Conversations, Exchange
        kept = Conversations(Store(Path(sys.argv[1]), "default"))
        conversation = Conversation(id="known")
        for number in range(10):
            kept.put(conversation, Exchange(str(number), partial="x"))
        os.kill(os.getpid(), 9)
    """
    command = [sys.executable, "-c", code, str(store.root)]
    done = subprocess.run(command, cwd=REPOSITORY, check=False)
    assert done.returncode == -9
    assert len(kept.open("known").exchanges) == 10


def test_a_file_that_cannot_be_used_is_a_store_error(kept: Conversations) -> None:
    kept.path.mkdir(parents=True)
    with pytest.raises(StoreError, match=r"cannot be written .*check the disk"):
        kept.put(Conversation(), answered())
    kept.path.rmdir()
    kept.path.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="cannot be read"):
        kept.listed()


def test_a_file_of_a_later_version_is_refused(kept: Conversations) -> None:
    kept.put(Conversation(), answered())
    connection = sqlite3.connect(kept.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for use in (kept.listed, kept.rated, lambda: kept.put(Conversation(), answered())):
        with pytest.raises(StoreError, match="later version"):
            use()


def test_feedback_is_given_and_taken_back(kept: Conversations) -> None:
    exchange = answered()
    kept.put(Conversation(), exchange)
    kept.rate(exchange.id, Feedback("up", "Just so."))
    (rated,) = kept.rated()
    assert rated.answer == exchange.answer
    assert rated.feedback is not None and rated.feedback.comment == "Just so."
    kept.rate(exchange.id, None)
    assert kept.rated() == []
    with pytest.raises(UsageError, match="no such"):
        kept.rate("unknown", None)
