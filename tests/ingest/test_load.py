"""Which reader a file gets, and what is said about files that cannot be read."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from ingest.errors import BrokenFile, EmptyFile, LoadError, NoText, UnknownFormat
from ingest.load import SUFFIXES, load_file
from tests.ingest.load_samples import Line, column, load, pdf

HELLO = pdf([[Line(72, 700, "Hello there")]])


def test_every_promised_suffix_has_a_reader():
    assert {".pdf", ".docx", ".md", ".markdown", ".html", ".htm"} < SUFFIXES
    assert {".txt", ".text", ".rst", ".log"} < SUFFIXES


def test_libraries_are_imported_only_when_their_format_is_read():
    code = "import ingest.load, sys; print({'pypdfium2', 'docx', 'selectolax'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.txt", b"plain", "text"),
        ("A.TXT", b"plain", "text"),
        ("a.rst", b"plain", "text"),
        ("a.md", b"*plain*", "markdown"),
        ("a.htm", b"<p>plain", "html"),
        ("a.pdf", HELLO, "pdf"),
        ("a.pdf", b"some bytes first\n" + HELLO, "pdf"),
        ("really-a-pdf.txt", HELLO, "pdf"),
    ],
)
def test_reader_is_chosen_by_suffix_and_content(tmp_path, name, content, kind):
    assert load(tmp_path, name, content).kind == kind


@pytest.mark.parametrize(
    ("name", "content", "error", "reason"),
    [
        ("a.xyz", b"x", UnknownFormat, "no reader for .xyz files"),
        ("Makefile", b"x", UnknownFormat, "no reader for a file without a suffix"),
        ("a.txt", b"", EmptyFile, "zero bytes"),
        ("a.pdf", b"", EmptyFile, "zero bytes"),
        ("a.md", b" \r\n\t\n", EmptyFile, "nothing but white space"),
        ("a.txt", b"\xef\xbb\xbf", EmptyFile, "nothing but white space"),
        ("a.html", b"<p> </p><script>1</script>", EmptyFile, "holds no text"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n" * 9, BrokenFile, "named .pdf but is not a PDF"),
        ("a.pdf", HELLO[:20], BrokenFile, "damaged: it cannot be opened as a PDF"),
        ("a.txt", b"MZ\x00\x01\x02" * 9, BrokenFile, "binary data, not text"),
        ("a.md", bytes(range(1, 32)) * 9, BrokenFile, "binary data, not text"),
        ("a.html", "καλημέρα".encode("utf-16-le"), BrokenFile, "binary data, not text"),
        ("a.docx", b"just text", BrokenFile, "named .docx but is not a Word document"),
        ("a.docx", b"PK\x03\x04 cut off", BrokenFile, "damaged: its archive cannot be read"),
        ("a.html", b"<div>" * 50_000, BrokenFile, "elements nested more than 20,000 deep"),
    ],
)
def test_reason_for_a_file_that_cannot_be_read(tmp_path, name, content, error, reason):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error) as raised:
        load_file(tmp_path / name)
    assert str(raised.value) == reason


def test_old_and_encrypted_word_files(tmp_path):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    for content, reason in (
        (ole, "old .doc file"),
        (ole + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    ):
        (tmp_path / "a.docx").write_bytes(content)
        with pytest.raises(BrokenFile, match=reason):
            load_file(tmp_path / "a.docx")


def test_zip_that_is_no_word_document(tmp_path):
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("readme.txt", "hello")
    (tmp_path / "a.docx").write_bytes(archive.getvalue())
    with pytest.raises(BrokenFile):
        load_file(tmp_path / "a.docx")


def test_archive_that_unpacks_to_too_much(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("word/document.xml", b"A" * 130_000_000)
    with pytest.raises(BrokenFile, match="unpacks to 130 MB"):
        load_file(tmp_path / "a.docx")


def test_pdf_without_text_says_how_to_go_on(tmp_path):
    (tmp_path / "scan.pdf").write_bytes(pdf([[], [], []]))
    with pytest.raises(NoText) as raised:
        load_file(tmp_path / "scan.pdf")
    reason = "no text on any of its 3 pages; it is probably a scan, run OCR first"
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


def test_permission_denied(tmp_path, monkeypatch):
    # Not by chmod: the tests may run as root, which may read anything.
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.txt").write_text("hello")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(BrokenFile, match=r"^permission denied$"):
        load_file(tmp_path / "a.txt")
