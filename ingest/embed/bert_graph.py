"""A BERT encoder as an ONNX graph with 8-bit weights, built from its safetensors in memory.

The graph takes the word embeddings of *one* text and gives its vector before normalisation. One
text, because then nothing is padded or masked, and because a matrix's 8-bit scale is taken from
what is multiplied: with neighbours in the batch, a text's vector would depend on them. It is built
anew by each process, in about 0.2 s for the default model: there is no file that could be old,
damaged or half written, and neither torch nor transformers is needed.

Weights are quantized per output column, symmetrically; what is multiplied with them is quantized
as it comes: for attention per text (``DynamicQuantizeLinear`` of https://onnx.ai/onnx/operators),
for the feed-forward part per token, where single tokens have values far above all others (for a
tenth of the time, two thirds of the error are gone). Attention itself, softmax, GELU and layer
normalisation stay float32. The operators of the domain ``com.microsoft``
are ONNX Runtime's (docs/ContribOperators.md there). Its ``SkipLayerNormalization`` was measured
ten times as slow as an addition and a ``LayerNormalization``; its ``MatMulNBits`` half as quick as
``MatMulIntegerToFloat``; 8-bit signed activations a tenth (docs/LOG.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from safetensors import SafetensorError, safe_open

from ingest.errors import UnknownArchitecture

MICROSOFT = "com.microsoft"
# Held low on purpose: what every ONNX Runtime of the last years reads.
OPSET, IR_VERSION = 20, 9
# config.json's hidden_act to the attribute of ONNX's Gelu.
ACTIVATIONS = {"gelu": "none", "gelu_new": "tanh", "gelu_pytorch_tanh": "tanh"}
POOLINGS = ("mean", "cls")

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Bert:
    """A BERT encoder in two parts.

    ``words`` has shape (vocabulary, width), in the type that it is stored in, which for large
    vocabularies is float16; ``graph`` is a serialized ONNX model from
    ``words[ids]``, shape (1, tokens, width), to a vector, shape (1, width).
    """

    words: Array
    graph: bytes


def build_bert(directory: Path, pooling: str, *, unsigned: bool = False) -> Bert:
    """Read a model directory (config.json, model.safetensors) and build its graph.

    ``unsigned`` stores the weights as uint8, for processors that add up products of uint8 and
    int8 in 16 bits and saturate. Raises UnknownArchitecture where it is not a BERT as this file
    knows it.
    """
    try:
        config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
        _check(config, pooling)
        with safe_open(directory / "model.safetensors", framework="np") as weights:
            return _Builder(config, weights, unsigned).build(pooling)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise UnknownArchitecture(f"{directory} is not a BERT with safetensors: {error}") from error


def _check(config: dict[str, Any], pooling: str) -> None:
    known = (
        config.get("model_type") == "bert"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and config.get("hidden_act") in ACTIVATIONS
        and not config.get("is_decoder")
        and pooling in POOLINGS
    )
    if not known:
        raise UnknownArchitecture("Not an encoder of the BERT family with mean or CLS pooling")


@dataclass(frozen=True, slots=True)
class _Quantized:
    """Names of a matrix in uint8, its scale and zero point; of what each row is multiplied with."""

    values: str
    scale: str
    zero: str
    rows: str | None = None


@dataclass
class _Builder:
    config: dict[str, Any]
    weights: Any
    unsigned: bool
    nodes: list[NodeProto] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)

    def build(self, pooling: str) -> Bert:
        words = self._stored("embeddings.word_embeddings.weight")
        positions = self._weight("embeddings.position_embeddings.weight")
        first_type = self._weight("embeddings.token_type_embeddings.weight")[0]
        self.constants["positions"] = (positions + first_type)[np.newaxis]
        self.constants["zero"] = np.array([0])
        self.constants["one"] = np.array([1])
        self.constants["last"] = np.array([-1])
        self.constants["tiny"] = np.array(
            1e-12, dtype=np.float32
        )  # a row of zeros is divided by it
        self.constants["step"] = np.array(1 / 127, dtype=np.float32)
        self.constants["middle"] = np.array(128, dtype=np.uint8)
        length = self._node("Shape", ["words"], start=1, end=2)
        places = self._node("Slice", ["positions", "zero", length, "one"])
        x = self._normalized("embeddings.LayerNorm", "words", places)
        for layer in range(self.config["num_hidden_layers"]):
            x = self._layer(f"encoder.layer.{layer}.", x)
        if pooling == "mean":
            self._node("ReduceMean", [x, "one"], output="vector", keepdims=0)
        else:
            self.constants["first"] = np.array(0)
            self._node("Gather", [x, "first"], output="vector", axis=1)
        return Bert(words, self._model(words.shape[1]).SerializeToString())

    def _layer(self, prefix: str, x: str) -> str:
        quantized = self._quantized(x)
        parts = [
            self._linear(f"{prefix}attention.self.{part}", quantized)
            for part in ("query", "key", "value")
        ]
        heads = self.config["num_attention_heads"]
        attended = self._node("MultiHeadAttention", parts, domain=MICROSOFT, num_heads=heads)
        out = self._linear(f"{prefix}attention.output.dense", self._quantized(attended))
        x = self._normalized(f"{prefix}attention.output.LayerNorm", out, x)
        wide = self._linear(f"{prefix}intermediate.dense", self._quantized_rows(x))
        active = self._node("Gelu", [wide], approximate=ACTIVATIONS[self.config["hidden_act"]])
        out = self._linear(f"{prefix}output.dense", self._quantized_rows(active))
        return self._normalized(f"{prefix}output.LayerNorm", out, x)

    def _quantized(self, x: str) -> _Quantized:
        """With one scale for all."""
        outputs = [f"{x}/uint8", f"{x}/scale", f"{x}/zero"]
        self.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], outputs))
        return _Quantized(*outputs)

    def _quantized_rows(self, x: str) -> _Quantized:
        """With a scale for each row: each is divided by its largest value first."""
        largest = self._node("ReduceMax", [self._node("Abs", [x]), "last"], keepdims=1)
        largest = self._node("Add", [largest, "tiny"])
        unit = self._node("Div", [x, largest])
        values = self._node("QuantizeLinear", [unit, "step", "middle"])
        return _Quantized(values, "step", "middle", largest)

    def _linear(self, name: str, x: _Quantized) -> str:
        """``x @ weight.T + bias`` in 8 bits, the sums in 32."""
        weight = self._weight(f"{name}.weight").T
        scale = np.abs(weight).max(axis=0) / np.float32(127)
        scale[scale == 0] = 1
        whole = np.rint(weight / scale)
        kind, zero = (np.uint8, 128) if self.unsigned else (np.int8, 0)
        constants = {
            "weight": (whole + zero).astype(kind),
            "scale": scale,
            "zero": np.full(len(scale), zero, dtype=kind),
            "bias": self._weight(f"{name}.bias"),
        }
        self.constants |= {f"{name}/{key}": value for key, value in constants.items()}
        inputs = [x.values, f"{name}/weight", x.scale, f"{name}/scale", x.zero, f"{name}/zero"]
        if x.rows is None:
            return self._node("MatMulIntegerToFloat", [*inputs, f"{name}/bias"], domain=MICROSOFT)
        product = self._node("MatMulIntegerToFloat", inputs, domain=MICROSOFT)
        return self._node("Add", [self._node("Mul", [product, x.rows]), f"{name}/bias"])

    def _normalized(self, name: str, x: str, other: str) -> str:
        """Layer normalisation of a sum."""
        for part in ("weight", "bias"):
            self.constants[f"{name}/{part}"] = self._weight(f"{name}.{part}")
        return self._node(
            "LayerNormalization",
            [self._node("Add", [x, other]), f"{name}/weight", f"{name}/bias"],
            epsilon=self.config["layer_norm_eps"],
        )

    def _node(
        self,
        kind: str,
        inputs: list[str],
        *,
        domain: str = "",
        output: str = "",
        **attributes: Any,
    ) -> str:
        output = output or f"{kind}:{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def _weight(self, name: str) -> Array:
        return np.asarray(self._stored(name), dtype=np.float32)

    def _stored(self, name: str) -> Array:
        if f"bert.{name}" in self.weights.keys():  # noqa: SIM118 (not a dict: it has no `in`)
            name = f"bert.{name}"
        return np.asarray(self.weights.get_tensor(name))

    def _model(self, width: int) -> ModelProto:
        constants = [
            numpy_helper.from_array(np.ascontiguousarray(value), name)
            for name, value in self.constants.items()
        ]
        graph = helper.make_graph(
            self.nodes,
            "bert",
            [helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, "tokens", width])],
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, width])],
            constants,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
