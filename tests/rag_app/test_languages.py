"""Questions in other languages than English, to documents in the same and in others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.catalog.writer import CatalogWriter
from ingest.embed.embedder import Embedder
from ingest.settings import IndexSettings
from ingest.store.directory import Store
from rag_app import open_engine
from rag_app.engine import Engine

DOCUMENTS = {
    "de": "Sonderurlaub\n\nSonderurlaub beträgt drei Tage. Anträge gehen an Frau Nowak.\n\n"
    "Zeitguthaben verfällt am 30. Juni des Folgejahres. Für Fahrten nach Łódź gilt Formular F-17.",
    "zh": "宿舍规定\n\n宿舍押金为四百元。访客必须在晚上十点前离开。\n\n洗衣房每周三关闭。",
    "ja": "寮の規則\n\n寮の保証金は二万円とする。来客は午後十時までに帰る。\n\n"
    "洗濯室は水曜日に閉まる。",
}  # fmt: skip


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Engine]]:
    """An engine for a collection in each language."""
    work, embedder = tmp_path_factory.mktemp("languages"), Embedder()
    found: dict[str, Engine] = {}
    for language, text in DOCUMENTS.items():
        file = work / f"{language}.txt"
        file.write_text(text, encoding="utf-8")
        settings = IndexSettings(store=work / f"store-{language}", chunk_tokens=48)
        ingest_paths([file], settings=settings, embedder=embedder)
        found[language] = open_engine(settings=settings, embedder=embedder)
    yield found
    for engine in found.values():
        engine.close()


@pytest.mark.parametrize(
    ("language", "question", "words"),
    [
        ("de", "Wann verfällt das Zeitguthaben?", "am 30. Juni des Folgejahres"),
        ("de", "Wie viel Sonderurlaub gibt es?", "drei Tage"),
        ("de", "Welches Formular gilt für Lodz?", "F-17"),
        ("zh", "押金", "四百元"),
        ("zh", "访客几点前要离开?", "晚上十点"),
        ("ja", "保証金はいくらですか。", "二万円"),
        ("ja", "洗濯室はいつ閉まりますか。", "水曜日"),
    ],
)
def test_a_question_in_the_language_of_the_documents(
    engines: dict[str, Engine], language: str, question: str, words: str
) -> None:
    answer = engines[language].ask(question)
    assert not answer.refused
    assert words in answer.citations[0].quote


def test_across_languages_the_default_model_says_that_it_cannot(engines: dict[str, Engine]) -> None:
    answer = engines["de"].ask("When does the time credit lapse?")
    assert answer.refused
    assert "in another language" in answer.text
    assert "multilingual-e5-small" in answer.text
    assert "other words for" not in answer.text  # which could not be there


def test_codes_and_names_are_found_across_languages(engines: dict[str, Engine]) -> None:
    assert "F-17" in engines["de"].search("What is F-17 for?", k=1)[0].text
    assert "Nowak" in engines["de"].search("Who is Nowak?", k=1)[0].text


def test_words_of_an_earlier_version_are_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "de.txt"
    file.write_text(DOCUMENTS["de"], encoding="utf-8")
    settings = IndexSettings(store=tmp_path / "store")
    ingest_paths([file], settings=settings)
    catalog = Store(settings.store, settings.collection).catalog_path
    with CatalogWriter(catalog) as writer:
        before = writer.generation()
        writer.connection.execute("DELETE FROM meta WHERE key = 'words'")
        writer.connection.execute("UPDATE chunk_words SET words = x'', counts = x''")
        assert writer.languages() == ()
    with CatalogWriter(catalog) as writer:
        assert writer.languages() == ("de",)
        assert writer.check_postings(at_most=10) == (1, 0)
        assert writer.generation() > before  # so readers take them in


@pytest.mark.long
def test_the_multilingual_model_answers_across_languages(tmp_path: Path) -> None:
    embedder = Embedder("multilingual-e5-small")
    for language, text in DOCUMENTS.items():
        (tmp_path / f"{language}.txt").write_text(text, encoding="utf-8")
    settings = IndexSettings(
        store=tmp_path / "store", embedding_model=embedder.name, chunk_tokens=48
    )
    ingest_paths([tmp_path / "de.txt"], settings=settings, embedder=embedder)
    with open_engine(settings=settings, embedder=embedder) as engine:
        for question in (
            "When does time credit expire?",
            "Jusqu'à quand le crédit d'heures est-il valable ?",
        ):
            answer = engine.ask(question)
            assert not answer.refused
            assert "30. Juni" in answer.citations[0].quote
