"""The same questions under several settings; the user's own store is left as it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app.settings import AnswerSettings
from tests.conftest import DATA
from tests.rag_app.eval.conftest import Run

QUESTIONS = DATA / "questions.jsonl"


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


@pytest.mark.slow
@pytest.mark.long
def test_a_grid_of_settings(run: Run, sample: Path, tmp_path: Path) -> None:
    before = digests(sample)
    options = ("--store", sample, "--work", tmp_path / "work", "--by", "mrr")
    grid = ("--compare", "chunk_size=40,200", "mode=dense", "passages=4,8")
    questions = tmp_path / "some.jsonl"
    questions.write_text("\n".join(QUESTIONS.read_text(encoding="utf-8").splitlines()[::4]))
    code, out, err = run(questions, *grid, *options, "--json", "--output", tmp_path / "out")
    assert (code, err) == (0, "")
    assert digests(sample) == before, "what is compared is built beside"
    comparison = json.loads(out)
    rows = comparison["rows"]
    assert comparison["by"] == "mrr"
    assert len(rows) == 4
    found = [row["figures"]["mrr"]["value"] for row in rows]
    assert found == sorted(found, reverse=True)
    assert rows[0]["difference"] is None and not rows[0]["beyond_chance"]
    for row in rows[1:]:
        difference = row["difference"]
        assert difference["value"] == pytest.approx(row["figures"]["mrr"]["value"] - found[0])
        assert difference["low"] <= difference["value"] <= difference["high"]
        assert row["beyond_chance"] == (difference["low"] > 0 or difference["high"] < 0)
    by_size = {row["settings"]["chunk_size"]: row["figures"]["mrr"]["value"] for row in rows}
    assert by_size["40"] != by_size["200"]
    alone = json.loads(run(questions, "--search-only", "--json", "--store", sample)[1])
    assert set(rows[0]["figures"]) == set(alone["figures"])
    assert len(list((tmp_path / "work").rglob("catalog.sqlite3"))) == 1, "200 is the store's own"

    _, out, _ = run(questions, *grid, *options)
    first, *others = out.split("\n\n")[1].splitlines()
    assert "mrr to the first" in first and "beyond chance" in first
    assert len(others) == 4 and all(line.endswith(("yes", "no")) for line in others[1:])
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "chunk_size=40 mode=dense passages=4" in page and page.count("<svg") == 1


@pytest.mark.parametrize(
    ("grid", "told"),
    [
        (["chunk_size"], "not of the form"),
        (["chunk_size="], "not of the form"),
        (["chunk_size=128,"], "not of the form"),
        (["size=1,2"], "no setting 'size'; there are audit, chunk_size"),
        (["store=a,b"], "no setting 'store'"),
        (["openai_api_key=a"], "no setting 'openai_api_key'"),
        (["chunk_size=100", "chunk_tokens=200"], "twice"),
        (["chunk_size=many"], "Wrong setting: chunk_tokens"),
        (["mode=best"], "Wrong setting: mode"),
        (["mode=dense", "--fail-under", "mrr=0.1"], "leave --compare out"),
        (["mode=dense", "--by", "quality"], "no figure 'quality'"),
    ],
)
def test_a_wrong_grid_is_one_line(run: Run, sample: Path, grid: list[str], told: str) -> None:
    code, out, err = run(QUESTIONS, "--compare", *grid, "--store", sample)
    assert (code, out) == (2, "")
    assert told in err and err.count("\n") == 1
    assert run(QUESTIONS, "--by", "mrr", "--store", sample)[0] == 2


def test_nothing_to_compare(run: Run, tmp_path: Path) -> None:
    code, _, err = run(QUESTIONS, "--compare", "chunk_size=50,60", "--store", tmp_path / "none")
    assert code == 3 and "rag-app ingest" in err and err.count("\n") == 1


def test_the_mode_is_a_setting_of_answers() -> None:
    assert AnswerSettings().mode == "hybrid"


def test_what_was_built_before_is_of_the_same_documents(
    run: Run, tmp_path: Path, embedder: Embedder
) -> None:
    """With a kept folder of work, a document that came since is in what is compared."""
    (tmp_path / "a.txt").write_text("The red lamp means that the battery is low.")
    ingest_paths([tmp_path / "a.txt"], store=tmp_path / "store", embedder=embedder)
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"question": "The green lamp?", "gold": [{"document": "b.txt"}]}')
    options = ("--compare", "chunk_size=32", "--store", tmp_path / "store")
    options += ("--work", tmp_path / "work", "--json")
    code, out, _ = run(questions, *options)
    [row] = json.loads(out)["rows"]
    assert code == 0 and row["figures"]["hit@1"]["value"] == 0
    assert "b.txt" in row["notes"][0]
    (tmp_path / "b.txt").write_text("The green lamp means that all is well.")
    ingest_paths([tmp_path / "b.txt"], store=tmp_path / "store", embedder=embedder)
    [row] = json.loads(run(questions, *options)[1])["rows"]
    assert row["figures"]["hit@1"]["value"] == 1 and row["notes"] == []
