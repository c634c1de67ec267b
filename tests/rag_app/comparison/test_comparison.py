"""Two documents side by side, and what changed between versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.comparison.compared import Compared
from rag_app.comparison.intent_english import compared_english
from rag_app.comparison.intent_german import compared_german
from tests.support.word_for_word import assert_word_for_word

OLD = """# Use of the workshop

## Hours

The workshop is open from 8:00 to 18:00 on working days. On Saturdays it is closed.

## Machines

The lathe may be used by people who have passed the course. The band saw needs a second person in
the room. Ear protection lies in the red cupboard beside the door.

## Costs

A day costs £14. Wood is charged by weight. A locker can be rented for a deposit.
"""
NEW = """# Use of the workshop

## Hours

The workshop is open from 8:00 to 20:00 on working days. On Saturdays it is closed.
On Sundays members with a key may work alone.

## Machines

The lathe may be used by people who have passed the course. The laser cutter is booked online, and
nobody leaves it while it runs.

## Costs

A day costs £16. Wood is charged by weight. Ear protection lies in the red cupboard beside the door.
A locker can be rented for a deposit.
"""
KITCHEN = """# Kitchen rules

A day in the kitchen costs £25 with gas. Whoever cooks cleans the stove. Knives are locked away.
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Engine]:
    root = tmp_path_factory.mktemp("versions")
    files = {"workshop-2024.md": OLD, "workshop-2026.md": NEW, "kitchen.md": KITCHEN}
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    ingest_paths([root], store=root / "store", embedder=embedder)
    with open_engine(root / "store", answers=AnswerSettings(), embedder=embedder) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Compare the lease and the sublease", Compared("lease", "sublease")),
        ("Please compare A.pdf with B.pdf.", Compared("A.pdf", "B.pdf")),
        (
            "What is the difference between the old policy and the new policy?",
            Compared("old policy", "new policy"),
        ),
        ("differences between v1.md and v2.md", Compared("v1.md", "v2.md")),
        ("How does the lease differ from the draft?", Compared("lease", "draft")),
        ("What changed in the new version of the handbook?", Compared("handbook")),
        ("What's new in the price list?", Compared("price list")),
        ("What has changed in the handbook since the last edition?", Compared("handbook")),
        ("Compare the two versions of the returns policy", Compared("returns policy")),
        ("What changed between terms-2024 and terms-2025?", Compared("terms-2024", "terms-2025")),
    ],
)
def test_questions_for_a_comparison(question: str, asked: Compared) -> None:
    assert compared_english(question) == asked


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (
            "Vergleiche den Mietvertrag mit dem Untermietvertrag",
            Compared("Mietvertrag", "Untermietvertrag"),
        ),
        ("Kannst du mir bitte A.pdf und B.pdf vergleichen?", Compared("A.pdf", "B.pdf")),
        ("Was ist der Unterschied zwischen v1.md und v2.md?", Compared("v1.md", "v2.md")),
        ("Worin unterscheiden sich der Plan und das Angebot?", Compared("Plan", "Angebot")),
        ("Was hat sich in der neuen Fassung der Hausordnung geändert?", Compared("Hausordnung")),
        (
            "Was hat sich an der Preisliste seit der letzten Ausgabe geändert?",
            Compared("Preisliste"),
        ),
        ("Vergleiche die beiden Versionen des Vertrags", Compared("Vertrags")),
    ],
)
def test_german_questions_for_a_comparison(question: str, asked: Compared) -> None:
    assert compared_german(question) == asked


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference?",
        "What is new?",
        "How do I compare prices?",
        "Was ist der Unterschied?",
        "Was ist neu?",
    ],
)
def test_ordinary_questions(question: str) -> None:
    assert compared_english(question) is None
    assert compared_german(question) is None


def test_a_german_question_is_answered_in_german(tmp_path: Path, embedder: Embedder) -> None:
    text = (
        "# Hausordnung {}\n\nDie Ruhe gilt ab {} Uhr im ganzen Haus. Im Treppenhaus steht nichts, "
        "was den Weg versperrt. Der Müll wird nach Papier, Glas und Rest getrennt.\n"
    )
    (tmp_path / "hausordnung-2024.md").write_text(text.format(2024, 22), encoding="utf-8")
    (tmp_path / "hausordnung-2026.md").write_text(text.format(2026, 23), encoding="utf-8")
    ingest_paths([tmp_path], store=tmp_path / "store", embedder=embedder)
    with open_engine(tmp_path / "store", answers=AnswerSettings(), embedder=embedder) as engine:
        answer = engine.ask("Was hat sich in den Hausordnungen geändert?")
    assert answer.model == "comparison" and "**Geändert**" in answer.text
    assert "**22**" in answer.text and "**23**" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "What changed in the use of the workshop?",
        "Compare workshop-2024 and workshop-2026",
        "What's the difference between workshop-2024.md and workshop-2026.md?",
    ],
)
def test_what_changed_between_versions(engine: Engine, question: str) -> None:
    answer = engine.ask(question)
    assert answer.model == "comparison" and not answer.refused
    assert_word_for_word(engine, answer)
    assert "The second is the newer." in answer.text
    changed, rest = answer.text.split("**Only in workshop-2024.md**")
    gone, rest = rest.split("**Only in workshop-2026.md**")
    added, moved = rest.split("**Moved**")
    assert "to **18:00**" in changed and "to **20:00**" in changed
    assert "**£14.**" in changed and "**£16.**" in changed
    assert changed.count("\n| ") == 2 + 2
    assert "band saw" in gone and gone.count("\n- ") == 1
    assert "Sundays" in added and "laser cutter" in added and added.count("\n- ") == 2
    assert "Ear protection" in moved and "from “Machines” to “Costs”" in moved
    assert moved.count("\n- ") == 1
    assert "On Saturdays" not in answer.text


def test_documents_of_their_own_are_compared_by_what_they_are_about(engine: Engine) -> None:
    answer = engine.ask("Compare the kitchen rules with workshop-2026")
    assert answer.model == "comparison"
    assert "£25" in answer.text and "£16" in answer.text
    assert any("not versions of one document" in note for note in answer.notes)
    assert_word_for_word(engine, answer)


def test_equal_documents_are_said_to_say_the_same(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "a.md").write_text(OLD, encoding="utf-8")
    (tmp_path / "b.md").write_text(OLD.replace("18:00 on", "18:00  on"), encoding="utf-8")
    ingest_paths([tmp_path], store=tmp_path / "store", embedder=embedder)
    with open_engine(tmp_path / "store", answers=AnswerSettings(), embedder=embedder) as engine:
        answer = engine.ask("Compare a.md and b.md")
    assert answer.text == "a.md and b.md say the same."


def test_what_are_no_documents_is_searched_for(engine: Engine) -> None:
    answer = engine.ask("Compare the lathe and the band saw")
    assert answer.model == "quotes"
