"""Learning paths: the order, the material, the questions, and what was learned."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from rag_app import Engine, open_engine
from rag_app.cli.main import main
from rag_app.insights.learning.learner import Learner, progress
from rag_app.insights.learning.objectives import objectives_of
from rag_app.insights.learning.order import in_order, named_needs
from rag_app.insights.learning.path import learning_path
from rag_app.insights.learning.prerequisites import known_pairs, reference_distance
from rag_app.insights.learning.records import LearningPath
from rag_app.insights.learning.written import to_markdown

TEXTS = {
    "integrals": "An integral is the limit of a sum, and undoes a derivative. If a function is "
    "continuous, its integral exists.",
    "derivatives": "A derivative is the slope of a function at a point. To find the derivative, "
    "take the limit of the slopes of secants.",
    "fractions": "A fraction is a part of a whole, written as two whole numbers. To add "
    "fractions, bring them to one denominator.",
    "functions": "A function is a rule that gives one number for each number. The slope of a line "
    "is a fraction.",
}
OBJECTIVES = ["integrals", "derivatives", "functions and their slope", "adding fractions"]
STRANGE = "breeding of alpacas in winter"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Engine:
    folder = tmp_path_factory.mktemp("learning")
    for name, text in TEXTS.items():
        told = f"# {name.capitalize()}\n\n{text}\n"
        (folder / f"{name}.md").write_text(told, encoding="utf-8")
    store = folder / "store"
    ingest_paths([folder], store=store, embedder=embedder)
    return open_engine(store, embedder=embedder)


@pytest.fixture(scope="module")
def path(engine: Engine) -> LearningPath:
    return learning_path(engine, [*OBJECTIVES, STRANGE])


def test_what_is_needed_comes_first_and_every_piece_leads_to_the_words(
    engine: Engine, path: LearningPath
) -> None:
    order = [piece.objective for piece in path.pieces]
    assert sorted(order) == sorted([*OBJECTIVES, STRANGE])
    assert order.index("adding fractions") < order.index("integrals")
    assert order.index("functions and their slope") < order.index("derivatives")
    for piece in path.pieces:
        assert all(order.index(need) < order.index(piece.objective) for need in piece.needs)
        for place in [*(one.place for one in piece.passages), *(c.answer for c in piece.checks)]:
            assert engine.document_text(place.document)[place.start : place.end] == place.text
    ids = [check.id for piece in path.pieces for check in piece.checks]
    assert ids and len(set(ids)) == len(ids)
    assert any(check.question == "What is a derivative?" for p in path.pieces for check in p.checks)


def test_what_nothing_teaches_is_a_gap(path: LearningPath) -> None:
    assert path.gaps == (STRANGE,)
    assert "1 objective" in path.basis.notes[-1]
    [gap] = [piece for piece in path.pieces if piece.is_gap]
    assert not gap.checks


def test_answers_bring_mastery_and_what_is_next(engine: Engine, path: LearningPath) -> None:
    learner, now = Learner(engine.store, "ada"), datetime.now(UTC)
    before = progress(path, learner.answers(), now)
    assert before.next == path.pieces[0] and not before.due and not before.answered
    for check in path.pieces[0].checks:
        learner.answer(check.id, "easy", now)
    last = [check for piece in path.pieces for check in piece.checks][-1].id
    learner.answer(last, "again", now)
    after = progress(path, learner.answers(), now + timedelta(minutes=2))
    assert after.mastery[path.pieces[0].objective] == pytest.approx(1, abs=0.02)
    assert after.mastery[STRANGE] is None
    assert after.next not in (None, path.pieces[0])
    assert [check.id for check in after.due] == [last]
    later = progress(path, learner.answers(), now + timedelta(days=365))
    assert len(later.due) == 1 + len(path.pieces[0].checks)
    assert not Learner(engine.store, "bob").answers()
    with pytest.raises(UsageError, match="no rating"):
        learner.answer("x", "somewhat")  # type: ignore[arg-type]


def test_a_line_that_a_crash_cut_off_costs_one_answer(engine: Engine, path: LearningPath) -> None:
    learner = Learner(engine.store, "eve")
    check = path.pieces[0].checks[0].id
    learner.answer(check, "good")
    [file] = [one for one in (engine.store.conversations_path.parent / "learning").iterdir()
              if check in one.read_text() and "good" in one.read_text()]  # fmt: skip
    with file.open("a") as lines:
        lines.write('{"check": "' + check)
    assert [one.known for one in learner.answers()] == ["good"]


def test_the_order_is_the_one_that_breaks_least() -> None:
    wanted = [3, 0, 4, 1, 2]
    place = np.argsort(wanted)
    scores = (place[:, None] > place[None, :]).astype(float)
    assert in_order(scores) == wanted
    assert in_order(np.zeros((4, 4))) == [0, 1, 2, 3]
    assert named_needs(np.zeros((3, 3)), [0, 1, 2]) == {0: [], 1: [], 2: []}
    assert in_order(np.zeros((1, 1))) == [0]


def test_a_text_needs_what_the_passages_about_it_speak_of(embedder: Embedder) -> None:
    passages = ["The tempering of steel needs a forge.", "Tempering is done in the forge.",
                "A forge is a hearth of bricks.", "Bricks make the hearth."]  # fmt: skip
    texts = ["tempering", "forge"]
    scores = reference_distance(
        texts, embedder.encode(texts), embedder.encode(passages),
        lambda rows: [passages[row] for row in rows],
    )  # fmt: skip
    assert scores == pytest.approx(-scores.T)
    assert scores[0, 1] == pytest.approx(1)


def test_what_was_learned_knows_what_is_elementary(embedder: Embedder) -> None:
    harder = ["Differential equation", "Hypothesis testing", "Polynomial equation"]
    easier = ["Function", "Probability", "Fraction"]
    scores = known_pairs().scores(embedder.encode([*harder, *easier]))
    assert all(scores[row, row + 3] > scores[row + 3, row] for row in range(3))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1. Add fractions\n2) Solve equations.\n\n- [ ] Graphs", 3),
        ("Add fractions. Solve linear equations.", 2),
        ("Graphs\nGraphs\n", 1),
    ],
)
def test_objectives_are_lines_or_sentences(text: str, found: int) -> None:
    objectives = objectives_of(text)
    assert len(objectives) == found
    assert all(one[0].isalpha() and one[-1].isalpha() for one in objectives)


@pytest.mark.parametrize("text", ["", " \n- \n", "\n".join(map(str, range(301)))])
def test_no_objective_or_too_many_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="objective"):
        objectives_of(text)


def test_one_objective_is_a_path_that_says_so(engine: Engine) -> None:
    path = learning_path(engine, ["integrals"])
    assert len(path.pieces) == 1 and not path.pieces[0].needs
    assert "nothing to put in order" in " ".join(path.basis.notes)
    assert "too few" in " ".join(path.basis.notes)
    with pytest.raises(UsageError, match="filter"):
        learning_path(engine, ["integrals"], {"folder": "elsewhere"})


def test_the_answers_stand_at_the_end_of_the_markdown(path: LearningPath) -> None:
    written = to_markdown(path)
    check = path.pieces[0].checks[0]
    assert written.index("## Answers") < written.rindex(check.answer.text[:20])
    assert f"## {len(path.pieces)}. " in written


def test_the_command_writes_keeps_and_says_what_is_next(
    engine: Engine, path: LearningPath, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    objectives = tmp_path / "objectives.txt"
    objectives.write_text("\n".join([*OBJECTIVES, STRANGE]), encoding="utf-8")
    store = ["--store", str(engine.store.directory.parent)]
    command = ["insights", "learn", f"@{objectives}", *store]
    assert main([*command, "--export", str(tmp_path / "path.json")]) == 0
    assert "No passage teaches this." in capsys.readouterr().out
    written = json.loads((tmp_path / "path.json").read_text(encoding="utf-8"))
    assert [one["objective"] for one in written["pieces"]] == [p.objective for p in path.pieces]
    check = path.pieces[0].checks[0].id
    assert main([*command, "--user", "kim", "--answer", check, "good", "--next"]) == 0
    assert "Mastered: " in capsys.readouterr().out
    assert [one.check for one in Learner(engine.store, "kim").answers()] == [check]
    assert main([*command, "--export", str(tmp_path / "path.doc")]) == 2
    assert main([*command, "--answer", "nothing", "good"]) == 2
    assert "no question" in capsys.readouterr().err
