"""Where documents disagree: both are shown, and no alarm is raised over different things."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import Answer, AnswerSettings, open_engine
from rag_app.evidence.conflicts import are_siblings
from tests.support.llm_servers import ScriptedServer, reply

LEAVE = "# Leave\n\nFull-time employees receive {} days of annual leave each year.\n"
QUESTION = "How many days of annual leave do full-time employees receive?"


def asked(
    folder: Path, embedder: Embedder, documents: dict[str, str], question: str, **answers: str
) -> Answer:
    for name, text in documents.items():
        (folder / name).write_text(text)
    ingest_paths([folder / name for name in documents], store=folder / "store", embedder=embedder)
    settings = AnswerSettings(**answers)
    with open_engine(folder / "store", answers=settings, embedder=embedder) as engine:
        return engine.ask(question)


def test_two_versions(tmp_path: Path, embedder: Embedder) -> None:
    versions = {"handbook-2023.md": LEAVE.format(25), "handbook-2024.md": LEAVE.format(27)}
    answer = asked(tmp_path, embedder, versions, QUESTION)
    assert {citation.document for citation in answer.citations} == set(versions)
    assert "25 days" in answer.text and "27 days" in answer.text
    [note] = answer.notes
    assert note.startswith("The documents disagree: ")
    assert "handbook-2023.md (2023) says “25 days”" in note
    assert "handbook-2024.md (2024) says “27 days”" in note


def test_a_date_in_the_metadata_counts_more_than_the_files(
    tmp_path: Path, embedder: Embedder
) -> None:
    documents = {
        "rules.md": "---\ndate: 2021-05-04\n---\n" + LEAVE.format(25),
        "notice.md": LEAVE.format(27),
    }
    [note] = asked(tmp_path, embedder, documents, QUESTION).notes
    assert "rules.md (2021-05-04) says “25 days”" in note
    assert "notice.md (file of " in note


def test_one_says_not(tmp_path: Path, embedder: Embedder) -> None:
    text = "# Leave\n\nEmployees may{} carry unused leave over into the next year.\n"
    documents = {"old.md": text.format(""), "new.md": text.format(" not")}
    answer = asked(tmp_path, embedder, documents, "May unused leave be carried over?")
    assert len(answer.citations) == 2
    assert "may not carry" in answer.notes[0]


def test_the_answer_of_an_llm_has_the_note(tmp_path: Path, embedder: Embedder) -> None:
    versions = {"handbook-2023.md": LEAVE.format(25), "handbook-2024.md": LEAVE.format(27)}
    said = reply("Full-time employees receive 27 days of annual leave each year [1][2].")
    with ScriptedServer(said) as server:
        answer = asked(
            tmp_path, embedder, versions, QUESTION,
            openai_base_url=server.base_url, llm_model="scripted",
        )  # fmt: skip
    assert any("says “25 days”" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("documents", "question"),
    [
        ({"a.md": LEAVE.format(25), "b.md": LEAVE.format(25)}, QUESTION),
        (
            {
                "stations.md": "The WS-40 station costs £3,480 without tax.\n",
                "gauges.md": "The RG-12 station costs £2,150 without tax.\n",
            },
            "What does the station cost?",
        ),
        (
            {"plus-plan.md": LEAVE.format(25), "standard-plan.md": LEAVE.format(27)},
            QUESTION,
        ),
        (
            {
                "one.md": "# Base plan\n\nThe monthly charge of the plan is £14 a unit.\n",
                "two.md": "# Plus plan\n\nThe monthly charge of the plan is £27 a unit.\n",
            },
            "What is the monthly charge of the plan?",
        ),
        (
            {
                "one.md": "Leave of 25 days is described in section 4 of this book.\n",
                "two.md": "Leave of 25 days is described in section 7 of this book.\n",
            },
            "Where is leave of 25 days described?",
        ),
    ],
    ids=["the same", "two products", "two plans", "two sections", "two labels"],
)  # fmt: skip
def test_no_alarm(
    tmp_path: Path, embedder: Embedder, documents: dict[str, str], question: str
) -> None:
    answer = asked(tmp_path, embedder, documents, question)
    assert not answer.refused
    assert answer.notes == ()


def test_siblings() -> None:
    assert are_siblings("Northwind_Standard_Benefits.pdf", "Northwind_Health_Plus_Benefits.pdf")
    assert not are_siblings("handbook-2023.pdf", "handbook v2 (final) May 2024.pdf")
    assert not are_siblings("handbook.pdf", "leave-policy.pdf")
