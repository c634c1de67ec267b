"""The rules that hold the structure: who may import whom, what is public, how long a file is."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

SOURCES = sorted(
    path for package in ("ingest", "rag_app") for path in (REPOSITORY / package).rglob("*.py")
)


def imports_of(path: Path) -> Iterator[str]:
    """What a file imports when it runs: not what it names for type checkers only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_import_rules(path: Path) -> None:
    package, *folders = path.relative_to(REPOSITORY).parts
    roots = {name.split(".")[0] for name in imports_of(path)}
    assert not (package == "ingest" and "rag_app" in roots), "ingest never imports rag_app"
    if "streamlit" in roots:
        assert package == "rag_app" and folders[0] == "ui", "only rag_app/ui imports Streamlit"
    if "llama_index" in roots:
        assert folders[0] == "integrations", "LlamaIndex is imported at the edge only"
    if package == "rag_app" and folders[0] == "ui":
        private = {name for name in imports_of(path) if name.startswith("ingest.catalog.view")}
        assert not private, "the page talks to the public API"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 310


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
    code = (
        "import sys; from rag_app.cli.main import main; main(sys.argv[1:]);"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    (tmp_path / "leave.md").write_text("# Leave\n\nEveryone has 27 days of leave.\n")
    for command in (["ingest", "leave.md"], ["ask", "How many days of leave?"], ["search", "days"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *command, "--store", "store"],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), "HOME": str(home)},
        )
        *said, loaded = done.stdout.splitlines()
        assert said
        assert loaded == "[]", command
    assert list(home.rglob("*")) == []


def test_no_module_of_the_page_takes_the_name_of_pythons_own() -> None:
    """Streamlit puts the folder of its script before all else that modules are looked for in, and
    child processes inherit that."""
    names = {path.stem for path in (REPOSITORY / "rag_app" / "ui").glob("*.py")}
    assert not names & (sys.stdlib_module_names - {"__init__"})
