"""What is public is there, and importing it costs nothing."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY


@pytest.mark.parametrize("package", ["ingest", "rag_app"])
def test_what_is_exported_is_there(package: str) -> None:
    module = importlib.import_module(package)
    assert module.__all__ == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = module.nothing


def test_importing_costs_nothing() -> None:
    heavy = ("torch", "chromadb", "streamlit", "llama_index", "openai", "sentence_transformers")
    code = (
        "import sys, ingest, rag_app, rag_app.cli.main;"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_a_question_and_an_ingestion_load_no_torch_and_leave_nothing_behind(
    tmp_path: Path,
) -> None:
    """From a cold process, with the default model: torch alone would take seconds. And libraries
    that collect what their users do keep it in the home until they can send it."""
    home = tmp_path / "home"
    home.mkdir()
    heavy = "torch transformers sentence_transformers streamlit llama_index openai scipy".split()
    commands = ["ingest", "leave.md"], ["ask", "How many days of leave?"], ["search", "days"]
    code = (
        "import sys; from rag_app.cli.main import main\n"
        f"for command in {commands!r}:\n"
        "  main([*command, '--store', 'store'])\n"
        f"  print('loaded', [name for name in {heavy!r} if name in sys.modules])"
    )
    (tmp_path / "leave.md").write_text("# Leave\n\nEveryone has 27 days of leave.\n")
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "HOME": str(home)},
    )
    *said, rest = done.stdout.split("loaded []\n")
    assert len(said) == len(commands) and all(said), done.stdout
    assert rest == ""
    assert list(home.rglob("*")) == []
