"""Classes from 8 examples each of ``banking77``: accuracy, abstaining, and wrong labels found.

    python -m benchmarks.insights.classes --data BENCH/insights [--draws 10]

As MTEB: a logistic regression on 8 examples a class, drawn several times, the mean. *Abstaining
half*: accuracy of the half of the test that is most probable. *Wrong labels*: of all of ``train``,
a tenth is given another label, and these are to be pointed out.
"""

from __future__ import annotations

import numpy as np
from sklearn.metrics import f1_score

from benchmarks.insights.sets import parser, read_set
from rag_app.insights.classes.model import confident_from, learned, out_of_fold, suspects

EXAMPLES = 8


def main() -> None:
    """Measure."""
    options = parser(__doc__)
    options.add_argument("--draws", type=int, default=10)
    options.add_argument("--without-train", action="store_true", help="only 8 examples a class")
    chosen = options.parse_args()
    train = read_set(chosen.data, "banking77/train", chosen.cache)
    test = read_set(chosen.data, "banking77/test", chosen.cache)
    labels, wanted = np.array(train.labels), np.array(test.labels)
    figures = []
    for seed in range(chosen.draws):
        chance = np.random.default_rng(seed)
        rows = np.concatenate([
            chance.choice(np.flatnonzero(labels == label), EXAMPLES, replace=False)
            for label in np.unique(labels)
        ])  # fmt: skip
        own = labels[rows].tolist()
        model = learned(train.vectors[rows], own)
        probabilities = model.probabilities(test.vectors)
        predicted = np.array(model.labels)[probabilities.argmax(axis=1)]
        is_right, confidence = predicted == wanted, probabilities.max(axis=1)
        half = np.argsort(-confidence)[: len(wanted) // 2]
        found, _ = out_of_fold(train.vectors[rows], own)
        is_own = np.array(sorted(set(own)))[found.argmax(axis=1)] == np.array(own)
        above = confidence >= confident_from(found.max(axis=1), is_own, 0.95)
        figures.append((is_right.mean(), f1_score(wanted, predicted, average="macro"),
                        is_right[half].mean(), is_own.mean(), above.mean(),
                        is_right[above].mean() if above.any() else np.nan))  # fmt: skip
    mean = np.nanmean(figures, axis=0)
    print(f"8 examples a class, {chosen.draws} draws: accuracy {mean[0]:.4f} "
          f"(± {np.std(figures, axis=0)[0]:.4f}), macro F1 {mean[1]:.4f}; abstaining half "
          f"{mean[2]:.4f}; cross-validation said {mean[3]:.4f}; where a label is given by the "
          f"default of 0.95: {mean[5]:.4f} of a share of {mean[4]:.3f}")  # fmt: skip
    if chosen.without_train:
        return
    model = learned(train.vectors, train.labels)
    predicted = np.array(model.labels)[model.probabilities(test.vectors).argmax(axis=1)]
    print(f"all of train: accuracy {(predicted == wanted).mean():.4f}")
    chance = np.random.default_rng(1)
    wrong = chance.permutation(len(labels))[: len(labels) // 10]
    given = labels.copy()
    given[wrong] = chance.permutation(labels)[wrong]
    is_wrong = given != labels
    found, _ = out_of_fold(train.vectors, given.tolist())
    rows = suspects(found, given.tolist(), sorted(set(given.tolist())))
    print(f"wrong labels: {int(is_wrong.sum())} of {len(labels)}; pointed out {len(rows)}, "
          f"precision {is_wrong[rows].mean():.3f}, "
          f"recall {is_wrong[rows].sum() / is_wrong.sum():.3f}, "
          f"of the first 200 {is_wrong[rows[:200]].mean():.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
