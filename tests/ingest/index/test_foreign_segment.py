"""A segment that somebody else made runs nothing of theirs."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ingest.errors import StoreError
from ingest.index import segments
from ingest.index.chroma import COLLECTION, DATABASE, open_client
from ingest.index.reader import OpenSegment, open_index

EVIL = {
    "type": "known",
    "name": "sentence_transformer",
    "config": {
        "model_name": "model",
        "device": "cpu",
        "normalize_embeddings": False,
        "kwargs": {"trust_remote_code": True},
    },
}


@pytest.mark.parametrize("column", ["config_json_str", "schema_str"])
def test_an_embedding_function_in_a_segment_is_never_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    marker = tmp_path / "marker"
    code = tmp_path / "code"
    code.mkdir()
    (code / "sentence_transformers.py").write_text(f"open({str(marker)!r}, 'w').close()\n")
    monkeypatch.syspath_prepend(code)
    monkeypatch.delitem(__import__("sys").modules, "sentence_transformers", raising=False)
    building = segments.begin(tmp_path / "index")
    client = open_client(building)
    client.create_collection(COLLECTION, embedding_function=None).upsert(
        ["a"], np.array([[1.0, 0.0]], dtype=np.float32)
    )
    client.close()
    with closing(sqlite3.connect(building / DATABASE)) as database, database:
        [(text,)] = database.execute(f"SELECT {column} FROM collections").fetchall()
        said = json.loads(text)
        if column == "schema_str":
            vectors = said["keys"]["#embedding"]["float_list"]["vector_index"]
            vectors["config"]["embedding_function"] = EVIL
        else:
            said["embedding_function"] = EVIL
        database.execute(f"UPDATE collections SET {column} = ?", (json.dumps(said),))
    segment = segments.finish(building, 0, 1, chunks=1)  # with checksums that are right

    with pytest.raises(StoreError, match="embedding function"):
        OpenSegment(segment)
    index = open_index(tmp_path / "index")

    assert index.damaged == {segment.name}
    assert not marker.exists()


POISONS = {
    "a view that answers Chroma otherwise": """
        ALTER TABLE collections RENAME TO kept;
        CREATE VIEW collections AS SELECT * FROM kept WHERE sqlite_version() <> '3'
    """,
    "a trigger": "CREATE TRIGGER t AFTER UPDATE ON collections BEGIN DELETE FROM segments; END",
    "an index with a copy": "CREATE INDEX i ON collections (name, config_json_str)",
    "a computed column": "ALTER TABLE collections ADD COLUMN c TEXT AS (upper(name))",
}


@pytest.mark.parametrize("kind", [*POISONS, "a link to another folder"])
def test_a_segment_holds_what_chroma_makes_and_nothing_else(tmp_path: Path, kind: str) -> None:
    building = segments.begin(tmp_path / "index")
    client = open_client(building)
    client.create_collection(COLLECTION, embedding_function=None).upsert(
        ["a"], np.array([[1.0, 0.0]], dtype=np.float32)
    )
    client.close()
    if kind in POISONS:
        with closing(sqlite3.connect(building / DATABASE)) as database, database:
            database.executescript(POISONS[kind])
    else:
        (building / "elsewhere").symlink_to(tmp_path, target_is_directory=True)
    segment = segments.finish(building, 0, 1, chunks=1)
    with pytest.raises(StoreError, match="damaged"):
        OpenSegment(segment)


def test_chroma_takes_no_class_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "marker"
    (tmp_path / "evil.py").write_text(f"open({str(marker)!r}, 'w').close()\n")
    (tmp_path / ".env").write_text("chroma_api_impl=evil.Api\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    client = open_client(tmp_path / "index")
    client.close()
    assert not marker.exists()
