"""Compose a document of its blocks: the one text that all offsets index.

Blocks are joined by a blank line; the items of one list and the rows of one table by a line end.
A paragraph that runs over a page break becomes one block, and the page begins inside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ingest.load.common.clean import clean, clean_code
from ingest.load.common.hyphens import HYPHEN
from ingest.load.common.line_ends import LineEnds
from ingest.records import Block, BlockKind, LoadedDocument, PlacedBlock

_RUNS = frozenset({"item", "row"})

# What may end a sentence, a quotation or a list's lead-in.
_SENTENCE_END = re.compile(r"[.!?:;…。！？：؟।][\"'”’»)\]]*$")
_DIVIDED_WORD = re.compile(r"[^\W_]-$")

# A paragraph of at least this many characters without a full stop was cut off by the page's
# end; a shorter one may be a label or a heading that was not seen as one.
_LONG_ENOUGH_TO_BE_PROSE = 80


@dataclass(slots=True)
class _Piece:
    """A block in the making. ``pages`` are ``(number, offset in text)`` where a page begins."""

    kind: BlockKind
    text: str
    level: int
    page: int | None
    pages: list[tuple[int, int]] = field(default_factory=list)


def compose(
    kind: str,
    blocks: Iterable[Block],
    *,
    title: str | None = None,
    pages: int = 0,
    metadata: Mapping[str, Any] | None = None,
    runs_over_pages: bool = True,
    notes: Sequence[str] = (),
) -> LoadedDocument:
    """Clean the blocks, join them and say where each one and each page begins.

    ``pages`` is how many pages the file has, 0 where its format has none. A page without text
    begins where the next page with text does. ``runs_over_pages`` says whether a paragraph may
    go on on the next page.
    """
    pieces = [piece for piece in map(_piece, blocks) if piece.text]
    if pages and runs_over_pages:
        pieces = _join_over_pages(pieces)
    parts: list[str] = []
    placed: list[PlacedBlock] = []
    starts: dict[int, int] = {}
    position = 0
    for index, piece in enumerate(pieces):
        if index:
            separator = _separator(pieces[index - 1], piece)
            parts.append(separator)
            position += len(separator)
        for page, offset in piece.pages:
            starts.setdefault(page, position + offset)
        parts.append(piece.text)
        placed.append(PlacedBlock(piece.kind, position, position + len(piece.text), piece.level))
        position += len(piece.text)
    return LoadedDocument(
        kind=kind,
        text="".join(parts),
        blocks=tuple(placed),
        title=clean(title or "") or None,
        page_starts=_page_starts(starts, pages, position),
        empty_pages=tuple(page for page in range(1, pages + 1) if page not in starts),
        metadata=plain_values(metadata or {}),
        notes=tuple(map(clean, notes)),
    )


def furniture_blocks(texts: Iterable[str]) -> list[Block]:
    """The texts of page headers and footers, each once, to stand at the end. Words of ours, which
    are no heading, part them from the last section, whose quotes would go on into them: a heading
    would make a passage of them, which is found before others for the title that it repeats."""
    told = list(dict.fromkeys(texts))
    parting = [Block("context", "Header and footer:")] if told else []
    return [*parting, *(Block("paragraph", text) for text in told)]


def first_heading(blocks: Iterable[Block]) -> str | None:
    """The first heading of the first level, which may be the title."""
    return next((one.text for one in blocks if one.kind == "heading" and one.level == 1), None)


def as_blocks(document: LoadedDocument, deeper: int = 0) -> list[Block]:
    """A document's blocks, to stand in another one, its headings so many levels deeper."""
    return [
        Block(
            block.kind,
            document.text[block.start : block.end],
            min(block.level + deeper, 6) if block.kind == "heading" else 0,
        )
        for block in document.blocks
    ]


def plain_values(metadata: Mapping[Any, Any]) -> dict[str, Any]:
    """The metadata as JSON can hold it: names and texts cleaned, dates in ISO form."""
    return {clean(str(name)): _plain(value) for name, value in metadata.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return plain_values(value)
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    return clean(str(value))


def _piece(block: Block) -> _Piece:
    keeps_lines = block.kind in ("code", "context")  # as a signature has them
    text = clean_code(block.text) if keeps_lines else clean(block.text)
    starts = [(block.page, 0)] if block.page is not None else []
    return _Piece(block.kind, text, block.level, block.page, starts)


def _join_over_pages(pieces: Sequence[_Piece]) -> list[_Piece]:
    joined: list[_Piece] = []
    ends = LineEnds(list(_whole_words(pieces)))
    for piece in pieces:
        last = joined[-1] if joined else None
        if last is None or not _runs_on(last, piece):
            joined.append(piece)
            continue
        is_divided = _DIVIDED_WORD.search(last.text) and piece.text[0].isalpha()
        above = last.text[:-1] + HYPHEN if is_divided else last.text
        text = ends.joined([above, piece.text])
        begins = len(text) - len(piece.text)
        last.pages.extend((page, begins + offset) for page, offset in piece.pages)
        last.text, last.page = text, piece.page
    return joined


def _whole_words(pieces: Sequence[_Piece]) -> Iterator[str]:
    """The texts without the halves of words that are divided between two of them."""
    divided = False
    for piece in pieces:
        text = piece.text.partition(" ")[2] if divided else piece.text
        divided = bool(_DIVIDED_WORD.search(piece.text))
        yield text.rpartition(" ")[0] if divided else text


def _runs_on(last: _Piece, piece: _Piece) -> bool:
    """Whether a sentence at a page's end goes on in the first paragraph of a later page."""
    if last.kind not in ("paragraph", "item") or piece.kind != "paragraph":
        return False
    if last.page is None or piece.page is None or piece.page <= last.page:
        return False
    if _SENTENCE_END.search(last.text):
        return False
    return (
        piece.text[0].islower()
        or last.text[-1] in ",-–—("
        or len(last.text) >= _LONG_ENOUGH_TO_BE_PROSE
    )


def _separator(last: _Piece, piece: _Piece) -> str:
    return "\n" if last.kind == piece.kind and piece.kind in _RUNS else "\n\n"


def _page_starts(starts: Mapping[int, int], pages: int, end: int) -> tuple[int, ...]:
    found: list[int] = []
    following = end
    for page in range(pages, 0, -1):
        following = starts.get(page, following)
        found.append(following)
    return tuple(reversed(found))
