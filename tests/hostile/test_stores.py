"""Damaged stores and backups, hostile questions and whole answers of an LLM, in process."""

from __future__ import annotations

import random
import shutil
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic, process_time
from typing import Self

import pytest

from ingest import ingest_paths
from ingest.errors import RagError
from ingest.maintenance.backup import backup, restore
from ingest.store.directory import Store
from rag_app import Answer, AnswerSettings, open_engine
from rag_app.answer.draft import AnswerPrompt, Models
from rag_app.engine import Engine
from rag_app.ui.widgets.escape import markdown_html
from tests.hostile.inputs import mutated, text
from tests.hostile.test_kinds import Safe
from tests.support.synthetic import HashEmbedder

MOST_SECONDS = 5.0  # of the processor
HANGS = 60.0  # seconds by the clock
QUESTION = "What does the red lamp mean?"
SENTENCES = [
    "The red lamp means that the battery is low [1].", "It means 9 things [2].", "Not so [1][2].",
    "Everyone has 27 days of leave.", "[1", "1]", "\n- ",
]  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store, and a backup of it. Copied, never changed."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "docs").mkdir()
    (folder / "docs" / "a.txt").write_text("The red lamp means that the battery is low.\n")
    (folder / "docs" / "b.md").write_text("# Leave\n\nEveryone has 27 days of leave.\n")
    ingest_paths([folder / "docs"], store=folder / "store", embedder=HashEmbedder())
    backup(Store(folder / "store", "default"), folder / "backup")
    return folder


def engine_of(store: Path) -> Engine:
    return open_engine(store, answers=AnswerSettings(), embedder=HashEmbedder())


def used(store: Path) -> None:
    """A store's status and a search, each of which may be refused."""
    with suppress(RagError), engine_of(store) as engine:
        with suppress(RagError):
            engine.status()
        engine.search("red lamp")


def damaged_store(sound: Path, folder: Path, chance: random.Random) -> None:
    store = Path(shutil.copytree(sound / "store", folder / "store"))
    files = sorted(path for path in store.rglob("*") if path.is_file())
    for path in chance.sample(files, chance.randint(1, 2)):
        path.write_bytes(mutated(path.read_bytes(), chance))
    used(store)


def damaged_backup(sound: Path, folder: Path, chance: random.Random) -> None:
    folder.mkdir()
    (folder / "backup").write_bytes(mutated((sound / "backup").read_bytes(), chance))
    with suppress(RagError):
        restore(Store(folder / "store", "default"), folder / "backup", wait_seconds=0)
    used(folder / "store")


@pytest.mark.parametrize(
    "count", [pytest.param(6, id="few"), pytest.param(2_000, id="many", marks=pytest.mark.long)]
)
@pytest.mark.parametrize("kind", [damaged_store, damaged_backup])
def test_damaged_bytes_end_in_an_answer_or_an_error_of_ours(
    kind, count: int, sound: Path, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    canary.mkdir()
    slowest = 0.0
    for seed in range(count):
        start = monotonic()
        kind(sound, tmp_path / "tried", random.Random(f"{kind.__name__}-{seed}"))
        slowest = max(slowest, monotonic() - start)
        assert slowest < HANGS, (kind.__name__, seed)
        shutil.rmtree(tmp_path / "tried")
        assert list(tmp_path.iterdir()) == [canary] and not list(canary.iterdir())
    print(f"{kind.__name__}: {count:,} inputs, slowest {slowest:.3f} s by the clock")


class Scripted:
    """An LLM's answer that a seed has written, see ``answer.draft.AnswerStream``."""

    def __init__(self, text: str, _prompt: AnswerPrompt, *, stop: object = None) -> None:  # noqa: ARG002
        self.text, self.model, self.endpoint, self.max_tokens = text, "m", "http://localhost", 1000
        self.usage = self.call = None

    def __iter__(self):
        for at in range(0, len(self.text), 50):
            yield self.text[at : at + 50]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def questions(engine: Engine, chance: random.Random) -> None:
    asked = text(chance)
    with suppress(RagError):
        engine.search(asked, mode=chance.choice(["dense", "keyword", "hybrid"]))
    Safe().feed(markdown_html(engine.ask(asked).text))


def written(engine: Engine, chance: random.Random) -> None:
    said = "".join(
        chance.choice([chance.choice(SENTENCES), text(chance, 4)])
        for _ in range(chance.randint(1, 9))
    )
    said = said.encode("utf-8", "replace").decode()  # as all that an LLM sends is
    *_, answer = engine.stream(QUESTION, models=Models(partial(Scripted, said)))
    assert isinstance(answer, Answer)
    Safe().feed(markdown_html(answer.text))


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        pytest.param(questions, 15, id="few questions"),
        pytest.param(written, 15, id="few answers"),
        pytest.param(questions, 10_000, id="many questions", marks=pytest.mark.long),
        pytest.param(written, 3_000, id="many answers", marks=pytest.mark.long),
    ],
)
def test_what_is_asked_and_written_ends_in_an_answer_or_an_error_of_ours(
    kind, count: int, sound: Path
) -> None:
    slowest = 0.0
    with engine_of(sound / "store") as engine:
        for seed in range(count):
            start = process_time()
            with suppress(RagError):
                kind(engine, random.Random(f"{kind.__name__}-{seed}"))
            slowest = max(slowest, process_time() - start)
            assert slowest < MOST_SECONDS, (kind.__name__, seed)
    print(f"{kind.__name__}: {count:,} inputs, slowest {slowest:.3f} s")
