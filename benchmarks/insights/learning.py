"""Objectives to material, and the order of lessons: ``oatutor``.

    python -m benchmarks.insights.learning --data BENCH/insights [--work DIR]

Each step of an exercise becomes a document, in a folder for each course, and is searched by the
engine. *Step to objective*: its objective among those of its course, hit@1 and @5, by meaning and
by words. *Objective to material*: with the objective as the query, whether a step of it is among
the first five (*covered*), and which share of the first five are its own; beside the search by
words alone (BM25). *Not taught*: the objectives of the two other courses against those of the
course itself, AUROC of the best passage's score, by which gaps are found. *Order*: Kendall's tau of
the proposed order of a course's lessons with the book's, the lessons given in the order of the
alphabet; also that of each score alone.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.stats import kendalltau
from sklearn.metrics import roc_auc_score

from benchmarks.insights.sets import embedded, parser, rows_of
from ingest import ingest_paths
from ingest.text.analyzer import stems
from rag_app import Engine, open_engine
from rag_app.insights.base.points import reading
from rag_app.insights.learning.order import in_order
from rag_app.insights.learning.path import ENOUGH
from rag_app.insights.learning.prerequisites import known_pairs, needs, reference_distance
from rag_app.retrieval.bm25 import bm25


def main() -> None:
    """Measure."""
    options = parser(__doc__)
    options.add_argument("--work", type=Path, metavar="DIR", help="where the store is kept")
    chosen = options.parse_args()
    lessons = rows_of(chosen.data / "oatutor/lessons.jsonl")
    steps = rows_of(chosen.data / "oatutor/steps.jsonl")
    courses = sorted({one["course"] for one in lessons})
    work = chosen.work or Path(tempfile.mkdtemp())
    store = _stored(steps, courses, work)
    steps_to_objectives(steps, lessons, courses, chosen.cache)
    with open_engine(store) as engine:
        objectives_to_material(engine, steps, lessons, courses)
        order_of_lessons(engine, lessons, courses)


def steps_to_objectives(steps: list, lessons: list, courses: list, cache: Path | None) -> None:
    """The objective of a step among those of its course."""
    ranks = defaultdict(list)
    for course in courses:
        names = _objectives(lessons, course)
        own = [one for one in steps if one["course"] == course and one["objectives"]]
        texts = [_text(one) for one in own]
        told = [_words(name) for name in names]
        by_meaning = embedded(texts, cache) @ embedded(told, cache).T
        of_names = [stems(name) for name in told]
        by_words = np.array([bm25(stems(text), of_names) for text in texts])
        mixed = _scaled(by_meaning) + _scaled(by_words)
        for way, scores in (("meaning", by_meaning), ("BM25", by_words), ("both", mixed)):
            best = np.argsort(-scores, axis=1, kind="stable")[:, :5]
            for row, one in zip(best.tolist(), own, strict=True):
                hits = [names[at] in one["objectives"] for at in row]
                ranks[way].append((hits[0], any(hits)))
    for way, found in ranks.items():
        first, five = np.mean(found, axis=0)
        print(f"step to objective, {way}: hit@1 {first:.3f}, hit@5 {five:.3f} ({len(found)} steps)")


def objectives_to_material(engine: Engine, steps: list, lessons: list, courses: list) -> None:
    """Steps of an objective among those of its course, and objectives that a course lacks."""
    of = {f"{courses.index(one['course'])}/{one['id']}.txt": one["objectives"] for one in steps}
    number = defaultdict(int)
    for one in steps:
        for name in one["objectives"]:
            number[one["course"], name] += 1
    for mode in ("hybrid", "keyword", "dense"):
        figures = []
        for at, course in enumerate(courses):
            for name in _objectives(lessons, course):
                if not number[course, name]:
                    continue
                hits = engine.search(_words(name), 5, {"folder": str(at)}, mode=mode)
                own = [name in of[hit.document] for hit in hits]
                figures.append((any(own[:1]), any(own), sum(own) / min(5, number[course, name])))
        one, five, recall = np.mean(figures, axis=0)
        print(f"objective to material, {mode}: covered@1 {one:.3f}, covered@5 {five:.3f}, "
              f"recall@5 (of five at most) {recall:.3f} ({len(figures)} objectives)")  # fmt: skip
    scores, is_own = [], []
    for at in range(len(courses)):
        for course in courses:
            for name in _objectives(lessons, course):
                if course != courses[at] and name in _objectives(lessons, courses[at]):
                    continue
                [hit, *_] = engine.search(_words(name), 1, {"folder": str(at)}) or [None]
                scores.append(hit.score if hit else 0.0)
                is_own.append(course == courses[at])
    found, own = np.array(scores), np.array(is_own)
    above = found >= ENOUGH
    print(f"not taught: AUROC {roc_auc_score(own, found):.3f}; at {ENOUGH}, "
          f"{above[own].mean():.3f} of the course's own have material, "
          f"{above[~own].mean():.3f} of the others'")  # fmt: skip
    for enough in (0.4, 0.45, 0.5, 0.55, 0.6, 0.65):
        print(f"  at {enough}: {(found >= enough)[own].mean():.3f}, "
              f"{(found >= enough)[~own].mean():.3f}")  # fmt: skip


def order_of_lessons(engine: Engine, lessons: list, courses: list) -> None:
    """Kendall's tau with the order of the book."""
    for at, course in enumerate(courses):
        own = sorted((one for one in lessons if one["course"] == course), key=lambda o: o["topics"])
        names, wanted = [one["topics"] for one in own], [int(one["order"]) for one in own]
        with reading(engine.collection, {"folder": str(at)}) as points:
            vectors = engine.embedder.encode(names)
            references = reference_distance(names, vectors, points.vectors, points.texts)
        known = known_pairs()
        ways = {
            "all": needs(vectors, references, known),
            "learned": needs(vectors, None, known),
            "RefD": references,
        }
        told = []
        for way, scores in ways.items():
            order = in_order(scores)
            place = np.empty(len(order))
            place[order] = np.arange(len(order))
            told.append(f"{way} {kendalltau(place, wanted).statistic:+.3f}")
        print(f"order, {course} ({len(names)} lessons): tau {', '.join(told)}")


def _stored(steps: list, courses: list, work: Path) -> Path:
    folder, store = work / "steps", work / "store"
    if not store.exists():
        for one in steps:
            path = folder / str(courses.index(one["course"])) / f"{one['id']}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_text(one), encoding="utf-8")
        ingest_paths([folder], store=store)
    return store


def _objectives(lessons: list, course: str) -> list[str]:
    return sorted(
        {
            name
            for one in lessons
            if one["course"] == course
            for name in one["objectives"]
            if _words(name)
        }
    )


def _words(name: str) -> str:
    return name.replace("_", " ").strip()


def _text(step: dict[str, str]) -> str:
    parts = (step["title"], step["body"], step["step"])
    return "\n".join(dict.fromkeys(filter(None, parts)))


def _scaled(scores: np.ndarray) -> np.ndarray:
    most = scores.max(axis=1, keepdims=True)
    return scores / np.where(most > 0, most, 1)


if __name__ == "__main__":
    main()
