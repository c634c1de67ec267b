"""Stores that somebody else made, with malice: each poison changes one that the program made."""

from __future__ import annotations

import json
import pickle
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.index import segments
from ingest.index.chroma import DATABASE
from ingest.store.directory import Store

NAN = np.full(384, np.nan, dtype="<f4").tobytes().hex()
DEEP = "[" * 100_000
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


@dataclass(frozen=True)
class Place:
    """A store to be poisoned, the folder that commands are run in, a file of the user's that has
    nothing to do with it, and what code of the store would make."""

    store: Store
    folder: Path
    victim: Path
    canary: Path

    def segment(self) -> Path:
        [segment] = segments.finished(self.store.index_directory)
        return segment.path


class Reduced:
    """Unpickled, it runs code."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, (f"open({str(self.canary)!r}, 'w').close()",)


def change(path: Path, sql: str) -> None:
    """Run SQL in a database, whatever it breaks."""
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(sql)


def _signed(place: Place, poison: Callable[[Path], None]) -> None:
    """Poison a segment, with checksums that are right."""
    path = place.segment()
    chunks = json.loads((path / segments.MANIFEST).read_text())["chunks"]
    poison(path)
    manifest = {"chunks": chunks, "files": segments._checksums(path)}
    (path / segments.MANIFEST).write_text(json.dumps(manifest))


def _function(column: str) -> Callable[[Place], None]:
    def poison(path: Path) -> None:
        with closing(sqlite3.connect(path / DATABASE)) as database, database:
            [(text,)] = database.execute(f"SELECT {column} FROM collections").fetchall()
            said = json.loads(text)
            if column == "schema_str":
                vectors = said["keys"]["#embedding"]["float_list"]["vector_index"]
                vectors["config"]["embedding_function"] = EVIL
            else:
                said["embedding_function"] = EVIL
            database.execute(f"UPDATE collections SET {column} = ?", (json.dumps(said),))

    return lambda place: _signed(place, poison)


def _pickle(place: Place) -> None:
    def poison(path: Path) -> None:
        for graph in (one for one in path.iterdir() if one.is_dir()):
            (graph / "index_metadata.pickle").write_bytes(pickle.dumps(Reduced(place.canary)))

    _signed(place, poison)


def _graph(place: Place) -> None:
    def poison(path: Path) -> None:
        for file in path.rglob("*.bin"):
            file.write_bytes(b"\xff" * file.stat().st_size)

    _signed(place, poison)


def _env(place: Place) -> None:
    code = f"open({str(place.canary)!r}, 'w').close()\n"
    (place.folder / "evil.py").write_text(code)
    lines = ("chroma_api_impl=evil.Api", "CHROMA_SYSDB_IMPL=evil.Db", "PYTHONSTARTUP=evil.py")
    (place.folder / ".env").write_text("\n".join(lines))


def _manifest(text: str) -> Callable[[Place], None]:
    return lambda place: (place.segment() / segments.MANIFEST).write_text(text) and None


def _beside(name: str, text: str) -> Callable[[Place], None]:
    return lambda place: (place.store.directory / name).write_text(text) and None


def _link(name: str) -> Callable[[Place], None]:
    """A file or folder of the store leads to the user's own."""

    def poison(place: Place) -> None:
        path = place.store.directory / name
        is_folder = name in ("index", "uploads", "evaluations")
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.symlink_to(place.victim.parent if is_folder else place.victim)

    return poison


def _sql(text: str) -> Callable[[Place], None]:
    return lambda place: change(place.store.catalog_path, text)


def _chroma(text: str) -> Callable[[Place], None]:
    return lambda place: _signed(place, lambda path: change(path / DATABASE, text))


VALUES = {
    "vectors are text": "UPDATE chunks SET vector = 'text'",
    "vectors are short": "UPDATE chunks SET vector = substr(vector, 1, 40)",
    "one vector is short": "UPDATE chunks SET vector = substr(vector, 1, 40) WHERE number = 1",
    "vectors are odd": "UPDATE chunks SET vector = x'000102'",
    "vectors are no numbers": f"UPDATE chunks SET vector = x'{NAN}'",
    "vectors are empty": "UPDATE chunks SET vector = x''",
    "sentences are odd": "UPDATE chunks SET sentences = x'00'",
    "sentences are text": "UPDATE chunks SET sentences = 'text'",
    "sentences are far off": "UPDATE chunks SET sentences = x'00000080ffffff7f'",
    "headings are no JSON": "UPDATE chunks SET headings = 'x'",
    "headings are a number": "UPDATE chunks SET headings = '5'",
    "headings are numbers": "UPDATE chunks SET headings = '[5, null]'",
    "headings are deep": f"UPDATE chunks SET headings = '{DEEP}'",
    "offsets are far off": 'UPDATE chunks SET start = -5, "end" = 4611686018427387904',
    "offsets are text": "UPDATE chunks SET start = 'text'",
    "pages are text": "UPDATE chunks SET page = 'text'",
    "pages are huge": "UPDATE chunks SET page = 4611686018427387904",
    "chunks are blobs": "UPDATE chunks SET text = x'ff00'",
    "ids are blobs": "UPDATE chunks SET id = randomblob(8)",
    "numbers are huge": "UPDATE chunks SET number = number + 4611686018427387904",
    "generations are text": "UPDATE chunks SET generation = 'text'",
    "generations are huge": "UPDATE chunks SET generation = 4611686018427387904",
    "the generation is text": "UPDATE meta SET value = 'x' WHERE key = 'generation'",
    "the generation is long": f"UPDATE meta SET value = '{'9' * 5000}' WHERE key = 'generation'",
    "the fingerprint is no JSON": "UPDATE meta SET value = 'x' WHERE key = 'fingerprint'",
    "the fingerprint is a number": "UPDATE meta SET value = '5' WHERE key = 'fingerprint'",
    "the fingerprint is empty": "UPDATE meta SET value = '{}' WHERE key = 'fingerprint'",
    "the fingerprint is deep": f"UPDATE meta SET value = '{DEEP}' WHERE key = 'fingerprint'",
    "another similarity": """UPDATE meta SET value = json_set(value, '$.similarity', 'x')
        WHERE key = 'fingerprint'""",
    "another dimension": """UPDATE meta SET value = json_set(value, '$.dimension', 1e99)
        WHERE key = 'fingerprint'""",
    "the last run is no JSON": "UPDATE meta SET value = 'x' WHERE key = 'last_run'",
    "the folders are a number": "UPDATE meta SET value = '5' WHERE key = 'folders'",
    "meta is blobs": "UPDATE meta SET value = x'ff'",
    "blocks are no JSON": "UPDATE contents SET blocks = 'x'",
    "blocks are numbers": "UPDATE contents SET blocks = '[5]'",
    "page starts are no JSON": "UPDATE contents SET page_starts = 'x'",
    "page starts are text": "UPDATE contents SET page_starts = '[\"a\"]'",
    "metadata is no JSON": "UPDATE contents SET metadata = 'x'",
    "metadata is a number": "UPDATE contents SET metadata = '5'",
    "sidecars are no JSON": "UPDATE documents SET metadata = 'x'",
    "sidecars are a number": "UPDATE documents SET metadata = '5'",
    "metadata is deep": f"UPDATE contents SET metadata = '{DEEP}'",
    "kinds are blobs": "UPDATE contents SET kind = x'ff', title = x'ff', language = x'ff'",
    "characters are text": "UPDATE contents SET characters = 'many'",
    "sizes are text": "UPDATE documents SET size = 'x', modified_ns = 'x', changed_ns = 'x'",
    "times are far off": "UPDATE documents SET modified_ns = 4611686018427387904",
    "times are before all": "UPDATE documents SET modified_ns = -9223372036854775808",
    "names lead out": "UPDATE documents SET name = '../../../etc/' || name",
    "names are absolute": "UPDATE documents SET name = '/etc/' || name",
    "names are blobs": "PRAGMA foreign_keys = 0; UPDATE documents SET name = randomblob(4)",
    "names have a null": "UPDATE documents SET name = name || char(0) || 'x'",
    "sources lead out": "UPDATE documents SET source = '/proc/../dev/zero/' || name, root = '/dev'",
    "sources are blobs": "UPDATE documents SET source = randomblob(4), root = x'ff'",
    "sources have a null": "UPDATE documents SET source = source || char(0)",
    "texts are no UTF-8": "UPDATE texts SET utf8 = x'ff'",
    "texts are numbers": "UPDATE texts SET utf8 = 5",
    "there are no texts": "DELETE FROM texts",
    "words are odd": "UPDATE chunk_words SET words = x'00'",
    "words are text": "UPDATE chunk_words SET words = 'x', counts = 'x', length = 'x'",
    "lengths are huge": "UPDATE chunk_words SET length = 4611686018427387904",
    "words of huge numbers": "UPDATE chunk_words SET chunk = chunk + 4611686018427387904",
    "words of numbers below zero": "UPDATE chunk_words SET chunk = -chunk - 5",
    "blocks of huge numbers": "INSERT INTO word_blocks VALUES (4611686018427387904, 1, x'', x'')",
    "blocks below zero": "INSERT INTO word_blocks VALUES (-5, 1, x'0000', x'00')",
    "blocks of some terabytes": "INSERT INTO word_blocks VALUES (100000000, 1, x'00', x'0000')",
    "blocks are text": "INSERT INTO word_blocks VALUES (0, 'x', 'x', 'x')",
    "postings are odd": """INSERT INTO postings SELECT column1, 0, x'00', x'' FROM
        (WITH RECURSIVE n (column1) AS (SELECT 0 UNION ALL SELECT column1 + 1 FROM n LIMIT 99)
        SELECT column1 FROM n)""",
    "receipts are text": "UPDATE receipts SET chunks = 'x', pages = 'x', characters = 'x'",
    "receipts of another kind": "UPDATE receipts SET status = x'ff', reason = x'ff', path = x'ff'",
    "fields are blobs": "UPDATE fields SET value = x'ff', kind = 'x'",
    "a later version": "PRAGMA user_version = 2147483647",
    "a version below zero": "PRAGMA user_version = -5",
}

POISONS: dict[str, Callable[[Place], None]] = {
    "an embedding function": _function("config_json_str"),
    "an embedding function in the schema": _function("schema_str"),
    "a pickle that runs code": _pickle,
    "Chroma's settings in .env": _env,
    "a graph of nothing": _graph,
    "a trigger in the catalog": _sql(
        "CREATE TRIGGER t AFTER UPDATE ON meta BEGIN DELETE FROM documents; END"
    ),
    "a view in the catalog": _sql(
        "ALTER TABLE receipts RENAME TO kept; CREATE VIEW receipts AS SELECT * FROM kept"
    ),
    "a trigger in Chroma's database": _chroma(
        "CREATE TRIGGER t AFTER UPDATE ON collections BEGIN DELETE FROM segments; END"
    ),
    "another space": _chroma(
        "UPDATE collections SET config_json_str = json_set(config_json_str, '$.hnsw.space', 'l9')"
    ),
    "another dimension in Chroma": _chroma("UPDATE collections SET dimension = 99999999999"),
    "configuration that is a blob": _chroma("UPDATE collections SET config_json_str = x'ff'"),
    "a manifest of a huge number": _manifest('{"chunks": 1' + "0" * 5000 + ', "files": {}}'),
    "a manifest without an end": _manifest('{"chunks": 1e999, "files": {}}'),
    "a deep manifest": _manifest(DEEP),
    "a deep note": _beside("collection.json", DEEP),
    "a note of numbers": _beside("collection.json", '{"id": 5, "names": 5, "moved_from": 5}'),
    "a note that moves": _beside(
        "collection.json", '{"id": "a", "names": ["default"], "moved_from": "/etc"}'
    ),
    "a deep calibration": _beside("calibration.json", DEEP),
    "a calibration of text": _beside("calibration.json", '{"answer": "x", "floor": 1e999}'),
    "a deep writer": _beside("writer.json", DEEP),
    **{
        f"a link in place of {name}": _link(name)
        for name in (
            "catalog.sqlite3", "catalog.sqlite3-wal", "restore.sqlite3", "calibration.json",
            "collection.json", "write.lock", "writer.json", "index", "uploads",
        )
    },
    **{kind: _sql(text) for kind, text in VALUES.items()},
}  # fmt: skip
