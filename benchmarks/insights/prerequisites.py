"""What has to be learned before what: ``alcpl``, ``courses``, ``lecturebank``; and the training, on
``oatutor``, of what comes with the program.

    python -m benchmarks.insights.prerequisites --data BENCH/insights [--write FILE]

*In-domain*: 5 folds of each domain's pairs of ``alcpl``; *across*: trained on the two others, and
on ``oatutor``, which is what the program comes with. Across domains a threshold cannot be learned;
the upper 40 % of the pairs count as prerequisites. *courses* and *lecturebank*: the known pairs
against as many reversed ones and as many drawn by chance, with the F1 of the upper 40 % and AUC, by
reference distance (RefD) on the courses' descriptions or the lectures' titles, by nearness, by what
was learned of ``oatutor``, and by their sum, which the program uses. ``--write`` trains on
``oatutor`` and writes ``rag_app/insights/learning/prerequisites.npz``. It is trained on nothing
else: ``courses`` forbids commercial use, ``alcpl`` and ``lecturebank`` state no licence.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import SVC

from benchmarks.insights.sets import embedded, parser, rows_of
from rag_app.insights.learning.prerequisites import (
    KnownPairs,
    kernel,
    needs,
    reference_distance,
    standardized,
)

DOMAINS = ("data_mining", "geometry", "precalculus")
REFD = dict(zip(DOMAINS, (61.4, 50.4, 72.1), strict=True))  # published
STRENGTH = 5  # the SVM's C; 1 and 3 give the same to within 0.01
UPPER = 0.4
RELATED = 0.3  # cosine of two lessons' titles; AUC is the same from 0.25 on, and less at 0.5
Pair = tuple[str, str, int]


def main() -> None:
    """Measure."""
    options = parser(__doc__)
    options.add_argument("--write", type=Path, metavar="FILE", help="train, and write this file")
    chosen = options.parse_args()
    alcpl = {domain: _alcpl(chosen.data, domain) for domain in DOMAINS}
    lecturebank = _lecturebank(chosen.data)
    titles = _lessons(chosen.data)
    names = sorted({
        *(name for pairs in (*alcpl.values(), lecturebank) for one in pairs for name in one[:2]),
        *chain(*titles),
    })  # fmt: skip
    vectors = dict(zip(names, embedded(names, chosen.cache), strict=True))
    oatutor = trained(_in_turn(titles, vectors), vectors)
    if chosen.write:
        _write(chosen.write, oatutor)
        return
    for domain in DOMAINS:
        _in_domain(domain, alcpl[domain], vectors)
        others = [one for other in DOMAINS if other != domain for one in alcpl[other]]
        _across(domain, "the two others", alcpl[domain], others, vectors)
        labels = np.array([one[2] for one in alcpl[domain]])
        print(
            f"{domain}, from oatutor: {_figures(labels, _scored(alcpl[domain], oatutor, vectors))}"
        )
    _lectures(chosen.data, lecturebank, oatutor, chosen.cache)
    _courses(chosen.data, oatutor, chosen.cache)


def trained(pairs: Sequence[Pair], vectors: dict[str, np.ndarray]) -> KnownPairs:
    """Learn of pairs of names."""
    names = sorted({name for one in pairs for name in one[:2]})
    at = {name: row for row, name in enumerate(names)}
    own = np.array([vectors[name] for name in names])
    left, right, labels = (np.array(one) for one in zip(
        *((at[first], at[second], label) for first, second, label in pairs), strict=True,
    ))  # fmt: skip
    alike = kernel(own, own)
    machine = SVC(C=STRENGTH, kernel="precomputed", class_weight="balanced")
    machine.fit(alike[np.ix_(left, left)] * alike[np.ix_(right, right)], labels)
    used = machine.support_
    return KnownPairs(own, left[used], right[used], machine.dual_coef_[0])


def _in_domain(domain: str, pairs: list[Pair], vectors: dict[str, np.ndarray]) -> None:
    labels = np.array([label for *_, label in pairs])
    scores = np.zeros(len(pairs))
    found = np.zeros(len(pairs), dtype=int)
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(pairs, labels):
        known = [pairs[row] for row in train]
        model = trained(known, vectors)
        scores[test] = _scored([pairs[row] for row in test], model, vectors)
        # The share that is known of the training is that of the test.
        found[test] = scores[test] > np.quantile(scores[test], 1 - labels[train].mean())
    print(f"{domain}, 5 folds: F1 {f1_score(labels, found):.3f}, AUC "
          f"{roc_auc_score(labels, scores):.3f} (RefD {REFD[domain]})", flush=True)  # fmt: skip


def _across(domain: str, by: str, pairs: list[Pair], others: list[Pair],
            vectors: dict[str, np.ndarray]) -> None:  # fmt: skip
    labels = np.array([one[2] for one in pairs])
    own = {frozenset(one[:2]) for one in pairs}
    unseen = [one for one in others if frozenset(one[:2]) not in own]
    told = "; without pairs that are in both: ".join(
        _figures(labels, _scored(pairs, trained(learned, vectors), vectors))
        for learned in (others, unseen)
    )
    print(f"{domain}, from {by}: {told}", flush=True)


def _scored(pairs: list[Pair], model: KnownPairs, vectors: dict[str, np.ndarray]) -> np.ndarray:
    names = sorted({name for one in pairs for name in one[:2]})
    at = {name: row for row, name in enumerate(names)}
    scores = model.scores(np.array([vectors[name] for name in names]))
    return np.array([scores[at[first], at[second]] for first, second, _ in pairs])


def _figures(labels: np.ndarray, scores: np.ndarray) -> str:
    found = scores > np.quantile(scores, 1 - UPPER)
    return f"F1 {f1_score(labels, found):.3f}, AUC {roc_auc_score(labels, scores):.3f}"


def _compared(name: str, pairs: list[tuple[int, int, int]], texts: list[str], titles: list[str],
              passages: list[str], known: KnownPairs, cache: Path | None) -> None:  # fmt: skip
    vectors, of_titles = embedded(texts, cache), embedded(titles, cache)
    references = reference_distance(
        titles, vectors, embedded(passages, cache), lambda rows: [passages[row] for row in rows]
    )
    left, right, labels = (np.array(one) for one in zip(*pairs, strict=True))
    ways = {
        "RefD": references,
        "nearness": vectors @ vectors.T,
        "learned": known.scores(of_titles),
        "RefD and nearness": standardized(references) + standardized(vectors @ vectors.T),
        "all three": needs(of_titles, references, known),
    }
    for way, scores in ways.items():
        print(f"{name}, {way}: {_figures(labels, scores[left, right])}")


def _courses(data: Path, known: KnownPairs, cache: Path | None) -> None:
    rows = rows_of(data / "courses/courses.jsonl")
    at = {one["id"]: row for row, one in enumerate(rows)}
    positive = {
        (at[one["course"]], at[one["needs"]])
        for one in rows_of(data / "courses/prerequisites.jsonl")
        if one["course"] in at and one["needs"] in at
    }
    texts = [one["text"] for one in rows]
    titles = [one["title"] for one in rows]
    _compared("courses", _with_others(positive, len(rows)), texts, titles, texts, known, cache)


def _lectures(data: Path, pairs: list[Pair], known: KnownPairs, cache: Path | None) -> None:
    names = sorted({name for one in pairs for name in one[:2]})
    at = {name: row for row, name in enumerate(names)}
    titles = [one["title"] for one in rows_of(data / "lecturebank/resources.jsonl")]
    numbered = [(at[first], at[second], label) for first, second, label in pairs]
    _compared("lecturebank", numbered, names, names, titles, known, cache)


def _lessons(data: Path) -> list[list[str]]:
    """The titles of the lessons of each course of ``oatutor``, in the order of the book."""
    rows = rows_of(data / "oatutor/lessons.jsonl")
    return [
        [one["topics"] for one in sorted(rows, key=lambda row: int(row["order"]))
         if one["course"] == course]
        for course in sorted({one["course"] for one in rows})
    ]  # fmt: skip


def _in_turn(courses: list[list[str]], vectors: dict[str, np.ndarray]) -> list[Pair]:
    """Lessons that have to do with each other: the later needs the earlier, and not the reverse."""
    pairs: list[Pair] = []
    for titles in courses:
        for at, later in enumerate(titles):
            for earlier in titles[:at]:
                if later != earlier and vectors[later] @ vectors[earlier] >= RELATED:
                    pairs += [(later, earlier, 1), (earlier, later, 0)]
    return pairs


def _alcpl(data: Path, domain: str) -> list[Pair]:
    rows = rows_of(data / f"alcpl/{domain}.jsonl")
    return [(one["concept"], one["other"], int(one["label"])) for one in rows]


def _lecturebank(data: Path) -> list[Pair]:
    """The source comes first, so the target needs it."""
    topics = {one["id"]: one["topic"] for one in rows_of(data / "lecturebank/topics.jsonl")}
    rows = rows_of(data / "lecturebank/prerequisites.jsonl")
    names = sorted({
        topics[one[end]] for one in rows for end in ("source", "target") if one[end] in topics
    })  # fmt: skip
    at = {name: row for row, name in enumerate(names)}
    positive = {
        (at[topics[one["target"]]], at[topics[one["source"]]])
        for one in rows
        if one["target"] in topics and one["source"] in topics
    }
    return [(names[a], names[b], label) for a, b, label in _with_others(positive, len(names))]


def _with_others(positive: set[tuple[int, int]], count: int) -> list[tuple[int, int, int]]:
    """The pairs, the same reversed, and as many drawn by chance."""
    chance = np.random.default_rng(0)
    pairs = [(a, b, 1) for a, b in sorted(positive)]
    pairs += [(b, a, 0) for a, b in sorted(positive) if (b, a) not in positive]
    drawn: list[tuple[int, int, int]] = []
    while len(drawn) < len(positive):
        a, b = chance.choice(count, 2, replace=False).tolist()
        if (a, b) not in positive:
            drawn.append((a, b, 0))
    return pairs + drawn


def _write(path: Path, model: KnownPairs) -> None:
    """As small as it can be without another result: concepts in 8 bits, weights in 16."""
    scale = 127 / np.abs(model.concepts).max(axis=1, keepdims=True)
    np.savez_compressed(
        path,
        concepts=np.round(model.concepts * scale).astype(np.int8),
        learned=model.learned.astype(np.int16),
        needed=model.needed.astype(np.int16),
        weights=model.weights.astype(np.float16),
    )
    print(f"{path}: {len(model.concepts)} concepts, {len(model.weights)} pairs, "
          f"{path.stat().st_size / 1024:.0f} KB")  # fmt: skip


if __name__ == "__main__":
    main()
