"""Follow-up questions in German by their own rules, and in other languages by none."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.settings import IndexSettings
from rag_app import Turn, open_engine
from rag_app.questions.rewrite import rewritten


def after(question: str) -> list[Turn]:
    return [Turn("user", question), Turn("assistant", "…")]


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("Wie hoch ist die Kaution für die Wohnung?", "Wann bekomme ich sie zurück?",
         "Die Kaution: wann bekomme ich sie zurück?"),
        ("Wie hoch ist die Miete in Hamburg?", "Und in Berlin?",
         "Wie hoch ist die Miete in Berlin?"),
        ("Was kostet der Parkplatz pro Monat?", "Und die Garage?",
         "Was kostet die Garage pro Monat?"),
        ("Wie lange ist die Garantie der Waschmaschine?", "Was ist mit dem Geschirrspüler?",
         "Geschirrspüler: wie lange ist die Garantie?"),
        ("Wie hoch ist die Pauschale?", "Gilt das auch für Praktikanten?",
         "Für Praktikanten: wie hoch ist die Pauschale?"),
        ("Was bedeutet E37?", "Wie behebe ich das?", "E37: wie behebe ich das?"),
        ("Wer wartet die Heizung?", "Wie oft?", "Wie oft: wer wartet die Heizung?"),
        ("Welche Frist gilt für den Mieter?", "Muss er das schriftlich tun?",
         "Den Mieter: muss er das schriftlich tun?"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_put_back(before: str, question: str, standalone: str) -> None:
    assert rewritten(question, after(before), None).question == standalone


@pytest.mark.parametrize(
    "question",
    [
        "Gibt es eine Sauna?",
        "Wie lange dauert es, bis der Antrag genehmigt ist?",
        "Wann muss der Mieter seine Schlüssel abgeben?",
        "Wenn ein Gerät ausfällt, wer repariert es?",
        "Dürfen Sie das neue Gerät öffnen?",
        "Kündigungsfrist?",
    ],
)
def test_what_stands_alone_is_left_alone(question: str) -> None:
    assert rewritten(question, after("Wie lang ist die Probezeit?"), None).question == question


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("¿Cuánto cuesta el curso?", "¿Cuánto he pagado?"),  # "he" is no English pronoun here
        ("Hoe lang is de proeftijd?", "Was het vroeger anders?"),  # nor "was" German
        ("Combien coûte le cours ?", "Et pour les enfants ?"),
        ("押金是多少？", "什么时候退还？"),
    ],
)
def test_where_there_are_no_rules_the_question_before_is_looked_for_too(
    before: str, question: str
) -> None:
    found = rewritten(question, after(before), None)
    assert found.question == question
    assert found.carried == f"{before} {question}"


def test_a_fragment_is_answered_with_the_subject_before_it(tmp_path: Path) -> None:
    """By the rules in German, and without any in French, where the evidence decides."""
    asked = {
        "de": ("Wie hoch ist die Miete für den Saal?", "Und für den Garten?", "35 Euro"),
        "fr": ("Quel est le tarif de la piscine ?", "Et pour les enfants ?", "2 euros"),
    }
    texts = {
        "de": "Mieten\n\nDie Miete für den Saal beträgt 90 Euro.\n\nDie Miete für den Garten "
        "beträgt 35 Euro.\n\nIm Saal gilt ab 22 Uhr Ruhe. Der Garten schließt um 20 Uhr.",
        "fr": "Tarifs\n\nLe tarif de la piscine est de 4 euros.\n\nLe tarif de la piscine pour les "
        "enfants est de 2 euros.\n\nLes enfants doivent porter un bonnet au gymnase.",
    }
    embedder = Embedder()
    for language, (before, question, words) in asked.items():
        file = tmp_path / f"{language}.txt"
        file.write_text(texts[language], encoding="utf-8")
        settings = IndexSettings(store=tmp_path / language, chunk_tokens=32)
        ingest_paths([file], settings=settings, embedder=embedder)
        with open_engine(settings=settings, embedder=embedder) as engine:
            answer = engine.ask(question, after(before))
        assert words in answer.citations[0].quote
