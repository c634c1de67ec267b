"""The map: python -m benchmarks.insights.map --data DIR [--count N] [--methods pca tsne umap]

Trustworthiness at 15, and the time that it takes, of the vectors of two sets; with ``--count``, of
so many vectors made of them.
"""

from __future__ import annotations

import time

import numpy as np

from benchmarks.insights.sets import parser, read_set
from ingest.similarity import unit
from rag_app.insights.map.projection import project
from rag_app.insights.map.trust import trustworthiness

SETS = ["newsgroups/train+test", "stackoverflow/titles"]


def main() -> None:
    given = parser(__doc__)
    given.add_argument("--count", type=int, metavar="N")
    given.add_argument("--methods", nargs="*", default=["pca", "tsne"])
    given.add_argument("--sets", nargs="*", default=SETS)
    options = given.parse_args()
    read = [read_set(options.data, name, options.cache).vectors for name in options.sets]
    vectors = np.concatenate(read)
    if options.count:
        by_chance = np.random.default_rng(0)
        rows = by_chance.integers(len(vectors), size=options.count)
        noise = by_chance.normal(0, 0.03, (options.count, vectors.shape[1]))
        vectors = unit(vectors[rows] + noise.astype(np.float32))
    for method in options.methods:
        began, used = time.perf_counter(), time.process_time()
        positions = project(vectors, method)
        took, used = time.perf_counter() - began, time.process_time() - used
        print(
            f"{method}: {len(vectors):,} vectors in {took:.0f} s ({used:.0f} s of a processor);"
            f" trustworthiness {trustworthiness(vectors, positions):.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
