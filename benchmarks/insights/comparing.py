"""Similarity of sentences beside sentence-transformers, and analogies.

    python -m benchmarks.insights.comparing --data BENCH/insights [--reference]

``--reference`` embeds the sentences a second time with sentence-transformers itself (a minute).
"""

from __future__ import annotations

import csv
from collections import defaultdict

import numpy as np

from benchmarks.insights.sets import embedded, parser, rows_of
from ingest.embed.embedder import Embedder
from ingest.similarity import unit
from rag_app.insights.comparing.analogy import nearest_to_sum


def main() -> None:
    """Measure both."""
    from scipy.stats import spearmanr

    options = parser(__doc__)
    options.add_argument("--reference", action="store_true")
    chosen = options.parse_args()
    rows = rows_of(chosen.data / "stsbenchmark/dev.jsonl")
    sides = [[row[side] for row in rows] for side in ("text1", "text2")]
    scores = [float(row["score"]) for row in rows]
    one, other = (embedded(side, chosen.cache) for side in sides)
    for name, alike in (
        ("cosine", np.einsum("ij,ij->i", unit(one), unit(other))),
        ("dot", np.einsum("ij,ij->i", one, other)),
        ("Euclidean", -np.linalg.norm(one - other, axis=1)),
    ):
        print(f"STS dev, {len(rows)} pairs, Spearman of {name}: {spearmanr(alike, scores)[0]:.4f}")
    if chosen.reference:
        model = Embedder().model
        one, other = (model.encode(side, show_progress_bar=False) for side in sides)
        alike = np.einsum("ij,ij->i", unit(one), unit(other))
        print(f"sentence-transformers: {spearmanr(alike, scores)[0]:.4f}")
    with (chosen.data / "analogies/google.tsv").open(encoding="utf-8", newline="") as file:
        questions = list(csv.DictReader(file, delimiter="\t"))
    words = sorted({row[name] for row in questions for name in "abcd"})
    row_of = {word: row for row, word in enumerate(words)}
    vectors = unit(embedded(words, chosen.cache))
    right: defaultdict[str, list[bool]] = defaultdict(list)
    for row in questions:
        a, b, c, d = (row_of[row[name]] for name in "abcd")
        alike = nearest_to_sum(vectors, vectors[[b, c]], vectors[[a]], [a, b, c])
        right[row["category"]].append(int(alike.argmax()) == d)
    for category, own in right.items():
        print(f"{category:30} {np.mean(own):.3f} of {len(own)}")
    every = [one for own in right.values() for one in own]
    print(f"{'analogies, top-1':30} {np.mean(every):.3f} of {len(every)} among {len(words)} words")


if __name__ == "__main__":
    main()
