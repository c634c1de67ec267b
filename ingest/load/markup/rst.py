"""reStructuredText, by docutils: nothing is included, fetched or run.

Directives and roles that docutils does not know, such as Sphinx's, give their text. A substitution
or reference that is defined nowhere stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from docutils.core import publish_doctree
from docutils.languages import en as english
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.languages import en as names

from ingest.errors import BrokenFile
from ingest.load.common.charset import decode
from ingest.load.common.compose import compose
from ingest.load.common.left_out import LeftOut
from ingest.load.common.numerals import roman
from ingest.load.common.tables import Cell
from ingest.load.common.typography import linked, lowered, raised
from ingest.load.markup.lines import table_blocks
from ingest.records import Block, LoadedDocument

_DIRECTIVE = re.compile(r"^[ \t]*\.\.[ \t]+(?:\|[^|\n]{1,80}\|[ \t]+)?([\w:.+-]{1,60})::", re.M)
_SHOWS_NOTHING = re.compile(r"\s*\.\.\s+(?:raw|include)::")
_ROLE = re.compile(r":([A-Za-z][\w:.+-]{0,60}):`")
_TARGET = re.compile(r"(?s)[!~]?(.*?)<[^<>]*>$")
_CODE = ("code", "code-block", "sourcecode")
_SETTINGS = {
    "raw_enabled": False,
    "file_insertion_enabled": False,
    "_disable_config": True,
    "report_level": 2,  # so that what could not be understood stays in the tree
    "halt_level": 6,
    "warning_stream": False,
    "smart_quotes": False,
    "line_length_limit": 1_000_000,
    "docinfo_xform": True,
    "doctitle_xform": True,
}
_METADATA = {"author": "author", "date": "created", "language": "language"}
_DEEPEST_LEVEL = 6
# Said beside the text, or for programs.
_LEFT_OUT = (nodes.comment, nodes.substitution_definition, nodes.target, nodes.pending, nodes.meta)


class _AnyOption(dict[str, Any]):
    """Options of directives, whatever their names."""

    def __missing__(self, name: str) -> Any:
        return str


class _Code(Directive):  # type: ignore[misc]
    """A listing, with the options that Sphinx adds to docutils' own."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: Any = _AnyOption(caption=str)

    def run(self) -> list[Any]:
        code = "\n".join(self.content)
        caption = self.options.get("caption")
        above = [nodes.paragraph("", caption)] if caption else []
        return [*above, nodes.literal_block(code, code)]


class _Unknown(Directive):  # type: ignore[misc]
    """A directive of another program: its title and what stands in it are text."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: Any = _AnyOption(caption=str)

    def run(self) -> list[Any]:
        found = nodes.container()
        name = self.name.rpartition(":")[2]
        if self.arguments:
            said, messages = self.state.inline_text(self.arguments[0], self.lineno)
            found += nodes.paragraph("", f"{name}: ", *said)
            found += messages
        if name != "toctree":
            self.state.nested_parse(self.content, self.content_offset, found)
        return [found]


def _unknown_role(_name: str, raw: str, text: str, *_: Any) -> tuple[list[Any], list[Any]]:
    """A role of another program: the words that it shows."""
    found = _TARGET.match(text)
    return [nodes.inline(raw, found[1].rstrip() if found else text.lstrip("!~"))], []


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a file. Raises BrokenFile for data that is not text or is nested absurdly deep."""
    text = decode(data)
    _register(text)
    try:
        tree = publish_doctree(text, settings_overrides=_SETTINGS)
        reader = _Reader()
        # A document's own title has no section around it: the others are below it.
        blocks = list(reader.blocks(tree, int(isinstance(tree.next_node(), nodes.title))))
    except RecursionError:
        raise BrokenFile("nested too deeply to be read") from None
    reader.left_out["included file"] += sum(
        found[1] == "include" for found in _DIRECTIVE.finditer(text)
    )
    title = next((block.text for block in blocks if block.kind == "heading"), None)
    notes = reader.left_out.notes()
    return compose("rst", blocks, title=title, metadata=reader.metadata, notes=notes)


def _register(text: str) -> None:
    """Make docutils know the directives and roles of a text."""
    for name in _CODE:
        directives.register_directive(name, _Code)
    for name in {found[1].lower() for found in _DIRECTIVE.finditer(text)}:
        if name not in names.directives and name not in directives._directives:
            directives.register_directive(name, _Unknown)
    for name in {found[1].lower() for found in _ROLE.finditer(text)}:
        if name not in names.roles and name not in roles._role_registry:
            roles.register_canonical_role(name, _unknown_role)


class _Reader:
    """The blocks of docutils' tree."""

    def __init__(self) -> None:
        self.metadata: dict[str, Any] = {}
        self.left_out = LeftOut()

    def blocks(self, element: Any, level: int) -> Iterator[Block]:
        """The blocks in an element that stands under so many headings."""
        for part in element.children:
            yield from self._block(part, level)

    def _block(self, part: Any, level: int) -> Iterator[Block]:
        if isinstance(part, nodes.Text):
            if part.strip():
                yield Block("paragraph", str(part))
        elif isinstance(part, nodes.section):
            yield from self.blocks(part, level + 1)
        elif isinstance(part, nodes.title | nodes.subtitle | nodes.rubric):
            is_heading = not isinstance(part.parent, nodes.table | nodes.Admonition | nodes.topic)
            depth = min(max(level, 1) + isinstance(part, nodes.subtitle), _DEEPEST_LEVEL)
            if is_heading:
                yield Block("heading", self._text(part), depth)
            else:
                yield Block("paragraph", self._text(part))
        elif isinstance(part, nodes.literal_block | nodes.doctest_block):
            yield Block("code", part.astext())
        elif isinstance(part, nodes.math_block):
            yield Block("paragraph", part.astext())
        elif isinstance(part, nodes.bullet_list | nodes.enumerated_list):
            yield from self._list(part, level)
        elif isinstance(part, nodes.definition_list_item):
            terms = [self._text(t) for t in part.children if not isinstance(t, nodes.definition)]
            yield from self._marked(", ".join(terms) + ": ", part.children[-1], level)
        elif isinstance(part, nodes.docinfo):
            yield from self._docinfo(part)
        elif isinstance(part, nodes.field | nodes.option_list_item):
            first, last = part.children[0], part.children[-1]
            yield from self._marked(f"{first.astext()}: ", last, level, "row")
        elif isinstance(part, nodes.tgroup):
            yield from self._table(part)
        elif isinstance(part, nodes.line_block):
            yield Block(
                "paragraph", " ".join(self._text(line) for line in part.findall(nodes.line))
            )
        elif isinstance(part, nodes.footnote | nodes.citation):
            label = part.children[0].astext() if part.children else ""
            inner = nodes.container("", *[one.deepcopy() for one in part.children[1:]])
            yield from self._marked(f"[{label}] ", inner, level, "paragraph")
        elif isinstance(part, nodes.Admonition) and not isinstance(part, nodes.admonition):
            yield from self._marked(f"{_label(part)}: ", part, level, "paragraph")
        elif isinstance(part, nodes.image):
            self.left_out["picture"] += 1
            if part.get("alt"):
                yield Block("paragraph", part["alt"])
        elif isinstance(part, nodes.system_message):
            # What is wrong stays as it was written, but for what shows nothing.
            for source in part.findall(nodes.literal_block):
                if not _SHOWS_NOTHING.match(source.astext()):
                    yield Block("code", source.astext())
        elif isinstance(part, nodes.TextElement):
            if text := self._text(part).strip():
                yield Block("paragraph", text)
        elif not isinstance(part, _LEFT_OUT):
            yield from self.blocks(part, level)

    def _list(self, element: Any, level: int) -> Iterator[Block]:
        number = int(element.get("start", 1))
        for item in element.children:
            mark = ""
            if isinstance(element, nodes.enumerated_list):
                before, after = element.get("prefix", ""), element.get("suffix", ".")
                mark = f"{before}{_written(number, element)}{after} "
            yield from self._marked(mark, item, level)
            number += 1

    def _marked(self, mark: str, element: Any, level: int, kind: Any = "item") -> Iterator[Block]:
        """An element's blocks, of which the first has a mark in front of it."""
        is_first = True
        for block in self.blocks(element, level):
            if is_first and block.kind == "paragraph":
                yield Block(kind, mark + block.text)
            else:
                if is_first and mark.strip():
                    yield Block(kind, mark.strip())
                yield block
            is_first = False

    def _docinfo(self, element: Any) -> Iterator[Block]:
        for part in element.findall(nodes.TextElement):
            name = part.tagname
            if name in _METADATA:
                self.metadata[_METADATA[name]] = part.astext()
            if name in english.labels:
                yield Block("row", f"{english.labels[name]}: {self._text(part)}")
        for part in element.findall(nodes.field):
            yield Block("row", f"{part.children[0].astext()}: {part.children[-1].astext()}")

    def _table(self, group: Any) -> Iterator[Block]:
        rows: list[list[Cell]] = []
        headers = 0
        for row in group.findall(nodes.row):
            headers += isinstance(row.parent, nodes.thead)
            cells: list[Cell] = []
            for entry in row.children:
                text = " ".join(block.text for block in self.blocks(entry, 0))
                cells.append(Cell(text, entry.get("morecols", 0) + 1, entry.get("morerows", 0) + 1))
            rows.append(cells)
        yield from table_blocks(rows, headers if headers < len(rows) else 0)

    def _text(self, element: Any) -> str:
        return "".join(map(self._inline, element.children))

    def _inline(self, part: Any) -> str:
        if isinstance(part, nodes.Text):
            return str(part.astext())
        if isinstance(part, nodes.footnote_reference | nodes.citation_reference):
            return f"[{part.astext()}]"
        if isinstance(part, nodes.superscript | nodes.subscript):
            return (
                raised(part.astext())
                if isinstance(part, nodes.superscript)
                else lowered(part.astext())
            )
        if isinstance(part, nodes.image):
            return str(part.get("alt", ""))
        if isinstance(part, nodes.target | nodes.system_message):
            return ""
        text = self._text(part)
        return linked(text, part.get("refuri", "")) if isinstance(part, nodes.reference) else text


def _label(part: Any) -> str:
    return str(english.labels.get(part.tagname, part.tagname.capitalize())).rstrip("!")


def _written(number: int, element: Any) -> str:
    kind = element.get("enumtype", "arabic")
    if kind.endswith("alpha"):
        text = chr(ord("a") + (number - 1) % 26)
    elif kind.endswith("roman"):
        text = roman(min(number, 3999))
    else:
        return str(number)
    return text.upper() if kind.startswith("upper") else text
