"""Small cross-encoders of random weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.embed.embedder import Embedder
from rag_app.retrieval.rerank import Reranker

HEAD = "BertForSequenceClassification"
Make = Callable[..., Path]
QUESTION = "What does error code E22 mean?"
TEXTS = ["Wind sensor path blocked.", "The lamp is red.", "", "E22 " * 900, "Ask the keeper. " * 40]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Make:
    """Makes a small BERT of random weights that scores pairs, and gives its directory."""

    def make(kind: str = HEAD, labels: int = 1, weight: float = 1.0, bias: float = 0.0) -> Path:
        import torch
        import transformers

        torch.manual_seed(3)
        config = transformers.BertConfig(
            vocab_size=30522,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            initializer_range=0.3,
            num_labels=labels,
        )
        model = getattr(transformers, kind)(config)
        if kind == HEAD:
            with torch.no_grad():
                model.classifier.weight *= weight
                model.classifier.bias += bias
        directory = tmp_path_factory.mktemp("cross-encoder")
        model.save_pretrained(directory)
        tokenizer = transformers.AutoTokenizer.from_pretrained(embedder.path)
        tokenizer.save_pretrained(directory)
        return directory

    return make


@pytest.fixture(scope="session")
def model(make: Make) -> Path:
    return make()


@pytest.fixture(scope="session")
def reranker(model: Path) -> Reranker:
    return Reranker(str(model), "cpu")
