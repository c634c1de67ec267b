"""What shells ask for: the version, and scripts that complete commands."""

from __future__ import annotations

import subprocess
from importlib.metadata import version

import pytest

from rag_app.cli.main import main


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"rag-app {version('rag-app')}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "collections" in script and "--effort" in script
    if shell == "bash":
        typed = (
            'COMP_WORDS=(rag-app ask --ef); COMP_CWORD=2; _shtab_rag_app; echo "${COMPREPLY[@]}"; '
            'COMP_WORDS=(rag-app ingest /et); COMP_CWORD=2; _shtab_rag_app; echo "${COMPREPLY[@]}"'
        )
        done = subprocess.run(
            ["bash", "-c", f"{script}\n{typed}"], capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines() == ["--effort", "/etc"]


def test_another_shell_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "fish"]) == 2
    assert "choose from" in capsys.readouterr().err
