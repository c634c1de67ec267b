"""Recommending films of ``movielens``: from their plots, and with the ratings of others.

    python -m benchmarks.insights.recommend --data BENCH/insights [--tune]

Of each user with 10 liked films (4.0 or more), the first 80 % by time are known; the later liked
ones are to be found among all films that the user has not rated by then. *Words alone*: only films
with a plot. *New*: of these, the later liked ones that nobody had rated in the known part, among
all such films: where the item is new, ratings say nothing.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from benchmarks.insights.sets import embedded, parser, rows_of
from rag_app.insights.related import scores as scoring

Scores = npt.NDArray[np.float64]
LIKED = 4.0
DEPTH = 10
# What a user's known films are, by row: their weights; and the rows of those they liked later.
Split = tuple[dict[int, float], set[int], set[int]]


def main() -> None:
    """Measure popularity, random, words, ratings, and both."""
    options = parser(__doc__)
    options.add_argument("--tune", action="store_true", help="other powers and shrinkages too")
    chosen = options.parse_args()
    films = rows_of(chosen.data / "movielens/items.jsonl")
    rated = _ratings(chosen.data / "movielens/ratings.csv")
    plots = [film for film in films if film.get("plot")]
    vectors = embedded([film["plot"] for film in plots], chosen.cache)
    row_of = {int(film["id"]): row for row, film in enumerate(plots)}
    splits = _splits(rated, row_of)
    print(f"films with a plot: {len(plots)}, users {len(splits)}")
    _report(splits, vectors, len(plots))
    by_many = {row for known, *_ in splits for row in known}
    new = [
        (known, later - by_many, (by_many | seen) - (later - by_many))
        for known, later, seen in splits
    ]
    new = [split for split in new if split[1]]
    print(f"new films: {len(plots) - len(by_many)}, users {len(new)}")
    _report(new, vectors, len(plots), train=splits)
    every = {int(film["id"]): row for row, film in enumerate(films)}
    splits = _splits(rated, every)
    whole = np.zeros((len(films), vectors.shape[1]), dtype=np.float32)
    whole[[every[int(film["id"])] for film in plots]] = vectors
    print(f"all films: {len(films)}, users {len(splits)}")
    _report(splits, whole, len(films))
    if chosen.tune:
        for power in (1, 2, 3, 5, 8):
            scoring.POWER = power
            print("power", power, end=" ")
            _measured("words", _splits(rated, row_of), vectors, _words(vectors))
        for shrinkage in (0, 5, 10, 30, 100):
            scoring.SHRINKAGE = shrinkage
            print("shrinkage", shrinkage, end=" ")
            alike = scoring.item_item(_matrix(splits, len(films)))
            _measured("ratings", splits, whole, lambda known, alike=alike: scoring.by_ratings(
                alike, list(known), list(known.values())).sum(axis=0))  # fmt: skip


def _ratings(path: Path) -> dict[str, list[tuple[int, int, float]]]:
    """(time, film, rating) of each user, in order of time."""
    found: defaultdict[str, list[tuple[int, int, float]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["user"]].append(
                (int(row["timestamp"]), int(row["item"]), float(row["rating"]))
            )
    return {user: sorted(own) for user, own in found.items()}


def _splits(
    rated: Mapping[str, Sequence[tuple[int, int, float]]], row_of: Mapping[int, int]
) -> list[Split]:
    """The known liked films with weights, the later liked ones, and all that was rated by then."""
    splits: list[Split] = []
    for own in rated.values():
        here = [(row_of[item], rating) for _, item, rating in own if item in row_of]
        if sum(rating >= LIKED for _, rating in here) < 10:
            continue
        cut = int(len(here) * 0.8)
        known = {row: rating - LIKED + 1 for row, rating in here[:cut] if rating >= LIKED}
        seen = {row for row, _ in here[:cut]}
        later = {row for row, rating in here[cut:] if rating >= LIKED} - seen
        if known and later:
            splits.append((known, later, seen))
    return splits


def _matrix(splits: Sequence[Split], count: int) -> csr_matrix:
    entries = [
        (user, row, weight)
        for user, (known, *_) in enumerate(splits)
        for row, weight in known.items()
    ]
    users, rows, values = zip(*entries, strict=True)
    return csr_matrix((values, (users, rows)), shape=(len(splits), count))


def _words(vectors: npt.NDArray[np.float32]) -> Callable[[Mapping[int, float]], Scores]:
    return lambda known: scoring.by_meaning(vectors, list(known), list(known.values())).sum(axis=0)


def _report(
    splits: Sequence[Split],
    vectors: npt.NDArray[np.float32],
    count: int,
    *,
    train: Sequence[Split] | None = None,
) -> None:
    ratings = _matrix(train or splits, count)
    popular = np.asarray((ratings > 0).sum(axis=0), dtype=float).ravel()
    alike = scoring.item_item(ratings)
    words = _words(vectors)
    chance = np.random.default_rng(1)

    def others(known: Mapping[int, float]) -> Scores:
        return scoring.by_ratings(alike, list(known), list(known.values())).sum(axis=0)

    def both(known: Mapping[int, float]) -> Scores:
        return scoring.as_shares(words(known)) + scoring.as_shares(others(known))

    ways: dict[str, Callable[[Mapping[int, float]], Scores]] = {
        "random": lambda _known: chance.random(count),
        "most popular": lambda _known: popular + chance.random(count) / 2,
        "words alone": words,
        "ratings": others,
        "both": both,
    }
    for name, way in ways.items():
        _measured(name, splits, vectors, way)
    _measured("both, with diversity", splits, vectors, both, diversity=scoring.DIVERSITY)


def _measured(
    name: str,
    splits: Sequence[Split],
    vectors: npt.NDArray[np.float32],
    way: Callable[[Mapping[int, float]], Scores],
    *,
    diversity: float | None = None,
) -> None:
    figures = []
    discounts = 1 / np.log2(np.arange(2, DEPTH + 2))
    for known, later, seen in splits:
        scores = np.array(way(known), dtype=float)
        scores[list(seen | set(known))] = -np.inf
        if diversity is None:
            top = np.argsort(-scores, kind="stable")[:DEPTH].tolist()
        else:
            top = scoring.diverse(scores, vectors, DEPTH, diversity)
        hits = np.array([row in later for row in top])
        ideal = discounts[: min(len(later), DEPTH)].sum()
        figures.append((hits @ discounts[: len(hits)] / ideal, hits.sum() / len(later), hits.any()))
    ndcg, recall, hit = np.mean(figures, axis=0)
    print(f"  {name:22} nDCG@10 {ndcg:.4f}  recall@10 {recall:.4f}  hit@10 {hit:.4f}")


if __name__ == "__main__":
    main()
