"""Calendars (iCalendar, RFC 5545) and contacts (vCard, RFC 6350) as entries that can be quoted.

An entry is one line, "Summary: Delivery; Start: 2025-04-14 09:00 (Europe/Berlin)". Long lines are
put together, and pictures are left out, which the receipt says.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from typing import NamedTuple

from ingest.errors import BrokenFile
from ingest.load.common.charset import decode
from ingest.load.common.compose import compose
from ingest.load.common.left_out import LeftOut
from ingest.load.common.tables import row_lines
from ingest.records import Block, LoadedDocument

_FOLDED = re.compile(r"\r?\n[ \t]")
_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?\d\d)?(Z)?)?")
_ESCAPED = re.compile(r"\\(.)")
_ENTRIES = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VCARD"})
_NAMES = {
    "SUMMARY": "Summary", "DTSTART": "Start", "DTEND": "End", "DUE": "Due", "DURATION": "Duration",
    "LOCATION": "Location", "DESCRIPTION": "Description", "ORGANIZER": "Organizer",
    "ATTENDEE": "Attendee", "STATUS": "Status", "CATEGORIES": "Categories", "RRULE": "Repeats",
    "COMMENT": "Comment", "URL": "URL", "FN": "Name", "NICKNAME": "Nickname", "ORG": "Organization",
    "TITLE": "Title", "ROLE": "Role", "TEL": "Telephone", "EMAIL": "E-mail", "ADR": "Address",
    "BDAY": "Birthday", "NOTE": "Note",
}  # fmt: skip
_TIMES = frozenset({"DTSTART", "DTEND", "DUE", "BDAY"})
_PICTURES = frozenset({"PHOTO", "LOGO"})
_FILES = frozenset({"SOUND", "ATTACH", "KEY"})
_NOT_TEXT = _PICTURES | _FILES


class _Line(NamedTuple):
    name: str
    parameters: dict[str, str]
    value: str


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a calendar or contacts. Raises BrokenFile for data that is not text or has no entry."""
    left_out = LeftOut()
    blocks: list[Block] = []
    entry: list[tuple[str, str]] | None = None
    for line in _lines(decode(data)):
        kind = line.value.upper()
        if line.name == "BEGIN" and kind in _ENTRIES:
            entry = []
        elif line.name == "END" and kind in _ENTRIES and entry is not None:
            blocks.extend(Block("row", text) for text in row_lines(entry) if text)
            entry = None
        elif entry is not None and line.name in _NOT_TEXT:
            left_out["picture" if line.name in _PICTURES else "file"] += 1
        elif entry is not None and line.name in _NAMES and line.value.strip():
            entry.append((_NAMES[line.name], _shown(line)))
    if not blocks:
        raise BrokenFile("damaged: it has no entry")
    return compose("contacts", blocks, notes=left_out.notes())


def _lines(text: str) -> Iterator[_Line]:
    text = re.sub(r"=\r?\n", "", text) if "QUOTED-PRINTABLE" in text else text
    for line in _FOLDED.sub("", text).splitlines():
        head, colon, value = line.partition(":")
        if not colon:
            continue
        name, *given = head.split(";")
        parameters = {
            key.upper(): word.strip('"') for key, _, word in (one.partition("=") for one in given)
        }
        # "item1.TEL": the properties of a group.
        yield _Line(name.rpartition(".")[2].upper(), parameters, value)


def _shown(line: _Line) -> str:
    """What a line says, to be read by a person."""
    value = line.value
    if line.parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        value = decode(quopri.decodestring(value.encode()))
    if line.name in _TIMES and (found := _TIME.match(value)):
        year, month, day, hour, minute, zulu = found.groups()
        zone = "UTC" if zulu else line.parameters.get("TZID", "")
        clock = f" {hour}:{minute}" if hour else ""
        return f"{year}-{month}-{day}{clock}" + (f" ({zone})" if zone and clock else "")
    value = _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    value = re.sub(r"^mailto:", "", value, flags=re.I)
    if line.name in ("ADR", "ORG"):
        value = ", ".join(part for part in value.split(";") if part.strip())
    person = line.parameters.get("CN", "")
    return f"{person} ({value})" if person and person != value else value
