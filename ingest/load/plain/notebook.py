"""Jupyter notebooks: their text as Markdown, their code, and what it printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ingest.errors import BrokenFile
from ingest.load.common.charset import decode
from ingest.load.common.compose import as_blocks, compose
from ingest.load.common.left_out import LeftOut
from ingest.load.plain import json as plain_json
from ingest.load.web import markdown
from ingest.records import Block, LoadedDocument


def read(data: bytes, name: str) -> LoadedDocument:
    """Read a notebook; a file that is none is read as JSON. Raises BrokenFile."""
    try:
        book = json.loads(decode(data))
    except RecursionError:
        raise BrokenFile("nested too deeply to be read") from None
    except ValueError:
        return plain_json.read(data, name)
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        return plain_json.read(data, name)
    left_out = LeftOut()
    blocks = [block for cell in cells if isinstance(cell, dict) for block in _cell(cell, left_out)]
    title = next((block.text for block in blocks if block.kind == "heading"), None)
    return compose("notebook", blocks, title=title, notes=left_out.notes())


def _cell(cell: dict[str, Any], left_out: LeftOut) -> Iterator[Block]:
    source = _text(cell.get("source"))
    if cell.get("cell_type") == "markdown" and source.strip():
        yield from as_blocks(markdown.read(source.encode(), ""))
    elif source.strip():
        yield Block("code", source)
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, dict):
            continue
        shown = output.get("data")
        text = _text(output.get("text"))
        if isinstance(shown, dict):
            text = text or _text(shown.get("text/plain"))
            left_out["picture"] += any(str(kind).startswith("image/") for kind in shown)
        if text.strip():
            yield Block("code", text)


def _text(value: Any) -> str:
    """A text, which may stand there line by line."""
    if isinstance(value, list):
        return "".join(map(str, value))
    return value if isinstance(value, str) else ""
