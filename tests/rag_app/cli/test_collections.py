from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest import collection_names, create_collection
from ingest.store.directory import Store
from rag_app.cli.main import main

NAME = "Étude 1"


def run(store: Path, *arguments: str) -> int:
    return main(["collections", "--store", str(store), *arguments])


def test_the_whole_story(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 0
    assert "There are no collections yet" in capsys.readouterr().out
    assert run(tmp_path, "create", NAME) == 0
    # Where the options stand makes no difference.
    assert main(["collections", "rename", NAME, "b", "--store", str(tmp_path)]) == 0
    assert f"{NAME!r} is called 'b' now" in capsys.readouterr().out
    assert run(tmp_path, "list") == 0
    assert "0 documents" in (told := capsys.readouterr().out) and told.rstrip().endswith("'b'")
    assert run(tmp_path, "delete", "b") == 2
    assert "add --yes" in capsys.readouterr().err
    assert collection_names(tmp_path) == ["b"]
    assert run(tmp_path, "delete", "b", "--yes") == 0
    assert collection_names(tmp_path) == []


def test_json_is_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*arguments: str) -> object:
        assert main(["collections", *arguments, "--store", str(tmp_path), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    assert told() == told("list") == {"collections": []}
    assert told("create", NAME) == {"created": NAME}
    assert told("rename", NAME, "b") == {"renamed": NAME, "name": "b"}
    listed = {"name": "b", "directory": Store(tmp_path, "b").directory.name}
    empty = {"documents": 0, "chunks": 0, "changed": None}
    assert told("list") == {"collections": [listed | empty]}
    assert told("delete", "b", "--yes") == {"deleted": "b"}


def test_what_is_wrong_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    create_collection("a", store=tmp_path)
    for arguments, told, code in (
        (("create", "a"), "There is a collection 'a' already", 2),
        (("create", ""), "needs a name", 2),
        (("rename", "none", "b"), "There is no collection 'none'", 2),
        (("delete", "none", "--yes"), "There is no collection 'none'", 2),
        (("drop", "a"), "invalid choice", 2),
    ):
        assert run(tmp_path, *arguments) == code, arguments
        error = capsys.readouterr().err
        assert told in error and error.count("\n") == 1, error
