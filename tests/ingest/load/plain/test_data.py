"""JSON, JSON Lines and source code."""

from __future__ import annotations

import json

import pytest

from ingest.errors import BrokenFile
from tests.ingest.load.samples import blocks, load, texts


def test_json_as_paths_and_values(tmp_path):
    data = {
        "title": "Price list",
        "valid": {"from": "2024-05-01", "until": None, "final": True},
        "tags": ["mast", "sail"],
        "parts": [
            {"name": "Mast", "price": 90.50, "size": {"height": 3}},
            {"name": "Sail", "colours": ["red", "white"]},
        ],
        "empty": [],
        "grid": [[1, 2], [3, 4]],
    }
    text = json.dumps(data).replace("90.5", "90.50")
    found = load(tmp_path, "a.json", text)
    assert (found.kind, found.title) == ("json", "Price list")
    assert texts(found, "row") == [
        "title: Price list",
        "valid.from: 2024-05-01",
        "valid.final: true",
        "tags: mast, sail",
        "parts[0]: name: Mast; price: 90.50; size.height: 3",
        "parts[1]: name: Sail; colours: red, white",
        "grid[0]: 1, 2",
        "grid[1]: 3, 4",
    ]


def test_a_list_of_records(tmp_path):
    found = load(tmp_path, "a.json", '[{"name": "Ann", "age": 30}, {"name": "Bo"}, "loose"]')
    assert texts(found, "row") == ["name: Ann; age: 30", "name: Bo", "loose"]


def test_a_long_record_is_a_line_for_each_value(tmp_path):
    long = "A sentence. " * 60
    found = load(tmp_path, "a.json", json.dumps([{"id": 7, "body": long, "meta": {"by": "Ann"}}]))
    assert texts(found, "row") == ["id: 7", f"body: {long.strip()}", "meta.by: Ann"]


def test_numbers_stay_as_written_and_pictures_are_left_out(tmp_path):
    data = '{"n": 1234567890123456789012345678901234567890, "x": 1e400, "p": "%s"}' % ("A" * 2000)
    assert texts(load(tmp_path, "a.json", data), "row") == [
        "n: 1234567890123456789012345678901234567890",
        "x: 1e400",
    ]
    assert texts(load(tmp_path, "b.json", '{"n": %s}' % ("9" * 900)), "row") == ["n: " + "9" * 900]


def test_settings_with_comments_are_read_as_code(tmp_path):
    found = load(tmp_path, "a.json", '// settings\n{\n  "a": 1,\n}\n')
    assert (found.kind, found.text) == ("code", '// settings\n{\n  "a": 1,\n}\n')


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_absurd_nesting(tmp_path, opening):
    with pytest.raises(BrokenFile, match="nested too deeply"):
        load(tmp_path, "a.json", opening * 100_000)
    closing = opening.translate(str.maketrans("[{", "]}", '"a:'))[::-1]
    deep = load(tmp_path, "b.json", opening * 200 + "1" + closing * 200)
    assert deep.text.endswith("1")


def test_json_lines_and_one_that_was_cut_off(tmp_path):
    data = '{"who": "Ann", "n": 1}\r\n\r\n{"who": "Bo\u2028Li"}\r\n[1, 2]\r\n{"who": "C'
    found = load(tmp_path, "a.jsonl", data)
    assert found.kind == "jsonl"
    assert texts(found, "row") == ["who: Ann; n: 1", "who: Bo Li", "1, 2", '{"who": "C']
    with pytest.raises(BrokenFile, match="none of its lines is JSON"):
        load(tmp_path, "b.jsonl", "not\njson\n")


CODE = '''\
"""A module."""
import os


def first():
    x = 1

    return x
\t
# the end   '''


def test_code_is_kept_as_it_is_in_parts_between_blank_lines(tmp_path):
    found = load(tmp_path, "a.py", CODE.replace("\n", "\r\n"))
    assert (found.kind, found.title, found.text) == ("code", None, CODE)
    assert blocks(found) == [
        ("code", '"""A module."""\nimport os'),
        ("code", "def first():\n    x = 1"),
        ("code", "    return x"),
        ("code", "# the end"),
    ]


@pytest.mark.parametrize("suffix", [".ts", ".c", ".sql", ".yaml", ".toml", ".xml", ".css"])
def test_suffixes_of_code(tmp_path, suffix):
    assert load(tmp_path, f"a{suffix}", "first\n\nsecond").kind == "code"
