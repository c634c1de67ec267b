"""A summary that is asked for without an LLM: how the sections of the document begin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, open_engine
from rag_app.engine import Engine

TEXTS = {
    "rules/harbour-rules-2023.md": "# Harbour rules\n\n## Speed\n\nBoats keep below 6 knots.\n",
    "rules/harbour-rules-2025.md": """\
# Harbour rules

## Speed

Boats keep below 4 knots. Ferries keep below 5 knots.

## Waste

Oil is handed in at the blue shed. The shed is open on Mondays.
""",
    "crane.txt": "The crane lifts two tonnes at most. It is inspected every April.\n",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("outline")
    for name, text in TEXTS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    ingest_paths([folder], store=folder / "store", embedder=embedder)
    with open_engine(folder / "store", answers=AnswerSettings(), embedder=embedder) as opened:
        yield opened


@pytest.mark.parametrize(
    "question",
    [
        "Summarise the harbour rules",
        "Please summarize harbour-rules-2025.md.",
        "Give me a short summary of the harbour rules",
    ],
)
def test_each_section_of_the_newest_version_is_quoted(engine: Engine, question: str) -> None:
    answer = engine.ask(question)
    quotes = [one.quote for one in answer.citations]
    assert quotes == ["Boats keep below 4 knots.", "Oil is handed in at the blue shed."]
    assert "a summary needs an LLM" in answer.text and not answer.refused
    for one in answer.citations:
        assert engine.document_text(one.document)[one.start : one.end] == one.quote


def test_what_a_document_is_about_is_told_likewise(engine: Engine) -> None:
    answer = engine.ask("What is crane.txt about?")
    assert [one.quote for one in answer.citations] == ["The crane lifts two tonnes at most."]


@pytest.mark.parametrize(
    "question", ["Summarise the weather", "What is a crane about to lift?", "What is a ferry?"]
)
def test_other_questions_are_searched_for(engine: Engine, question: str) -> None:
    assert "a summary needs an LLM" not in engine.ask(question).text
