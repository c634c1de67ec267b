"""What receipts and errors say in English, said again in the reader's language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.errors import RagError, StoreEmpty
from rag_app import open_engine
from rag_app.messages import retold, speaking
from rag_app.messages.retold import _whole
from tests.conftest import REPOSITORY

LOAD_ERRORS = {"LoadError", "UnknownFormat", "EmptyFile", "NoText", "BrokenFile"}
# What hardly anybody sees: of single kinds of damage, and of settings of readers.
VALUE = "17"


@pytest.mark.parametrize(
    ("language", "told", "said"),
    [
        ("de", "the file is empty", "die Datei ist leer"),
        ("fr", "named .pdf but is not a PDF", "nommé .pdf, mais n'est pas un PDF"),
        ("de", "no text on 2 of its pages (3, 4): pictures?; 2 hidden rows, 1 picture not read",
         "kein Text auf 2 Seiten (3, 4): Bilder?; nicht gelesen: 2 verborgene Zeilen, 1 Bild"),
        ("es", "larger than 50 MB; see max_file_megabytes; what it said before still answers",
         "más de 50 MB; véase max_file_megabytes; lo que decía antes sigue respondiendo"),
        ("zh", "protected by a password", "受密码保护"),
        ("ar", "a picture without text", "صورة بلا نص"),
        ("de", "something that nobody foresaw", "something that nobody foresaw"),
        ("en", "the file is empty", "the file is empty"),
    ],
)  # fmt: skip
def test_a_receipt_is_said_again(language: str, told: str, said: str) -> None:
    with speaking(language):
        assert retold(told) == said


def test_what_was_really_told_is_said_again(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "no.pdf").write_bytes(b"\x00\x01\x02\x03" * 99)
    report = ingest_paths([tmp_path], store=tmp_path / "store")
    with open_engine(store=tmp_path / "other") as engine, pytest.raises(StoreEmpty) as told:
        engine.ask("Anything?")
    told_all: list[str | RagError | None] = [told.value, *(one.reason for one in report.files)]
    with speaking("fr"):
        for one in told_all:
            assert one and retold(one) != str(one)


def _raised() -> Iterator[tuple[str, str]]:
    """What readers of files raise, with a value in the place of each that is put in."""
    for path in sorted((REPOSITORY / "ingest" / "load").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            said = node.args[0]
            if node.func.id not in LOAD_ERRORS:
                continue
            if isinstance(said, ast.Constant):
                yield path.name, str(said.value)
            elif isinstance(said, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else VALUE for p in said.values)
                yield path.name, "".join(map(str, parts))


@pytest.mark.parametrize(("where", "told"), list(_raised()))
def test_what_readers_of_files_say_has_a_translation(where: str, told: str) -> None:
    with speaking("de"):
        assert _whole(told) is not None, f"{where}: add it to rag_app/messages/told_in_english.py"
