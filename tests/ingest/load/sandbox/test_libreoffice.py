"""Old Word and PowerPoint files: converted where LibreOffice is, else with what to do."""

from __future__ import annotations

import os
import sys
from io import BytesIO
from pathlib import Path

import docx
import pytest

from ingest.errors import BrokenFile, UnknownFormat
from ingest.load.sandbox.confine import protections
from ingest.load.sandbox.reader import IsolatedReader
from tests.support.compound import compound

OLD = compound({"WordDocument": b"old", "1Table": b""})

# Does what LibreOffice does, and tells what else it could.
CONVERTER = """#!/bin/sh
here=$(dirname "$0")
for last; do :; done
cat "{secret}" > "$(dirname "$last")/seen" 2>/dev/null
touch "{outside}" 2>/dev/null
{first}
cp "$here/made.docx" "$(dirname "$last")/file.docx"
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if sys.platform == "win32":
        pytest.skip("a shell script")
    folder = tmp_path / "program"
    folder.mkdir()
    document = docx.Document()
    document.add_heading("Pump manual", 1)
    document.add_paragraph("The red lamp means low oil.")
    stream = BytesIO()
    document.save(stream)
    (folder / "made.docx").write_bytes(stream.getvalue())
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder / "soffice"


def write(program: Path, first: str = "") -> None:
    above = program.parents[1]
    (above / "secret").write_text("secret")
    text = CONVERTER.format(secret=above / "secret", outside=above / "outside", first=first)
    program.write_text(text)
    program.chmod(0o755)


def test_an_old_file_is_converted_and_says_so(program: Path) -> None:
    write(program)
    with IsolatedReader() as reader:
        document = reader.load(OLD, "manual.doc")
    assert document.text == "Pump manual\n\nThe red lamp means low oil."
    assert document.notes == ("converted by LibreOffice",)
    if protections().files:
        assert not (program.parents[1] / "outside").exists(), "it wrote where it should not"


def test_a_converter_that_makes_nothing_or_hangs(program: Path) -> None:
    write(program, "exit 1")
    reason = "damaged, or LibreOffice cannot read it"
    with IsolatedReader() as reader, pytest.raises(BrokenFile, match=reason):
        reader.load(OLD, "manual.doc")
    write(program, "sleep 60")
    reason = "took longer than 1 s to convert"
    with IsolatedReader(seconds=1) as reader, pytest.raises(BrokenFile, match=reason):
        reader.load(OLD, "manual.doc")


@pytest.mark.parametrize(
    ("stream", "advice"),
    [
        ("WordDocument", "an old Word file; save it as .docx, or install LibreOffice"),
        ("PowerPoint Document", "an old PowerPoint file; save it as .pptx, or install LibreOffice"),
    ],
)
def test_without_libreoffice_the_reason_says_what_to_do(
    stream: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with IsolatedReader() as reader, pytest.raises(UnknownFormat, match=advice):
        reader.load(compound({stream: b"old"}), "a.doc")
