"""Compounds are found by their parts, and parts by a compound, where a collection has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.settings import IndexSettings
from rag_app import Engine, open_engine

TEXT = """Hausordnung

Die Frist für die Kündigung beträgt drei Monate zum Ende eines Quartals.

Die Heizungswartung übernimmt im Herbst die Firma Brenner aus Ulm.

Bei Schlüsselverlust werden den Mietern 25 Euro berechnet.

Das Stundenbuch liegt im Lesesaal neben der Tür zum Garten aus.
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    work: Path = tmp_path_factory.mktemp("house")
    (work / "haus.txt").write_text(TEXT, encoding="utf-8")
    settings = IndexSettings(store=work / "store", chunk_tokens=40)
    ingest_paths([work / "haus.txt"], settings=settings)
    with open_engine(settings=settings) as engine:
        yield engine


@pytest.mark.parametrize(
    ("question", "words", "absent"),
    [
        ("Welche Kündigungsfrist gilt?", "drei Monate", ()),
        ("Wer macht die Wartung der Heizung?", "Brenner", ()),
        ("Was kostet der Verlust des Schlüssels?", "25 Euro", ()),
        ("Gibt es ein Buch der Stunden?", "Stundenbuch", ()),
        ("Wann kommt der Hausmeister?", "", ("Hausmeister",)),  # "Haus" is there, "Meister" is not
    ],
)
def test_parts_and_compounds(
    house: Engine, question: str, words: str, absent: tuple[str, ...]
) -> None:
    evidence = house.evidence(question)
    assert words in evidence.sentences[0].text
    assert set(absent) <= set(evidence.absent)
    if not absent:
        assert not {"Kündigungsfrist", "Wartung", "Heizung", "Schlüssels"} & set(evidence.absent)
