"""From the tokens of RTF to blocks.

A group, between braces, inherits the state of the one around it and gives it back at its end.
Its *destination* is where its text goes: into the document, a note, the table of fonts, nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ingest.load.common.headers import find_header
from ingest.load.common.tables import Cell, table_lines
from ingest.load.common.typography import lowered, raised, struck_out, without_seams
from ingest.load.office.rtf_tokens import Token, charset_of_font, charset_of_word
from ingest.records import Block, BlockKind
from ingest.text.unicode import paired

# Where the text of a destination goes. Of those that are not here, it is left out if they are
# marked with a star or listed below, and else it goes where that of the group around it goes.
_PLACES = {
    "rtf": "text",
    **dict.fromkeys(("footnote", "shptxt", "dptxbxtext"), "aside"),
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "furniture"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "furniture"),
    **dict.fromkeys(("listtext", "pntext"), "mark"),
    **{"fonttbl": "fonts", "stylesheet": "styles", "title": "title", "author": "author"},
}
_LEFT_OUT = frozenset(
    "colortbl info pict objdata objclass objname fldinst datafield listtable listoverridetable "
    "list listlevel leveltext levelnumbers listname listoverride lfolevel "
    "revtbl rsidtbl themedata colorschememapping latentstyles datastore xmlnstbl generator "
    "filetbl annotation atnid atnauthor atrfstart atrfend bkmkstart bkmkend xe tc rxe txe private "
    "shpinst shprslt nonshppict sp pn ud template background nonesttables nextfile formfield "
    "ftnsep ftnsepc aftnsep aftnsepc ftncn aftncn fname subject operator keywords doccomm company "
    "category manager comment hlinkbase".split()
)
# These stand in a group that is left out.
_INSIDE = ("rtf", "shptxt", "dptxbxtext", "title", "author")
_NOWHERE = "nowhere"

_CHARACTERS = {
    **{"tab": " ", "line": " ", "~": "\xa0", "_": "-", "emspace": " ", "enspace": " "},
    **{"qmspace": " ", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’"},
    **{"ldblquote": "“", "rdblquote": "”", "{": "{", "}": "}", "\\": "\\", "nestcell": " | "},
    **{"nestrow": " ", "lbr": " ", "softline": " ", "-": ""},
}
_HEADING = re.compile(r"\s*(?:heading|überschrift|titre|título|titolo)\s*(\d)", re.I)
# The mark of a list item that counts: "3.", "b)", "(iv)", but no bullet.
_COUNT = re.compile(r"\(?\w[\w.]*[.)]?$")
_BODY_TEXT = 9  # the outline level of what is no heading


@dataclass(slots=True)
class _State:
    """What a group inherits."""

    destination: str = _NOWHERE
    font: int | None = None
    charset: str = "cp1252"
    skip: int = 1
    hidden: bool = False
    place: str = ""
    struck: bool = False
    level: int | None = None
    style: int | None = None
    in_list: bool = False
    in_table: bool = False


@dataclass(slots=True)
class _Row:
    cells: list[str] = field(default_factory=list)
    is_header: bool = False


_SAID = {"super": raised, "sub": lowered}


class Reader:
    """Takes tokens one by one; ``blocks`` are the document's when it has ended."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.furniture: list[str] = []
        self.information: dict[str, str] = {}
        self.ended = False
        self._state = _State()
        self._groups: list[_State] = []
        self._opened = self._starred = False
        self._to_skip = 0
        self._bytes = bytearray()
        self._texts: dict[str, list[str]] = {}
        self._asides: list[Block] = []
        self._fonts: dict[int, str] = {}
        self._default_font: int | None = None
        self._styles: dict[int, int] = {}
        self._row = _Row()
        self._rows: list[_Row] = []

    def take(self, token: Token) -> None:
        """Go one token further."""
        if token.data:
            skipped = min(self._to_skip, len(token.data))
            self._to_skip -= skipped
            self._bytes += token.data[skipped:]
            self._opened = False
            return
        self._decode()
        self._to_skip = 0
        if token.brace == "{":
            self._groups.append(self._state)
            self._state = replace(self._state)
            self._opened = True
            return
        if token.brace:
            self._close_group()
        elif token.word == "*":
            # Elsewhere than at the beginning of a group it means nothing, but is found.
            self._starred = self._opened
            return
        elif not self._set_destination(token.word):
            self._word(token)
        self._starred = self._opened = False

    def finish(self) -> None:
        """Put down what is left; the last paragraph often has no end."""
        self._decode()
        if self._row.cells:
            self._row.cells.append(self._taken("text"))
        self._end_table()
        self._end_paragraph()

    def _decode(self) -> None:
        """What has been read byte by byte becomes text, all at once: a character may be two."""
        if self._bytes:
            charset = self._state.charset
            if self._state.destination not in ("title", "author"):
                charset = self._fonts.get(self._state.font or 0) or charset
            self._put(self._bytes.decode(charset, errors="replace"))
            self._bytes.clear()

    def _put(self, text: str) -> None:
        if self._state.destination != _NOWHERE and not self._state.hidden:
            text = _SAID[self._state.place](text) if self._state.place else text
            text = struck_out(text) if self._state.struck else text
            self._texts.setdefault(self._state.destination, []).append(text)

    def _taken(self, destination: str) -> str:
        """The text of a destination, which begins anew."""
        text = without_seams(paired("".join(self._texts.pop(destination, ()))))
        return " ".join(text.split())

    def _set_destination(self, word: str) -> bool:
        """Whether a word names a destination. Its group then has that one."""
        if word in _PLACES:
            if self._state.destination != _NOWHERE or word in _INSIDE:
                self._state.destination = _PLACES[word]
        elif self._starred or word in _LEFT_OUT:
            self._state.destination = _NOWHERE
        else:
            return False
        return True

    def _close_group(self) -> None:
        closed = self._state
        if len(self._groups) == 1:
            # While the state of the last paragraph is known.
            self.finish()
        if closed.destination == "styles":
            self._end_style(closed)
        self._state = self._groups.pop() if self._groups else _State()
        self.ended = not self._groups
        if closed.destination == self._state.destination:
            return
        if closed.destination in ("title", "author"):
            self.information[closed.destination] = self._taken(closed.destination)
        elif closed.destination in ("aside", "furniture"):
            self._end_other(closed.destination)

    def _end_style(self, style: _State) -> None:
        name = self._taken("styles")
        named = _HEADING.match(name)
        if style.style is not None and (named or style.level is not None):
            self._styles[style.style] = int(named.group(1)) - 1 if named else style.level or 0

    def _end_other(self, destination: str) -> None:
        text = self._taken(destination)
        aside = Block("paragraph", text)
        if destination == "aside":
            # A text box is written twice, for old programs and for new ones.
            if text and aside not in self._asides:
                self._asides.append(aside)
        elif text:
            self.furniture.append(text)

    def _word(self, token: Token) -> None:
        state, word, number = self._state, token.word, token.number
        if word in _CHARACTERS:
            self._put(_CHARACTERS[word])
        elif word == "u" and number is not None:
            self._put(chr(number % 0x10000))
            self._to_skip = state.skip
        elif word in ("par", "sect", "page", "\n", "\r"):
            self._end_line()
        elif word == "uc":
            state.skip = max(number or 0, 0)
        elif word in ("v", "deleted"):
            state.hidden = number != 0
        elif word == "plain":
            state.hidden, state.font = False, self._default_font
            state.place, state.struck = "", False
        elif word in ("super", "sub", "nosupersub"):
            state.place = word if word in _SAID and number != 0 else ""
        elif word in ("strike", "striked"):
            state.struck = number != 0
        elif not self._font_word(token) and state.destination in ("text", "styles"):
            self._paragraph_word(word, number)

    def _font_word(self, token: Token) -> bool:
        """Words that say in which character set text is."""
        state, number = self._state, token.number
        if token.word == "f":
            state.font = number
        elif token.word == "deff":
            self._default_font = state.font = number
        elif token.word == "fcharset":
            self._fonts[state.font or 0] = charset_of_font(number or 0) or ""
        elif charset := charset_of_word(token):
            if state.destination == "fonts":
                self._fonts[state.font or 0] = charset
            else:
                state.charset = charset
        else:
            return False
        return True

    def _paragraph_word(self, word: str, number: int | None) -> None:
        state = self._state
        if word == "pard":
            state.level = state.style = None
            state.in_list = state.in_table = False
        elif word == "s":
            state.style = number
        elif word == "outlinelevel":
            state.level = number
        elif word == "ls":
            state.in_list = bool(number)
        elif word == "intbl":
            state.in_table = True
        elif word == "trhdr":
            self._row.is_header = True
        elif word == "cell":
            self._row.cells.append(" ".join(filter(None, map(self._taken, ("mark", "text")))))
        elif word == "row":
            self._rows.append(self._row)
            self._row = _Row()

    def _end_line(self) -> None:
        destination = self._state.destination
        if destination in ("aside", "furniture"):
            self._end_other(destination)
        elif self._state.in_table:
            self._put(" ")
        elif destination == "text":
            self._end_table()
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        text, mark = self._taken("text"), self._taken("mark")
        state = self._state
        level = state.level if state.level is not None else self._styles.get(state.style or 0)
        if text:
            numbered = f"{mark} {text}" if _COUNT.match(mark) else text
            kind: BlockKind = "item" if mark or state.in_list else "paragraph"
            if level is not None and level < _BODY_TEXT:
                self.blocks.append(Block("heading", numbered, min(level + 1, 6)))
            else:
                self.blocks.append(Block(kind, numbered))
        self.blocks.extend(self._asides)
        self._asides = []

    def _end_table(self) -> None:
        if self._row.cells:
            self._rows.append(self._row)
        rows = [[Cell(text) for text in row.cells] for row in self._rows if any(row.cells)]
        headers = sum(row.is_header for row in self._rows[: max(len(rows) - 1, 0)])
        self._row, self._rows = _Row(), []
        if max(map(len, rows), default=0) < 2:
            # A frame around text.
            self.blocks.extend(Block("paragraph", cell.text) for row in rows for cell in row)
            return
        header = rows[:headers] or find_header(rows)
        lines = table_lines([*header, *rows[len(header) :]], len(header))
        self.blocks.extend(Block("row", line) for line in lines)
