"""Text of a PDF that is not what is seen, because of its font's map, is read by OCR; else never."""

from __future__ import annotations

import string
from collections.abc import Sequence

import pytest

from ingest.load.common.choices import CHOICES, Choices
from ingest.load.read import load_bytes
from tests.ingest.load.samples import column, pdf

LINES = (
    "The harbour master keeps the book of moorings.",
    "Every boat longer than twelve metres needs another berth.",
    "The mooring fee is paid before the first night.",
    "Nobody sleeps aboard between October and March.",
    "The gate closes every evening after sunset.",
    "Keys that were lost cost twenty pounds.",
)
CODES = (
    "HTTP HTML GRPC SMTP XMPP LDAP SNMP DHCP FTPS SFTP",
    "MQTT HTTP HTML GRPC SMTP XMPP LDAP SNMP DHCP FTPS",
    "SFTP MQTT HTTP HTML GRPC SMTP XMPP LDAP SNMP DHCP",
)
FONT = "/BaseFont/Helvetica/Encoding/WinAnsiEncoding"
LETTERS = string.ascii_lowercase


def with_map(lines: Sequence[str], letters: dict[str, str]) -> bytes:
    """A page whose font says that its letters are others."""
    pairs = "".join(f"<{ord(one):02x}> <{ord(said):04x}>\n" for one, said in letters.items())
    stream = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(letters)} beginbfchar\n{pairs}endbfchar endcmap end end"
    )
    map_ = f"99 0 obj\n<</Length {len(stream)}>>\nstream\n{stream}\nendstream\nendobj\n"
    made = pdf([column(lines, size=14, pitch=24)], objects=map_)
    return made.replace(FONT.encode(), f"{FONT}/ToUnicode 99 0 R".encode())


SHIFTED = dict(zip(LETTERS, LETTERS[3:] + LETTERS[:3], strict=True))
PRIVATE = {letter: chr(0xE000 + place) for place, letter in enumerate(LETTERS)}
ACCENTED = {letter: chr(0xE0 + place) for place, letter in enumerate(LETTERS)}


@pytest.mark.parametrize("letters", [SHIFTED, PRIVATE, ACCENTED])
def test_garbled_text_is_read_by_ocr(letters: dict[str, str]) -> None:
    read = load_bytes(with_map(LINES, letters), "a.pdf")
    assert read.notes == ("page 1 read by OCR instead of garbled text",)
    assert all(line in " ".join(read.text.split()) for line in LINES)
    # So its citations say it, and are marked on the page.
    assert [word.text for word in read.scans[0].words][:2] == ["The", "harbour"]


def test_it_stays_where_ocr_is_off() -> None:
    before = CHOICES.set(Choices(ocr="off"))
    try:
        read = load_bytes(with_map(LINES, SHIFTED), "a.pdf")
    finally:
        CHOICES.reset(before)
    assert "Tkh kduerxu" in read.text and not read.notes


def test_codes_that_stand_so_on_the_page_stay_as_they_are() -> None:
    read = load_bytes(pdf([column(CODES)]), "a.pdf")
    assert [line in " ".join(read.text.split()) for line in CODES] == [True] * 3
    assert not read.notes and not read.scans


@pytest.mark.parametrize(
    "lines",
    [
        LINES,
        ("Vláda schválila nový zákon o dani z prodeje", "a ve čtvrtek ho poslala do parlamentu."),
        ("https://www.example.com/html/css", "def main(args, kwargs): return str(args)"),
        ("1 | 2 | 3", "4 | 5 | 6"),
    ],
)
def test_good_text_is_never_looked_at_again(
    lines: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.load.pdf.read.read_scan", lambda *_: pytest.fail("read by OCR"))
    written = [line.replace("č", "c") for line in lines]
    assert load_bytes(pdf([column(written * 4)]), "a.pdf").text
