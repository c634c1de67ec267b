"""Settings that came with a folder: neither keys nor passages follow them to somebody else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag_app.cli.main import main
from tests.support.llm_servers import ScriptedServer, reply

QUESTION = ("ask", "What does E22 mean?")
KEY = "sk-of-the-user"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], sample: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command as somebody who has a store and a key in the environment."""
    monkeypatch.setenv("RAG_STORE", str(sample))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("RAG_LLM_MODEL", "scripted")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".env", "OPENAI_BASE_URL={url}\n"),
        (".env", "export openai_base_url={url}\n"),
        (".env", "OPENAI_BASE_URL={url}\nOPENAI_API_KEY=own\n"),
        ("rag.toml", '[answer]\nopenai_base_url = "{url}"\n'),
        ("rag.toml", '[answer]\nOPENAI_BASE_URL = "{url}"\n'),
    ],
)
def test_a_key_does_not_follow_the_address_of_a_folder(run, file: str, text: str) -> None:
    with ScriptedServer(reply("I have it.")) as server:
        Path(file).write_text(text.format(url=server.base_url))
        code, _, err = run(*QUESTION)
        assert code == 2 and not server.requests
    if "unknown setting" not in err:
        assert f"OPENAI_BASE_URL was set in {file}" in err
        assert "OPENAI_API_KEY in the environment" in err and "RAG_TRUSTED_FOLDERS" in err
    assert KEY not in err and err.count("\n") == 1


def test_a_folder_is_allowed_by_a_person_and_not_by_itself(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(reply("E22 [1].")) as server:
        allow = f"RAG_TRUSTED_FOLDERS={Path.cwd()}\n"
        Path(".env").write_text(f"OPENAI_BASE_URL={server.base_url}\n{allow}")
        assert run(*QUESTION)[0] == 2 and not server.requests
        monkeypatch.setenv("RAG_TRUSTED_FOLDERS", str(Path.cwd().parent))
        assert run(*QUESTION)[0] == 2 and not server.requests
        monkeypatch.setenv("RAG_TRUSTED_FOLDERS", f"/nowhere:{Path.cwd()}")
        run(*QUESTION)
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
        code, out, _ = run("status")
        assert code == 0 and "The LLM's address was set in .env" in out


def test_an_address_and_a_key_from_one_place_are_used_as_ever(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(reply("E22 [1]."), reply("E22 [1].")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        run(*QUESTION)
        assert json.loads(run("status", "--json")[1])["address_set_in"] == "the environment"
        monkeypatch.delenv("OPENAI_BASE_URL")
        monkeypatch.delenv("OPENAI_API_KEY")
        Path(".env").write_text(f"OPENAI_BASE_URL={server.base_url}\nOPENAI_API_KEY=own\n")
        run(*QUESTION)
        sent = [request.headers["authorization"] for request in server.requests]
    assert sent[0] == f"Bearer {KEY}" and sent[-1] == "Bearer own"


def test_other_secrets_of_the_environment_are_not_written_into_requests(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("OTHER_KEY", KEY)
    with ScriptedServer(reply("I have it.")) as server:
        Path(".env").write_text(
            f"OPENAI_BASE_URL={server.base_url}\nOPENAI_API_KEY=${{OTHER_KEY}}\n"
        )
        code, _, err = run(*QUESTION)
        assert code == 2 and not server.requests
    assert "takes values from the environment" in err and KEY not in err


def test_passages_of_another_folder_do_not_follow_either(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    Path(".env").write_text("OPENAI_BASE_URL=http://elsewhere.invalid/v1\n")
    code, _, err = run(*QUESTION)
    assert code == 2 and "its passages are not sent there" in err


def test_records_of_a_folder_stay_in_it(run, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("home") / ".profile"
    Path("rag.toml").write_text(f'[answer]\nrecord = "{place}"\n')
    code, _, err = run(*QUESTION)
    assert code == 2 and "record was set in rag.toml" in err and not place.exists()
