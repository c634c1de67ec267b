"""What is said to a reader is said in the language of the question, where there is a file of it."""

from __future__ import annotations

import string
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import Engine, open_engine
from rag_app.messages import (
    LANGUAGES,
    in_its_own_language,
    language_now,
    say,
    say_many,
    speak,
    speaking,
)
from rag_app.messages.catalogue import FOLDER

OTHERS = [one for one in LANGUAGES if one != "en"]
# Of each language a document, a question that it does not answer, and what the answer begins with.
ASKED = {
    "en": ("The office in Bergen opens at nine.", "How tall is the tower of Pisa?", "The docum"),
    "de": ("Das Büro in Bergen öffnet um neun.", "Wie hoch ist der Turm von Pisa?", "Keine Text"),
    "fr": ("Le bureau de Bergen ouvre à neuf heures.", "Quelle est la hauteur de la tour de Pise ?",
           "Aucun passage"),
    "es": ("La oficina de Bergen abre a las nueve.", "¿Cuánto mide la torre de Pisa?",
           "Ningún pasaje"),
    "zh": ("卑尔根的办公室九点开门。", "比萨斜塔有多高？", "没有段落"),
    "ar": ("يفتح المكتب في بيرغن في الساعة التاسعة.", "كم يبلغ ارتفاع برج بيزا؟", "لا يجيب"),
}  # fmt: skip


def test_the_files_have_all_that_is_said_and_nothing_else() -> None:
    script = Path(__file__).parents[3] / "scripts" / "messages.py"
    checked = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("language", OTHERS)
def test_translations_have_the_same_values(language: str) -> None:
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    for one in catalogue:
        if not one.id:
            continue
        ids = (one.id,) if isinstance(one.id, str) else one.id
        wanted = set().union(*map(_values, ids))
        if isinstance(one.string, str):
            assert _values(one.string) == wanted, one.id
            continue
        *few, most = one.string  # "one page" may have no number
        assert _values(most) == wanted, one.id
        assert all(wanted - {"count"} <= _values(said) <= wanted for said in few), one.id


def _values(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


def test_numbers_and_plurals_are_those_of_the_language() -> None:
    assert say("- and {count} more", count=1234) == "- and 1,234 more"
    with speaking("de"):
        assert say("- and {count} more", count=1234) == "- und 1.234 weitere"
        one, many = (
            "{count} sentence couldn't be checked.",
            "{count} sentences couldn't be checked.",
        )
        assert say_many(one, many, 1) == "1 Satz konnte nicht geprüft werden."
        assert say_many(one, many, 2) == "2 Sätze konnten nicht geprüft werden."
    with speaking("nl"):
        assert say("Changed") == "Changed"
    assert language_now() == "en"


def test_a_generator_speaks_for_itself() -> None:
    @in_its_own_language
    def counts() -> Generator[str]:
        speak("de")
        yield say("Changed")
        yield say("Changed")

    parts = counts()
    with speaking("fr"):
        assert (next(parts), say("Changed")) == ("Geändert", "Modifié")
    assert (list(parts), language_now()) == (["Geändert"], "en")


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder
) -> Generator[dict[str, Engine]]:
    folder = tmp_path_factory.mktemp("messages")
    opened: dict[str, Engine] = {}
    for language, (text, _, _) in ASKED.items():
        (folder / language).mkdir()
        (folder / language / "office.txt").write_text(text, encoding="utf-8")
        ingest_paths([folder / language], store=folder / f"{language}-store", embedder=embedder)
        opened[language] = open_engine(folder / f"{language}-store", embedder=embedder)
    yield opened
    for engine in opened.values():
        engine.close()


@pytest.mark.parametrize("language", ASKED)
def test_a_refusal_is_in_the_language_of_the_question(
    engines: dict[str, Engine], language: str
) -> None:
    _, question, beginning = ASKED[language]
    answer = engines[language].ask(question)
    assert answer.refused and answer.text.startswith(beginning), answer.text
    assert language_now() == "en"


def test_a_language_without_a_file_is_answered_in_english(engines: dict[str, Engine]) -> None:
    answer = engines["en"].ask("Hoe hoog is de toren van Pisa en wanneer werd hij gebouwd?")
    assert answer.refused and answer.text.startswith("The documents")
