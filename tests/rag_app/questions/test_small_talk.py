"""Greetings and thanks get a reply; what the documents may answer is searched for."""

from __future__ import annotations

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine, Turn, open_engine

HELLO = "Hello! Ask me anything about your documents."
WELCOME = "You're welcome. Ask me anything else about your documents."
GOODBYE = "Goodbye!"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder):
    folder = tmp_path_factory.mktemp("small-talk")
    (folder / "prices.txt").write_text(
        "The laser level costs £48 a day. The multimeter costs £9 a day.\n\n"
        "Say good morning to every customer who comes in.\n"
    )
    ingest_paths([folder], store=folder / "store", embedder=embedder)
    with open_engine(folder / "store", answers=AnswerSettings(), embedder=embedder) as engine:
        yield engine


@pytest.mark.parametrize(
    ("said", "reply"),
    [("Hi there", HELLO), ("Thanks, that's great!", WELCOME), ("ok thanks, bye", GOODBYE)],
)
def test_small_talk_gets_a_reply_and_no_search(engine: Engine, said: str, reply: str) -> None:
    answer = engine.ask(said, [Turn("user", "How much is the laser level?")])
    assert (answer.text, answer.hits, answer.citations) == (reply, (), ())
    assert not answer.refused and answer.standalone is None


@pytest.mark.parametrize(
    "asked", ["Multimeter?", "laser level", "To whom do I say good morning?", "Is it far?"]
)
def test_what_asks_something_is_searched_for(engine: Engine, asked: str) -> None:
    assert engine.ask(asked).hits


def test_another_thing_takes_the_place_of_the_one_before(engine: Engine) -> None:
    answer = engine.ask("And the multimeter?", [Turn("user", "How much is the laser level?")])
    assert answer.standalone == "How much is the multimeter?"
    assert answer.citations[0].quote.startswith("The laser level costs £48 a day. The multimeter")


def test_what_was_put_together_is_not_put_together_again(engine: Engine) -> None:
    asked = ["What was decided about prices in May?", "When will it be done?", "How far is it?"]
    history = [Turn("user", one) for one in asked[:-1]]
    assert engine.ask(asked[-1], history).standalone == ("How far is it: when will prices be done?")


def test_a_question_after_thanks_goes_on_from_the_one_before(engine: Engine) -> None:
    history = [Turn("user", "How much is the laser level?"), Turn("assistant", "£48 [1]")]
    thanked = [*history, Turn("user", "Thanks!"), Turn("assistant", WELCOME)]
    asked = "And for a week?"
    assert engine.ask(asked, thanked).standalone == engine.ask(asked, history).standalone
