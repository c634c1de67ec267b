"""LaTeX, by pylatexenc: sections, lists, tables, notes and captions. Equations stay as they are.

No macro is run and no file is included, which the receipt says; what an unknown macro or
environment holds is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexCommentNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexMathNode,
    LatexSpecialsNode,
    LatexWalker,
    LatexWalkerError,
)

from ingest.errors import BrokenFile
from ingest.load.common.charset import decode
from ingest.load.common.compose import compose
from ingest.load.common.left_out import LeftOut
from ingest.load.common.tables import Cell
from ingest.load.common.typography import linked, lowered, raised, struck_out
from ingest.load.markup.latex_names import (
    CITATIONS,
    CODE,
    EQUATIONS,
    INCLUDED,
    LEVELS,
    LISTS,
    METADATA,
    NOTES,
    REFERENCES,
    SILENT,
    TABLES,
    context,
)
from ingest.load.markup.lines import Gathered, table_blocks
from ingest.records import Block, LoadedDocument

_BREAK = re.compile(r"\n[ \t]*\n")
_IS_BODY = re.compile(r"\\begin\s*\{document\}")


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a file. Raises BrokenFile for data that is not text or is nested absurdly deep."""
    source = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    try:
        reader = _Reader()
        found = _IS_BODY.search(source)
        if found:
            # What stands before the text defines things; of it only the title is for readers.
            reader.preamble(_parsed(source[: found.start()]))
            source = source[found.end() :].split("\\end{document}")[0]
        reader.read(_parsed(source))
    except (RecursionError, LatexWalkerError) as error:
        raise BrokenFile("nested too deeply, or not LaTeX inside") from error
    metadata = {key: value for key, value in reader.metadata.items() if value}
    title = metadata.pop("title", None)
    blocks = reader.gathered.blocks
    above = [Block("heading", title, 1)] if title else []
    about = [Block("row", f"{key.capitalize()}: {value}") for key, value in metadata.items()]
    if above and blocks and blocks[0].text == title:
        above = []
    title = title or next((block.text for block in blocks if block.kind == "heading"), None)
    notes = reader.left_out.notes()
    return compose("latex", [*above, *about, *blocks], title=title, metadata=metadata, notes=notes)


def _parsed(source: str) -> Sequence[Any]:
    walker = LatexWalker(source, latex_context=context(), tolerant_parsing=True)
    nodes: Sequence[Any] = walker.get_latex_nodes(pos=0)[0]
    return nodes


class _Reader:
    def __init__(self) -> None:
        self.gathered = Gathered()
        self.metadata: dict[str, str] = {}
        self.left_out = LeftOut()
        self._notes: list[str] = []
        self._symbols = LatexNodes2Text(math_mode="verbatim", keep_comments=False)

    def preamble(self, nodes: Sequence[Any]) -> None:
        """Take the title, the author and the date of the document."""
        for node in nodes:
            if isinstance(node, LatexMacroNode) and node.macroname in METADATA:
                self.metadata[METADATA[node.macroname]] = self._line(_last(node))

    def read(self, nodes: Sequence[Any]) -> None:
        """Gather the blocks of a document, or of what stands in an environment."""
        self._gather(nodes)
        self._end()

    def _end(self) -> None:
        self.gathered.end()
        notes, self._notes = self._notes, []
        self.gathered.add(*(Block("paragraph", f"Note: {note}") for note in notes))

    def _gather(self, nodes: Sequence[Any]) -> None:
        for node in nodes:
            if isinstance(node, LatexCharsNode):
                for index, part in enumerate(_BREAK.split(node.chars)):
                    if index:
                        self._end()
                    self._add(_typed(part))
            elif isinstance(node, LatexMacroNode):
                self._macro(node)
            elif isinstance(node, LatexEnvironmentNode):
                self._environment(node)
            elif isinstance(node, LatexSpecialsNode) and node.specials_chars.startswith("\n"):
                self._end()
            elif isinstance(node, LatexGroupNode):
                self._gather(node.nodelist)
            else:
                self._add(self._inline(node))

    def _add(self, text: str) -> None:
        if text:
            self.gathered.piece(text)

    def _macro(self, node: Any) -> None:
        name = node.macroname
        if name in LEVELS:
            self._end()
            text = self._line(_last(node))
            if text:
                self.gathered.add(Block("heading", text, LEVELS[name]))
        elif name in METADATA:
            self.metadata[METADATA[name]] = self._line(_last(node))
        elif name == "caption":
            self._end()
            self.gathered.add(Block("paragraph", self._line(_last(node))))
        elif name in ("par", "bigskip", "medskip", "smallskip"):
            self._end()
        elif name in INCLUDED:
            what = "picture" if name == "includegraphics" else "included file"
            self.left_out[what] += 1
        else:
            self._add(self._inline(node))

    def _environment(self, node: Any) -> None:
        name = node.environmentname
        if name in LISTS or name == "thebibliography":
            self._list(node)
        elif name in TABLES:
            self._end()
            self.gathered.add(*self._table(node))
            self._end()
        elif name in CODE:
            self._end()
            code = node.latex_verbatim().partition("}")[2].rpartition("\\end")[0]
            self.gathered.add(Block("code", code.removeprefix("\n")))
        elif name in EQUATIONS:
            self._add(" " + " ".join(node.latex_verbatim().split()) + " ")
        elif name == "comment":
            return
        else:
            self._end()
            self._gather(node.nodelist)
            self._end()

    def _list(self, node: Any) -> None:
        self._end()
        number = 0
        for child in node.nodelist:
            is_item = isinstance(child, LatexMacroNode) and child.macroname in ("item", "bibitem")
            if is_item:
                self._end()
                number += 1
                label = self._line(_last(child))
                mark = f"{number}. " if node.environmentname == "enumerate" else ""
                self.gathered.item(f"{label}: " if label else mark)
            else:
                self._gather([child])
        self._end()

    def _table(self, node: Any) -> Iterator[Block]:
        """A table; what stands between its first rules names the columns."""
        rows: list[list[Cell]] = []
        row: list[Cell] = []
        cell: list[Any] = []
        rules: list[int] = []

        def end_cell() -> None:
            row.append(self._cell(cell))
            cell.clear()

        for child in node.nodelist:
            if isinstance(child, LatexSpecialsNode) and child.specials_chars == "&":
                end_cell()
            elif isinstance(child, LatexMacroNode) and child.macroname in ("\\", "tabularnewline"):
                end_cell()
                rows.append(list(row))
                row.clear()
            elif isinstance(child, LatexMacroNode) and child.macroname in (
                "hline", "toprule", "midrule", "bottomrule",
            ):  # fmt: skip
                rules.append(len(rows))
            else:
                cell.append(child)
        end_cell()
        rows = [one for one in [*rows, list(row)] if any(part.text for part in one)]
        first = next((rule for rule in rules if rule), 0)
        headers = first if first < len(rows) and first <= 2 else 0
        yield from table_blocks(rows, headers)

    def _cell(self, nodes: Sequence[Any]) -> Cell:
        for node in nodes:
            if isinstance(node, LatexMacroNode) and node.macroname in ("multicolumn", "multirow"):
                arguments = [one for one in node.nodeargd.argnlist if one is not None]
                texts = [self._line([one]) for one in arguments]
                count = next((int(text) for text in texts if text.isdecimal() and len(text) < 4), 1)
                text = texts[-1] if texts else ""
                wide = node.macroname == "multicolumn"
                return Cell(text, count if wide else 1, 1 if wide else count)
        return Cell(self._line(nodes))

    def _line(self, nodes: Sequence[Any] | None) -> str:
        return " ".join("".join(map(self._inline, nodes or ())).split())

    def _inline(self, node: Any) -> str:
        """What a piece of a line shows."""
        if node is None or isinstance(node, LatexCommentNode):
            return ""
        if isinstance(node, LatexMathNode):
            return str(node.latex_verbatim())
        if isinstance(node, LatexCharsNode):
            return _typed(node.chars)
        if isinstance(node, LatexGroupNode):
            return "".join(map(self._inline, node.nodelist))
        if isinstance(node, LatexEnvironmentNode):
            return self._line(node.nodelist)
        if not isinstance(node, LatexMacroNode):
            return str(self._symbols.nodelist_to_text([node]))
        return self._inline_macro(node)

    def _inline_macro(self, node: Any) -> str:
        name = node.macroname
        if name in NOTES:
            self._notes.append(self._line(_last(node)))
            return ""
        if name in CITATIONS or name in REFERENCES:
            key = self._line(_last(node))
            return f"[{key}]" if name in CITATIONS else f"({key})"
        if name in SILENT or name in INCLUDED:
            return ""
        text = self._line(_last(node))
        if name == "href":
            first = next((one for one in node.nodeargd.argnlist if one is not None), None)
            return linked(text, self._line([first]))
        if name in ("url", "textcolor", "resizebox"):
            return text
        if name in ("textsuperscript", "textsubscript"):
            return raised(text) if name == "textsuperscript" else lowered(text)
        if name in ("sout", "st"):
            return struck_out(text)
        shown = str(self._symbols.nodelist_to_text([node]))
        return shown if shown.strip() or not text else text


def _last(node: Any) -> list[Any]:
    """The last argument of a macro, which is what it says."""
    arguments = [one for one in getattr(node.nodeargd, "argnlist", None) or () if one is not None]
    return arguments[-1:]


def _typed(text: str) -> str:
    """Dashes and quotation marks as they are set."""
    return (
        text.replace("---", "—")
        .replace("--", "–")
        .replace("``", "“")
        .replace("''", "”")
        .replace("~", " ")
    )
