"""How good quotes and refusals are, and the weights of the refusal: python -m benchmarks.evidence

Ingests three collections, asks their questions through the public path, prints how often the quotes
hold the answer and how often each kind of question is refused, and fits the logistic regression of
``rag_app.evidence`` (docs/decisions/0005). ``--bench-data`` is a folder with ``northwind/`` and
``squad2/``; without it only the sample documents are measured. About ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest import ingest_paths
from ingest.embed import Embedder
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.eval.bench_sets import read_set, write_documents
from rag_app.eval.gold import GoldPlaces
from rag_app.eval.questions import Question, read_questions
from rag_app.evidence import ENOUGH, features
from rag_app.quotes import choose_quotes, to_citation

DATA = Path(__file__).resolve().parent.parent / "data"
SQUAD_QUESTIONS = 700


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
    features: tuple[float, float, float]
    found: tuple[bool, bool, bool]


def main() -> None:
    """Measure each collection, then fit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench-data", type=Path)
    folder = parser.parse_args().bench_data
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
            measured[collection.name] = rows
            _print_row(collection.name, rows)
    _fit(measured)


def _collections(folder: Path | None, work: Path) -> Iterator[Collection]:
    yield Collection("data", DATA / "documents", read_questions(DATA / "questions.jsonl"), {})
    if folder is None:
        return
    northwind, squad = read_set(folder, "northwind"), read_set(folder, "squad2")
    chosen = random.Random(0).sample(squad.questions, SQUAD_QUESTIONS)
    for bench, questions in ((northwind, northwind.questions), (squad, chosen)):
        documents = write_documents(bench, work / bench.name)
        yield Collection(bench.name, documents, questions, bench.answers)


def _measure(
    engine: Engine, collection: Collection, places: GoldPlaces, question: Question
) -> Measured:
    evidence = engine.evidence(question.text)
    found: list[bool] = []
    for quote in choose_quotes(evidence):
        citation = to_citation(quote, 1)
        answers = collection.answers.get(question.id)
        if answers is not None:
            found.append(any(answer in citation.quote for answer in answers))
        else:
            found.append(any(places.holds(citation, gold) for gold in question.gold))
    return Measured(
        question.answerable,
        evidence.confidence,
        features(question.text, evidence.passages, evidence.sentences),
        (any(found[:1]), any(found[:2]), any(found)),
    )


def _print_row(name: str, rows: Sequence[Measured]) -> None:
    known = [row for row in rows if row.answerable]
    unknown = [row for row in rows if not row.answerable]
    shares = [np.mean([row.found[place] for row in known]) for place in range(3)]
    false = np.mean([row.confidence < ENOUGH for row in known])
    right = np.mean([row.confidence < ENOUGH for row in unknown])
    print(
        f"{name:11} {len(known):4}  {shares[0]:.3f} / {shares[1]:.3f} / {shares[2]:.3f}"
        f"   {false:.3f}   {len(unknown):4}  {right:.3f}",
        flush=True,
    )


def _fit(measured: dict[str, list[Measured]]) -> None:
    """The weights, with each set and each kind of question weighing the same; and the AUCs."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    rows = [(name, row) for name, group in measured.items() for row in group]
    seen = np.array([row.features for _, row in rows])
    answerable = np.array([row.answerable for _, row in rows])
    strata = np.array([f"{name} {row.answerable}" for name, row in rows])
    weights = np.array([len(rows) / np.sum(strata == stratum) for stratum in strata])
    model = LogisticRegression(C=3).fit(seen, answerable, sample_weight=weights)
    print(f"fitted: {model.intercept_.round(2)} {model.coef_.round(2)}")
    held_out = np.zeros(len(rows))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(seen, strata):
        part = LogisticRegression(C=3).fit(
            seen[train], answerable[train], sample_weight=weights[train]
        )
        held_out[test] = part.predict_proba(seen[test])[:, 1]
    for name in measured:
        here = np.array([row_name == name for row_name, _ in rows])
        area = roc_auc_score(answerable[here], held_out[here])
        false = np.mean(held_out[here & answerable] < ENOUGH)
        right = np.mean(held_out[here & ~answerable] < ENOUGH)
        print(f"{name:11} held out: AUC {area:.3f}, refused {false:.3f} / {right:.3f}")


if __name__ == "__main__":
    main()
