"""How large files and folders may be, and how they may be called."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

MOST_FILES = 15  # without __init__.py, which holds a folder's docstring
MOST_LINES = {"ingest": 310, "rag_app": 310, "benchmarks": 310, "scripts": 310, "tests": 300}


def files_of(root: str) -> list[Path]:
    return sorted((REPOSITORY / root).rglob("*.py"))


@pytest.mark.parametrize("root", MOST_LINES)
def test_files_stay_short(root: str) -> None:
    lines = {path: path.read_text(encoding="utf-8").count("\n") for path in files_of(root)}
    long = {
        str(path.relative_to(REPOSITORY)): n for path, n in lines.items() if n > MOST_LINES[root]
    }
    assert not long


@pytest.mark.parametrize("root", MOST_LINES)
def test_folders_stay_small(root: str) -> None:
    counts = Counter(path.parent for path in files_of(root) if path.name != "__init__.py")
    full = {str(path.relative_to(REPOSITORY)): n for path, n in counts.items() if n > MOST_FILES}
    assert not full


def test_no_module_of_the_page_takes_the_name_of_pythons_own() -> None:
    """Streamlit puts the folder of its script before all else that modules are looked for in, and
    child processes inherit that."""
    names = {path.stem for path in (REPOSITORY / "rag_app" / "ui").glob("*.py")}
    assert not names & (sys.stdlib_module_names - {"__init__"})
