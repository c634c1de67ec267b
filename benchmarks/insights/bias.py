"""WEAT and SEAT, professions, CrowS-Pairs, and what debiasing by projection costs.

    python -m benchmarks.insights.bias --data BENCH/insights [--scifact BENCH/scifact]

Each of the 26 tests is computed a second time, plainly, in Python's own floats. *CrowS*: a sentence
encoder gives no likelihood, so here each sentence is compared with what both have in common, the
words that differ left out: the share of pairs whose more stereotyping sentence is the nearer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.insights.sets import embedded, parser, rows_of
from ingest.similarity import Vectors, unit
from rag_app.insights.bias.association import association
from rag_app.insights.bias.projection import direction, without


def main() -> None:
    """Measure all of it."""
    options = parser(__doc__)
    options.add_argument("--scifact", type=Path, help="for what debiasing costs")
    chosen = options.parse_args()
    folder, cache = chosen.data / "bias", chosen.cache
    pairs = json.loads((folder / "gender_pairs.json").read_text(encoding="utf-8"))["definitional"]
    women, men = (embedded([pair[side] for pair in pairs], cache) for side in (0, 1))
    axis = direction(men, women)
    farthest = 0.0
    for path in sorted(folder.glob("*.jsonl")):
        if path.stem in ("professions", "crows_pairs"):
            continue
        test = json.loads(path.read_text(encoding="utf-8"))
        sets = [
            embedded(test[name]["examples"], cache) for name in ("targ1", "targ2", "attr1", "attr2")
        ]
        found = association(*sets)
        farthest = max(farthest, abs(found.effect - _plain(sets)))
        projected = association(*(without(one, axis) for one in sets))
        sampled = "" if found.is_exact else " (sampled)"
        print(f"{path.stem:45} d {found.effect:+.3f}  p {found.p:.5f}{sampled}  without gender "
              f"{projected.effect:+.3f}", flush=True)  # fmt: skip
    print(f"farthest from the plain computation: {farthest:.1e}")
    professions(folder, axis, cache)
    crows(folder, cache)
    if chosen.scifact:
        cost(chosen.scifact, axis, cache)


def _plain(sets: Sequence[Vectors]) -> float:
    """The effect size as the definition reads: a cosine at a time, in float64."""
    vectors = [[np.array(row, dtype=np.float64) for row in each] for each in sets]
    lengths = [[math.sqrt(float(np.dot(row, row))) for row in each] for each in vectors]

    def mean(kind: int, target: int, attributes: int) -> float:
        row, length = vectors[kind][target], lengths[kind][target]
        pairs = zip(vectors[attributes], lengths[attributes], strict=True)
        cosines = [float(np.dot(row, other)) / (length * of_other) for other, of_other in pairs]
        return math.fsum(cosines) / len(cosines)

    scores = [
        [mean(kind, row, 2) - mean(kind, row, 3) for row in range(len(vectors[kind]))]
        for kind in (0, 1)
    ]
    every = [*scores[0], *scores[1]]
    middle = math.fsum(every) / len(every)
    spread = math.sqrt(math.fsum((score - middle) ** 2 for score in every) / (len(every) - 1))
    means = [math.fsum(own) / len(own) for own in scores]
    return (means[0] - means[1]) / spread


def professions(folder: Path, axis: Vectors, cache: Path | None) -> None:
    """Spearman of the gender direction of professions with how people judge them."""
    from scipy.stats import spearmanr

    rows = rows_of(folder / "professions.jsonl")
    along = embedded([row["word"].replace("_", " ") for row in rows], cache) @ axis
    for name in ("stereotypical", "definitional"):
        rho, p = spearmanr(along, [float(row[name]) for row in rows])
        print(f"{len(rows)} professions, Spearman with {name}: {rho:.3f}, p {p:.1e}")


def crows(folder: Path, cache: Path | None) -> None:
    """The share of pairs whose more stereotyping sentence is nearer to what both share."""
    rows = rows_of(folder / "crows_pairs.jsonl")
    shared = []
    for row in rows:
        other = row["less"].split()
        shared.append(" ".join(word for word in row["more"].split() if word in other))
    more, less, middle = (
        embedded(texts, cache)
        for texts in ([row["more"] for row in rows], [row["less"] for row in rows], shared)
    )
    nearer = np.einsum("ij,ij->i", more, middle) > np.einsum("ij,ij->i", less, middle)
    error = 1.96 * math.sqrt(0.25 / len(rows))
    print(f"CrowS: {nearer.mean():.3f} of {len(rows)} (even would be 0.5 ± {error:.3f})")


def cost(folder: Path, axis: Vectors, cache: Path | None) -> None:
    """nDCG@10 on SciFact by meaning alone, as it is and without the direction of gender."""
    documents = rows_of(folder / "corpus.jsonl")
    questions = rows_of(folder / "queries.jsonl")
    gold: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        parts = line.split("\t")
        if parts[-1].isdigit() and int(parts[-1]) > 0:
            gold.setdefault(parts[0], set()).add(parts[-2])
    corpus = embedded([f"{one['title']} {one['text']}" for one in documents], cache)
    asked = embedded([one["text"] for one in questions], cache)
    names = [str(one.get("id", one.get("_id"))) for one in documents]
    for name, own, others in (
        ("as it is", asked, corpus),
        ("without gender", without(asked, axis), without(corpus, axis)),
    ):
        figures = []
        for question, row in zip(questions, unit(own) @ unit(others).T, strict=True):
            wanted = gold.get(str(question.get("id", question.get("_id"))))
            if not wanted:
                continue
            top = [names[at] in wanted for at in np.argsort(-row)[:10]]
            best = sum(1 / math.log2(rank + 2) for rank in range(min(10, len(wanted))))
            figures.append(sum(hit / math.log2(rank + 2) for rank, hit in enumerate(top)) / best)
        print(f"SciFact, nDCG@10 over {len(figures)} questions, {name}: {np.mean(figures):.4f}")


if __name__ == "__main__":
    main()
