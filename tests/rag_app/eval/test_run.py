"""The figures of a file of questions, thresholds, and the files that are written."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import open_engine
from rag_app.eval.saved_runs import KeptRuns
from tests.conftest import DATA
from tests.rag_app.eval.conftest import Run
from tests.support.llm_servers import ScriptedServer, error, reply

QUESTIONS = DATA / "questions.jsonl"


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A store of four documents, two of them the same bytes, and questions about them."""
    folder = tmp_path_factory.mktemp("lamps")
    texts = {
        "red.txt": "The red lamp means that the battery is low.",
        "green.txt": "The green lamp means that all is well.",
        "<b>.txt": "The blue lamp means that <script>alert(1)</script> was sent.",
        "copy/green.txt": "The green lamp means that all is well.",
    }
    for name, text in texts.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    ingest_paths([folder / "docs"], store=folder / "store", embedder=embedder)
    return folder / "store"


def ask(path: Path, *rows: tuple[str, list[dict[str, object]]]) -> Path:
    lines = [json.dumps({"question": question, "gold": gold}) for question, gold in rows]
    path.write_text("\n".join(lines))
    return path


def test_ranks_halves_documents_and_gold_that_is_not_there(
    run: Run, lamps: Path, tmp_path: Path
) -> None:
    path = ask(
        tmp_path / "q.jsonl",
        ("What does the red lamp mean?", [{"document": "red.txt", "quote": "battery  is\nlow"}]),
        ("What does the red lamp mean?", [{"document": "<b>.txt"}]),
        ("What does the green lamp mean?", [{"document": "green.txt"}]),
        ("What does the green lamp mean?", [{"document": "copy/green.txt", "quote": "all is"}]),
        ("Who made the lamps?", [{"document": "makers.txt"}]),
        ("What does the blue lamp mean?", [{"document": "<b>.txt", "quote": "is not there"}]),
        ("What is the capital of Australia?", []),
    )
    code, out, err = run(path, "--json", "--store", lamps, "--output", tmp_path / "out")
    report = json.loads(out)
    assert (code, err) == (0, "")
    assert (report["questions"], report["unanswerable"]) == (7, 1)
    everything = json.loads((tmp_path / "out/results.json").read_text())["reports"][0]
    ranks = [one["rank"] for one in everything["asked"]]
    assert ranks[0] == ranks[2] == ranks[3] == 1, "the same bytes are the same document"
    assert ranks[1] in (2, 3)
    assert ranks[4:] == [None, None, None]
    mean = (3 + 1 / ranks[1]) / 6
    assert report["figures"]["mrr"]["value"] == pytest.approx(mean)
    assert report["search_mrr"] == report["figures"]["mrr"]["value"]
    assert report["halves"]["even"]["hit@1"] == {
        "value": pytest.approx(2 / 3), "low": pytest.approx(0.208, abs=0.001),
        "high": pytest.approx(0.939, abs=0.001), "count": 3,
    }  # fmt: skip
    assert report["halves"]["odd"]["hit@1"]["count"] == 3
    assert report["documents"]["<b>.txt"]["hit@1"]["count"] == 2
    assert any("makers.txt" in note and "not in the collection" in note for note in report["notes"])
    assert any("6" in note and "gold quotes" in note for note in report["notes"])
    first = everything["asked"][0]
    assert first["gold"][0]["document"] == first["hits"][0]["document"] == "red.txt"
    assert first["hits"][0]["gold"] and not first["hits"][1]["gold"]
    assert first["answer"]["quoted"]


def test_only_searching_is_quicker_to_read(run: Run, lamps: Path, tmp_path: Path) -> None:
    path = ask(tmp_path / "q.jsonl", ("The red lamp?", [{"document": "red.txt"}]))
    report = json.loads(run(path, "--search-only", "--json", "--store", lamps)[1])
    assert report["seconds_per_answer"] is report["wrong_offsets"] is report["cited"] is None
    assert set(report["figures"]) == {
        "hit@1", "hit@3", "hit@5", "hit@10", "mrr", "ndcg@10", "recall@10",
    }  # fmt: skip
    code, out, _ = run(path, "--store", lamps)
    assert code == 0
    for name in ("hit@5", "ndcg@10", "evidence_hit@1", "quoted", "even"):
        assert name in out


@pytest.mark.parametrize(
    ("thresholds", "code", "told"),
    [
        (["hit@5=0.8", "mrr=0"], 0, ""),
        (["hit@5=1.0"], 1, "questions.jsonl: hit@5 is 0.9"),
        (["questions.jsonl:hit@1=0.99", "quoted=0.99"], 1, "quoted is 0."),
        (["hits@5=0.8"], 2, "no figure 'hits@5'; there are hit@1, "),
        (["false_refusals=0.1"], 2, "no figure 'false_refusals'"),
        (["other:hit@5=0.8"], 2, "no set 'other'; there are questions.jsonl"),
        (["hit@5"], 2, "not of the form"),
        (["hit@5=much"], 2, "not of the form"),
        (["hit@5=80"], 2, "from 0 to 1"),
        (["hit@5=nan"], 2, "from 0 to 1"),
    ],
)
def test_fail_under(
    run: Run, sample: Path, tmp_path: Path, thresholds: list[str], code: int, told: str
) -> None:
    # One of them is missed, and some cannot be answered.
    some = QUESTIONS.read_text(encoding="utf-8").splitlines(keepends=True)[16:34]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(some), encoding="utf-8")
    options = [part for one in thresholds for part in ("--fail-under", one)]
    got, out, err = run(questions, "--json", *options, "--store", sample)
    assert got == code
    assert told in err and bool(err) == bool(code)
    if code < 2:
        assert json.loads(out)["questions"] == len(some)
        assert err.count("\n") == (len(thresholds) if code else 0)
    else:
        assert out == "" and err.count("\n") == 1


def test_figures_of_answers_can_be_thresholds_only_where_they_are_asked_for(
    run: Run, sample: Path
) -> None:
    code, _, err = run(QUESTIONS, "--search-only", "--fail-under", "quoted=0.1", "--store", sample)
    assert code == 2 and "no figure 'quoted'" in err


class Page(HTMLParser):
    """What a page is made of: its tags, and all that they may load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [str(v) for name, v in attrs if name in ("src", "href", "xlink:href")]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_needs_nothing_else_and_escapes_what_it_shows(
    run: Run, lamps: Path, tmp_path: Path
) -> None:
    path = ask(
        tmp_path / "q.jsonl",
        (
            "<img src=x onerror=alert(2)> battery low?",
            [{"document": "<b>.txt", "quote": "<script>"}],
        ),
        ("What does the green lamp mean?", [{"document": "green.txt"}]),
    )
    code, _, _ = run(path, "--store", lamps, "--output", tmp_path / "a" / "out")
    assert code == 0
    text = (tmp_path / "a/out/report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not {"script", "img", "b", "link", "iframe"} & set(page.tags)
    assert page.loads == [] and "url(" not in text and "@import" not in text
    assert not re.search(r"https?://", text)
    assert page.tags.count("svg") == 3
    assert "prefers-color-scheme: dark" in text and "default-src 'none'" in text
    assert "<img src=x onerror=alert(2)> battery low?" in page.words
    assert "The red lamp means that the battery is low." in page.words, "found instead"
    assert "“<script>”" in page.words


def test_where_results_cannot_be_written(run: Run, lamps: Path, tmp_path: Path) -> None:
    path = ask(tmp_path / "q.jsonl", ("The red lamp?", [{"document": "red.txt"}]))
    code, out, err = run(path, "--store", lamps, "--output", path / "out")
    assert (code, out) == (2, "") and "--output" in err and err.count("\n") == 1


def test_a_report_is_kept_with_the_collection_where_that_is_asked_for(
    run: Run, lamps: Path, tmp_path: Path
) -> None:
    path = ask(tmp_path / "mine.jsonl", ("The red lamp?", [{"document": "red.txt"}]))
    assert run(path, "--search-only", "--store", lamps)[0] == 0
    with open_engine(lamps) as engine:
        runs = KeptRuns(engine)
        assert runs.listed() == []
        assert run(path, "--search-only", "--keep", "--store", lamps)[0] == 0
        (kept,) = runs.listed()
        assert (kept.name, kept.questions, kept.figures["hit@1"]) == ("mine.jsonl", 1, 1.0)
        assert [one.question.text for one in runs.open(kept.id).asked] == ["The red lamp?"]
        runs.delete(kept.id)
    for other in (("--compare", "mode=dense"), ("--bench-data", tmp_path)):
        code, out, err = run(path, "--keep", *other, "--store", lamps)
        assert (code, out) == (2, "") and "leave --compare and --bench-data out" in err


def test_without_a_file_it_says_what_can_be_done(run: Run, sample: Path) -> None:
    code, _, err = run("--store", sample)
    assert code == 2 and "--generate" in err
    code, _, err = run("a.jsonl", "b.jsonl", "--store", sample)
    assert code == 2 and "One questions file at a time" in err


def test_a_store_with_nothing_in_it(run: Run, tmp_path: Path) -> None:
    code, _, err = run(QUESTIONS, "--store", tmp_path / "none")
    assert code == 3 and "rag-app ingest" in err and err.count("\n") == 1


def test_a_question_that_the_llm_fails_at_is_counted_and_the_rest_goes_on(
    run: Run, lamps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ask(
        tmp_path / "q.jsonl",
        ("What does the red lamp mean?", [{"document": "red.txt"}]),
        ("What does the green lamp mean?", [{"document": "green.txt"}]),
        ("What does the blue lamp mean?", [{"document": "<b>.txt"}]),
    )
    said = reply("It means that the battery is low [1].", usage=(9, 9))
    with ScriptedServer(said, error(401, "no more credit"), said) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("RAG_LLM_MODEL", "scripted")
        code, out, err = run(path, "--json", "--store", lamps)
    report = json.loads(out)
    assert (code, err) == (0, "")
    assert (report["questions"], report["failed"]) == (3, 1)
    assert any("1 of 3 questions failed: " in note for note in report["notes"])
    assert report["figures"]["evidence_hit@1"]["count"] == 3


def test_an_llm_that_cannot_be_reached_at_all_ends_it_with_one_line(
    run: Run, lamps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ask(tmp_path / "q.jsonl", ("What does the red lamp mean?", [{"document": "red.txt"}]))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("RAG_LLM_MODEL", "scripted")
    monkeypatch.setattr("rag_app.llm.failures.FIRST_BACKOFF_SECONDS", 0.02)
    code, out, err = run(path, "--store", lamps)
    assert (code, out, err.count("\n")) == (3, "", 1)
