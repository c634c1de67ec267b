"""What surrounds a command is odd: each time one clear line, or replaced signs; no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "rag_app", *arguments],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["ascii", "C"],
)
def test_signs_that_the_output_lacks_are_replaced(
    sample: Path, environment: dict[str, str]
) -> None:
    done = run("search", "temperature °C", "--store", str(sample), **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()
    done = run("search", "temperature °C", "--json", "--store", str(sample), **environment)
    assert any("°" in hit["text"] for hit in json.loads(done.stdout)["hits"])
