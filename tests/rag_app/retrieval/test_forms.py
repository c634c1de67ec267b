"""Codes, numbers, dates and mistyped words are found in the form in which a document has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, open_engine
from rag_app.engine import Engine

TEXTS = {
    "pump.md": "The pump HP-200 delivers forty litres an hour.",
    "scanner.md": "The scanner RX7 has a warranty of two years.",
    "price.md": "The laser level is sold at 619.9 without its tripod.",
    "list.md": "The price list is valid from 2025-03-01.",
    "school.md": "The school opens at eight and closes at four.",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Engine:
    folder: Path = tmp_path_factory.mktemp("forms")
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    store = folder / "store"
    ingest_paths([folder / name for name in TEXTS], store=store)
    return open_engine(store, answers=AnswerSettings(mode="keyword"), embedder=embedder)


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("HP200", "pump.md"),
        ("HP-200", "pump.md"),
        ("RX-7", "scanner.md"),
        ("619.90", "price.md"),
        ("01.03.2025", "list.md"),
        ("1.3.2025", "list.md"),
        ("scaner", "scanner.md"),
        ("waranty", "scanner.md"),
        ("shcool", "school.md"),
        ("tripodd", "price.md"),
    ],
)
def test_another_form_finds_it(engine: Engine, question: str, document: str) -> None:
    assert [hit.document for hit in engine.search(question, k=1)] == [document]


def test_what_is_there_as_it_was_asked_is_not_looked_for_otherwise(engine: Engine) -> None:
    assert engine.search("RX9", k=3) == [] or engine.search("RX9", k=1)[0].score == 0


@pytest.mark.parametrize("question", ["Scaner", "sclool4", "cann", "eschool"])
def test_names_codes_short_words_and_first_letters_are_taken_as_typed(
    engine: Engine, question: str
) -> None:
    hits = engine.search(question, k=1)
    assert not hits or hits[0].score == 0
