"""From a tree of HTML elements to blocks, without recursion: a page may be nested deeply.

Choices: the text of an image (``alt``) is kept as "[image: text]", because it is what the author
says in words, and the brackets show that it is not prose. ``br`` is a space, two of them end the
paragraph. The items of an ordered list begin with their number, since texts refer to it. A link
to the web or to a mail address is followed by its target unless its text holds it; not in
headings, where it would be noise. A second paragraph in a list item is a paragraph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from ingest.load.common.headers import find_header
from ingest.load.common.tables import Cell, table_lines
from ingest.load.common.typography import linked, lowered, raised, struck_out
from ingest.load.web.html_page import Page
from ingest.load.web.html_skip import Skip, is_quote
from ingest.load.web.html_tables import data_table
from ingest.records import Block, BlockKind

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav "
    "ol optgroup option p pre search section summary table tbody td tfoot th thead tr ul "
    "listing plaintext xmp".split()
)
_CODE = frozenset({"pre", "listing", "plaintext", "xmp"})
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_SAID: dict[str, Callable[[str], str]] = {
    "sup": raised,
    "sub": lowered,
    **dict.fromkeys(("del", "s", "strike"), struck_out),
}
# So many rows show what a table is.
_SAMPLE = 50


@dataclass(slots=True)
class _Open:
    """A block element that is being walked. ``mark`` is what its first block begins with."""

    tag: str
    kind: BlockKind
    level: int = 0
    mark: str = ""
    number: int = 1


@dataclass(slots=True)
class _Walk:
    skip: Skip
    page: Page
    blocks: list[Block] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    said: list[tuple[str, int]] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    pictured: list[Block] = field(default_factory=list)
    breaks: int = 0
    is_mail: bool = False
    quotes: int = 0

    def text(self, node: LexborNode) -> None:
        text = node.text_content or ""
        if not text.isspace() and self.skip.is_unseen(node):
            return
        self.inline.append(text)
        if not text.isspace():
            self.breaks = 0

    def enter(self, node: LexborNode, tag: str) -> None:
        if tag == "br":
            self._line_break()
        elif tag == "img":
            alt = " ".join((node.attributes.get("alt") or "").split())
            self.inline.append(f" [image: {alt}] " if alt else "")
            self.pictured.extend(self.page.text_on(node))
        elif tag == "a":
            self.links.append(len(self.inline))
        elif tag in _SAID:
            self.said.append((tag, len(self.inline)))
        elif tag in _BLOCKS:
            self._flush()
            self.open.append(self._opened(node, tag))
            self.quotes += self._quotes(node, tag)

    def leave(self, node: LexborNode, tag: str) -> None:
        if tag == "a":
            self._link_target(node)
        elif tag in _SAID:
            self._say(*self.said.pop())
        elif tag in _BLOCKS:
            self._flush()
            closed = self.open.pop()
            self.quotes -= self._quotes(node, tag)
            if tag == "dd" and closed.mark:
                self.terms.append(closed.mark.removesuffix(": "))
            if tag in ("dd", "dl"):
                self._loose_terms()

    def close(self) -> None:
        """Put down what is left at the end."""
        self._flush()
        self._loose_terms()

    def table(self, lines: list[str], caption: str) -> None:
        self._flush()
        if caption:
            self._add(Block("paragraph", caption))
        for line in filter(None, lines):
            self._add(Block("row", line))

    def _quotes(self, node: LexborNode, tag: str) -> bool:
        """Whether an element of a mail holds another one, or the signature."""
        return self.is_mail and (tag == "blockquote" or is_quote(node.attributes))

    def _add(self, block: Block) -> None:
        self.blocks.append(Block("context", block.text) if self.quotes else block)

    def _opened(self, node: LexborNode, tag: str) -> _Open:
        if tag in _HEADINGS:
            return _Open(tag, "heading", _HEADINGS[tag])
        if tag in _CODE:
            return _Open(tag, "code")
        if tag == "li":
            return _Open(tag, "item", mark=self._number(node))
        if tag == "dd":
            mark = f"{', '.join(self.terms)}: " if self.terms else ""
            self.terms = []
            return _Open(tag, "item", mark=mark)
        above = self.open[-1] if self.open else None
        if tag in _LISTS:
            return _Open(tag, "paragraph", number=_whole(node.attributes.get("start"), 1))
        if above is not None and above.kind in ("item", "heading", "code"):
            # A block inside another takes its part; the outer one hands on its mark.
            return _Open(tag, above.kind, above.level, above.mark)
        return _Open(tag, "paragraph")

    def _number(self, node: LexborNode) -> str:
        above = next((opened for opened in reversed(self.open) if opened.tag in _LISTS), None)
        if above is None or above.tag != "ol":
            return ""
        above.number = _whole(node.attributes.get("value"), above.number)
        above.number += 1
        return f"{above.number - 1}. "

    def _line_break(self) -> None:
        in_code = bool(self.open) and self.open[-1].kind == "code"
        self.inline.append("\n" if in_code else " ")
        self.breaks += 1
        if self.breaks > 1 and not in_code:
            self._flush()

    def _link_target(self, node: LexborNode) -> None:
        start = self.links.pop() if self.links else 0
        text = "".join(self.inline[start:])
        target = (node.attributes.get("href") or "").strip()
        if not self.open or self.open[-1].kind != "heading":
            self.inline[start:] = [linked(text, target)]

    def _say(self, tag: str, start: int) -> None:
        """Write what is raised, lowered or struck out so that it is told from other text."""
        self.inline[start:] = [_SAID[tag]("".join(self.inline[start:]))]

    def _flush(self) -> None:
        """Put down the text that was walked since the last time, and that on its pictures."""
        self._put()
        self.blocks += self.pictured
        self.pictured = []

    def _put(self) -> None:
        for said in reversed(self.said):
            self._say(*said)
        self.said = [(tag, 0) for tag, _ in self.said]
        text = "".join(self.inline)
        self.inline = []
        self.links = [0] * len(self.links)
        self.breaks = 0
        if not text.strip():
            return
        opened = self.open[-1] if self.open else _Open("", "paragraph")
        if opened.tag == "dt":
            self.terms.append(" ".join(text.split()))
            return
        text = text if opened.kind == "code" else opened.mark + " ".join(text.split())
        self._add(Block(opened.kind, text, opened.level))
        if opened.kind == "item":
            self._item_begun()

    def _item_begun(self) -> None:
        """What follows in this item is not the item's beginning any more."""
        for opened in reversed(self.open):
            if opened.kind != "item":
                break
            opened.kind, opened.mark = "paragraph", ""
            if opened.tag in ("li", "dd"):
                break

    def _loose_terms(self) -> None:
        """Terms that no definition followed."""
        for term in self.terms:
            self._add(Block("item", term))
        self.terms = []


def walk(
    root: LexborNode, page: Page, *, keep_furniture: bool = False, is_mail: bool = False
) -> list[Block]:
    """The blocks below an element, in order. Texts may still hold runs of white space."""
    state = _Walk(Skip(root, page, keep_furniture=keep_furniture), page, is_mail=is_mail)
    pending: list[tuple[LexborNode, bool]] = [(root, False)]
    while pending:
        node, leaving = pending.pop()
        if node.is_text_node:
            state.text(node)
            continue
        tag = node.tag or ""
        if leaving:
            state.leave(node, tag)
            continue
        if not node.is_element_node or state.skip.leaves_out(node, tag):
            continue
        table = data_table(node) if tag == "table" else None
        if table is not None:
            texts = {cell.mem_id: cell_text(cell, page) for row in table.rows for cell in row}
            caption = cell_text(table.caption, page) if table.caption is not None else ""
            rows = table.cells(texts)
            header = rows[: table.headers] or _unmarked_header(rows)
            lines = table_lines([*header, *rows[len(header) :]], len(header))
            state.table(lines, caption)
            continue
        state.enter(node, tag)
        pending.append((node, True))
        pending.extend(reversed([(child, False) for child in _children(node)]))
    state.close()
    return state.blocks


def _unmarked_header(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The rows that name the columns of a table without any ``th``; two rows are no evidence."""
    return find_header(rows[:_SAMPLE]) if len(rows) > 2 else []


def cell_text(cell: LexborNode, page: Page) -> str:
    """The text of a table cell or caption on one line: its blocks, joined by spaces."""
    return " ".join(" ".join(block.text.split()) for block in walk(cell, page))


def _children(node: LexborNode) -> list[LexborNode]:
    children: list[LexborNode] = []
    child = node.child
    while child is not None:
        children.append(child)
        child = child.next
    return children


def _whole(text: str | None, otherwise: int) -> int:
    text = (text or "").strip()
    return (
        int(text)
        if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 10
        else otherwise
    )
