"""What all OpenDocument files have in common: their parts, their properties, names of elements."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from ingest.errors import BrokenFile
from ingest.load.formats.containers import ZIP
from ingest.load.office.zipped_xml import check_package, parse_xml

_NAMESPACE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
OFFICE, TEXT, TABLE, DRAW, STYLE, META, PRESENTATION, FORMAT = (
    _NAMESPACE % name
    for name in (
        "office", "text", "table", "drawing", "style", "meta", "presentation",
        "xsl-fo-compatible",
    )
)  # fmt: skip
XLINK = "{http://www.w3.org/1999/xlink}"
_DC = "{http://purl.org/dc/elements/1.1/}"


class Package:
    """The parts of a file, which is a ZIP archive or, if it is "flat", one XML file.

    ``content`` and ``styles`` are root elements, which are the same one in a flat file. Raises
    BrokenFile, and what ``zipfile`` and lxml raise.
    """

    def __init__(self, data: bytes) -> None:
        self._archive: zipfile.ZipFile | None = None
        if not data.startswith(ZIP):
            self.content = self.styles = self._properties = parse_xml(data)
            return
        check_package(data)
        self._archive = zipfile.ZipFile(BytesIO(data))
        names = set(self._archive.namelist())
        if b"encryption-data" in self._part("META-INF/manifest.xml", names):
            raise BrokenFile("protected by a password")
        self.content = parse_xml(self._archive.read("content.xml"))
        styles, properties = (self._part(part, names) for part in ("styles.xml", "meta.xml"))
        self.styles = parse_xml(styles) if styles else None
        self._properties = parse_xml(properties) if properties else None

    def body(self, kind: str) -> Any:
        """The element with what the file says, such as ``office:text``. Raises BrokenFile."""
        body = self.content.find(f"{OFFICE}body/{OFFICE}{kind}")
        if body is None:
            raise BrokenFile("damaged: it has no content")
        return body

    def object(self, frame: Any) -> Any | None:
        """The root of an object that stands in a frame, such as a chart or an equation."""
        found = frame.find(f"{DRAW}object")
        if found is None:
            return None
        if len(found):
            return found[0]
        path = found.get(f"{XLINK}href", "").removeprefix("./").strip("/") + "/content.xml"
        if self._archive is None or path not in self._archive.namelist():
            return None
        return parse_xml(self._archive.read(path))

    def properties(self) -> tuple[dict[str, str], str | None]:
        """The author, date and language of the file, and its title."""
        if self._properties is None:
            return {}, None

        def told(*names: str) -> str:
            found = (next(self._properties.iter(name), None) for name in names)
            return next((one.text.strip() for one in found if one is not None and one.text), "")

        metadata = {
            "author": told(f"{META}initial-creator", f"{_DC}creator"),
            "created": told(f"{META}creation-date", f"{_DC}date"),
            "language": told(f"{_DC}language"),
        }
        return {name: value for name, value in metadata.items() if value}, (
            told(f"{_DC}title") or None
        )

    def _part(self, name: str, names: set[str]) -> bytes:
        assert self._archive is not None
        return self._archive.read(name) if name in names else b""


def number(element: Any, name: str, least: int = 1) -> int:
    """A whole number that an attribute tells, such as how often a cell is repeated; the least one
    if it tells none."""
    value = element.get(name, "")
    return max(int(value), least) if value.isdecimal() and len(value) < 9 else least
