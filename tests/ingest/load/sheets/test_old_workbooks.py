"""Old and binary Excel workbooks: what is shown, and what is left out."""

from __future__ import annotations

import struct

import pytest

from ingest.errors import BrokenFile
from ingest.load.common.choices import CHOICES, Choices
from ingest.load.formats.containers import OLE
from ingest.load.read import load_bytes
from tests.ingest.load.samples import zipped
from tests.ingest.load.sheets.old_workbook import old_workbook

PRICES = [
    "Item: Pump; Price: 1,250.50 €; Share: 25.0%; Day: 2025-03-04; Code: 0007; Took: 30:00",
    "Item: ~~Hose~~; Price: 8.00 €; Share: 12.5%; Day: 2025-04-05; Code: 0012; Took: 1:30",
]


def test_values_as_they_are_shown() -> None:
    document = load_bytes(old_workbook(), "prices.xls")
    assert (document.kind, document.title) == ("xls", "Price list")
    assert document.metadata == {"author": "Anna", "created": "2025-01-02T03:04:00"}
    assert document.text.split("\n\n") == [
        "Prices",
        "\n".join(PRICES),
        "Comment on Pump, 1,250.50 € (B2): net",
        "Merged",
        "Region: North; Plan H1: a1; Plan H2: a2\nRegion: North; Plan H1: b1; Plan H2: b2",
    ]
    assert document.notes == ("1 hidden row, 1 hidden column, 1 hidden sheet not read",)


def test_what_is_hidden_is_read_if_asked_for() -> None:
    token = CHOICES.set(Choices(hidden=True))
    try:
        document = load_bytes(old_workbook(), "prices.xls")
    finally:
        CHOICES.reset(token)
    assert "Item: Seal; Price: -2.00 €; Share: 100.0%" in document.text
    assert "Secret" in document.text
    assert document.notes == ()


def test_a_damaged_workbook() -> None:
    whole = old_workbook()
    first = whole.index(b"\x09\x08\x10\x00")
    for data in (
        whole[:first] + bytes(400) + whole[first + 400 :],
        OLE + bytes(80) + "Workbook".encode("utf-16-le") + bytes(600),
    ):
        with pytest.raises(BrokenFile, match="damaged, or not an Excel workbook inside"):
            load_bytes(data, "a.xls")


def test_tables_and_pages_that_are_only_named_so() -> None:
    assert load_bytes(b"Item\tPrice\nPump\t12.50\nHose\t8.00\n", "a.xls").text == (
        "Item: Pump; Price: 12.50\nItem: Hose; Price: 8.00"
    )
    assert load_bytes(b"<html><p>Hello", "a.xls").kind == "html"


def record(kind: int, data: bytes) -> bytes:
    """A record of a binary workbook: its number and size in groups of 7 bits ([MS-XLSB], 2.1.4)."""
    number = bytes([kind & 0x7F | 0x80, kind >> 7]) if kind > 0x7F else bytes([kind])
    return number + bytes([len(data)]) + data


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_workbook() -> bytes:
    def sheet(rows: list[list[str | float]]) -> bytes:
        height, width = len(rows) - 1, len(rows[0]) - 1
        parts = [record(0x94, struct.pack("<IIII", 0, height, 0, width)), record(0x91, b"")]
        for number, row in enumerate(rows):
            parts.append(record(0, struct.pack("<I", number) + bytes(13)))
            for column, value in enumerate(row):
                cell = struct.pack("<II", column, 0)
                if isinstance(value, str):
                    parts.append(record(6, cell + wide(value)))
                else:
                    parts.append(record(5, cell + struct.pack("<d", value)))
        return b"".join([*parts, record(0x92, b"")])

    sheets = [("Prices", 0), ("Secret", 1)]
    bundle = b"".join(
        record(0x9C, struct.pack("<II", state, place + 1) + wide(f"rId{place + 1}") + wide(name))
        for place, (name, state) in enumerate(sheets)
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="worksheets/sheet{n}.bin"/>'
        for n in (1, 2)
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    opening = f'<Relationships xmlns="{package}">'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.bin": record(0x83, b"")
            + record(0x8F, b"")
            + bundle
            + record(0x90, b"")
            + record(0x9D, b""),
            "xl/_rels/workbook.bin.rels": f"{opening}{relations}</Relationships>",
            "xl/worksheets/sheet1.bin": sheet([["Item", "Price"], ["Pump", 1250.5], ["Hose", 8.0]]),
            "xl/worksheets/sheet2.bin": sheet([["hidden", "x"]]),
        }
    )


def test_binary_workbook_says_how_it_shows_numbers() -> None:
    document = load_bytes(binary_workbook(), "a.xlsb")
    assert (document.kind, document.text) == (
        "xlsb",
        "Prices\n\nItem: Pump; Price: 1250.5\nItem: Hose; Price: 8",
    )
    assert document.notes == (
        "1 hidden sheet not read",
        "numbers as they are stored, without currency or per cent; save it as .xlsx to have them",
    )
    # The second one names a sheet that its relations do not have: calamine panics.
    sheet = record(0x9C, struct.pack("<II", 0, 1) + wide("rId9") + wide("x"))
    for book in (b"x", record(0x8F, b"") + sheet + record(0x90, b"")):
        with pytest.raises(BrokenFile, match="damaged, or not an Excel workbook inside"):
            load_bytes(zipped({"[Content_Types].xml": "", "xl/workbook.bin": book}), "a.xlsb")
