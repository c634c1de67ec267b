"""The command ``rag-app extract``: its table, its files, its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app.cli.main import main
from tests.rag_app.extraction.documents import DOCUMENTS


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    root, store = tmp_path_factory.mktemp("documents"), tmp_path_factory.mktemp("store")
    (root / "plain.txt").write_text(DOCUMENTS["invoices/plain.txt"], encoding="utf-8")
    ingest_paths([root], store=store, embedder=embedder)
    return store


def test_extract(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["extract", *map(str, arguments), "--store", str(store)])
        return code, *capsys.readouterr()

    schema = tmp_path / "fields.yaml"
    schema.write_text("total: money\nblood pressure: number\n", encoding="utf-8")
    code, out, err = run(schema)
    assert (code, err) == (0, "")
    assert "120.00 GBP" in out
    assert "not found" in out
    assert "1 of 2 fields found" in out

    code, out, _ = run("--field", "blood pressure: number")
    assert code == 1 and "0 of 1 fields found" in out

    code, out, _ = run("--field", "total: money", "--json")
    assert code == 0
    assert json.loads(out)["rows"][0]["cells"][0]["value"] == "120.00 GBP"

    code, out, err = run(schema, "plain.txt", "gone.txt", "--output", tmp_path / "table.csv")
    assert code == 1
    assert "There is no document “gone.txt”" in err
    assert "120.00 GBP" in (tmp_path / "table.csv").read_text(encoding="utf-8-sig")

    for arguments, words in (
        ((), "Say which fields you want"),
        (("--field", "total: cash"), "has the kind “cash”"),
        ((schema, "--output", tmp_path / "table.pdf"), "must end in .csv, .xlsx or .json"),
        ((schema, "--output", tmp_path / "none" / "a.csv"), "There is no folder"),
    ):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert words in err
