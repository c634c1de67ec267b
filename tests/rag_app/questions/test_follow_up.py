"""Follow-up questions: what is put back, what is left alone, and what is refused all the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine, Turn, open_engine
from rag_app.questions.follow_up.follow_up_english import standalone_question
from rag_app.questions.follow_up.resolved import LONGEST
from rag_app.questions.history import recent_turns
from rag_app.questions.rewrite import is_sane, rewritten
from tests.conftest import DATA
from tests.support.llm_servers import Behaviour, ScriptedServer, reply, status

LEAVE = "How much annual leave do I get?"
CONVERSATIONS = [
    json.loads(line) for line in (DATA / "conversations.jsonl").read_text().splitlines()
]


def after(*questions: str, answer: str = "It is so.") -> list[Turn]:
    return [
        turn for asked in questions for turn in (Turn("user", asked), Turn("assistant", answer))
    ]


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("What is the mileage rate for my own car?", "And for a bicycle?",
         "What is the mileage rate for a bicycle?"),
        (LEAVE, "What about part-time staff?", "Part-time staff: how much annual leave do I get?"),
        ("Does the company pay for training?", "How much?",
         "How much: does the company pay for training?"),
        ("What is the probation period?", "Can it be extended?",
         "Can the probation period be extended?"),
        ("What does E37 mean?", "What should I do about it?", "What should I do about E37?"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_put_back(before: str, question: str, standalone: str) -> None:
    assert standalone_question(question, after(before)) == standalone
    assert standalone_question(question, []) == question


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("What was decided about the lift in May?", "How loud is it?", "How loud is the lift?"),
        ("What does the lease cost?", "And the insurance?", "What does the insurance cost?"),
        ("How long did the audit take?", "How old do I have to be?",
         "The audit: how old do I have to be?"),
        ("How do I register?", "Within how many days?", "Within how many days: how do I register?"),
        ("Does the north gate have a camera?", "What does it record?",
         "What does it record: does the north gate have a camera?"),
    ],
)  # fmt: skip
def test_the_thing_asked_about_is_put_in_its_place(
    before: str, question: str, standalone: str
) -> None:
    assert standalone_question(question, after(before)) == standalone


def test_a_question_that_leans_on_the_subject_is_found_with_it(sample_engine: Engine) -> None:
    subject = "How much maternity leave is there?"
    answer = sample_engine.ask("What do partners get?", after(subject))
    assert answer.standalone == "How much maternity leave is there, and what do partners get?"
    assert "four weeks at full pay" in answer.text
    # What was searched for goes on with the conversation, and is not put together twice.
    history = [
        Turn("user", subject), Turn("assistant", "20 weeks [1]."),
        Turn("user", "What do partners get?", answer.standalone), Turn("assistant", answer.text),
    ]  # fmt: skip
    again = sample_engine.ask("When must the People team be told?", history)
    assert again.standalone == (
        "How much maternity leave is there, and when must the People team be told?"
    )
    assert "fifteenth week" in again.text


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("How long does the concrete have to harden?", "On which day are salaries paid?"),
        ("How much maternity leave is there?", "What is the hotel limit in Greater London?"),
        ("What is the loan unit?", "How often is the restore drill held?"),
        ("Can I take a sabbatical?", "What is the capital of Australia?"),
    ],
)  # fmt: skip
def test_another_subject_is_not_dragged_back(
    before: str, question: str, sample_engine: Engine
) -> None:
    assert sample_engine.ask(question, after(before)).standalone is None


def test_a_refusal_is_no_list_to_choose_from() -> None:
    refused = after(
        "Which of them is stronger?", answer="Not answered.\n\nLooked for: a\nNearest: b"
    )
    assert "Looked" not in standalone_question("Is the second one vegan?", refused)


def test_items_and_people_are_found_in_the_answer() -> None:
    listed = after("Which cards are there?", answer="- a fuel card [1]\n- a travel card [2]")
    assert standalone_question("Who gets the second one?", listed) == "Who gets a travel card?"
    named = after("Who is the data protection lead?", answer="It is Leonie Marsh [1].")
    assert standalone_question("How do I reach her?", named) == "How do I reach Leonie Marsh?"


@pytest.mark.parametrize(
    "turns",
    [one["turns"] for one in CONVERSATIONS if one["kind"] == "alone"],
    ids=lambda turns: turns[-1][:40],
)
def test_what_stands_alone_is_left_alone(turns: list[str]) -> None:
    *before, question = turns
    assert standalone_question(question, after(*before)) == question


def test_topics_do_not_pile_up() -> None:
    asked = ["What is the hotel limit outside London?", "And in Wales?", "And on islands?"]
    assert standalone_question("And abroad?", after(*asked * 5)) == (
        "Abroad: what is the hotel limit outside London?"
    )
    long = standalone_question("Why?", after("word " * 1000))
    assert len(long) <= LONGEST + 1


def test_the_answer_says_what_was_searched_for(sample_engine: Engine) -> None:
    history = after("What is the hotel limit outside London?")
    answer = sample_engine.ask("And in Greater London?", history)
    assert answer.standalone == "In Greater London: what is the hotel limit outside London?"
    assert "£155" in answer.text
    assert sample_engine.ask("What is a dip plate?", history).standalone is None


@pytest.mark.slow
def test_refusing_works_in_turn_ten(sample_engine: Engine) -> None:
    good = [LEAVE, "What about part-time staff?", "When is the profit share paid?"]
    history = after(*good * 3)
    for question in ("And what about mobile phones?", "Who wrote Pride and Prejudice?"):
        answer = sample_engine.ask(question, history)
        assert answer.refused, answer.text
    history += after("How long is the warranty on batteries?")
    answer = sample_engine.ask("And gateways?", history)
    assert not answer.refused
    assert "24 months" in answer.text


def test_history_is_bounded_by_tokens(embedder: Embedder, sample: Path) -> None:
    history = after("One two three?", "Four five six?", answer="Seven eight.")
    assert recent_turns(history, 1000, embedder) == history
    assert recent_turns(history, 8, embedder) == history[2:]
    assert recent_turns(history, 0, embedder) == []
    # The question that is older than the bound is not there to go on from.
    with open_engine(sample, answers=AnswerSettings(history_tokens=0), embedder=embedder) as engine:
        answer = engine.ask("And in Greater London?", after("What is the hotel limit?"))
        assert answer.standalone is None


@pytest.mark.parametrize(
    ("behaviour", "standalone"),
    [
        (reply("What is the hotel limit in Greater London?"),
         "What is the hotel limit in Greater London?"),
        (reply("Sure! The answer to everything is always forty-two, my friend."),
         "In Greater London: what is the hotel limit outside London?"),
        (reply("hotel " * 200), "In Greater London: what is the hotel limit outside London?"),
        (status(500, {"error": {"message": "broken"}}),
         "In Greater London: what is the hotel limit outside London?"),
    ],
)  # fmt: skip
def test_an_llm_rewrites_and_rules_stand_in_for_it(
    behaviour: Behaviour, standalone: str, sample: Path, embedder: Embedder
) -> None:
    with ScriptedServer(behaviour) as server:
        answers = AnswerSettings(
            openai_base_url=server.base_url, llm_model="scripted", llm_total_seconds=3
        )
        with open_engine(sample, answers=answers, embedder=embedder) as engine:
            history = after("What is the hotel limit outside London?")
            made = rewritten("And in Greater London?", history, engine.llm)
            assert made.question == standalone
            asked = server.requests[0].body["messages"][-1]["content"]
            assert "hotel limit outside London" in asked
            assert asked.endswith("Last question: And in Greater London?")


def test_a_question_that_stands_alone_is_not_sent_to_be_rewritten(
    sample: Path, embedder: Embedder
) -> None:
    with ScriptedServer(reply("It is a plate [1].")) as server:
        answers = AnswerSettings(openai_base_url=server.base_url, llm_model="scripted")
        with open_engine(sample, answers=answers, embedder=embedder) as engine:
            engine.ask("What is a dip plate?", after(LEAVE))
        assert len(server.requests) == 1


def test_what_is_sane() -> None:
    history = after(LEAVE)
    assert is_sane("How much annual leave do part-time staff get?", "And part-time staff?", history)
    for made in ("", "Leave\nstaff", "leave " * 100, "Bananas grow in Ecuador?", "the of and"):
        assert not is_sane(made, "And part-time staff?", history)
