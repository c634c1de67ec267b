"""Schemas as people write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import UsageError
from rag_app.extraction.records import Field
from rag_app.extraction.schema import KINDS, field_of, in_words, read_schema, schema_of

WANTED = (Field("number"), Field("due date", "date"), Field("total", "money", "with tax"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "number: text\ndue date: date\ntotal: {kind: money, description: with tax}\n"),
        ("a.yml", "fields:\n  - number\n  - due date: date\n  - {name: total, kind: money, "
                  "description: with tax}\n"),
        ("a.toml", 'number = "text"\n"due date" = "date"\n'
                   'total = {kind = "money", description = "with tax"}\n'),
        ("a.json", '["number", "due date: date", "total: money: with tax"]'),
        ("b.json", json.dumps({"type": "object", "properties": {
            "number": {"type": "string"}, "due date": {"type": "string", "format": "date"},
            "total": {"type": ["currency", "null"], "description": "with tax"}}})),
    ],
)  # fmt: skip
def test_all_ways_to_write_one(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_schema(tmp_path / name) == WANTED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lists no fields"),
        ("{}", "has no fields"),
        ("total: cash", "“total” has the kind “cash”"),
        ("total: money\nTotal: money", "two fields called"),
        ("a: [b", "it is not YAML"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("- 3", "is no field"),
        ("'': money", "A field has no name"),
        ("\n".join(f"field {n}: text" for n in range(51)), "at most 50"),
    ],
)
def test_bad_ones_are_told_by_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=words) as error:
        read_schema(path)
    assert str(path) in str(error.value)
    with pytest.raises(UsageError, match="cannot be read"):
        read_schema(tmp_path / "none.yaml")


@given(st.text(), st.sampled_from(KINDS))
def test_a_flag_is_read_or_refused(name: str, kind: str) -> None:
    name = name.replace(":", "")
    try:
        found = field_of(f"{name}: {kind}")
    except UsageError:
        return
    assert (found.name, found.kind) == (" ".join(name.split()), kind)
    assert schema_of([found]) == (found,)


def test_names_of_programs_are_words() -> None:
    assert in_words("invoiceDate") == in_words("invoice_date") == "invoice date"
