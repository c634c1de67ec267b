"""A recorded answer, made again: nothing changes by itself, and what changed is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.cli.main import main
from rag_app.errors import LLMRejected, LLMUnreachable
from rag_app.grounding import citations
from rag_app.replay.replay import Replayed, replay
from tests.rag_app.answer.test_record import BEFORE, ask, with_llm
from tests.support.llm_servers import Behaviour, ScriptedServer, error, reply

QUESTION = "What does the red lamp mean?"
TEXTS = {
    "lamp.txt": "The red lamp means that the battery is low. Change the battery within 7 days.",
    "door.txt": "The door is locked at 18:00. Only the caretaker has a key to the door.",
    "bell.txt": "The bell rings twice when the red alarm is tested, on the first Monday.",
}
SAID = "The red lamp means that the battery is low [1]. It is changed within 7 days [1]."
Change = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path, embedder: Embedder) -> Path:
    """A store with three small documents."""
    (tmp_path / "docs").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "docs" / name).write_text(text)
    ingest(tmp_path, embedder)
    return tmp_path


def ingest(folder: Path, embedder: Embedder) -> None:
    ingest_paths([folder / "docs"], store=folder / "store", sync=True, embedder=embedder)


@pytest.fixture
def quotes(folder: Path, embedder: Embedder) -> Iterator[Engine]:
    with open_engine(folder / "store", answers=AnswerSettings(), embedder=embedder) as engine:
        yield engine


def told(one: Replayed, kind: str | None = None) -> str:
    return "\n".join(change.text for change in one.changes if kind in (None, change.kind))


def kinds(one: Replayed) -> set[str]:
    return {change.kind for change in one.changes}


CITED = reply("E22 means that the path is blocked [3][77]. It costs £9,999.", finish="length")
MEANS = "What does error code E22 mean?"
ASKED: list[tuple[str, dict[str, Any]]] = [
    (MEANS, {}),
    ("What is the capital of Australia?", {}),
    ("How many documents mention fuses?", {}),
    ("And in Greater London?", {"history": BEFORE}),
    ("How much is a hotel?", {"where": {"folder": "policies"}}),
    ("How much is a hotel?", {"where": {"folder": "nowhere"}}),
]
SAID_OTHERWISE = [
    reply("NOT IN THE DOCUMENTS"),
    reply("Bananas are blue and cost 40,000 crowns."),
    reply(""),
    error(400, "maximum context length is 2048 tokens, you requested 9000"),
    error(401, "no"),
]


@pytest.mark.parametrize(
    ("behaviour", "question", "given"),
    [
        *((behaviour, *one) for behaviour in (None, CITED) for one in ASKED),
        *((behaviour, MEANS, {}) for behaviour in SAID_OTHERWISE),
        (reply("What is the hotel limit in Greater London?"), *ASKED[3]),
    ],
)
def test_nothing_changes_on_an_unchanged_collection(
    sample: Path, embedder: Embedder, behaviour: Behaviour | None, question: str, given: Any
) -> None:
    """Whatever the LLM said, and without it."""
    with ScriptedServer(behaviour or CITED) as server:
        url = server.base_url if behaviour else None
        with with_llm(sample, embedder, url) as engine:
            _, record = ask(engine, question, **given)
            requests = len(server.requests)
            assert replay(engine, record, offline=True).changes == ()
            assert len(server.requests) == requests, "offline, nobody is asked"
    with open_engine(sample, answers=AnswerSettings(), embedder=embedder) as engine:
        done = replay(engine, record)
        assert done.changes == () and done.offline, "without an LLM it is as if offline"
        assert done.now is not None and done.now.answer.text == record.answer.text


def test_what_changed_in_the_documents(folder: Path, quotes: Engine, embedder: Embedder) -> None:
    _, record = ask(quotes, QUESTION)
    (folder / "docs" / "lamp.txt").write_text(TEXTS["lamp.txt"].replace("low", "full"))
    (folder / "docs" / "door.txt").unlink()
    (folder / "docs" / "new.txt").write_text("The red lamp of the lift means that it is full.")
    ingest(folder, embedder)
    done = replay(quotes, record)
    assert told(done, "document") == (
        "door.txt is no longer in the collection.\nThe text of lamp.txt has changed."
    )
    passages = told(done, "passage")
    assert "is gone: lamp.txt, “The red lamp means" in passages
    assert "; its words have changed." in passages and "; its document is gone." in passages
    assert "is new: new.txt, “The red lamp of the lift" in passages
    assert "- The red lamp means that the battery is low." in told(done, "answer")
    assert "+ The red lamp means that the battery is full." in told(done, "answer")
    assert "A citation is lost: lamp.txt, “The red lamp means that the battery is low." in told(
        done, "citation"
    )


def test_a_passage_that_only_moved_keeps_its_citation(folder: Path, embedder: Embedder) -> None:
    """The recorded marker is of a passage, not of whatever has its number now."""
    with (
        ScriptedServer(reply(SAID)) as server,
        with_llm(folder / "store", embedder, server.base_url) as engine,
    ):
        _, record = ask(engine, QUESTION)
    assert record.answer.hits[0].document == "lamp.txt"
    (folder / "docs" / "other.txt").write_text(f"{QUESTION} The red lamp, the red lamp.")
    ingest(folder, embedder)
    with open_engine(folder / "store", answers=AnswerSettings(), embedder=embedder) as engine:
        done = replay(engine, record)
    assert done.now is not None and done.now.answer.hits[0].document == "other.txt"
    assert "Passage 1 is now 2: lamp.txt" in told(done, "passage")
    assert "Passage 1 is new: other.txt" in told(done, "passage")
    assert kinds(done) <= {"passage", "evidence"}
    assert {one.document for one in done.now.answer.citations} == {"lamp.txt"}


def test_an_answer_that_the_documents_no_longer_bear_out(folder: Path, embedder: Embedder) -> None:
    with (
        ScriptedServer(reply(SAID)) as server,
        with_llm(folder / "store", embedder, server.base_url) as engine,
    ):
        _, record = ask(engine, QUESTION)
    assert not record.answer.unsupported
    (folder / "docs" / "lamp.txt").write_text(TEXTS["lamp.txt"].replace("7 days", "30 days"))
    ingest(folder, embedder)
    with open_engine(folder / "store", answers=AnswerSettings(), embedder=embedder) as engine:
        done = replay(engine, record)
    assert "Not supported now: “It is changed within 7 days.” (" in told(done, "check")
    assert "Change the battery within 7 days.”" in told(done, "citation")
    assert "battery is low" not in told(done, "answer")


def test_what_changed_in_settings_prompt_model_and_answer(folder: Path, embedder: Embedder) -> None:
    (folder / "my.toml").write_text('[answer]\nsystem = "Say it, or {no_answer}"')
    with ScriptedServer(reply(SAID), reply("The battery is low [1].")) as server:
        with with_llm(folder / "store", embedder, server.base_url) as engine:
            _, record = ask(engine, QUESTION)
        changed = {"prompts": folder / "my.toml", "passages": 2, "llm_model": "other"}
        with with_llm(folder / "store", embedder, server.base_url, **changed) as engine:
            done = replay(engine, record)
    assert not done.offline
    assert "The setting passages is 2, was 8." in told(done, "settings")
    assert "The setting llm_model is other, was scripted." in told(done, "settings")
    assert "The model is other-reported, was scripted-reported." in told(done, "model")
    assert told(done, "prompt") == "The rules that the LLM is given for the answer have changed."
    assert "Passage 3 is gone: " in told(done, "passage")
    assert "; others match better." in told(done, "passage")
    assert "- It is changed within 7 days." in told(done, "answer")
    assert "+ The battery is low." in told(done, "answer")


def test_a_change_of_the_checks_is_seen_offline(
    folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        ScriptedServer(reply(SAID)) as server,
        with_llm(folder / "store", embedder, server.base_url) as engine,
    ):
        _, record = ask(engine, QUESTION)
        monkeypatch.setattr(citations, "makes_claim", lambda *_: False)
        done = replay(engine, record, offline=True)
    assert "citation" in kinds(done), "what claims nothing cites nothing"


def test_an_llm_that_cannot_be_asked(folder: Path, embedder: Embedder) -> None:
    with (
        ScriptedServer(reply(SAID), error(401, "no")) as server,
        with_llm(folder / "store", embedder, server.base_url) as engine,
    ):
        _, record = ask(engine, QUESTION)
        with pytest.raises(LLMRejected):
            replay(engine, record)
    with (
        with_llm(folder / "store", embedder, server.base_url, llm_fallback=False) as engine,
        pytest.raises(LLMUnreachable),
    ):
        replay(engine, record)


def test_the_command_line(
    folder: Path, embedder: Embedder, capsys: pytest.CaptureFixture[str]
) -> None:
    file, store = folder / "answers.jsonl", folder / "store"
    for question in (QUESTION, "When is the door locked?"):
        assert main(["ask", question, "--store", str(store), "--record", str(file)]) == 0

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["replay", str(file), "--store", str(store), *arguments])
        return code, *capsys.readouterr()

    code, out, err = run()
    assert (code, err) == (0, "") and out.count("Nothing changed.") == 2
    assert run("--changed") == (0, "2 replayed, 0 changed.\n", "")
    with file.open("a") as lines:
        lines.write("who wrote this?\n")
    (folder / "docs" / "door.txt").write_text("The door is locked at 19:00, by the caretaker.")
    ingest(folder, embedder)
    before = file.read_bytes()
    code, out, err = run("--json", "--changed")
    assert code == 1 and err == f"rag-app: {file}, line 3: it is not JSON; skipped\n"
    report = json.loads(out)
    assert (report["replayed"], report["skipped"][0]["line"]) == (2, 3)
    changed = report["records"][-1]
    assert {"kind": "document", "text": "The text of door.txt has changed."} in changed["changes"]
    assert changed["now"]["answer"]["text"].startswith("The door is locked at 19:00")
    assert file.read_bytes() == before, "a replay is not recorded"
    code, out, _ = run("--id", changed["id"])
    assert code == 1 and "    + The door is locked at 19:00, by the caretaker." in out
    assert "(The collection has changed since: +" in out and "1 replayed, 1 changed." in out
    assert run("--id", "none")[0] == 2
    assert main(["replay", str(folder / "none.jsonl"), "--store", str(store)]) == 2
    assert main(["replay", str(file), "--store", str(folder / "no store")]) == 3
