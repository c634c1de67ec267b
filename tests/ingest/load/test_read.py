"""Which reader a file gets, and what is said about files that cannot be read."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from importlib import import_module
from pathlib import Path

import docx
import pytest

from ingest.errors import BrokenFile, EmptyFile, LoadError, NoText, UnknownFormat
from ingest.load.formats.detect import MODULES
from ingest.load.read import SUFFIXES, load_file, read_bytes
from tests.ingest.load.samples import Line, column, load, pdf, zipped

HELLO = pdf([[Line(72, 700, "Hello there")]])
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
HEIC = bytes(4) + b"ftypheic" + bytes(40)
MOVIE = b"\0\0\0\x20ftypisom" + bytes(40)
ODT = "application/vnd.oasis.opendocument.text"
NO_ODT = "damaged, or not an OpenDocument text inside"
OR = "or install LibreOffice"


def test_every_promised_suffix_has_a_reader():
    assert {".pdf", ".docx", ".md", ".markdown", ".html", ".htm"} < SUFFIXES
    assert {".txt", ".text", ".rst", ".log"} < SUFFIXES
    assert {".pptx", ".xlsx", ".csv", ".rtf", ".epub", ".eml", ".json", ".py"} < SUFFIXES
    for module in MODULES.values():
        assert callable(import_module(module).read)


def test_libraries_are_imported_only_when_their_format_is_read():
    code = (
        "import ingest.load.read, sys;print({'pypdfium2', 'docx', 'selectolax'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.txt", b"plain", "text"),
        ("A.TXT", b"plain", "text"),
        ("a.rst", b"plain", "rst"),
        ("a.md", b"*plain*", "markdown"),
        ("a.htm", b"<p>plain", "html"),
        ("a.pdf", HELLO, "pdf"),
        ("a.pdf", b"some bytes first\n" + HELLO, "pdf"),
        ("really-a-pdf.txt", HELLO, "pdf"),
        ("really-a-pdf.docx", HELLO, "pdf"),
        ("a-pdf", HELLO, "pdf"),
        ("Makefile", b"all: build", "text"),
        ("notes.xyz", b"some text", "text"),
        ("notes.xyz", "καλημέρα".encode("utf-16"), "text"),
        ("MZ.txt", b"MZ is how a program begins", "text"),
        ("page.txt", b"\xef\xbb\xbf<!DOCTYPE html><p>plain", "html"),
        ("page.xls", b"<html><table><tr><td>1<td>2<tr><td>3<td>4</table>", "html"),
        ("page.pdf", b"\n<!-- saved --><HTML><p>plain", "html"),
        ("page.md", b"<html> is *Markdown* here", "markdown"),
        ("notes.txt", b"<meta charset=x> tells a browser the encoding.", "text"),
        ("notes.pdf", b"<title>A page</title><p>in spite of its name", "html"),
        ("report.doc", rb"{\rtf1 plain}", "rtf"),
        ("mail.txt", b"From: a@b.c\nTo: d@e.f\nSubject: Hi\n\nHello", "email"),
        ("memo.txt", b"To: all staff\nFrom: me\n\nHello", "text"),
        ("box", b"From a@b.c Sat Jan 3 01:05:34 1996\nSubject: Hi\n\nHello\n", "mbox"),
        ("data.txt", b'{"a": [1, 2]}', "json"),
        ("data", b'{"a": 1}\n{"a": 2}\n{"a', "jsonl"),
        ("almost.txt", b"[see below] text", "text"),
        ("run", b"#!/bin/sh\necho", "code"),
        ("feed", b'<?xml version="1.0"?><rss>news</rss>', "code"),
    ],
)
def test_reader_is_chosen_by_content_then_by_suffix(tmp_path, name, content, kind):
    assert load(tmp_path, name, content).kind == kind


@pytest.mark.parametrize(
    ("name", "content", "error", "reason"),
    [
        ("a.xyz", b"x\0\1\2", UnknownFormat, ".xyz files aren't supported"),
        ("core", b"x\0\1\2", UnknownFormat, "this kind of file isn't supported"),
        ("a.png", PNG, BrokenFile, "damaged: it cannot be opened as a picture"),
        ("a.png", b"just text", BrokenFile, "named .png but is not a picture"),
        (
            "a.mov",
            MOVIE,
            UnknownFormat,
            "this kind of file isn't supported: MPEG-4 video or sound",
        ),
        (
            "a.svg",
            b"<svg><text>x",
            BrokenFile,
            "damaged: its XML cannot be read",
        ),
        ("a.txt", HEIC, BrokenFile, "binary data (HEIC picture), not text"),
        ("a.csv", b"MZ\x90\0\3", BrokenFile, "binary data (Windows program), not text"),
        ("a.docx", HEIC, BrokenFile, "named .docx but is not a Word document (HEIC picture)"),
        ("a.zip", zipped({"a.txt": "x"}), UnknownFormat, "an archive; unpack it"),
        ("a.odt", zipped({"mimetype": ODT}), BrokenFile, NO_ODT),
        ("a.xlsx", zipped({"a.txt": "x"}), BrokenFile, "named .xlsx but is not an Excel workbook"),
        ("a.txt", b"", EmptyFile, "the file is empty"),
        ("a.pdf", b"", EmptyFile, "the file is empty"),
        ("a.md", b" \r\n\t\n", EmptyFile, "the file has nothing but white space"),
        ("a.txt", b"\xef\xbb\xbf", EmptyFile, "the file has nothing but white space"),
        ("a.html", b"<p> </p><script>1</script>", EmptyFile, "holds no text"),
        ("a.pdf", b"just text", BrokenFile, "named .pdf but is not a PDF"),
        ("a.pdf", HELLO[:20], BrokenFile, "damaged: it cannot be opened as a PDF"),
        ("a.txt", b"x\x00\x01\x02" * 9, BrokenFile, "binary data, not text"),
        ("a.md", bytes(range(1, 32)) * 9, BrokenFile, "binary data, not text"),
        ("a.html", "καλημέρα".encode("utf-16-le"), BrokenFile, "binary data, not text"),
        ("a.docx", b"just text", BrokenFile, "named .docx but is not a Word document"),
        ("a.docx", b"PK\x03\x04 cut off", BrokenFile, "damaged: its archive cannot be read"),
        ("a.md", b">" * 50_000 + b" x", BrokenFile, "quotes nested more than 60 deep"),
        ("a.html", b"<div>" * 50_000, BrokenFile, "elements nested more than 20,000 deep"),
    ],
)
def test_reason_for_a_file_that_cannot_be_read(tmp_path, name, content, error, reason):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error) as raised:
        load_file(tmp_path / name)
    assert str(raised.value) == reason


def test_what_is_a_document_by_its_members_whatever_its_name(tmp_path):
    document = docx.Document()
    document.add_paragraph("Hello there")
    document.save(tmp_path / "a.docx")
    for name in ("a.txt", "a.zip", "a", "a.pptx"):
        assert load(tmp_path, name, (tmp_path / "a.docx").read_bytes()).kind == "docx"


@pytest.mark.parametrize(
    ("stream", "error", "reason"),
    [
        ("", UnknownFormat, "an old Office file; save it as .docx, .xlsx or .pptx"),
        ("WordDocument", UnknownFormat, f"an old Word file; save it as .docx, {OR}"),
        ("Workbook", BrokenFile, "damaged, or not an Excel workbook inside"),
        ("PowerPoint Document", UnknownFormat, f"an old PowerPoint file; save it as .pptx, {OR}"),
        ("__properties_version1.0", BrokenFile, "damaged, or not an Outlook message inside"),
        ("EncryptedPackage", BrokenFile, "protected by a password"),
    ],
)
def test_old_and_encrypted_office_files(tmp_path, stream, error, reason):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le") + bytes(9)
    for name in ("a.docx", "a.doc", "a.txt", "a"):
        (tmp_path / name).write_bytes(ole)
        with pytest.raises(error) as raised:
            load_file(tmp_path / name)
        assert str(raised.value) == reason


def test_archive_that_unpacks_to_too_much(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("[Content_Types].xml", b"")
        members.writestr("word/document.xml", b"A" * 130_000_000)
    with pytest.raises(BrokenFile, match="unpacks to 130 MB"):
        load_file(tmp_path / "a.docx")


def test_pdf_without_text_says_how_to_go_on(tmp_path):
    (tmp_path / "scan.pdf").write_bytes(pdf([[], [], []]))
    with pytest.raises(NoText) as raised:
        load_file(tmp_path / "scan.pdf")
    reason = "no text on any of its 3 pages, and OCR found none"
    assert str(raised.value) == reason


def test_pdf_with_a_password(tmp_path):
    key = "<" + "ab" * 32 + ">"
    lock = f"/Encrypt<</Filter/Standard/V 1/R 2/O {key}/U {key}/P -4>>/ID[<00><00>]"
    (tmp_path / "a.pdf").write_bytes(pdf([[Line(72, 700, "secret")]], trailer=lock))
    with pytest.raises(BrokenFile, match=r"^protected by a password$"):
        load_file(tmp_path / "a.pdf")


def test_truncated_pdf_gives_its_text_or_a_reason(tmp_path):
    whole = pdf([column(["Some text that is long enough to be cut."])] * 3)
    for length in range(9, len(whole), 97):
        (tmp_path / "a.pdf").write_bytes(whole[:length])
        try:
            load_file(tmp_path / "a.pdf")
        except LoadError as error:
            assert "\n" not in str(error)


def test_what_the_system_refuses(tmp_path):
    with pytest.raises(BrokenFile, match=r"^no such file$"):
        load_file(tmp_path / "gone.txt")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(BrokenFile, match=r"^not a regular file$"):
        load_file(tmp_path / "folder.txt")


def test_looking_at_a_hostile_beginning_takes_no_time(tmp_path):
    for text in ("<!---->" * 500, "<?xml " * 600, "From a 2024" * 300, "a" * 4000, "[" * 900_000):
        started = time.monotonic()
        load(tmp_path, "a", text + "\nend")
        assert time.monotonic() - started < 10


def test_large_file_is_refused_without_being_read(tmp_path):
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(2_000_001)
    with pytest.raises(BrokenFile, match=r"^larger than 2 MB; see max_file_megabytes$"):
        read_bytes(tmp_path / "a.txt", 2)


def test_permission_denied(tmp_path, monkeypatch):
    # Not by chmod: the tests may run as root, which may read anything.
    def refuse(_: Path, __: str) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.txt").write_text("hello")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(BrokenFile, match=r"^permission denied$"):
        load_file(tmp_path / "a.txt")
