"""Which document is meant: the newest of several versions, a row of the latest date, phrases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, open_engine
from rag_app.engine import Engine

TEXTS = {
    "parking-v1.txt": "Parking policy, version 1 of 10 January 2023.\n\n"
    "What parking costs: a parking space in the yard costs staff 45 pounds a month.\n",
    "parking-v2.txt": "Parking policy, version 2 of 5 May 2025.\n\n"
    "Staff pay 60 pounds a month for a space in the yard.\n",
    "releases.md": """\
# Releases of the pump controller

Releases are listed with their dates. The firmware of the pump controller is updated over the air, \
and the latest firmware version is shown on its display.

| Version | Date | Kind |
|---|---|---|
| 2.1.0 | 4 May 2025 | Features |
| 2.2.1 | 7 September 2026 | Fixes |
| 2.2.0 | 22 June 2026 | Features |
""",
    "shops.md": "Revenue rose. The deferral of payments ended, one of rent began; revenue of "
    "the shops and revenue of the bar both rose.\n",
    "notes.md": "The deferral of revenue is shown in note 4, where sums of five years stand side "
    "by side with those of the budget and those of the forecast.\n",
    "urlaub.md": """\
# Urlaub

Der Anspruch auf Urlaub beträgt dreißig Tage. Der Resturlaub verfällt am 31. März des \
Folgejahres. Anträge nimmt die Personalabteilung an.
""",
    "house.md": "# House\n\nThe Wi-Fi key is Heron-71. Guests use the open network.\n",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("versions")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    ingest_paths([folder / name for name in TEXTS], store=folder / "store", embedder=embedder)
    with open_engine(folder / "store", answers=AnswerSettings(), embedder=embedder) as opened:
        yield opened


@pytest.mark.parametrize("newest", ["current", "latest"])
def test_the_newest_version_is_quoted_first(engine: Engine, newest: str) -> None:
    assert "45 pounds" in engine.ask("What does a parking space cost?").citations[0].quote
    answer = engine.ask(f"What does a parking space cost in the {newest} policy?")
    assert answer.citations[0].document == "parking-v2.txt"
    assert "60 pounds" in answer.citations[0].quote


def test_the_latest_is_the_row_of_the_latest_date(engine: Engine) -> None:
    answer = engine.ask("What is the latest firmware version?")
    assert answer.citations[0].quote == "Version: 2.2.1; Date: 7 September 2026; Kind: Fixes"


def test_the_newest_document_is_found_in_the_catalog(engine: Engine, tmp_path: Path) -> None:
    with open_engine(
        stored(tmp_path, engine), answers=AnswerSettings(), embedder=engine.embedder
    ) as dated:
        answer = dated.ask("Which document is the newest?")
    assert [one.document for one in answer.citations] == ["minutes-2026-03.md"]
    assert "the newest, of 2026-03" in answer.text


def stored(folder: Path, engine: Engine) -> Path:
    for name in ("minutes-2026-03.md", "minutes-2025-11.md", "note.md"):
        (folder / name).write_text(f"The board met, and {name} says what it decided.\n")
    ingest_paths([*folder.glob("*.md")], store=folder / "store", embedder=engine.embedder)
    return folder / "store"


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("What is the deferral of revenue?", "notes.md", "shops.md"),
    ],
)
def test_a_phrase_counts_more_than_its_words(
    engine: Engine, question: str, first: str, second: str
) -> None:
    assert [one.document for one in engine.search(question, 2)] == [first, second]


def test_a_sentence_with_a_day_and_a_month_is_whole(engine: Engine) -> None:
    answer = engine.ask("Wann verfällt der Resturlaub?")
    assert "am 31. März des Folgejahres" in answer.citations[0].quote
    start, end = answer.citations[0].best or (0, 0)
    best = engine.document_text("urlaub.md")[start:end]
    assert best == "Der Resturlaub verfällt am 31. März des Folgejahres."


def test_a_mistyped_stop_word_is_looked_for_nowhere(engine: Engine) -> None:
    query = engine.evidence("what is teh wifi key").query
    assert query is not None and query.stems == ("wifi", "key")
    answer = engine.ask("what is teh wifi key")
    assert not answer.refused and "Heron-71" in answer.citations[0].quote
