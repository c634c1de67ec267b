"""A small collection, questions that its own model finds badly, and that small model."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest import IndexSettings, ingest_paths
from ingest.embed.embedder import Embedder
from tests.support.synthetic import save_tiny_bert

COUNT = 120
FILLER = """water stone light field paper green north music glass winter bread silver table
    garden river window market letter summer bridge copper engine forest history island""".split()


@dataclass(frozen=True)
class Ground:
    """A store, the model that it was built with, and files of questions."""

    store: Path
    model: Path
    questions: Path
    shuffled: Path

    @property
    def settings(self) -> IndexSettings:
        return IndexSettings(store=self.store, embedding_model=str(self.model))


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A BERT of one layer with weights by chance: it weighs every word alike."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        return save_tiny_bert(tmp_path_factory.mktemp("tiny"), embedder, 64)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Ground:
    """Each document says a name among many words that all documents use. Not to be changed."""
    folder = tmp_path_factory.mktemp("tuning")
    chance = random.Random(0)
    documents = folder / "documents"
    documents.mkdir()
    golds, lines = [], []
    for number in range(COUNT):
        name = "".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(4))
        words = [*chance.choices(FILLER, k=24), name]
        chance.shuffle(words)
        (documents / f"{number:03}.txt").write_text(f"The {' '.join(words)}.")
        golds.append({"document": f"{number:03}.txt"})
        lines.append({"id": number, "question": f"{' '.join(chance.choices(FILLER, k=3))} {name}?"})
    ground = Ground(
        folder / "store", tiny_model, folder / "questions.jsonl", folder / "shuffled.jsonl"
    )
    for path in (ground.questions, ground.shuffled):
        rows = [{**line, "gold": [gold]} for line, gold in zip(lines, golds, strict=True)]
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        chance.shuffle(golds)
    report = ingest_paths([documents], settings=ground.settings)
    assert report.counts["failed"] == 0
    return ground


@pytest.fixture
def ground(built: Ground, tmp_path: Path) -> Ground:
    """A copy that may be changed."""
    shutil.copytree(built.store, tmp_path / "store")
    return Ground(tmp_path / "store", built.model, built.questions, built.shuffled)
