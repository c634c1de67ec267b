"""Tuning on public sets: nDCG@10 on a test that neither trained nor chose, before and after.

    python -m benchmarks.insights.tuning --data BENCH/insights [--sets medquad …] [--epochs 2 …]

``scifact``: the claims of ``scifact_train``, tested on those of ``../scifact`` among its abstracts.
``medquad``: its train, tested on its test, question to answer. ``legal_plain``: documents split in
halves by chance; summaries of the first half train, those of the second are asked among all texts.
``quora``: half of the duplicates of ``quora_pairs`` train, the other half are asked among all
second questions; the default model was trained on Quora, so little is left to gain. ``nothing``:
questions of medquad's train, each with the answer of another, from which nothing can be learned: no
model may be adopted. What the product would do (adopt or not, by questions held out of the training
part) is told beside the test.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.insights.sets import embedded, parser, rows_of
from ingest.embed.embedder import Embedder
from ingest.similarity import unit
from rag_app.eval.metrics import difference, mean_figure
from rag_app.insights.base.steps import Steps
from rag_app.tuning.measure import ndcg
from rag_app.tuning.records import Material, Pair, TuneOptions
from rag_app.tuning.tune import tune_on


@dataclass(frozen=True, slots=True)
class TuningSet:
    """Material to tune on, and a test: its passages, and pairs that point into these."""

    material: Material
    passages: Sequence[str]
    test: Sequence[Pair]


def main() -> None:
    """Measure."""
    options = parser(__doc__)
    options.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    for name, default in DEFAULTS.items():
        options.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    chosen = options.parse_args()
    tuning = TuneOptions(**{name: getattr(chosen, name) for name in DEFAULTS})
    for name in chosen.sets:
        measure(name, SETS[name](chosen.data), tuning, chosen.cache)


def measure(name: str, given: TuningSet, options: TuneOptions, cache: Path | None) -> None:
    """Tune, and print what came of it."""
    base, rows = Embedder(), range(len(given.passages))
    vectors = unit(embedded(list(given.passages), cache))
    before = ndcg(base, vectors, given.test, rows)
    print(f"{name}: {len(given.material.pairs)} pairs; test {len(given.test)} questions, "
          f"{len(rows)} passages: before {sum(before) / len(before):.4f}", flush=True)  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="rag-bench-tuning-") as place:
        folder, started, cpu = Path(place) / "model", time.perf_counter(), time.process_time()
        report = tune_on(given.material, base, folder, options=options, steps=Steps(_tell))
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        print(report.text(), flush=True)
        new = Embedder(str(folder))
        after = ndcg(new, unit(new.encode(list(given.passages))), given.test, rows)
    figure, gain = mean_figure(after), difference(after, before)
    assert figure is not None and gain is not None
    print(f"{name}: test nDCG@10 {sum(before) / len(before):.4f} -> {figure.value:.4f}, "
          f"{gain.value:+.4f} ({gain.low:+.4f} to {gain.high:+.4f}), "
          f"{'beyond' if gain.beyond_chance else 'within'} chance; "
          f"{'adopted' if report.is_better else 'not adopted'}; tuning took {seconds:.0f} s, "
          f"{cpu:.0f} s of processor; {json.dumps(report.summary()['training'])}",
          flush=True)  # fmt: skip


def _tell(doing: str, _: float) -> None:
    if "step" in doing:
        print(f"  {doing}", flush=True)


def scifact(data: Path) -> TuningSet:
    """Claims to abstracts, title and text joined as in BEIR."""
    corpus = rows_of(data.parent / "scifact" / "corpus.jsonl")
    row_of = {str(one["_id"]): row for row, one in enumerate(corpus)}
    passages = [f"{one['title']} {one['text']}".strip() for one in corpus]
    train = {one["id"]: one["text"] for one in rows_of(data / "scifact_train" / "queries.jsonl")}
    tested = rows_of(data.parent / "scifact" / "queries.jsonl")
    test = {str(one["_id"]): one["text"] for one in tested}

    def pairs(claims: Mapping[str, str], qrels: Path) -> list[Pair]:
        relevant: dict[str, list[int]] = defaultdict(list)
        for line in qrels.read_text(encoding="utf-8").splitlines()[1:]:
            claim, abstract, score = line.split("\t")
            if int(score) > 0:
                relevant[claim].append(row_of[abstract])
        return [
            Pair(claims[claim], tuple(sorted(found)), "gold", f"abstract {min(found)}")
            for claim, found in relevant.items()
            if claim in claims
        ]

    return TuningSet(
        Material(passages, pairs(train, data / "scifact_train" / "qrels.tsv")),
        passages,
        pairs(test, data.parent / "scifact" / "qrels.tsv"),
    )


def medquad(data: Path) -> TuningSet:
    """Questions to answers, of other diseases in the test."""
    train, test = (rows_of(data / "medquad" / f"{part}.jsonl") for part in ("train", "test"))
    return TuningSet(
        Material([one["answer"] for one in train], _answered(train)),
        [one["answer"] for one in test],
        _answered(test),
    )


def _answered(rows: Sequence[Mapping[str, str]]) -> list[Pair]:
    return [Pair(one["question"], (at,), "gold", one["focus"]) for at, one in enumerate(rows)]


def legal_plain(data: Path) -> TuningSet:
    """Summaries to texts; equal summaries share their texts."""
    rows = rows_of(data / "legal_plain" / "pairs.jsonl")
    documents = sorted({one["document"] for one in rows})
    random.Random(0).shuffle(documents)
    trained: set[str] = set()
    for document in documents:
        if sum(one["document"] in trained for one in rows) < len(rows) / 2:
            trained.add(document)
    relevant: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(rows):
        relevant[one["summary"]].append(at)
    pairs: dict[bool, list[Pair]] = {True: [], False: []}
    for summary, places in relevant.items():
        about = rows[places[0]]["document"]
        is_trained = all(rows[at]["document"] in trained for at in places)
        pairs[is_trained].append(Pair(summary, tuple(places), "gold", about))
    passages = [one["text"] for one in rows]
    return TuningSet(Material(passages, pairs[True]), passages, pairs[False])


def quora(data: Path) -> TuningSet:
    """A question to its duplicate."""
    rows = rows_of(data / "quora_pairs" / "pairs.jsonl")
    passages = list(dict.fromkeys(one["text2"] for one in rows))
    row_of = {text: row for row, text in enumerate(passages)}
    relevant: dict[str, set[int]] = defaultdict(set)
    for one in rows:
        if int(one["label"]):
            relevant[one["text1"]].add(row_of[one["text2"]])
    pairs = [
        Pair(asked, tuple(sorted(found)), "gold", f"question {min(found)}")
        for asked, found in relevant.items()
    ]
    random.Random(0).shuffle(pairs)
    half = len(pairs) // 2
    trained = {row for pair in pairs[:half] for row in pair.rows}
    test = [pair for pair in pairs[half:] if not trained & set(pair.rows)]
    return TuningSet(Material(passages, pairs[:half]), passages, test)


def nothing(data: Path) -> TuningSet:
    """Questions with the answers of others: nothing in them can be learned."""
    real = medquad(data)
    chosen = [pair for pair in real.material.pairs if pair.rows[0] < 500]
    others = list(range(500))
    random.Random(0).shuffle(others)
    wrong = [
        Pair(pair.question, (row,), "gold", pair.about)
        for pair, row in zip(chosen, others, strict=True)
    ]
    return TuningSet(Material(real.material.passages[:500], wrong), real.passages, real.test)


SETS: Mapping[str, Callable[[Path], TuningSet]] = {
    "medquad": medquad,
    "legal_plain": legal_plain,
    "scifact": scifact,
    "quora": quora,
    "nothing": nothing,
}
_OWN = TuneOptions()
DEFAULTS = {
    name: getattr(_OWN, name)
    for name in (
        "minutes",
        "epochs",
        "learning_rate",
        "batch",
        "negatives",
        "tokens",
        "passages",
        "seed",
    )
}


if __name__ == "__main__":
    main()
