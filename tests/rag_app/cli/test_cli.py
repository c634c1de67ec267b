"""The command line: what is printed where, and the exit codes of the contract."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rag_app.cli.main import main
from tests.conftest import DATA
from tests.support.llm_servers import ScriptedServer, reply, status


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_ingest_ask_search_status(run, tmp_path: Path) -> None:
    store = tmp_path / "store"
    (tmp_path / "lamp.txt").write_text("The red lamp means that the battery is low.")
    code, out, err = run("ingest", tmp_path / "lamp.txt", "--store", store)
    assert code == 0 and "added     lamp.txt (1 chunks)" in out and not err
    code, out, err = run("ask", "What does the red lamp mean?", "--store", store)
    assert code == 0 and "The red lamp means that the battery is low. [1]" in out
    assert "[1] lamp.txt" in out and not err
    code, out, _ = run("search", "red lamp", "--store", store)
    assert code == 0 and "lamp.txt" in out
    code, out, _ = run("status", "--store", store)
    assert code == 0 and "1 documents, 1 chunks" in out
    (tmp_path / "lamp.txt").unlink()
    (tmp_path / "docs").mkdir()
    code, out, _ = run("ingest", tmp_path, "--sync", "--store", store)
    assert code == 0 and "deleted   lamp.txt" in out
    code, out, err = run("ask", "What does the red lamp mean?", "--store", store)
    assert code == 3 and not out and "Nothing has been ingested" in err


def test_the_first_documents_in_another_language_propose_a_model(run, tmp_path: Path) -> None:
    texts = {
        "de.txt": "Der Sonderurlaub beträgt drei Tage im Jahr und geht an Frau Nowak.",
        "fr.txt": "Le bureau de Bergen ouvre à neuf heures et ferme à dix-sept heures en semaine.",
        "en.txt": "The office in Bergen opens at nine and closes at five from Monday to Friday.",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text * 2, encoding="utf-8")
    store = ["--store", tmp_path / "store"]
    first = run("ingest", tmp_path / "de.txt", tmp_path / "fr.txt", tmp_path / "en.txt", *store)[1]
    lines = [line for line in first.splitlines() if "multilingual-e5-small" in line]
    assert len(lines) == 1
    assert "RAG_EMBEDDING_MODEL=multilingual-e5-small rag-app reembed" in lines[0]
    assert "multilingual" not in run("ingest", tmp_path / "de.txt", *store)[1]  # said once
    (tmp_path / "more.txt").write_text("Noch mehr über den Urlaub und die Anträge dazu.")
    assert "multilingual" not in run("ingest", tmp_path / "more.txt", *store)[1]
    for name, *more in (["en.txt"], ["de.txt", "--json"]):
        other = ["--store", tmp_path / f"{name}.store"]
        assert "multilingual" not in run("ingest", tmp_path / name, *more, *other)[1]


def test_json(run, sample: Path, tmp_path: Path) -> None:
    code, out, err = run("ask", "What does E22 mean?", "--json", "--store", sample)
    answer = json.loads(out)
    assert code == 0 and not err
    assert {"text", "refused", "citations", "hits", "model", "seconds", "usage"} <= set(answer)
    assert {
        "marker", "document", "page", "start", "end", "quote", "supported", "score",
    } <= set(answer["citations"][0])  # fmt: skip
    code, out, _ = run("search", "warranty", "-k", 2, "--json", "--store", sample)
    hits = json.loads(out)["hits"]
    assert len(hits) == 2
    assert {"document", "page", "start", "end", "text", "score", "chunk_id", "metadata"} <= set(
        hits[0]
    )
    code, out, _ = run("status", "--json", "--store", sample)
    assert len(json.loads(out)["documents"]) == 11
    (tmp_path / "a.txt").write_text("Hello there.")
    code, out, _ = run("ingest", tmp_path / "a.txt", "--json", "--store", tmp_path / "s")
    report = json.loads(out)
    assert report["files"][0] == {
        "path": "a.txt", "status": "added", "chunks": 1, "pages": None, "reason": None,
        "characters": 12, "same_as": None,
    }  # fmt: skip
    assert report["counts"]["added"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("ask", "What is the capital of Australia?"), 1, ""),
        (("ask", ""), 2, "The question is empty"),
        (("ask", "x" * 100_000), 2, "100,000 characters"),
        (("ask", "x", "-k", "0"), 2, "passages"),
        (("search", "x", "-k", "0"), 2, "at least 1"),
        (("search", "x", "-k", "many"), 2, "invalid int value"),
        (("frobnicate",), 2, "invalid choice"),
        ((), 2, "COMMAND"),
        (("ingest", "/no/such/place"), 2, "there is no such file or folder"),
        (("eval", "/no/such/questions"), 2, "cannot be read"),
        (("ask", "x", "--store", "/no/such/store"), 3, "rag-app ingest"),
    ],
)
def test_exit_codes_and_one_line(
    run, sample: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...], code: int, words: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("RAG_STORE", str(sample))
    got, _, err = run(*arguments)
    assert got == code
    assert words in err
    assert err.count("\n") == bool(words) or "failed" in err


def test_one_bad_file_among_good_ones(run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hello there.")
    (tmp_path / "b.pdf").write_bytes(b"nonsense")
    code, out, err = run("ingest", tmp_path, "--store", tmp_path / "store")
    assert code == 1
    assert "added     a.txt" in out
    assert "failed    b.pdf: named .pdf but is not a PDF" in err


@pytest.mark.long
def test_llm_failures(run, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("RAG_LLM_MODEL", "m")
    code, out, err = run("ask", "What does error code E22 mean?", "--store", sample)
    assert code == 3 and err.count("\n") == 1 and "127.0.0.1:9" in err, "somebody must start it"
    assert "Wind sensor path blocked" in out and "(quotes from the documents" in out
    for code_sent, code_expected in ((401, 3), (404, 3), (429, 0), (500, 0)):
        failing = status(code_sent, {"error": {"message": "no"}}, {"Retry-After": "0"})
        with ScriptedServer(failing) as server:
            monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
            monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong")
            code, out, err = run("ask", "What does error code E22 mean?", "--store", sample)
        assert code == code_expected and err.count("\n") == 1 and "sk-wrong" not in err
        assert "Wind sensor path blocked" in out
    with ScriptedServer(status(401)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        code, out, err = run("ask", "What does error code E22 mean?", "--store", sample, "--json")
        answer = json.loads(out)
        assert code == 3 and answer["failure"]["kind"] == "LLMRejected"
        assert answer["failure"]["must_act"] and answer["failure"]["message"] in err
        monkeypatch.setenv("RAG_LLM_FALLBACK", "false")
        code, out, err = run("ask", "What does error code E22 mean?", "--store", sample)
        assert code == 3 and not out and err.count("\n") == 1
    with ScriptedServer(reply("The wind sensor path is blocked [1].", usage=(50, 9))) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        code, out, _ = run("ask", "What does error code E22 mean?", "--store", sample)
    assert code == 0 and "50 + 9 tokens)" in out
    assert "The wind sensor path is blocked. [" in out


@pytest.mark.long
def test_eval(run, sample: Path) -> None:
    code, out, _ = run("eval", DATA / "questions.jsonl", "--store", sample, "--json")
    report = json.loads(out)
    assert code == 0
    assert report["questions"] == 62 and report["unanswerable"] == 16
    assert report["wrong_offsets"] == 0, "every citation's words stand where it says"
    assert report["search_hit_at_5"] >= 0.85
    assert report["evidence_hit_at_5"] >= 0.9
    assert report["quoted"] >= 0.6
    assert report["false_refusals"] <= 0.15
    assert report["refused_rightly"] >= 0.5
    assert report["false_answers"] == pytest.approx(1 - report["refused_rightly"])


@pytest.mark.slow
def test_as_programs(tmp_path: Path) -> None:
    """Both entry points, as processes of their own, piped: no bar, nothing but the report."""
    (tmp_path / "a.txt").write_text("Hello there.")
    for program in (["-m", "ingest"], ["-m", "rag_app", "ingest"]):
        done = subprocess.run(
            [sys.executable, *program, "a.txt", "--store", "store"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[-1].startswith(("1 added", "1 unchanged"))


def test_a_count_is_told_as_one(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "How many documents are there?", "--store", str(sample)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("There are 11 documents:")
    assert "counted over the whole collection" in told
