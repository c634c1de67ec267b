"""The command ``rag-app report``: its files, its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app.cli.main import main

TEXT = "# Leave\n\n## Parental leave\n\nTen weeks of parental leave are paid.\n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    root, store = tmp_path_factory.mktemp("documents"), tmp_path_factory.mktemp("store")
    (root / "leave.md").write_text(TEXT, encoding="utf-8")
    ingest_paths([root], store=store, embedder=embedder)
    return store


def test_report(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["report", *map(str, arguments), "--store", str(store)])
        return code, *capsys.readouterr()

    said = "Ten weeks of parental leave are paid."
    code, out, err = run("parental leave")
    assert (code, err) == (0, "")
    assert out.startswith("# parental leave\n") and f"## Parental leave\n\n{said} [^1]" in out
    assert f"[^1]: leave.md: “{said}”" in out

    code, out, _ = run("parental leave", "--json")
    assert code == 0 and json.loads(out)["citations"][0]["quote"] == said

    for name in ("report.md", "report.docx"):
        code, out, err = run("parental leave", "--output", tmp_path / name)
        assert (code, err) == (0, "") and "1 section" in out
        assert (tmp_path / name).stat().st_size > 100

    code, out, _ = run("quantum chromodynamics", "--output", tmp_path / "none.md")
    assert code == 1 and "do not have enough on this" in out
    assert not (tmp_path / "none.md").exists()

    for arguments, words in (
        (("--output", tmp_path / "report.pdf"), "must end in .md or .docx"),
        (("--output", tmp_path / "none" / "a.md"), "There is no folder"),
        (("--seconds", "0"), "--seconds must be more than 0"),
    ):
        code, out, err = run("parental leave", *arguments)
        assert (code, out) == (2, "") and words in err
