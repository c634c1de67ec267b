"""Small files to load, built by hand: PDFs line by line, and helpers to look at what was read."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from ingest.load.read import load_file
from ingest.records import LoadedDocument

PAGE_WIDTH, PAGE_HEIGHT = 595, 842
LINE = 14.0


@dataclass(frozen=True)
class Line:
    """Text at a place on a page, in points from the lower left corner."""

    x: float
    y: float
    text: str
    size: float = 11.0
    bold: bool = False
    angle: int = 0
    before: str = ""  # operators that draw something first, or change how the text is drawn


Page = Sequence[Line]


def column(
    texts: Sequence[str], x: float = 72, y: float = 760, size: float = 11, pitch: float = LINE
) -> list[Line]:
    """Lines one below the other."""
    return [Line(x, y - pitch * index, text, size) for index, text in enumerate(texts)]


def table(
    rows: Sequence[Sequence[str]],
    lefts: Sequence[float],
    y: float = 700,
    pitch: float = 20,
    bold_header: bool = False,
) -> list[Line]:
    """Cells row by row. A cell with line ends has that many lines; "" is an empty cell."""
    lines: list[Line] = []
    for number, row in enumerate(rows):
        for left, cell in zip(lefts, row, strict=True):
            for index, text in enumerate(cell.split("\n") if cell else []):
                bold = bold_header and number == 0
                lines.append(Line(left, y - LINE * index, text, 10, bold))
        deepest = max(cell.count("\n") for cell in row)
        y -= pitch + LINE * deepest
    return lines


def pdf(
    pages: Sequence[Page], information: str = "", trailer: str = "", objects: str = ""
) -> bytes:
    """A PDF with Helvetica in WinAnsi encoding. ``information`` goes into the Info dictionary."""
    numbers = [6 + 2 * index for index in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
        f"<<{information}>>",
    ]
    for number, page in zip(numbers, pages, strict=True):
        content = "\n".join(_drawn(line) for line in page)
        parts.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {PAGE_WIDTH} {PAGE_HEIGHT}]"
            f"/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>/Contents {number + 1} 0 R>>"
        )
        length = len(content.encode("cp1252"))
        parts.append(f"<</Length {length}>>\nstream\n{content}\nendstream")
    data = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, part in enumerate(parts, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{part}\nendobj\n".encode("cp1252")
    start = len(data)
    entries = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(parts) + 1
    data += f"{objects}xref\n0 {size}\n0000000000 65535 f \n{entries}".encode()
    data += f"trailer\n<</Size {size}/Root 1 0 R/Info 5 0 R{trailer}>>\n".encode()
    return data + f"startxref\n{start}\n%%EOF\n".encode()


def _drawn(line: Line) -> str:
    turn = {0: "1 0 0 1", 90: "0 1 -1 0", 180: "-1 0 0 -1", 270: "0 -1 1 0"}[line.angle]
    font = "F2" if line.bold else "F1"
    text = line.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    drawn = f"BT /{font} {line.size} Tf {turn} {line.x} {line.y} Tm ({text}) Tj ET"
    return f"q {line.before} {drawn} Q" if line.before else drawn


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of these files; the first one is stored, as EPUB wants it."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for index, (name, content) in enumerate(members.items()):
            method = zipfile.ZIP_DEFLATED if index else zipfile.ZIP_STORED
            archive.writestr(name, content, method)
    return stream.getvalue()


def with_main_type(office_file: bytes, old: str, new: str) -> bytes:
    """An Office file whose list of types has another type for its main part."""
    with zipfile.ZipFile(BytesIO(office_file)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    types = parts["[Content_Types].xml"]
    assert old.encode() in types
    return zipped({**parts, "[Content_Types].xml": types.replace(old.encode(), new.encode())})


def load(folder: Path, name: str, content: str | bytes) -> LoadedDocument:
    """Write a file and load it; the document's promises about its offsets are checked."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    document = load_file(path)
    check(document)
    return document


def check(document: LoadedDocument) -> None:
    """Assert that blocks and pages are in order and that nothing but white space is outside."""
    position = 0
    for block in document.blocks:
        assert position <= block.start < block.end <= len(document.text)
        assert not document.text[position : block.start].strip()
        assert document.text[block.start : block.end].strip()
        assert (1 <= block.level <= 6) if block.kind == "heading" else block.level == 0
        position = block.end
    assert not document.text[position:].strip()
    assert list(document.page_starts) == sorted(document.page_starts)
    assert all(0 <= start <= len(document.text) for start in document.page_starts)


def blocks(document: LoadedDocument) -> list[tuple[str, str]]:
    """The kind and text of each block; headings as "h1" to "h6"."""
    return [
        (
            f"h{block.level}" if block.kind == "heading" else block.kind,
            document.text[block.start : block.end],
        )
        for block in document.blocks
    ]


def texts(document: LoadedDocument, kind: str) -> list[str]:
    """The texts of all blocks of one kind."""
    return [text for found, text in blocks(document) if found == kind]
