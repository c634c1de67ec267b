"""Texts of a workbook whose characters are raised, lowered or struck out in part."""

from __future__ import annotations

import zipfile
from typing import Any

from ingest.load.common.typography import lowered, raised, struck_out
from ingest.load.office.zipped_xml import parse_xml

_STRINGS = "xl/sharedStrings.xml"
# Parsed, it takes ten times as much memory; openpyxl reads it piece by piece.
_MOST_BYTES = 64 * 1000 * 1000
_SIGNS = (b"vertAlign", b"strike")
_OFF = ("0", "false")


def rich_strings(archive: zipfile.ZipFile) -> list[str] | None:
    """The shared texts of a workbook in their order; None if they are plain, or too many,
    and openpyxl reads them well enough. Raises LxmlError."""
    if _STRINGS not in archive.namelist():
        return None
    if archive.getinfo(_STRINGS).file_size > _MOST_BYTES:
        return None
    data = archive.read(_STRINGS)
    if not any(sign in data for sign in _SIGNS):
        return None
    return [item_text(item) for item in parse_xml(data).findall("{*}si")]


def item_text(item: Any) -> str:
    """A text of several runs, its raised, lowered and struck-out characters as such."""
    parts = [child.text or "" for child in item.findall("{*}t")]
    for run in item.findall("{*}r"):
        text = run.findtext("{*}t") or ""
        struck = run.find("{*}rPr/{*}strike")
        align = run.find("{*}rPr/{*}vertAlign")
        place = align.get("val") if align is not None else None
        if place == "superscript":
            text = raised(text)
        elif place == "subscript":
            text = lowered(text)
        if struck is not None and struck.get("val") not in _OFF:
            text = struck_out(text)
        parts.append(text)
    return "".join(parts)
