"""What receipts and errors say in English, said again in the reader's language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from ingest import ingest_paths
from ingest.errors import RagError, StoreEmpty
from ingest.text.wording import many
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
        ("de", "text of 2 pictures read by OCR; in a.docx: 3 pages read by OCR (1 to 3)",
         "Text durch OCR gelesen: 2 Bilder; in a.docx: 3 Seiten durch OCR gelesen (1 bis 3)"),
        ("es", "Only the first 1,000 of 1,200 pairs of passages are listed.",
         "Encontrado: 1.200 pares de pasajes; solo se muestran los primeros 1.000."),
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


def _left_out() -> Iterator[tuple[str, str]]:
    """What readers of files count, of which a part is not read."""
    for path in sorted((REPOSITORY / "ingest" / "load").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Subscript(value=ast.Name(id="left_out"), slice=ast.Constant(value=kind)):
                    yield path.name, str(kind)
                case ast.Subscript(
                    value=ast.Attribute(attr="_left_out" | "left_out"),
                    slice=ast.Constant(value=kind),
                ):
                    yield path.name, str(kind)
                case ast.Call(func=ast.Name(id="LeftOut"), args=[ast.Dict(keys=keys)]):
                    yield from ((path.name, str(key.value)) for key in keys if _is_text(key))


def _is_text(node: ast.AST | None) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant)


def test_what_is_left_out_of_files_has_a_translation() -> None:
    found = set(_left_out())
    assert {"object", "hidden row", "picture"} <= {kind for _, kind in found}
    with speaking("de"):
        missing = [one for one in found if _whole(many(2, one[1])) is None]
    assert missing == [], "add them to THINGS in rag_app/messages/told_in_english.py"


def _notes() -> Iterator[tuple[str, str]]:
    """What insights say of their limits, with a value in the place of each that is put in."""
    for path in sorted((REPOSITORY / "rag_app" / "insights").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="notes"), attr="append"), args=[said]
                ):
                    yield path.name, _said(said)
                case ast.Assign(targets=[ast.Name(id="notes")], value=ast.ListComp(elt=said)):
                    yield path.name, _said(said)
                case ast.Assign(
                    targets=[ast.Name(id="notes")],
                    value=ast.List(elts=[said, *_]) | ast.Tuple(elts=[said, *_]),
                ):
                    yield path.name, _said(said)


def _said(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if _is_text(part) else VALUE for part in parts)


def test_what_insights_note_has_a_translation() -> None:
    found = [one for one in _notes() if one[1] != f"There {VALUE}: too few to say much."]
    assert len(found) > 8
    with speaking("de"):
        missing = [one for one in found if _whole(one[1]) is None]
    assert missing == [], "add them to rag_app/messages/insights_in_english.py"
