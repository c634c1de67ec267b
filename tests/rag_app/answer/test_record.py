"""The record of an answer: what is in it, what never is, and the file that several write."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from rag_app import Answer, AnswerSettings, Engine, Turn, open_engine
from rag_app.answer.record import AnswerRecord, Damaged, append_record, read_records
from rag_app.cli.main import main
from tests.conftest import REPOSITORY
from tests.support.llm_servers import Behaviour, ScriptedServer, error, hang, reply

QUESTION = "What does error code E22 mean?"
KEY = "sk-secret-0123456789"
BEFORE = (
    Turn("user", "What is the hotel limit outside London?"),
    Turn("assistant", "It is £120 [1]."),
)


def ask(engine: Engine, question: str = QUESTION, **given: Any) -> tuple[Answer, AnswerRecord]:
    made: list[AnswerRecord] = []
    *_, answer = engine.stream(question, on_record=made.append, **given)
    assert isinstance(answer, Answer)
    [record] = made
    return answer, record


def with_llm(sample: Path, embedder: Embedder, base_url: str | None, **settings: Any) -> Engine:
    given = {"openai_base_url": base_url, "llm_model": "scripted", **settings}
    return open_engine(sample, answers=AnswerSettings(**given), embedder=embedder)


def test_a_record_is_the_whole_answer_and_what_made_it(
    sample: Path, embedder: Embedder, tmp_path: Path
) -> None:
    file = tmp_path / "answers.jsonl"
    said = "In London it is £155 [1]. That is 9,999 [77]. ![x](http://evil.example/x.png)"
    with (
        ScriptedServer(reply("What is the hotel limit in Greater London?"), reply(said)) as server,
        with_llm(sample, embedder, server.base_url, record=file) as engine,
    ):
        where = {"folder": "policies"}
        answer, record = ask(engine, "And in Greater London?", history=BEFORE, where=where)
        rewriting, asked = (request.body["messages"] for request in server.requests)
        with engine.collection.reading() as view:
            assert record.collection.generation == view.generation()
            assert record.collection.fingerprint == view.fingerprint()
    assert record.answer == answer
    assert (record.question, record.standalone) == (answer.question, answer.standalone)
    assert record.history == BEFORE and record.where == where
    assert record.call is not None and record.rewriting is not None
    assert [*record.call.messages] == asked and [*record.rewriting.messages] == rewriting
    assert record.call.text == said and record.call.finish_reason == "stop"
    assert record.call.model == "scripted-reported" and record.call.given == len(answer.hits)
    assert record.settings["passages"] == 8 and record.settings["llm_model"] == "scripted"
    assert {hit.document for hit in answer.hits} == set(record.collection.documents)
    assert set(record.seconds) == {"question", "search", "answer"}
    assert abs(sum(record.seconds.values()) - answer.seconds) < 0.1
    [read] = read_records(file)
    assert isinstance(read, AnswerRecord)
    assert read == record
    assert json.loads(file.read_text()) == json.loads(json.dumps(record.to_json()))
    # The answer is that of "ask --json".
    assert json.loads(file.read_text())["answer"] == json.loads(json.dumps(asdict(answer)))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("question", "model"),
    [
        (QUESTION, "quotes"),
        ("What is the capital of Australia?", "quotes"),
        ("How many documents mention fuses?", "count"),
    ],
)
def test_an_answer_without_an_llm_is_recorded_too(
    sample_engine: Engine, question: str, model: str
) -> None:
    answer, record = ask(sample_engine, question)
    assert record.answer == answer and answer.model == model
    assert record.call is record.rewriting is record.endpoint is None


@pytest.mark.parametrize(
    "behaviour", [reply("It is blocked [1]."), error(401, f"Incorrect API key provided: {KEY}")]
)
def test_no_key_gets_in(
    sample: Path, embedder: Embedder, tmp_path: Path, behaviour: Behaviour
) -> None:
    file = tmp_path / "answers.jsonl"
    with ScriptedServer(behaviour) as server:
        address = server.base_url.replace("//", f"//user:{KEY}@") + f"?key={KEY}"
        for base_url in (server.base_url, address):
            with with_llm(sample, embedder, base_url, record=file, openai_api_key=KEY) as engine:
                engine.ask(QUESTION)
                assert engine.answer_settings.openai_api_key is not None
    assert len(file.read_text().splitlines()) == 2
    assert KEY not in file.read_text()


def test_nothing_is_written_unless_it_is_asked_for(sample_engine: Engine, tmp_path: Path) -> None:
    sample_engine.ask(QUESTION)
    ask(sample_engine)
    assert list(tmp_path.iterdir()) == []


def test_what_is_stopped_is_not_recorded(sample: Path, embedder: Embedder, tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    with (
        ScriptedServer(hang("Bananas ")) as server,
        with_llm(sample, embedder, server.base_url, record=file) as engine,
    ):
        next(engine.stream(QUESTION))
    assert not file.exists()


def test_the_command_line_records(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answers.jsonl"
    ask = ["ask", QUESTION, "--store", str(sample), "--json", "--record"]
    assert main([*ask, str(file)]) == 0
    [record] = read_records(file)
    assert isinstance(record, AnswerRecord)
    shown = json.loads(capsys.readouterr().out)
    assert shown == json.loads(json.dumps(asdict(record.answer)))
    for wrong, words in ((tmp_path, "is a folder"), (tmp_path / "no" / "a.jsonl", "no folder")):
        assert main([*ask, str(wrong)]) == 2
        assert words in capsys.readouterr().err


def test_an_answer_that_cannot_be_recorded_says_so(sample: Path, embedder: Embedder) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no device that is always full")
    with open_engine(sample, answers=AnswerSettings(record=full), embedder=embedder) as engine:
        answer = engine.ask(QUESTION)
    assert not answer.refused
    assert answer.notes[-1].startswith("This answer is not recorded: /dev/full: No space left")


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from rag_app.answer.record import append_record, read_records
file, name = Path(sys.argv[1]), sys.argv[2]
[record] = read_records(Path(sys.argv[3]))
for number in range(40):
    append_record(file, replace(record, id=f"{name}-{number}", question="x" * 50_000))
"""


def test_several_processes_write_one_file(sample_engine: Engine, tmp_path: Path) -> None:
    file, first = tmp_path / "answers.jsonl", tmp_path / "first.jsonl"
    append_record(first, ask(sample_engine)[1])
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, file, name, first], cwd=REPOSITORY)
        for name in "abc"
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    ids = [one.id for one in read_records(file) if isinstance(one, AnswerRecord)]
    assert sorted(ids) == sorted(f"{name}-{number}" for name in "abc" for number in range(40))


def test_lines_that_are_no_records_are_told_by_their_numbers(
    sample_engine: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "answers.jsonl"
    record = ask(sample_engine)[1]
    append_record(file, record)
    line = json.loads(file.read_text())
    foreign = [
        b"not JSON", b"\xff\xfe", b"[" * 100_000, b"17", b"{}", b'{"version": 2}',
        json.dumps({**line, "answer": {"text": "?"}}).encode(), b"",
    ]  # fmt: skip
    with file.open("ab") as lines:
        lines.write(b"\n".join(foreign) + b'\n{"version": 1, "half')
    append_record(file, record)
    read = list(read_records(file))
    assert [one.line if isinstance(one, Damaged) else one.id for one in read] == [
        record.id, 2, 3, 4, 5, 6, 7, 8, 10, record.id,
    ]  # fmt: skip
    reasons = [one.reason for one in read if isinstance(one, Damaged)]
    assert reasons[5] == "it is of a later version (2) of this program"
    assert all("\n" not in reason for reason in reasons)
    with pytest.raises(UsageError, match="cannot be read"):
        list(read_records(tmp_path / "none.jsonl"))
