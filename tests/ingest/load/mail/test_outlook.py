"""Outlook messages are read as any other mail."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

import pytest

from ingest.errors import BrokenFile
from ingest.load.formats.containers import OLE
from ingest.load.read import load_bytes
from tests.support.compound import Tree, compound

SENT = datetime(2025, 3, 4, 9, 30, tzinfo=UTC)


def storage(
    header: int, texts: dict[int, str], binary: dict[int, bytes], numbers: dict[int, int]
) -> Tree:
    """Properties as streams, and the list of them: [MS-OXMSG], 2.4."""
    listed = bytes(header)
    streams: dict[str, bytes | Tree] = {}
    for tag, text in texts.items():
        data = text.encode("utf-16-le")
        listed += struct.pack("<HHIII", 0x1F, tag, 6, len(data) + 2, 0)
        streams[f"__substg1.0_{tag:04X}001F"] = data
    for tag, data in binary.items():
        listed += struct.pack("<HHIII", 0x102, tag, 6, len(data), 0)
        streams[f"__substg1.0_{tag:04X}0102"] = data
    for tag, value in numbers.items():
        kind = 0x40 if value > 0xFFFFFFFF else 3
        listed += struct.pack("<HHIQ", kind, tag, 6, value)
    return {**streams, "__properties_version1.0": listed}


def outlook(more: Tree | None = None, html: str = "", page: int = 65001) -> bytes:
    sent = int((SENT - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
    texts = {
        0x001A: "IPM.Note",
        0x0037: "Pump recall – Köln",
        0x0C1A: "Anna Ärger",
        0x0C1F: "anna@example.com",
        0x0E04: "Bo Example",
        0x1000: "The red lamp means low oil.\r\n\r\n> Which lamp?\r\n\r\n-- \r\nAnna",
    }
    binary = {0x1013: html.encode()} if html else {}
    message = storage(32, texts, binary, {0x0039: sent, 0x3FDE: page})
    return compound({**message, "__nameid_version1.0": {}, **(more or {})})


def test_a_message_as_any_mail() -> None:
    attached = {0x3707: "notes.md"}, {0x3701: b"# Notes\n\nOil is checked daily."}, {0x3705: 1}
    inner = {0x3707: "inner"}, {0x3701: b""}, {0x3705: 5}
    data = outlook(
        {
            "__attach_version1.0_#00000000": storage(8, *attached),
            "__attach_version1.0_#00000001": storage(8, *inner),
        }
    )
    document = load_bytes(data, "recall.msg")
    assert (document.kind, document.title) == ("email", "Pump recall – Köln")
    assert document.metadata["created"] == "2025-03-04T09:30:00+00:00"
    assert "anna@example.com" in document.metadata["author"]
    assert document.metadata["attachments"] == ["notes.md"]
    for part in (
        "From: Anna Ärger <anna@example.com>",
        "To: Bo Example",
        "Subject: Pump recall – Köln",
        "The red lamp means low oil.",
        "Attachment: notes.md",
        "Oil is checked daily.",
    ):
        assert part in document.text, part
    assert document.notes == ("1 attached message not read",)


def test_the_table_that_only_its_html_has() -> None:
    html = "<table><tr><th>Pump<th>Flow<tr><td>P1<td>12<tr><td>P2<td>15</table>"
    assert "Pump: P2; Flow: 15" in load_bytes(outlook(html=html), "a.msg").text


def test_an_unknown_character_set() -> None:
    with pytest.raises(BrokenFile, match="in a character set that is not known"):
        load_bytes(outlook(page=4), "a.msg")


def test_a_damaged_message() -> None:
    with pytest.raises(BrokenFile, match="damaged, or not an Outlook message inside"):
        load_bytes(OLE + bytes(80) + "__properties_version1.0\0".encode("utf-16-le"), "a.msg")
    with pytest.raises(BrokenFile, match=r"named \.msg but is not an Outlook message"):
        load_bytes(b"Dear Anna, this is text.", "a.msg")
