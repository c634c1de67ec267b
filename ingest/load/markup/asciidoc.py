"""AsciiDoc: headings, lists, tables, code and notes. What an ``include`` names is not read, which
the receipt says."""

from __future__ import annotations

import re
from typing import Any

from ingest.errors import BrokenFile
from ingest.load.common.compose import compose
from ingest.load.common.left_out import LeftOut
from ingest.load.common.tables import Cell
from ingest.load.common.typography import linked, lowered, raised
from ingest.load.markup.lines import Gathered, decoded_lines, table_blocks
from ingest.records import Block, LoadedDocument

_HEADING = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)")
_ATTRIBUTE = re.compile(r":([\w-]+):\s*(.*)")
_LIST = re.compile(r"\s*(?:(\*{1,5}|-)|(\.{1,5})|(\d+\.))\s+(\S.*)")
_TERM = re.compile(r"\s*(\S.*?)(:{2,4}|;;)(?:\s+(.*))?$")
_DELIMITER = re.compile(
    r"(?:(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--|```.*)|([|,:!]={3,}))$"
)
_OPTIONS = re.compile(r"\[.*\]$")
_TITLE = re.compile(r"\.(?=[^\s.])(.*)")
_MACRO = re.compile(r"(image|video|audio|include|toc|ifdef|ifndef|endif|ifeval)::([^\[]*)\[(.*)\]$")
_CELL = re.compile(r"(?:^|(?<=\s))(?:(\d+)?(?:\.(\d+))?\+|\d+\*)?(?:[<^>.]{1,3})?[adehlmsv]?\|")
_LINK = re.compile(r"(?:link:|(?=https?://|mailto:))([^\s\[\]]+)\[([^\]]*)\]")
_CROSS = re.compile(r"<<([^<,>]+)(?:,([^<>]+))?>>|xref:([^\s\[:]+)\[([^\]]*)\]")
_EQUATION = re.compile(r"(?:stem|latexmath|asciimath):\[((?:[^\]\\]|\\.)*)\]")
_NOTE = re.compile(r"footnote:[^\[]*\[([^\]]*)\]")
_PLAIN_MACRO = re.compile(r"(?:kbd|btn|menu|pass|icon|image):([^\s\[]*)\[([^\]]*)\]")
_MARKS = re.compile(
    r"(?<!\w)(?:\[[^\]\n]{0,80}\])?([*_`#])(?=\S)([^\n]{0,400}?\S)\1(?!\w)|([*_`#])\3([^\n]{1,400}?)\3\3"
)
_RAISED, _LOWERED = re.compile(r"\^(\S{1,40}?)\^"), re.compile(r"~(\S{1,40}?)~")
_REFERENCE = re.compile(r"\{([\w-]+)\}")
_CODE = ("-", ".", "+", "`")
_METADATA = {"author": "author", "revdate": "created", "lang": "language"}


class _Reader:
    def __init__(self) -> None:
        self.gathered = Gathered()
        self.attributes: dict[str, str] = {}
        self.left_out = LeftOut()
        self.title: str | None = None
        self._counts: dict[str, int] = {}
        self._options = ""

    def read(self, lines: list[str]) -> None:
        place = 0
        while place < len(lines):
            line = lines[place]
            place += 1
            delimiter = _DELIMITER.match(line)
            if delimiter:
                place = self._delimited(delimiter[0], lines, place)
            else:
                self._line(line)
        self.gathered.end()

    def _line(self, line: str) -> None:
        gathered = self.gathered
        if not line.strip() or line == "+":
            gathered.end()
            self._counts = {} if not line.strip() and not line else self._counts
        elif line.startswith("//"):
            return
        elif heading := _HEADING.match(line):
            level = len(heading[1])
            text = self._plain(heading[2], links=False)
            self.title = self.title or (text if level == 1 else None)
            gathered.add(Block("heading", text, level))
        elif attribute := _ATTRIBUTE.match(line):
            self.attributes[attribute[1].lower()] = attribute[2]
        elif macro := _MACRO.match(line):
            gathered.end()
            if macro[1] == "include":
                self.left_out["included file"] += 1
            elif macro[1] == "image":
                self.left_out["picture"] += 1
        elif _OPTIONS.match(line):
            gathered.end()
            self._options = line
            return
        elif found := _LIST.match(line):
            gathered.item(self._number(found) + self._plain(found[4]))
        elif title := _TITLE.match(line):
            gathered.add(Block("paragraph", self._plain(title[1])))
            return
        elif term := _TERM.match(line):
            gathered.item(f"{self._plain(term[1])}: {self._plain(term[3] or '')}".strip())
        else:
            gathered.line(self._plain(line.strip().removesuffix(" +")))
        self._options = ""

    def _number(self, found: re.Match[str]) -> str:
        """The number of an item: a list of dots is numbered by the program that prints it."""
        if found[3]:
            return f"{found[3]} "
        mark = found[2] or ""
        if not mark:
            return ""
        self._counts = {dots: n for dots, n in self._counts.items() if len(dots) <= len(mark)}
        self._counts[mark] = self._counts.get(mark, 0) + 1
        return f"{self._counts[mark]}. "

    def _delimited(self, mark: str, lines: list[str], place: int) -> int:
        """What stands between two lines of the same mark. Gives where it ends."""
        inner: list[str] = []
        end = "```" if mark.startswith("```") else mark
        while place < len(lines) and lines[place] != end:
            inner.append(lines[place])
            place += 1
        self.gathered.end()
        options, self._options = self._options, ""
        if mark.endswith("===") and mark[0] in "|!,:":
            self.gathered.add(*self._table(inner, options, mark[0]))
            return place + 1
        if mark[0] == "/":
            return place + 1
        if mark[0] == "+" and "stem" in options:
            self.gathered.add(Block("paragraph", " ".join(inner)))
        elif mark[0] in _CODE and mark != "--":
            self.gathered.add(Block("code", "\n".join(inner)))
        else:
            self.read(inner)
        return place + 1

    def _table(self, lines: list[str], options: str, mark: str) -> list[Block]:
        """A table, whose cells may each have a line of their own."""
        if mark in ",:":
            rows = [
                [Cell(self._plain(c.strip())) for c in line.split(mark)] for line in lines if line
            ]
            return table_blocks(rows, int("header" in options))
        cells: list[Cell] = []
        widths: list[int] = []
        for line in lines:
            found = list(_CELL.finditer(line))
            if not found:
                if cells and line.strip():
                    last = cells[-1]
                    text = f"{last.text} {self._plain(line.strip())}"
                    cells[-1] = Cell(text, last.columns, last.rows)
                continue
            widths.append(len(found))
            ends = [*(one.start() for one in found[1:]), len(line)]
            for one, end in zip(found, ends, strict=True):
                text = self._plain(line[one.end() : end].strip())
                cells.append(Cell(text, int(one[1] or 1), int(one[2] or 1)))
        width = _columns(options) or (widths[0] if widths and widths[0] > 1 else 0)
        width = width or next((w for w in widths if w > 1), 1)
        rows = _in_rows(cells, width)
        # A header is marked, or is one line above an empty one.
        first = next((index for index, line in enumerate(lines) if line.strip()), 0)
        is_header = "header" in options or (
            bool(widths)
            and widths[0] == width
            and first + 1 < len(lines)
            and not lines[first + 1].strip()
            and "noheader" not in options
        )
        return table_blocks(rows, int(is_header and len(rows) > 1))

    def _plain(self, text: str, *, links: bool = True) -> str:
        """A line without the marks of type, links and equations."""
        text = _REFERENCE.sub(lambda one: self.attributes.get(one[1].lower(), one[0]), text)
        text = _EQUATION.sub(r"\1", text)
        text = _LINK.sub(lambda one: _link(one[1], one[2], links), text)
        text = _CROSS.sub(lambda one: (one[2] or one[4] or one[1] or one[3]).strip(), text)
        text = _NOTE.sub(r" (\1)", text)
        text = _PLAIN_MACRO.sub(lambda one: one[2] or one[1], text)
        text = _MARKS.sub(lambda one: one[2] or one[4], text)
        text = _RAISED.sub(lambda one: raised(one[1]), text)
        return _LOWERED.sub(lambda one: lowered(one[1]), text)


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read an AsciiDoc file. Raises BrokenFile for data that is not text or nested absurdly."""
    reader = _Reader()
    try:
        reader.read(decoded_lines(data))
    except RecursionError:
        raise BrokenFile("nested too deeply to be read") from None
    metadata: dict[str, Any] = {
        name: reader.attributes[key]
        for key, name in _METADATA.items()
        if reader.attributes.get(key)
    }
    notes = reader.left_out.notes()
    return compose(
        "asciidoc", reader.gathered.blocks, title=reader.title, metadata=metadata, notes=notes
    )


def _link(target: str, text: str, links: bool) -> str:
    text = text.removesuffix("^").split(",window=")[0].strip('"')
    return (linked(text, target) if links else text) if text else target.removeprefix("mailto:")


def _columns(options: str) -> int:
    """How many columns ``[cols="1,2"]`` or ``[cols=3*]`` asks for."""
    found = re.search(r"cols=(?:\"([^\"]*)\"|([\w*<^>.]+))", options)
    if found is None:
        return 0
    parts = re.split(r"[,;]", found[1] or found[2] or "")
    return sum(int(p.split("*")[0]) if re.match(r"\d{1,3}\*", p.strip()) else 1 for p in parts)


def _in_rows(cells: list[Cell], width: int) -> list[list[Cell]]:
    """Cells in rows of a width, with room for those that reach down from above."""
    rows: list[list[Cell]] = []
    reaching: dict[int, int] = {}
    row: list[Cell] = []
    room = width
    for cell in cells:
        row.append(cell)
        room -= cell.columns
        if cell.rows > 1:
            for ahead in range(1, min(cell.rows, 1000)):
                at = len(rows) + ahead
                reaching[at] = reaching.get(at, 0) + cell.columns
        if room <= 0:
            rows.append(row)
            row, room = [], width - reaching.get(len(rows), 0)
    return [*rows, row] if row else rows
