"""A store that somebody made with malice, in a real process: no code of it runs, nothing outside it
changes, and each command ends soon, with the right answer or one clear line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.store.directory import Store
from tests.conftest import REPOSITORY
from tests.support.poisons import POISONS, Place
from tests.support.synthetic import HashEmbedder

SOON = 30.0  # seconds, on a busy machine; on an idle one most commands take one
DEFAULT = (
    "chunks are blobs",
    "blocks of some terabytes",
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of documents, and a store of it that the program made. Copied, never changed."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "docs").mkdir()
    for name, text in {
        "a.txt": "The red lamp means that the battery is low.\n",
        "b.md": "# Leave\n\nEveryone has 27 days of leave.\n",
        "metadata.jsonl": '{"document": "a.txt", "year": 2020, "shop": "Leeds"}\n',
    }.items():
        (folder / "docs" / name).write_text(text)
    ingest_paths([folder / "docs"], store=folder / "store", embedder=HashEmbedder())
    return folder


@pytest.mark.parametrize(
    "kind",
    [kind if kind in DEFAULT else pytest.param(kind, marks=pytest.mark.long) for kind in POISONS],
)
def test_a_poisoned_store_is_used_or_refused(sound: Path, tmp_path: Path, kind: str) -> None:
    shutil.copytree(sound / "store", tmp_path / "store")
    place = Place(
        Store(tmp_path / "store", "default"),
        tmp_path / "folder",
        tmp_path / "own" / "victim",
        tmp_path / "canary",
    )
    place.folder.mkdir()
    place.victim.parent.mkdir()
    place.victim.write_text("the user's own\n")
    place.victim.chmod(0o644)
    POISONS[kind](place)
    if place.store.catalog_path.is_file():
        shutil.copyfile(place.store.catalog_path, place.folder / "backup")
    store = ["--store", str(place.store.root)]
    commands = [
        ["status", *store],
        ["search", "lamp", *store],
        ["ask", "What does the red lamp mean?", *store],
        ["ask", "How many documents are there?", *store],
        ["doctor", *store],
        ["doctor", "--fix", *store],
        ["ingest", str(sound / "docs"), *store],
        ["search", "leave", "--mode", "keyword", *store],
        ["restore", str(place.folder / "backup"), "--store", str(tmp_path / "other")],
        ["search", "lamp", "--store", str(tmp_path / "other")],
        ["status", "--store", str(tmp_path / "other")],
    ]

    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.poisoned_child", json.dumps(commands)],
        cwd=place.folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(place.folder)])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"code": ')]
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
    assert len(said) == len(commands)
    codes = [one["code"] for one in said]
    assert set(codes) <= {0, 1, 2, 3}
    refused = [line for line in done.stderr.splitlines() if line.startswith("rag-app: ")]
    assert len(refused) == sum(code in (2, 3) for code in codes), done.stderr
    assert max(one["seconds"] for one in said) < SOON, said
    assert not place.canary.exists()
    assert place.victim.read_text() == "the user's own\n"
    assert place.victim.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in place.victim.parent.iterdir()] == ["victim"]
