"""Topics against labels: python -m benchmarks.insights.topics --data DIR [--sets …] [--speed N]

For each layer, how many topics were found, ARI, AMI and V-measure of all texts (every text is
placed), and of the share whose neighbours agree most; and how far two seeds agree (AMI).
"""

from __future__ import annotations

import time

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, v_measure_score

from benchmarks.insights.sets import parser, read_set
from ingest.similarity import unit
from rag_app.clusters.cluster import Method, cluster

SETS = ["newsgroups/train+test", "newsgroups/subjects", "stackoverflow/titles"]
SURE = 0.9  # of the texts, for the figures of those that are placed most surely


def main() -> None:
    given = parser(__doc__)
    given.add_argument("--sets", nargs="*", default=SETS)
    given.add_argument("--method", default="graph")
    given.add_argument("--seeds", type=int, default=2)
    given.add_argument("--speed", type=int, metavar="N", help="time N vectors made of the first")
    options = given.parse_args()
    for name in options.sets:
        read = read_set(options.data, name, options.cache)
        labels = np.unique(read.labels, return_inverse=True)[1]
        count = int(labels.max()) + 1
        method: Method = options.method
        began, used = time.perf_counter(), time.process_time()
        runs = [
            cluster(
                unit(read.vectors),
                method,
                count if method == "kmeans" else None,
                seed,
                texts=lambda rows, texts=read.texts: [texts[row] for row in rows],
            )
            for seed in range(options.seeds)
        ]
        seconds = (time.perf_counter() - began) / len(runs)
        used = (time.process_time() - used) / len(runs)
        print(f"{name}: {len(labels):,} texts, {count} labels; {method}, {seconds:.0f} s", end="")
        print(f" ({used:.0f} s of a processor)")
        for at, found in enumerate(runs[0].layers):
            sure = np.argsort(-runs[0].certainty[at], kind="stable")[: int(SURE * len(labels))]
            agree = [
                adjusted_mutual_info_score(found, other.layers[at])
                for other in runs[1:]
                if at < len(other.layers)
            ]
            told = f", seeds {np.mean(agree):.3f}" if agree else ""
            print(
                f"  {found.max() + 1:4} topics: ARI {adjusted_rand_score(labels, found):.3f}"
                f" AMI {adjusted_mutual_info_score(labels, found):.3f}"
                f" V {v_measure_score(labels, found):.3f};"
                f" the surest {SURE:.0%}: ARI {adjusted_rand_score(labels[sure], found[sure]):.3f}"
                f" AMI {adjusted_mutual_info_score(labels[sure], found[sure]):.3f}{told}",
                flush=True,
            )
    if options.speed:
        read = read_set(options.data, options.sets[0], options.cache)
        by_chance = np.random.default_rng(0)
        rows = by_chance.integers(len(read.vectors), size=options.speed)
        noise = by_chance.normal(0, 0.03, (options.speed, read.vectors.shape[1]))
        made = unit(read.vectors[rows] + noise.astype(np.float32))
        began, used = time.perf_counter(), time.process_time()
        cluster(made, options.method, texts=lambda some: [read.texts[rows[row]] for row in some])
        print(
            f"{options.speed:,} vectors: {time.perf_counter() - began:.1f} s"
            f" ({time.process_time() - used:.1f} s of a processor)"
        )


if __name__ == "__main__":
    main()
