"""Passages by meaning, by words, and by both, and what is said of why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.cli.main import main
from rag_app.records import Mode

TEXTS = {
    "lamp.txt": "The red lamp means that the battery is low. Charge it before the next shift.",
    "codes.txt": "Code E57: the valve is stuck. Code E58: the pump has lost its prime.",
    "leave.txt": "Everyone has 27 days of annual leave.",
    "old/leave.txt": "Everyone has 25 days of annual leave.",
    "copy/lamp.txt": "The red lamp means that the battery is low. Charge it before the next shift!",
    "Kestrel-manual.txt": "Fold the wings before you put it into its box.",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    home = tmp_path_factory.mktemp("hybrid")
    for name, text in TEXTS.items():
        path = home / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    ingest_paths([home / "docs"], store=home / "store", embedder=embedder)
    return home / "store"


@pytest.fixture
def engine(store: Path, embedder: Embedder) -> Iterator[Engine]:
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
        yield engine


def names(engine: Engine, question: str, mode: Mode | None = None, k: int = 10) -> list[str]:
    return [hit.document for hit in engine.search(question, k, mode=mode)]


def test_codes_are_found_by_words_and_meaning_by_vectors(engine: Engine) -> None:
    assert names(engine, "E58", "keyword") == ["codes.txt"]
    assert names(engine, "vacation entitlement", "keyword") == []
    assert names(engine, "vacation entitlement", "dense")[0].endswith("leave.txt")
    for question, document in (("E58", "codes.txt"), ("vacation entitlement", "leave.txt")):
        assert names(engine, question)[0].endswith(document)


def test_hybrid_is_the_default_and_a_setting(store: Path, embedder: Embedder) -> None:
    assert AnswerSettings().mode == "hybrid"
    with open_engine(store, answers=AnswerSettings(mode="keyword"), embedder=embedder) as engine:
        assert names(engine, "vacation entitlement") == []
        assert names(engine, "vacation entitlement", "hybrid")


@pytest.mark.parametrize("mode", ["hybrid", "dense", "keyword"])
def test_best_first_and_scores_at_most_one(engine: Engine, mode: Mode) -> None:
    for question in ("What does the red lamp mean?", "days of annual leave", "E57 valve stuck"):
        scores = [hit.score for hit in engine.search(question, 6, mode=mode)]
        assert scores and scores == sorted(scores, reverse=True)
        assert scores[0] <= 1 + 1e-6


def test_names_of_files_count_also_after_a_rename(tmp_path: Path, embedder: Embedder) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "Kestrel.txt").write_text("Fold the wings before you put it into its box.")
    (docs / "other.txt").write_text("Water the plants before you go home.")
    ingest_paths([docs], store=tmp_path / "store", embedder=embedder)
    with open_engine(tmp_path / "store", answers=AnswerSettings(), embedder=embedder) as engine:
        assert names(engine, "kestrel", "keyword") == ["Kestrel.txt"]
        (docs / "Kestrel.txt").rename(docs / "Buzzard.txt")
        ingest_paths([docs], store=tmp_path / "store", sync=True, embedder=embedder)
        assert names(engine, "kestrel", "keyword") == []
        assert names(engine, "buzzard", "keyword") == ["Buzzard.txt"]


def test_copies_give_way_but_versions_do_not(engine: Engine) -> None:
    lamp = names(engine, "What does the red lamp mean?", k=2)
    assert len({name.rpartition("/")[2] for name in lamp}) == 2, "the copy took a place"
    assert set(names(engine, "What does the red lamp mean?", k=6)) == set(TEXTS), "all, if asked"
    assert set(names(engine, "How many days of annual leave?", k=2)) == {
        "leave.txt",
        "old/leave.txt",
    }


@pytest.mark.parametrize("mode", ["hybrid", "dense", "keyword"])
def test_filters_hold_in_every_mode(engine: Engine, mode: Mode) -> None:
    where = {"document": {"$in": ["old/leave.txt", "codes.txt"]}}
    hits = engine.search("How many days of annual leave?", 5, where, mode=mode)
    found = [hit.document for hit in hits]
    assert found[0] == "old/leave.txt"
    assert found == (["old/leave.txt"] if mode == "keyword" else ["old/leave.txt", "codes.txt"])


def test_neighbours_are_joined(tmp_path: Path, embedder: Embedder) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    lines = [
        f"Step {number}: turn the knob marked {chr(65 + number)} once." for number in range(26)
    ]
    (docs / "steps.txt").write_text(" ".join(line * 6 for line in lines))
    ingest_paths([docs], store=tmp_path / "store", embedder=embedder)
    with open_engine(
        tmp_path / "store", answers=AnswerSettings(neighbours=1), embedder=embedder
    ) as engine:
        whole = engine.document_text("steps.txt")
        hits = engine.search("knob M", 3)
        with open_engine(tmp_path / "store", answers=AnswerSettings(), embedder=embedder) as plain:
            [alone] = plain.search("knob M", 1)
        assert hits[0].start < alone.start and alone.end < hits[0].end
        for hit in hits:
            assert whole[hit.start : hit.end] == hit.text
        spans = sorted((hit.start, hit.end) for hit in hits)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_explain_says_where_a_passage_stood(engine: Engine) -> None:
    explanation = engine.explain("What does E58 mean?", "lost  its PRIME")
    [passage] = explanation.expected
    assert (passage.document, passage.keyword_rank, passage.rank) == ("codes.txt", 1, 1)
    assert passage.found_rank == 1 and passage.found_score == passage.score
    assert passage.in_prompt and passage.similarity is not None and passage.dense_rank
    text = engine.document_text("codes.txt")
    assert text[passage.start : passage.end] == passage.text
    of_document = engine.explain("vacation entitlement", document="leave.txt").expected
    assert [one.keyword_rank for one in of_document] == [None]
    assert of_document[0].missing == ("vacat", "entitl")


def test_explain_says_why_it_is_not_there(
    tmp_path: Path, embedder: Embedder, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "lamp.txt").write_text("The lamp is red.")
    (docs / "broken.pdf").write_bytes(b"%PDF-1.4 no more")
    ingest_paths([docs], store=tmp_path / "store", embedder=embedder)
    with open_engine(tmp_path / "store", answers=AnswerSettings(), embedder=embedder) as engine:
        explanation = engine.explain("Who wins?", "the winner is")
        assert not explanation.expected
        assert [receipt.path for receipt in explanation.receipts] == ["broken.pdf"]
        assert "broken.pdf" in "\n".join(explanation.words)
        near = engine.explain("Who wins?", document="lamps.txt")
        assert "did you mean lamp.txt" in "\n".join(near.words)
        with pytest.raises(UsageError, match="--expect"):
            engine.explain("Who wins?")
    place = ["--store", str(tmp_path / "store")]
    command = ["explain", "Which colour?", "--expect", "lamp is", *place]
    assert main(command) == 0
    assert "by words" in capsys.readouterr().out
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["expected"][0]["rank"] == 1
    assert main(["explain", "Which?", *place]) == 2
