"""The sets of many kinds are read in one form, and what became of their questions is counted."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.answers.broad.ask import COLUMNS, Asked, row
from benchmarks.answers.broad.sets import Item, Place, names, read, sample
from ingest.load.read import load_file


def test_a_set_of_tables_becomes_documents_with_their_columns_and_paragraphs(
    tmp_path: Path,
) -> None:
    rows = {
        "id": "0123456789abcdef",
        "table": [["", "2019", "2018"], ["Sales | net", "$8.7", "7.1"]],
        "paragraphs": ["We sold *more*."],
        "questions": [
            {"id": "a", "question": "Net sales in 2018?", "answer": ["7.1"], "type": "span"},
            {"id": "b", "question": "The change?", "answer": 22.5, "type": "arithmetic"},
        ],
    }
    folder = tmp_path / "insights" / "tatqa"
    folder.mkdir(parents=True)
    (folder / "test.jsonl").write_text(json.dumps(rows) + "\n")
    assert names(tmp_path) == ["data", "everyday", "tatqa"]
    found = read("tatqa", tmp_path, tmp_path)
    (path,) = found.documents(tmp_path).iterdir()
    text = load_file(path).text
    assert "Sales | net; 2019: $8.7; 2018: 7.1" in text and "We sold *more*." in text
    span, worked_out = found.items
    assert span.gold == (Place(path.name),) and span.answers == ("7.1",)
    assert worked_out.answers == ()


def test_the_sample_documents_and_everyday_questions_need_no_other_data(tmp_path: Path) -> None:
    for name in names(None):
        items = read(name, None, tmp_path).items
        assert {one.answerable for one in items} == {True, False}
        drawn = sample(items, 5)
        assert drawn == sample(items, 5) and len(drawn) == 10


def test_the_figures_of_a_set() -> None:
    yes, no = Item("a", "?"), Item("b", "?", answerable=False)
    asked = [
        Asked(yes, False, 0.9, 100, 1.0, True, True),
        Asked(yes, True, 0.2, 900, 0.0, False, True),
        Asked(no, True, 0.1, 900, None, False, False),
        Asked(no, False, 0.5, 300, None, False, False),
    ]
    figures = dict(zip(COLUMNS, row("x", asked), strict=True))
    assert figures["refused"] == "0.500" and figures["gold held"] == "0.500"
    assert figures["characters"] == "100"
    assert figures["cited first"] == "0.50" and figures["among five"] == "1.00"
    assert figures["refused of them"] == "0.500" and figures["AUC"] == "0.750"
