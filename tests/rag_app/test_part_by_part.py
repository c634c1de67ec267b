"""Without an LLM: a question that names several things is answered part by part, and one that the
best passage leads on from has a second passage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.cli.main import answer_lines

TEXTS = {
    "lease.txt": "The notice period of the lease is three months, in writing to the landlord.",
    "loan.txt": "The notice period of the loan is ten banking days, by registered letter.",
    "lamp.txt": "The red lamp of the Tilby workshop was built by Ada Quill in 1990.",
    "people.txt": "Ada Quill was born in Norford. She studied medicine there before she built.",
    "door.txt": "The door is locked at 18:00. Only the caretaker has a key to the door.",
    "fox.txt": "The Fox and the Hound is a film of 1981 about two friends in a wood.",
    "garden.txt": "The garden is watered on Mondays. Nobody may pick the roses.",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("parts")
    (folder / "docs").mkdir()
    for name, text in TEXTS.items():
        (folder / "docs" / name).write_text(text)
    ingest_paths([folder / "docs"], store=folder / "store", embedder=embedder)
    settings = AnswerSettings()
    with open_engine(folder / "store", answers=settings, embedder=embedder) as opened:
        yield opened


def test_each_part_has_its_quote_under_its_words(engine: Engine) -> None:
    answer = engine.ask("What are the notice periods of the lease and of the loan?")
    lease, loan = answer.text.split("The loan:")
    assert lease.startswith("The lease:") and "three months" in lease and "ten" not in lease
    assert "ten banking days" in loan and "three months" not in loan
    assert {one.document for one in answer.citations} >= {"lease.txt", "loan.txt"}
    assert [one.marker for one in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert {hit.document for hit in answer.hits[:2]} == {"lease.txt", "loan.txt"}
    for one in answer.citations:
        assert engine.document_text(one.document)[one.start : one.end] == one.quote
    assert "The loan:" in answer_lines(answer)


def test_what_one_passage_says_is_not_taken_apart(engine: Engine) -> None:
    answer = engine.ask("When was The Fox and the Hound made?")
    assert ":\n\n" not in answer.text and answer.citations[0].document == "fox.txt"


def test_a_passage_leads_to_a_second(engine: Engine) -> None:
    answer = engine.ask("In which town was the builder of the red lamp in Tilby born?")
    assert [one.document for one in answer.citations[:1]] == ["lamp.txt"]
    assert "Ada Quill was born in Norford." in {one.quote for one in answer.citations}
    assert "Also searched for “Ada Quill”, which the best passage names." in answer.notes


def test_an_ordinary_question_has_no_second_search(engine: Engine) -> None:
    for question in ("When is the door locked?", "Who has a key to the door of the workshop?"):
        assert not engine.ask(question).notes
