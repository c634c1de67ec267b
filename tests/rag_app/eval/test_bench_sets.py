"""The public sets, in small: folders of the same layout, written here."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from rag_app.eval.bench_sets import as_markdown
from tests.conftest import DATA
from tests.rag_app.eval.conftest import Run

MANUAL = DATA / "documents" / "manuals" / "ws-40-manual.pdf"

RIVER = "The river rises in the hills. " * 12 + "It is 43 km long. " + "It ends in the sea. " * 12
MOON = "The moon is bright. It has no air.\r\nIts day is a month long. " * 3


def lines(path: Path, *rows: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    folder = tmp_path / "bench"
    northwind = folder / "northwind"
    (northwind / "pdfs").mkdir(parents=True)
    shutil.copy(MANUAL, northwind / "pdfs" / "manual.pdf")
    gold = [{"file": "manual.pdf", "page": 8}]
    lines(
        northwind / "questions.jsonl",
        {"id": "a", "question": "What is to be done about E22?", "gold": gold, "answerable": True},
        {"id": "b", "question": "Who is king?", "gold": [], "answerable": False},
    )

    chunking = folder / "chunking"
    (chunking / "corpora").mkdir(parents=True)
    (chunking / "corpora" / "river.md").write_bytes(RIVER.encode())
    (chunking / "corpora" / "moon.md").write_bytes(MOON.replace("\r\n", "\n").encode())
    start = RIVER.index("It is 43")
    reference = {"content": "It is 43 km long.", "start_index": start, "end_index": start + 17}
    with (chunking / "questions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "references", "corpus_id"])
        writer.writerow(["How long is the river?", json.dumps([reference]), "river"])

    scifact = folder / "scifact"
    lines(
        scifact / "corpus.jsonl",
        {"_id": "11", "title": "Sleep", "text": "Sleep of *mice* is short, p < 0.05."},
        {"_id": "12", "title": "Bread", "text": "Bread is made of flour and water."},
        {"_id": "13", "title": "", "text": "Cheese is made of milk."},
    )
    lines(
        scifact / "queries.jsonl",
        {"_id": "1", "text": "Mice sleep briefly."},
        {"_id": "2", "text": "Cheese comes from milk."},
        {"_id": "3", "text": "Nobody judged this."},
    )
    (scifact / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\n1\t11\t1\n1\t12\t0\n2\t13\t1\n2\t12\t1\n"
    )

    squad = folder / "squad2"
    lines(
        squad / "paragraphs.jsonl",
        {"_id": "p0", "title": "Rome", "text": "Rome lies on the Tiber [1]."},
        {"_id": "p1", "title": "Oslo", "text": "Oslo lies at the head of a fjord."},
    )
    lines(
        squad / "questions.jsonl",
        {"_id": "x", "question": "On which river does Rome lie?", "answers": ["Tiber"],
         "is_impossible": False, "paragraph_id": "p0"},
        {"_id": "y", "question": "Who invented penicillin?", "answers": [],
         "is_impossible": True, "paragraph_id": "p1"},
    )  # fmt: skip
    return folder


def test_each_set_by_its_own_figures(run: Run, bench: Path, tmp_path: Path) -> None:
    options = ("--bench-data", bench, "--work", tmp_path / "work")
    code, out, err = run(*options, "--json")
    assert (code, err) == (0, "")
    sets = {one["name"]: one for one in json.loads(out)["sets"]}
    assert list(sets) == ["northwind", "chunking", "scifact", "squad2"]
    values = {
        name: {figure: given["value"] for figure, given in one["figures"].items()}
        for name, one in sets.items()
    }
    assert values["northwind"]["hit@5"] == 1
    assert sets["northwind"]["figures"]["hit@1"]["count"] == 1
    # Both corpora are smaller than five passages: all is found, and gold is 17 characters of it.
    assert values["chunking"]["recall"] == 1
    everything = len(RIVER.rstrip()) + len(MOON.replace("\r\n", "\n").rstrip())
    assert values["chunking"]["precision"] == pytest.approx(17 / everything, rel=0.03)
    assert values["chunking"]["iou"] == values["chunking"]["precision"]
    # Three documents: each is found, and that about milk is the first of two.
    assert values["scifact"]["recall@10"] == values["scifact"]["recall@100"] == 1
    assert values["scifact"]["ndcg@10"] > 0.9
    assert sets["scifact"]["questions"] == 2
    assert values["squad2"] == {"hit@1": 1, "hit@5": 1, "mrr": 1}
    assert (sets["squad2"]["questions"], sets["squad2"]["unanswerable"]) == (2, 1)

    # Again from the same folder: what is the same is not built again, what changed is.
    corpus = bench / "scifact" / "corpus.jsonl"
    corpus.write_text(corpus.read_text().replace("is short", "is brief"))
    again = run("scifact", "squad2", *options, "--json", "--output", tmp_path / "out")
    assert again[0] == 0
    assert json.loads(again[1])["sets"][1] == sets["squad2"]
    assert len(list((tmp_path / "work").rglob("catalog.sqlite3"))) == 4
    written = (tmp_path / "out" / "results.json").read_text()
    assert "is brief, p < 0.05" in written and "is short" not in written


def test_one_set_with_answers_and_a_threshold(run: Run, bench: Path, tmp_path: Path) -> None:
    code, out, err = run(
        "squad2", "--bench-data", bench, "--answers", "--output", tmp_path / "out",
        "--fail-under", "squad2:refused_rightly=0.5", "--fail-under", "hit@1=1",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert "refused, of those without an answer" in out
    [report] = json.loads((tmp_path / "out" / "results.json").read_text())["reports"]
    assert "Tiber [1]" in report["asked"][0]["hits"][0]["text"]
    code, _, err = run("squad2", "--bench-data", bench, "--fail-under", "ndcg@10=0.5")
    assert code == 2 and "there are hit@1, hit@5, mrr" in err


def test_signs_of_markdown_are_only_signs() -> None:
    assert as_markdown("", "a\n*b* & <c>") == "a \\*b\\* \\& \\<c\\>\n"


def test_folders_that_are_not_sets(run: Run, bench: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    shutil.rmtree(bench / "northwind")
    (bench / "chunking" / "questions.csv").write_text("question,references,corpus_id\nWhat?,[,a\n")
    (bench / "scifact" / "qrels.tsv").unlink()
    (bench / "squad2" / "questions.jsonl").write_text("{nonsense\n")
    for folder, sets, told in (
        (tmp_path / "none", [], "There is no folder"),
        (tmp_path / "empty", [], "has none of the folders northwind"),
        (bench, ["northwind"], "has no folder northwind; it has chunking, scifact, squad2"),
        (bench, ["other"], "There is no set 'other'"),
        (bench, ["chunking"], "cannot be read"),
        (bench, ["scifact"], "cannot be read"),
        (bench, ["squad2"], "questions.jsonl, line 1 is not JSON"),
    ):
        code, out, err = run(*sets, "--bench-data", folder)
        assert (code, out) == (2, "")
        assert told in err and err.count("\n") == 1
    assert run("--bench-data")[0] == 2
