"""The weights of the refusal, fitted on sets of many kinds: python -m benchmarks.answers.evidence

    python -m benchmarks.answers.evidence --bench-data DIR --store DIR [--sample N] [--again]

Asks each set of ``benchmarks.answers.broad`` its own questions, with and without an answer, and
others that its documents cannot answer: those of the other sets; those of another document of the
set, where a question is asked within one; its own with another code, name or word; and its own with
the passages that answer held out. Then it fits the default of ``rag_app.evidence.calibration``
(docs/decisions/0022), each set and each kind of question weighing the same, to all, to each half,
and to all sets but one, and prints both errors. The features of each question are kept in the
store; ``--again`` fits to them and asks nothing. Eight minutes on two cores, with the store there.

"another_code" and "otherwise" are given and not fitted: few questions have them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from benchmarks.answers.broad.sets import BroadSet, Item, names, read, sample
from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.eval.calibration.near_misses import Details, held_out
from rag_app.eval.calibration.threshold_curve import Floats
from rag_app.eval.gold import GoldPlaces
from rag_app.eval.questions import Gold, Question
from rag_app.evidence.calibration import DEFAULT, FEATURES, Calibration

ANSWERABLE, UNANSWERABLE = "answerable", "unanswerable"
FOREIGN, ELSEWHERE, NEAR_MISS, HELD_OUT = "foreign", "elsewhere", "near miss", "held out"
# So many questions of each kind that is made, of a set.
MADE = 40
GIVEN = {name: DEFAULT.weights[FEATURES.index(name)] for name in ("another_code", "otherwise")}
RIDGE = 1e-4
FITTED = [place for place, name in enumerate(FEATURES) if name not in GIVEN]


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a kind, and what the refusal sees of it."""

    set: str
    kind: str
    question: str
    features: Sequence[float]


def main() -> None:
    """Ask, or read what was asked; fit, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bench-data", type=Path)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--again", action="store_true", help="fit to what was asked before")
    options = parser.parse_args()
    kept = options.store / "features.jsonl"
    if not options.again:
        cases = _ask_all(options.bench_data, options.store, options.sample)
        lines = (json.dumps(asdict(one), ensure_ascii=False) for one in cases)
        kept.write_text("\n".join(lines), encoding="utf-8")
    rows = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    report([Case(**row) for row in rows])


def _ask_all(bench: Path | None, store: Path, number: int) -> list[Case]:
    embedder = Embedder()
    sets = {name: read(name, bench, store) for name in names(bench)}
    settings = AnswerSettings(openai_api_key=None, openai_base_url=None, llm_path=None)
    cases: list[Case] = []
    for name, found in sets.items():
        place = store / name
        ingest_paths([found.documents(store)], store=place, embedder=embedder, sync=True)
        others = [one for other, of in sets.items() if other != name for one in of.items]
        with open_engine(place, answers=settings, embedder=embedder) as engine:
            asked = [Case(name, *one) for one in _asked(engine, found, others, number)]
        print(name, dict(Counter(one.kind for one in asked)), flush=True)
        cases += asked
    return cases


def _asked(
    engine: Engine, found: BroadSet, others: Sequence[Item], number: int
) -> Iterator[tuple[str, str, tuple[float, ...]]]:
    """(kind, question, features) of a set."""
    items = sample(found.items, number)
    known = [one for one in items if one.answerable]
    for one in items:
        kind = ANSWERABLE if one.answerable else UNANSWERABLE
        evidence = engine.evidence(one.question, one.where)
        yield kind, one.question, evidence.features
    chance = random.Random(1)
    for one in chance.sample(others, MADE):
        evidence = engine.evidence(one.question, chance.choice(known).where)
        yield FOREIGN, one.question, evidence.features
    chosen = chance.sample(known, min(MADE, len(known)))
    questions = {one.id: _question(one) for one in known}
    details, places = Details(list(questions.values())), GoldPlaces(engine)
    for one in chosen:
        if one.where is not None:
            where = chance.choice([other.where for other in known if other.where != one.where])
            yield ELSEWHERE, one.question, engine.evidence(one.question, where).features
        within = _within(engine, one.where)
        if (miss := details.near_miss(within, questions[one.id])) is not None:
            yield NEAR_MISS, miss[0], miss[1].features
        if one.where is None or any(place.span for place in one.gold):
            held = held_out(within, questions[one.id], places)
            if held is not None:
                yield HELD_OUT, one.question, held.features


def _question(item: Item) -> Question:
    gold = tuple(Gold(place.document, page=place.page, span=place.span) for place in item.gold)
    return Question(item.id, item.question, gold)


def _within(engine: Engine, where: Mapping[str, Any] | None) -> Engine:
    """What near misses need of an engine, asked within a document."""
    evidence: Callable[..., Any] = partial(engine.evidence, where=where)
    return cast(Engine, SimpleNamespace(evidence=evidence, collection=engine.collection))


def report(cases: Sequence[Case]) -> None:
    """Fits, and both errors at the threshold in use."""
    halves: list[list[Case]] = [[], []]
    seen: Counter[tuple[str, str]] = Counter()
    for one in cases:
        halves[seen[one.set, one.kind] % 2].append(one)
        seen[one.set, one.kind] += 1
    print("in use:", DEFAULT.bias, DEFAULT.weights, "enough", DEFAULT.enough)
    print_errors("in use", DEFAULT, cases)
    print_errors("fitted to all", fit(cases), cases)
    for name, half, other in (("odd by even", *halves), ("even by odd", *halves[::-1])):
        print_errors(name, fit(half), other)
    for name in dict.fromkeys(one.set for one in cases):
        without = fit([one for one in cases if one.set != name])
        print_errors("by all others", without, [one for one in cases if one.set == name])


def fit(cases: Sequence[Case]) -> Calibration:
    """A logistic regression, in which each set weighs the same, half of it what can be answered,
    and each kind of the rest the same."""
    counts = Counter((one.set, one.kind) for one in cases)
    kinds = Counter(name for name, kind in counts if kind != ANSWERABLE)
    weights = np.array(
        [
            1 / counts[one.set, one.kind] / (1 if one.kind == ANSWERABLE else kinds[one.set])
            for one in cases
        ]
    )
    features = np.array([one.features for one in cases])
    given = sum(features[:, FEATURES.index(name)] * weight for name, weight in GIVEN.items())
    signs = np.where([one.kind == ANSWERABLE for one in cases], 1.0, -1.0)

    def loss(found: Floats) -> float:
        sure = found[0] + features[:, FITTED] @ found[1:] + given
        losses = np.logaddexp(0, -signs * sure)
        return float(np.average(losses, weights=weights) + RIDGE * np.sum(found[1:] ** 2))

    bias, *found = minimize(loss, np.zeros(1 + len(FITTED))).x
    by_name = {**GIVEN, **dict(zip([FEATURES[place] for place in FITTED], found, strict=True))}
    return Calibration(float(bias), tuple(float(by_name[one]) for one in FEATURES), DEFAULT.enough)


def print_errors(name: str, calibration: Calibration, cases: Sequence[Case]) -> None:
    """By set: the share refused of each kind of question, and its AUC against the answerable."""
    weights = [round(one, 2) for one in calibration.weights]
    print(f"\n{name}: {calibration.bias:.2f} {weights}")
    by_set: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in cases:
        by_set[one.set][one.kind].append(calibration.probability(one.features))
    for of, kinds in by_set.items():
        sure = kinds.pop(ANSWERABLE)
        parts = [f"{of:18} refused {np.mean(np.array(sure) < calibration.enough):.3f}"]
        for kind, others in kinds.items():
            flags = [True] * len(sure) + [False] * len(others)
            auc = roc_auc_score(flags, sure + others)
            refused = np.mean(np.array(others) < calibration.enough)
            parts.append(f"{kind} {refused:.2f} (AUC {auc:.3f})")
        print("; ".join(parts), flush=True)


if __name__ == "__main__":
    main()
