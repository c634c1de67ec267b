"""Rules that read words of one language are asked of no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.records import StoredChunk
from ingest.settings import IndexSettings
from rag_app import open_engine
from rag_app.languages import EVERY, OPERATIONS
from rag_app.questions.made.from_text import candidates
from rag_app.questions.made.natural import natural_questions

# Rows that English rules make questions of, and questions with words that English ones have too.
TABLES = {
    "fr": ("Ville;Loyer\nLyon;500\nNantes;400\nLille;300\n", "Quel est le total des loyers ?"),
    "es": ("Ciudad;Total\nVigo;500\nCádiz;400\nLugo;300\n", "¿Cuál es el total de Cádiz?"),
    "it": ("Città;Totale\nBari;500\nPisa;400\nRoma;300\n", "Qual è la città con il totale minimo?"),
    "nl": ("Stad;Huur\nGent;500\nBreda;400\nDelft;300\n", "Was de huur in Gent meer als 400?"),
}


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


@pytest.mark.parametrize("language", TABLES)
def test_a_question_in_another_language_runs_the_plain_path(
    tmp_path: Path, embedder: Embedder, language: str
) -> None:
    rows, question = TABLES[language]
    (tmp_path / "table.csv").write_text(rows, encoding="utf-8")
    settings = IndexSettings(store=tmp_path / "store")
    ingest_paths([tmp_path / "table.csv"], settings=settings, embedder=embedder)
    with open_engine(settings=settings, embedder=embedder) as engine:
        answer = engine.ask(question)
    assert answer.model == "quotes"
    assert "Rows of a table" not in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "Ville: Lyon; Loyer: 500; Prix: 12",
        "La caution est de 500 euros pour les étudiants de la ville.",
        "El depósito es de 500 euros para los estudiantes de la ciudad.",
        "De borg is 500 euro voor studenten van de stad.",
        "押金为四百元，退房时退还。",
    ],
)
def test_no_question_is_made_in_a_language_without_rules(text: str) -> None:
    language = {"V": "fr", "L": "fr", "E": "es", "D": "nl"}.get(text[0], "zh")
    one = StoredChunk(
        "0", ("a.md",), 0, len(text), None, text, (), ((0, len(text)),), {"language": language}
    )
    assert list(candidates([one])) == []
    assert list(natural_questions([one])) == []


def test_the_table_is_kept_to() -> None:
    assert OPERATIONS.of("de", en=1, de=2) == 2
    assert OPERATIONS.of("fr", en=1, de=2) is None
    with pytest.raises(TypeError, match="the table has rules for en, de"):
        OPERATIONS.of("en", en=1)
    assert {language for one in EVERY for language in one.languages} == {"en", "de", "nl"}
