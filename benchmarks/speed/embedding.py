"""How quick embedding is, and how good: python -m benchmarks.speed.embedding [--bench-data DIR]
[--model multilingual-e5-small] [--abstracts 800]

Texts of mixed lengths are embedded by sentence-transformers and by the fast path in turns, and the
medians compared, so that a machine with other work gives the same ratio. Then how far the fast path
is from what the machine can do with 8-bit matrices, and where its time goes. ``--bench-data`` is a
folder with ``scifact/``: its abstracts are among the texts, and nDCG@10 of both is measured (about
ten minutes on two cores, most of them sentence-transformers'), over all abstracts or so many, those
that answer a claim first.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from ingest.embed.bert_graph import build_bert
from ingest.embed.embedder import Embedder
from ingest.embed.onnx_encoder import cores, open_session
from ingest.settings import DEFAULT_MODEL
from ingest.similarity import Vectors
from rag_app.eval.bench_sets import read_scifact
from rag_app.eval.metrics import rank_scores

DOCUMENTS = Path(__file__).resolve().parents[2] / "data" / "documents"
TEXTS = 128
# Words a text: headings, sentences, and chunks up to what the model reads.
LENGTHS = (3, 8, 15, 30, 60, 90, 120, 150, 180)
GEMM, GEMMS = 1024, 128
OPERATIONS = 2 * GEMM**3 * GEMMS


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench-data", type=Path)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--abstracts", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    scifact = options.bench_data / "scifact" if options.bench_data else None
    reference = Embedder(options.model, device="cpu", backend="torch")
    fast = Embedder(options.model, backend="onnx")
    texts = mixed_texts(scifact)
    lengths = [min(len(spans) + 2, 256) for spans in fast.token_spans(texts)]
    print(f"{len(texts)} texts of {min(lengths)} to {max(lengths)} tokens, {cores()} cores")
    expected, found = reference.encode(texts), fast.encode(texts)
    cosines = (expected * found).sum(axis=1)
    print(f"cosine to the reference: least {cosines.min():.4f}, mean {cosines.mean():.4f}")
    alone = np.vstack([fast.encode([text]) for text in texts])
    print(f"a text alone and among others: largest difference {np.abs(alone - found).max():.1e}")
    slow, quick, in_8, in_32 = in_turns(
        [
            lambda: reference.encode(texts),
            lambda: fast.encode(texts),
            _matrices(np.int8),
            _matrices(np.float32),
        ],
        options.rounds,
    )
    print(f"sentence-transformers {len(texts) / slow:6.1f} texts/s")
    print(f"fast path             {len(texts) / quick:6.1f} texts/s, {slow / quick:.2f} times")
    _compare_with_peak(fast, lengths, quick, OPERATIONS / in_8, OPERATIONS / in_32)
    if scifact:
        for name, embedder in (("fast path", fast), ("sentence-transformers", reference)):
            ndcg = _ndcg(embedder, scifact, options.abstracts)
            print(f"SciFact nDCG@10, {name}: {ndcg:.4f}")


def mixed_texts(scifact: Path | None) -> list[str]:
    """Runs of words of each length, from the sample documents and the abstracts."""
    words = " ".join(path.read_text("utf-8") for path in sorted(DOCUMENTS.rglob("*.md"))).split()
    if scifact:
        abstracts, _ = read_scifact(scifact)
        words += " ".join(text for _, text in list(abstracts.values())[:300]).split()
    chance = random.Random(0)
    lengths = [LENGTHS[number % len(LENGTHS)] for number in range(TEXTS)]
    chance.shuffle(lengths)
    starts = [chance.randrange(len(words) - length) for length in lengths]
    return [" ".join(words[s : s + n]) for s, n in zip(starts, lengths, strict=True)]


def in_turns(actions: Sequence[Callable[[], Any]], rounds: int) -> list[float]:
    """The median seconds of each action."""
    seconds: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for taken, action in zip(seconds, actions, strict=True):
            started = time.perf_counter()
            action()
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in seconds]


def _compare_with_peak(
    fast: Embedder, lengths: Sequence[int], seconds: float, in_8: float, in_32: float
) -> None:
    """What was computed, beside large matrices alone, in operations a second."""
    config = json.loads((Path(fast.path) / "config.json").read_text(encoding="utf-8"))
    width, wide = config["hidden_size"], config["intermediate_size"]
    layers = config["num_hidden_layers"]
    linear = sum(lengths) * layers * 2 * (4 * width * width + 2 * width * wide)
    attention = sum(4 * length * length * width for length in lengths) * layers
    print(f"large matrices: {in_8 / 1e9:.0f} GOP/s in 8 bits, {in_32 / 1e9:.0f} in float32")
    reached = (linear + attention) / seconds
    print(f"the fast path: {reached / 1e9:.0f} GOP/s, {reached / in_8:.0%} of 8-bit matrices")
    least = linear / in_8 + attention / in_32
    print(f"it takes {seconds:.2f} s; the same matrices at those rates take {least:.2f} s")
    print("on one core, where the time goes at 32 and at 256 tokens:")
    bert = build_bert(Path(fast.path), "mean")
    shares = [_profile(bert.graph, bert.words[:length]) for length in (32, 256)]
    for kind in sorted(shares[1], key=lambda kind: -shares[1][kind]):
        print(f"  {kind:24} {shares[0][kind]:6.1%} {shares[1][kind]:6.1%}")


def _matrices(kind: type[np.int8] | type[np.float32]) -> Callable[[], Any]:
    """Multiplies large matrices on all cores, each on its own: OPERATIONS in all."""
    whole = kind is np.int8
    weight = np.random.default_rng(0).integers(-127, 127, size=(GEMM, GEMM)).astype(kind)
    x_type, y_type = (
        (TensorProto.UINT8, TensorProto.INT32) if whole else (TensorProto.FLOAT, TensorProto.FLOAT)
    )
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger" if whole else "MatMul", ["x", "weight"], ["y"])],
        "matrices",
        [helper.make_tensor_value_info("x", x_type, [GEMM, GEMM])],
        [helper.make_tensor_value_info("y", y_type, [GEMM, GEMM])],
        [numpy_helper.from_array(weight, "weight")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    session = open_session(model.SerializeToString())
    x = np.abs(weight).astype(np.uint8 if whole else np.float32)
    pool = ThreadPoolExecutor(cores())
    return lambda: list(pool.map(lambda _: session.run(None, {"x": x}), range(GEMMS)))


def _profile(graph: bytes, words: Vectors) -> dict[str, float]:
    """The share of each kind of operator; of each node its lower quartile, against other work."""
    with tempfile.TemporaryDirectory() as folder:
        session = open_session(graph, profile=str(Path(folder) / "profile"))
        for _ in range(40):
            session.run(None, {"words": words[np.newaxis].astype(np.float32)})
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    times: dict[tuple[str, str], list[int]] = defaultdict(list)
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("kernel_time"):
            times[event["args"]["op_name"], event["name"]].append(event["dur"])
    taken: dict[str, float] = defaultdict(float)
    for (kind, _), durations in times.items():
        taken[kind] += float(np.percentile(durations, 25))
    total = sum(taken.values())
    return {kind: value / total for kind, value in taken.items()}


def _ndcg(embedder: Embedder, scifact: Path, most: int | None) -> float:
    """nDCG@10 over whole abstracts, by cosine alone."""
    abstracts, questions = read_scifact(scifact)
    answering = {one.document for question in questions for one in question.gold}
    names = sorted(abstracts, key=lambda name: name not in answering)[:most]
    documents = embedder.encode([" ".join(abstracts[name]).strip() for name in names])
    scores = embedder.encode_queries([question.text for question in questions]) @ documents.T
    rankings = []
    for row, question in zip(scores, questions, strict=True):
        gold = [one.document for one in question.gold]
        best = [names[place] for place in np.argsort(-row, kind="stable")[:10]]
        rankings.append((len(gold), [[gold.index(n)] if n in gold else [] for n in best]))
    return statistics.mean(one["ndcg@10"] for one in rank_scores(rankings))


if __name__ == "__main__":
    main()
