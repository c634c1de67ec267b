"""Classes from examples: predicted, abstained from, checked, and written as a field."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from rag_app import AnswerSettings, open_engine
from rag_app.insights.classes.field import write_field
from rag_app.insights.classes.learn import learn_classes, read_examples
from rag_app.insights.classes.model import confident_from, suspects
from rag_app.insights.classes.records import Example

DOCUMENTS = {
    "oven.md": "Preheat the oven and grease the tin before the batter goes in.",
    "soup.md": "Simmer the stock with leeks and carrots, and season it at the end.",
    "tax.md": "The tax return is due in May, with all receipts of the year.",
    "loan.md": "The bank grants a loan at four per cent over ten years.",
}
TEXTS = {
    "cooking": ["Fry the onions in butter.", "Knead the dough.", "Boil the potatoes with salt."],
    "money": [
        "Pay the invoice within a month.",
        "The interest is paid yearly.",
        "Open an account.",
    ],
}
EXAMPLES = [Example(label, text=text) for label, texts in TEXTS.items() for text in texts]


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "metadata.jsonl").write_text(
        '{"document": "soup.md", "author": "Ada"}\n'
        '{"document": "tax.md", "subject": "law"}\nnot JSON\n',
        encoding="utf-8",
    )
    ingest_paths([folder], store=tmp_path / "store", embedder=embedder)
    return tmp_path / "store"


def test_a_few_examples_label_all_documents(store: Path, embedder: Embedder) -> None:
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
        found = learn_classes(
            engine.collection, embedder, EXAMPLES, texts=["How long do I bake bread?"]
        )
        assert {one.item: one.likeliest for one in found.documents} == {
            "oven.md": "cooking", "soup.md": "cooking", "tax.md": "money", "loan.md": "money",
        }  # fmt: skip
        assert found.texts[0].likeliest == "cooking"
        assert found.quality is not None
        assert found.quality.checked == 6

        written = write_field(engine.collection, found, "subject")
    assert written.kept == 1  # "law" was given by hand
    ingest_paths([store.parent / "documents"], store=store, embedder=embedder)
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
        metadata = {one.name: one.metadata for one in engine.documents()}
        assert metadata["tax.md"]["subject"] == "law"
        labelled = {one.item: one.label for one in found.documents if one.label}
        for name, label in labelled.items():
            if name != "tax.md":
                assert metadata[name]["subject"] == label
        assert metadata["soup.md"]["author"] == "Ada"
        hits = engine.search("dinner", where={"subject": "cooking"})
        assert {hit.document for hit in hits} <= {"oven.md", "soup.md"}
    lines = (store.parent / "documents/metadata.jsonl").read_text(encoding="utf-8").splitlines()
    assert "not JSON" in lines
    assert all(json.loads(line) for line in lines if line != "not JSON")


def test_bad_examples(store: Path, tmp_path: Path, embedder: Embedder) -> None:
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
        with pytest.raises(UsageError, match="two labels"):
            learn_classes(engine.collection, embedder, EXAMPLES[:3])
        with pytest.raises(UsageError, match="None of the examples"):
            learn_classes(engine.collection, embedder, [Example("a", document="gone.md")])
        few = [Example("a", text="Bread"), Example("b", text="Money"), Example("c", "gone.md")]
        found = learn_classes(engine.collection, embedder, few)
        assert found.quality is None
        assert any("too few examples" in note for note in found.basis.notes)
        assert any("left out" in note for note in found.basis.notes)
        with pytest.raises(UsageError, match="another name"):
            write_field(engine.collection, found, "title")
    (tmp_path / "empty.csv").write_text("label,text\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no example"):
        read_examples(tmp_path / "empty.csv")
    with pytest.raises(UsageError, match="cannot be read"):
        read_examples(tmp_path / "none.csv")


def test_a_wrong_label_is_pointed_out() -> None:
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.05, 0.95]])
    assert suspects(probabilities, ["a", "a", "b", "b", "a"], ["a", "b"]) == [4]


def test_the_threshold_is_where_enough_are_right() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6])
    assert confident_from(confidence, np.array([True, True, False, False]), 0.95) == 0.8
    assert confident_from(confidence, np.array([True, True, False, True]), 0.75) == 0.6
    assert confident_from(confidence, np.array([False] * 4), 0.5) > 1
