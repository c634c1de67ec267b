"""Embedding on the CPU with ONNX Runtime: the fast path of ``ingest.embed.embedder``.

One text a run on one thread, and as many runs side by side as there are cores: no padding, no
threads that wait for each other inside a matrix, memory that does not grow, and a text's vector is
the same whatever is embedded beside it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.capi import onnxruntime_pybind11_state as errors

from ingest.embed.bert_graph import build_bert
from ingest.errors import EmbedderError
from ingest.similarity import Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# A text's tokens with their places are about 50 kB, so not all texts are tokenized at once.
TEXTS_AT_ONCE = 256
# So many tokens are much: one that embeds more at once lets others go first.
MUCH = 4_000
# They have no base of their own.
REFUSALS = (
    errors.Fail,
    errors.InvalidArgument,
    errors.InvalidGraph,
    errors.InvalidProtobuf,
    errors.NotImplemented,
    errors.RuntimeException,
)


class OnnxEncoder:
    """A BERT encoder in 8 bits. Threads may share it."""

    def __init__(
        self, directory: Path, tokenizer: Tokenizer, *, max_sequence: int, pooling: str
    ) -> None:
        """Build the model of a directory.

        ``tokenizer`` neither cuts nor pads. Raises UnknownArchitecture where the directory holds
        no BERT, EmbedderError where ONNX Runtime does not take it.
        """
        self._tokenizer = tokenizer
        self._max_sequence = max_sequence
        bert = build_bert(directory, pooling, unsigned=saturates())
        self._words = bert.words
        self._session = open_session(bert.graph)
        self._pool = ThreadPoolExecutor(cores(), thread_name_prefix="embed")

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), float32, in the order of the texts."""
        vectors = np.empty((len(texts), self._words.shape[1]), dtype=np.float32)
        for row, vector in enumerate(self._vectors(texts)):
            vectors[row] = vector
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def _vectors(self, texts: Sequence[str]) -> Iterator[Vectors]:
        for first in range(0, len(texts), TEXTS_AT_ONCE):
            encodings = self._tokenizer.encode_batch(list(texts[first : first + TEXTS_AT_ONCE]))
            inputs = [self._cut(one.ids) for one in encodings]
            if len(inputs) == 1:  # as a question is: it needs no other thread
                yield from map(self._run, inputs)
            elif sum(map(len, inputs)) > MUCH:
                yield from self._one_by_one(inputs)
            else:
                yield from self._pool.map(self._run, inputs)

    def _one_by_one(self, inputs: Sequence[list[int]]) -> Iterator[Vectors]:
        """No more in the pool than what keeps it busy: the sentences of a question, which are
        little, do not wait behind a folder that is being ingested."""
        waiting: deque[Future[Vectors]] = deque()
        for ids in inputs:
            if len(waiting) > cores():
                yield waiting.popleft().result()
            waiting.append(self._pool.submit(self._run, ids))
        yield from (one.result() for one in waiting)

    def _cut(self, ids: list[int]) -> list[int]:
        """As the reference cuts: the last token, which ends a text, stays."""
        return ids if len(ids) <= self._max_sequence else [*ids[: self._max_sequence - 1], ids[-1]]

    def _run(self, ids: list[int]) -> Vectors:
        words = np.asarray(self._words[ids], dtype=np.float32)
        (vector,) = self._session.run(None, {"words": words[np.newaxis]})
        return np.asarray(vector[0], dtype=np.float32)


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def saturates() -> bool:
    """Whether this processor's product of uint8 and int8 is wrong for large numbers.

    x86 without VNNI adds pairs of products up in 16 bits (``vpmaddubsw``):
    https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
    """
    size = 64
    weight = numpy_helper.from_array(np.full((size, size), 127, dtype=np.int8), "weight")
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["x", "weight"], ["y"])],
        "saturates",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, [size, size])],
        [helper.make_tensor_value_info("y", TensorProto.INT32, [size, size])],
        [weight],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    session = open_session(model.SerializeToString())
    (product,) = session.run(None, {"x": np.full((size, size), 255, dtype=np.uint8)})
    return bool((product != size * 255 * 127).any())


def open_session(
    model: bytes, *, threads: int = 1, profile: str | None = None
) -> onnxruntime.InferenceSession:
    """A session on the processor. ``profile`` is where a profile begins its file's name.

    Raises EmbedderError where ONNX Runtime does not take the model.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # The graph is as it should be; the optimizer would put SkipLayerNormalization in.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    if profile is not None:
        options.enable_profiling = True
        options.profile_file_prefix = profile
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except REFUSALS as error:
        raise EmbedderError(f"ONNX Runtime does not take the model ({error})") from error
