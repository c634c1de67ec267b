"""How good quotes and refusals are, and the weights of the refusal: python -m
benchmarks.answers.evidence

Ingests three collections, asks their questions through the public path, prints how often the quotes
hold the answer and how often each kind of question is refused, and fits the default of
``rag_app.evidence.calibration`` (docs/decisions/0005). ``--bench-data`` is a folder with
``northwind/`` and ``squad2/``; without it only the sample documents are measured. Of SQuAD 2.0, 700
questions are fitted to; with ``--rest``, the 2,217 others are a test. Four minutes on two cores,
nine with them.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.answer.quotes import choose_quotes
from rag_app.eval.bench_sets import read_set, write_documents
from rag_app.eval.calibration.threshold_curve import TRIED, Flags, Floats, curve, point
from rag_app.eval.gold import GoldPlaces
from rag_app.eval.questions import Question, read_questions
from rag_app.evidence.calibration import DEFAULT, FEATURES

DATA = Path(__file__).resolve().parents[2] / "data"
SQUAD_QUESTIONS = 700
REST = "squad2 rest"


@dataclass(frozen=True)
class Collection:
    """Documents, questions about them, and for SQuAD the strings that count as answers."""

    name: str
    documents: Path
    questions: Sequence[Question]
    answers: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Measured:
    """One question: what the refusal sees, and whether the quotes hold the answer."""

    answerable: bool
    confidence: float
    features: tuple[float, ...]
    found: tuple[bool, bool, bool]


def main() -> None:
    """Measure each collection, then fit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench-data", type=Path)
    parser.add_argument("--rest", action="store_true")
    options = parser.parse_args()
    folder = options.bench_data
    embedder = Embedder()
    measured: dict[str, list[Measured]] = {}
    print("set         answerable: best / best 2 / quoted  refused   unanswerable: refused")
    with tempfile.TemporaryDirectory() as work:
        for collection in _collections(folder, Path(work)):
            store = Path(work) / f"store-{collection.name}"
            ingest_paths([collection.documents], store=store, embedder=embedder)
            with open_engine(store, answers=AnswerSettings()) as engine:
                places = GoldPlaces(engine)
                rows = [
                    _measure(engine, collection, places, question)
                    for question in collection.questions
                ]
                if collection.name == "squad2" and options.rest:
                    others = _rest(folder, collection)
                    measured[REST] = [_measure(engine, others, places, q) for q in others.questions]
            measured[collection.name] = rows
            _print_row(collection.name, rows)
    _report(measured)


def _collections(folder: Path | None, work: Path) -> Iterator[Collection]:
    yield Collection("data", DATA / "documents", read_questions(DATA / "questions.jsonl"), {})
    if folder is None:
        return
    northwind, squad = read_set(folder, "northwind"), read_set(folder, "squad2")
    chosen = random.Random(0).sample(squad.questions, SQUAD_QUESTIONS)
    for bench, questions in ((northwind, northwind.questions), (squad, chosen)):
        documents = write_documents(bench, work / bench.name)
        yield Collection(bench.name, documents, questions, bench.answers)


def _rest(folder: Path, squad: Collection) -> Collection:
    """The questions of SQuAD that nothing is fitted to."""
    chosen = {question.id for question in squad.questions}
    others = [one for one in read_set(folder, "squad2").questions if one.id not in chosen]
    return replace(squad, name=REST, questions=others)


def _measure(
    engine: Engine, collection: Collection, places: GoldPlaces, question: Question
) -> Measured:
    evidence = engine.evidence(question.text)
    found: list[bool] = []
    for quote in choose_quotes(evidence):
        citation = quote.to_citation(1)
        answers = collection.answers.get(question.id)
        if answers is not None:
            found.append(any(answer in citation.quote for answer in answers))
        else:
            found.append(any(places.holds(citation, gold) for gold in question.gold))
    return Measured(
        question.answerable,
        evidence.confidence,
        evidence.features,
        (any(found[:1]), any(found[:2]), any(found)),
    )


def _print_row(name: str, rows: Sequence[Measured]) -> None:
    known = [row for row in rows if row.answerable]
    unknown = [row for row in rows if not row.answerable]
    shares = [np.mean([row.found[place] for row in known]) for place in range(3)]
    false = np.mean([row.confidence < DEFAULT.enough for row in known])
    right = np.mean([row.confidence < DEFAULT.enough for row in unknown])
    print(
        f"{name:11} {len(known):4}  {shares[0]:.3f} / {shares[1]:.3f} / {shares[2]:.3f}"
        f"   {false:.3f}   {len(unknown):4}  {right:.3f}",
        flush=True,
    )


def _report(measured: Mapping[str, Sequence[Measured]]) -> None:
    """The weights of a fit to all, and what each half's fit does to the other half."""
    fitted_to = {name: rows for name, rows in measured.items() if name != REST}
    model = _fit(fitted_to)
    weights = dict(zip(FEATURES, model.coef_[0].round(2).tolist(), strict=True))
    print(f"fitted to all: bias {model.intercept_[0]:.2f}, {weights}; in use: {DEFAULT}")
    even, odd = (_fit({name: rows[half::2] for name, rows in fitted_to.items()}) for half in (0, 1))
    for name, rows in measured.items():
        seen = np.array([row.features for row in rows])
        answerable = np.array([row.answerable for row in rows])
        if name == REST:
            _print_errors(name, model.predict_proba(seen)[:, 1], answerable)
        else:
            _print_errors(
                f"{name}, odd by even", even.predict_proba(seen)[1::2, 1], answerable[1::2]
            )
            _print_errors(f"{name}, even by odd", odd.predict_proba(seen)[::2, 1], answerable[::2])
        in_use = np.array([DEFAULT.probability(row.features) for row in rows])
        _print_errors(f"{name}, in use", in_use, answerable)
        _print_errors(f"{name}, by cosine", seen[:, 0], answerable)


def _fit(measured: Mapping[str, Sequence[Measured]]) -> LogisticRegression:
    """A fit in which each set and each kind of question weighs the same."""
    rows = [(name, row) for name, group in measured.items() for row in group]
    strata = np.array([f"{name} {row.answerable}" for name, row in rows])
    weights = np.array([len(rows) / np.sum(strata == stratum) for stratum in strata])
    return LogisticRegression(C=3).fit(
        [row.features for _, row in rows],
        [row.answerable for _, row in rows],
        sample_weight=weights / weights.mean(),
    )


def _print_errors(name: str, sure: Floats, answerable: Flags) -> None:
    """AUC, both errors at the default threshold, and the best balanced accuracy of all."""
    alike = np.ones(len(sure))
    here = point(DEFAULT.enough, sure, answerable, alike)
    best = max(curve(sure, answerable, alike, TRIED), key=lambda one: one.balanced_accuracy)
    print(
        f"{name:24} AUC {roc_auc_score(answerable, sure):.3f}"
        f"  at {here.threshold:.2f}: refused although answerable"
        f" {here.refused_although_answerable:.3f}, answered although not"
        f" {here.answered_although_not:.3f}, balanced {here.balanced_accuracy:.3f}"
        f"  best {best.balanced_accuracy:.3f} at {best.threshold:.2f}"
        f" ({best.refused_although_answerable:.3f}, {best.answered_although_not:.3f})",
        flush=True,
    )


if __name__ == "__main__":
    main()
