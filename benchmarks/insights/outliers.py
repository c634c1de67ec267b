"""Outliers against labels: python -m benchmarks.insights.outliers --data DIR

AUROC, the score from the normal class alone, of meaning alone, form alone and both. ``reuters``:
each class in turn normal, from ``train`` to ``test``; ``newsgroups``: the same with six groups of
subjects; ``sms_spam``: half of the ham normal, spam the outlier.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from benchmarks.insights.sets import LabelledSet, parser, read_set, rows_of
from rag_app.insights.outliers.scores import forms_of, strangeness_beside

SUBJECTS = {
    "comp": ("comp.",),
    "rec": ("rec.",),
    "sci": ("sci.",),
    "misc": ("misc.",),
    "pol": ("talk.politics",),
    "rel": ("talk.religion", "alt.atheism", "soc.religion"),
}


class Case(NamedTuple):
    """A normal class: which texts it is learned from, which are judged, which are strange."""

    name: str
    normal: npt.NDArray[np.int64]
    asked: npt.NDArray[np.int64]
    strange: npt.NDArray[np.bool_]


def main() -> None:
    options = parser(__doc__).parse_args()
    for name in ("sms_spam", "newsgroups", "reuters"):
        read, cases = _cases(options.data, options.cache, name)
        forms = forms_of(read.texts)
        figures: list[tuple[float, float, float]] = []
        for case in cases:
            found = strangeness_beside(
                (read.vectors[case.normal], forms[case.normal]),
                (read.vectors[case.asked], forms[case.asked]),
            )
            scores = (found.meaning, found.form, found.score)
            figures.append(tuple(roc_auc_score(case.strange, score) for score in scores))
            meaning, form, both = figures[-1]
            print(f"  {case.name:20} meaning {meaning:.3f} form {form:.3f} both {both:.3f}")
        meaning, form, both = np.mean(figures, axis=0)
        print(f"{name}: meaning {meaning:.3f}, form {form:.3f}, both {both:.3f}", flush=True)


def _cases(data: Path, cache: Path | None, name: str) -> tuple[LabelledSet, Iterator[Case]]:
    if name == "sms_spam":
        read = read_set(data, "sms_spam/messages", cache)
        return read, iter([_spam(np.array(read.labels))])
    if name == "newsgroups":
        read = read_set(data, "newsgroups/train+test", cache)
    else:
        parts = [read_set(data, f"{name}/{part}", cache) for part in ("train", "test")]
        read = LabelledSet(
            name,
            parts[0].texts + parts[1].texts,
            parts[0].labels + parts[1].labels,
            np.concatenate([part.vectors for part in parts]),
        )
    labels, first = np.array(read.labels), len(rows_of(data / name / "train.jsonl"))
    groups = SUBJECTS if name == "newsgroups" else {one: (one,) for one in sorted(set(labels))}
    return read, (_class(labels, first, group, heads) for group, heads in groups.items())


def _spam(labels: npt.NDArray[np.str_]) -> Case:
    ham = np.random.default_rng(0).permutation(np.flatnonzero(labels == "ham"))
    asked = np.concatenate([ham[len(ham) // 2 :], np.flatnonzero(labels == "spam")])
    return Case("spam", ham[: len(ham) // 2], asked, labels[asked] == "spam")


def _class(labels: npt.NDArray[np.str_], first: int, name: str, heads: tuple[str, ...]) -> Case:
    own = np.array([label.startswith(heads) for label in labels])
    asked = np.arange(first, len(labels))
    return Case(name, np.flatnonzero(own[:first]), asked, ~own[first:])


if __name__ == "__main__":
    main()
