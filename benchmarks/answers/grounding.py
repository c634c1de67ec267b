"""How well the check of sentences agrees with people: python -m benchmarks.answers.grounding
--bench-data DIR

Labelled sentences of several sets (the README in DIR says what they are), each checked against
all its passages, as if it cited them. Positive is "supported"; a "derived" one counts as
supported, "partial" labels as not. One threshold for all. With ``--fit`` the weights of
``rag_app.grounding.similarity`` are fitted anew and printed, with figures by cross-validation over
groups. Some minutes on two cores. With ``--judge`` a judge has the last word where the rules leave
it open, as in the program.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.answers.judges import HELP, judge_of
from benchmarks.answers.verify import passage_of
from ingest.embed.embedder import Embedder
from ingest.text.sentences import split_sentences
from rag_app.grounding.checker import BRINGS, Checker, Verdict
from rag_app.grounding.claims import makes_claim
from rag_app.grounding.judging import judged
from rag_app.grounding.markers import LLM_MARKER
from rag_app.grounding.support import HELD
from rag_app.retrieval.passage import Passage

BY_SENTENCE = ("ragtruth_qa", "mushroom", "faithbench", "qags")
FITTED = ("azure_answers", "azure_contrast", "ragtruth_qa", "attributionbench", "factcheckgpt",
          "scitab", "wice")  # fmt: skip
SETS = (*FITTED, "mushroom", "xnli")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, what it cites, and what people said of it."""

    file: str
    group: str
    pair: str
    text: str
    passages: tuple[str, ...]
    question: str
    label: str
    language: str


def main() -> None:
    """Check them, or fit the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench-data", type=Path, required=True, help="the folder of the sets")
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--judge", help=HELP)
    parser.add_argument("--sample", type=int, help="so many sentences of a set, the same each time")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--show", type=int, default=0, help="so many errors of each kind")
    options = parser.parse_args()
    embedder = Embedder()
    if options.fit:
        _fit(options.bench_data, embedder)
        return
    checker, judge = Checker(embedder), judge_of(options.judge)
    print(f"{'set':18} sentences  supported  others  balanced  called contradicted (right)")
    for name in options.sets:
        started = time.perf_counter()
        by_language: dict[str, list[tuple[Labelled, Verdict | None]]] = {}
        for one in _sampled(read(options.bench_data, name), options.sample):
            passages = _passages(one)
            verdict = None
            if makes_claim(one.text, passages, one.language):
                verdict = checker.check(
                    one.text, passages, one.question, one.language, one.language
                )
                if judge is not None:
                    near = [each.text for each in verdict.windows if each.coverage >= BRINGS]
                    verdict = judged(judge, one.text, one.language, verdict, near, passages)
            key = f"{name} {one.language}" if name in ("xnli", "mushroom") else name
            by_language.setdefault(key, []).append((one, verdict))
        for key, found in by_language.items():
            _report(key, found, options.show)
        print(f"{'':18} {time.perf_counter() - started:.0f} s", flush=True)
    if judge is not None and judge.note:
        print(judge.note)


def _report(name: str, found: Sequence[tuple[Labelled, Verdict | None]], show: int) -> None:
    held = [verdict is None or verdict.status in HELD for _, verdict in found]
    right = [one.label == "supported" for one, _ in found]
    yes = [h for h, r in zip(held, right, strict=True) if r]
    no = [not h for h, r in zip(held, right, strict=True) if not r]
    recalls = [sum(part) / len(part) if part else float("nan") for part in (yes, no)]
    against = [one for one, verdict in found if verdict and verdict.status == "contradicted"]
    wrong = [h for (one, _), h in zip(found, held, strict=True) if one.label == "contradicted"]
    print(
        f"{name:18} {len(found):9}  {recalls[0]:9.3f}  {recalls[1]:6.3f}  {np.mean(recalls):8.3f}  "
        f"{len(against)} ({sum(one.label != 'supported' for one in against)})"
        + (f"; contradicted called supported {np.mean(wrong):.3f}" if wrong else "")
    )
    if name == "azure_contrast":
        pairs: dict[str, list[bool]] = {}
        for (one, _), h, r in zip(found, held, right, strict=True):
            pairs.setdefault(one.pair, []).append(h == r)
        print(f"{'':18} pairs right {np.mean([all(p) for p in pairs.values()]):.3f}")
    for wanted in (True, False):
        errors = [f for f, h, r in zip(found, held, right, strict=True) if r is wanted and h != r]
        for one, verdict in errors[:show]:
            said = verdict and (verdict.status, round(verdict.score, 2), verdict.reason)
            print(f"  {one.label}: {one.text!r}\n    {said}")


def read(folder: Path, name: str) -> Iterator[Labelled]:
    """The sentences of one set."""
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            item: dict[str, Any] = json.loads(line)
            group, pair = item["id"].split("#")[0], item["id"].rpartition("-")[0]
            question, language = item.get("question") or "", item.get("language", "en")
            if name == "azure_answers":
                texts = {one["number"]: one["text"] for one in item["context"]}
                for sentence in item["sentences"]:
                    cited = tuple(texts[number] for number in sentence["cited"] if number in texts)
                    if sentence["label"] == "supported":
                        yield Labelled(name, group, pair, sentence["text"], cited, question,
                                       "supported", language)  # fmt: skip
                continue
            given = tuple(text for text in item["passages"] if text.strip())
            sentences = item["sentences"] if name in BY_SENTENCE else [
                {"text": item["claim"], "label": item["label"]}
            ]  # fmt: skip
            for sentence in sentences:
                if given and sentence["text"].strip():
                    text = LLM_MARKER.sub("", sentence["text"])
                    yield Labelled(name, group, pair, text, given, question,
                                   sentence["label"], language)  # fmt: skip


def _sampled(found: Iterator[Labelled], size: int | None) -> list[Labelled]:
    everything = list(found)
    if size is None or size >= len(everything):
        return everything
    return random.Random(0).sample(everything, size)


def _passages(one: Labelled) -> list[Passage]:
    return [_passage(text) for text in one.passages]


_made: dict[str, Passage] = {}


def _passage(text: str) -> Passage:
    if text not in _made:
        lines = text.splitlines(keepends=True)
        sentences = [part for line in lines for part in split_sentences(line)]
        _made[text] = passage_of("text", "", sentences or [text])
    return _made[text]


def _fit(folder: Path, embedder: Embedder) -> None:
    """Print the weights, fitted on what the rules leave open, each set and each label as heavy as
    the others; and what comes out with the rules, by cross-validation."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    checker = Checker(embedder)
    rows: list[Sequence[float]] = []
    kept: list[Labelled] = []
    settled: list[tuple[Labelled, bool]] = []
    for name in FITTED:
        for one in read(folder, name):
            passages = _passages(one)
            if not makes_claim(one.text, passages):
                settled.append((one, True))
                continue
            verdict = checker.check(one.text, passages, one.question)
            if verdict.by_rule:
                settled.append((one, verdict.status in HELD))
                continue
            rows.append(checker.features(one.text, passages, one.question))
            kept.append(one)
    x, y = np.array(rows), np.array([one.label == "supported" for one in kept])
    counts = Counter((one.file, one.label == "supported") for one in kept)
    weights = np.array([1 / counts[one.file, one.label == "supported"] for one in kept])
    weights *= len(kept) / weights.sum()
    groups = [one.group for one in kept]
    for columns in (x.shape[1], x.shape[1] - 1):
        part = x[:, :columns]
        guessed = np.zeros(len(kept))
        for train, test in GroupKFold(5).split(part, y, groups):
            model = LogisticRegression(max_iter=1000, C=10)
            model.fit(part[train], y[train], sample_weight=weights[train])
            guessed[test] = model.predict_proba(part[test])[:, 1]
        for name in FITTED:
            row = f"{name:18}"
            for threshold in (0.35, 0.4, 0.45, 0.5, 0.55):
                held = [(o, bool(g >= threshold)) for o, g in zip(kept, guessed, strict=True)]
                mine = [(o, h) for o, h in [*held, *settled] if o.file == name]
                yes = [h for o, h in mine if o.label == "supported"]
                no = [not h for o, h in mine if o.label != "supported"]
                both = (np.mean(yes) + np.mean(no)) / 2 if no else np.nan
                row += f"  {both:.3f} ({np.mean(yes):.2f}/{np.mean(no) if no else np.nan:.2f})"
            print(row)
        model = LogisticRegression(max_iter=1000, C=10).fit(part, y, sample_weight=weights)
        print(f"bias {model.intercept_[0]:.2f}, weights "
              f"{tuple(round(weight, 2) for weight in model.coef_[0].tolist())}")  # fmt: skip


if __name__ == "__main__":
    main()
