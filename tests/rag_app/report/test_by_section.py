"""Summaries section by section, by a scripted LLM: each part checked, and kept until it changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import Answer, AnswerSettings, Stop, open_engine
from rag_app.records import Step
from rag_app.report.asked import report_or_answer
from tests.support.llm_servers import Behaviour, Exchange, ScriptedServer, behaviour, error, reply

PARTS = {
    "Rent": "The rent is 900 euros a month. It is paid on the first day.",
    "Repairs": "The landlord repairs the roof. The tenant repairs small things up to 80 euros.",
    "Notice": "The notice period is three months. Notice is given in writing.",
}
LEASE = "# The lease\n\n" + "\n\n".join(f"## {name}\n\n{text}" for name, text in PARTS.items())
QUESTION = "Summarise the lease"
# What the sentences begin with that the LLM says.
FIRST = {"": "rent", "Rent": "rent", "Repairs": "landlord", "Notice": "notice"}


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder) -> Path:
    write(tmp_path, embedder, LEASE)
    return tmp_path / "store"


def write(folder: Path, embedder: Embedder, text: str) -> None:
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs" / "lease.md").write_text(text)
    ingest_paths([folder / "docs"], store=folder / "store", embedder=embedder)


def asked_for(body: dict[str, Any]) -> str:
    """The heading of the part that a request is for, "" for the whole."""
    _, is_part, rest = body["messages"][-1]["content"].rpartition("part only: “")
    return rest.partition("”")[0] if is_part else ""


@behaviour
def by_script(exchange: Exchange, fails_at: str | None = None) -> None:
    """Say the first sentence of the part, cited."""
    prompt, part = exchange.body["messages"][-1]["content"], asked_for(exchange.body)
    if part == fails_at:
        error(401, "wrong key").play(exchange)
        return
    at = prompt.index(f"The {FIRST[part]}")
    said = prompt[at : prompt.index(".", at)]
    reply(f"{said} [{prompt[:at].count('<passage number=')}].", usage=(20, 10)).play(exchange)


def run(
    store: Path, embedder: Embedder, script: Behaviour, stop_at: str = ""
) -> tuple[Answer, list[Step], list[str]]:
    """The answer, the steps, and the parts that the LLM was asked for."""
    steps: list[Step] = []
    stop = Stop()

    def on_step(step: Step) -> None:
        steps.append(step)
        if step.arguments.get("heading") == stop_at:
            stop.set()

    with ScriptedServer(script) as server:
        answers = AnswerSettings(
            openai_base_url=server.base_url, llm_model="scripted", effort="thorough"
        )
        with open_engine(store, answers=answers, embedder=embedder) as engine:
            *_, last = report_or_answer(engine, QUESTION, stop=stop, on_step=on_step)
        asked = [asked_for(one.body) for one in server.requests]
    assert isinstance(last, Answer)
    return last, steps, asked


def test_each_section_is_summed_up_and_cited(store: Path, embedder: Embedder) -> None:
    answer, steps, asked = run(store, embedder, by_script())
    assert asked == ["", *PARTS]
    for name, text in PARTS.items():
        assert f"## {name}\n\n{text.partition('. ')[0]}. [" in answer.text
    assert answer.text.startswith("## In short")
    parts = [f"Part {at} of 3: {one}" for at, one in enumerate(PARTS, start=1)]
    assert [one.told for one in steps] == ["In short", *parts]
    assert {one.document for one in answer.citations} == {"lease.md"}
    assert all(one.supported for one in answer.citations) and not answer.unsupported
    assert answer.question == QUESTION and answer.model.startswith("scripted")


def test_what_has_not_changed_is_kept_and_the_rest_made_anew(
    store: Path, embedder: Embedder
) -> None:
    first, _, _ = run(store, embedder, by_script())
    again, _, asked = run(store, embedder, by_script())
    assert asked == [] and (again.text, again.citations) == (first.text, first.citations)
    assert "Kept from before, because nothing has changed: 4 parts." in again.notes
    write(store.parent, embedder, LEASE.replace("three months", "six months"))
    changed, _, asked = run(store, embedder, by_script())
    assert "six months" in changed.text and "three months" not in changed.text
    assert "Notice" in asked


def test_where_the_llm_fails_the_document_speaks_for_itself(
    store: Path, embedder: Embedder
) -> None:
    answer, _, asked = run(store, embedder, by_script("Repairs"))
    assert asked == ["", "Rent", "Repairs"]
    assert answer.failure is not None and answer.failure.must_act
    assert "## Repairs" in answer.text and "## Notice" in answer.text
    assert "landlord repairs the roof" in answer.text and "three months" in answer.text
    assert any("The LLM failed at “Repairs”" in note for note in answer.notes)


def test_it_can_be_stopped(store: Path, embedder: Embedder) -> None:
    answer, _, asked = run(store, embedder, by_script(), stop_at="Repairs")
    assert "Notice" not in asked
    assert "## Rent" in answer.text and "## Notice" not in answer.text
    assert answer.notes[0].startswith("This text is not complete, because it was stopped.")


def test_in_auto_it_is_one_call(store: Path, embedder: Embedder) -> None:
    with ScriptedServer(by_script()) as server:
        answers = AnswerSettings(openai_base_url=server.base_url, llm_model="scripted")
        with open_engine(store, answers=answers, embedder=embedder) as engine:
            *_, answer = report_or_answer(engine, QUESTION)
        assert len(server.requests) == 1 and isinstance(answer, Answer)
