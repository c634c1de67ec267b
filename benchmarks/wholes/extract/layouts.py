"""Blocks of a document, written as Markdown, plain text, HTML, DOCX and PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TypeVar

Filling = TypeVar("Filling")
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Block:
    """A heading ("h"), a paragraph ("p"), a list ("list"), labels with values ("lines", "dots",
    "grid", "stack") or a table with a head ("table")."""

    kind: str
    text: str = ""
    pairs: Pairs = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Written:
    """A document: its name without suffix, its blocks, and what its fields are; None for what it
    does not say. ``half`` is "open" or "aside"."""

    name: str
    kind: str
    half: str
    suffix: str
    blocks: Sequence[Block]
    gold: dict[str, str | None] = field(default_factory=dict)


Content = tuple[list[Block], dict[str, str | None]]


def twice_each(
    kind: str,
    suffixes: Sequence[str],
    filling: Callable[[int], Filling],
    opened: Sequence[Callable[[Filling], Content]],
    aside: Sequence[Callable[[Filling], Content]],
) -> Iterator[Written]:
    """Each maker's document twice, with other values and in another format."""
    number = 0
    for half, layouts in (("open", opened), ("aside", aside)):
        for at, layout in enumerate(layouts):
            for again in range(2):
                blocks, gold = layout(filling(number))
                suffix = suffixes[(at + 2 * again) % len(suffixes)]
                yield Written(f"{kind}-{number:02}", kind, half, suffix, blocks, gold)
                number += 1


def h(text: str) -> Block:
    return Block("h", text)


def p(text: str) -> Block:
    return Block("p", text)


def items(*texts: str) -> Block:
    return Block("list", rows=[texts])


def pairs(style: str, *them: tuple[str, str]) -> Block:
    return Block(style, pairs=them)


def table(*rows: Sequence[str]) -> Block:
    return Block("table", rows=rows)


def write(document: Written, folder: Path) -> Path:
    """Write a document into a folder, in the format of its suffix."""
    path = folder / f"{document.name}.{document.suffix}"
    WRITERS[document.suffix](document.blocks, path)
    return path


def _markdown(blocks: Sequence[Block], path: Path) -> None:
    parts: list[str] = []
    for one in blocks:
        if one.kind == "h":
            parts.append(f"## {one.text}")
        elif one.kind == "list":
            parts.append("\n".join(f"{n}. {text}" for n, text in enumerate(one.rows[0], 1)))
        elif one.kind == "lines":
            parts.append("\n".join(f"**{a}:** {b}  " for a, b in one.pairs))
        elif one.kind == "dots":
            parts.append("\n".join(f"- {a}: {b}" for a, b in one.pairs))
        elif one.kind == "grid":
            parts.append(_pipes([("", ""), *one.pairs]))
        elif one.kind == "stack":
            parts.append("\n\n".join(f"### {a}\n\n{b}" for a, b in one.pairs))
        elif one.kind == "table":
            parts.append(_pipes(one.rows))
        else:
            parts.append(one.text)
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _pipes(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _text(blocks: Sequence[Block], path: Path) -> None:
    parts: list[str] = []
    for one in blocks:
        if one.kind == "h":
            parts.append(f"{one.text.upper()}\n{'=' * len(one.text)}")
        elif one.kind == "list":
            parts.append("\n\n".join(f"{n}. {text}" for n, text in enumerate(one.rows[0], 1)))
        elif one.kind == "lines":
            parts.append("\n".join(f"{a + ':':<22}{b}" for a, b in one.pairs))
        elif one.kind == "dots":
            parts.append("\n".join(f"{a} {'.' * max(3, 34 - len(a))} {b}" for a, b in one.pairs))
        elif one.kind == "grid":
            parts.append("\n".join(f"{a}\t{b}" for a, b in one.pairs))
        elif one.kind == "stack":
            parts.append("\n\n".join(f"{a}\n{b}" for a, b in one.pairs))
        elif one.kind == "table":
            parts.append("\n".join("".join(f"{cell:<26}" for cell in row) for row in one.rows))
        else:
            parts.append(one.text)
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _html(blocks: Sequence[Block], path: Path) -> None:
    parts: list[str] = []
    for one in blocks:
        if one.kind == "h":
            parts.append(f"<h2>{escape(one.text)}</h2>")
        elif one.kind == "list":
            inside = "".join(f"<li>{escape(text)}</li>" for text in one.rows[0])
            parts.append(f"<ol>{inside}</ol>")
        elif one.kind == "lines":
            inside = "<br>".join(f"<b>{escape(a)}</b>: {escape(b)}" for a, b in one.pairs)
            parts.append(f"<p>{inside}</p>")
        elif one.kind == "dots":
            inside = "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in one.pairs)
            parts.append(f"<dl>{inside}</dl>")
        elif one.kind == "grid":
            inside = "".join(
                f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in one.pairs
            )
            parts.append(f"<table>{inside}</table>")
        elif one.kind == "stack":
            parts += [f"<div>{escape(a)}</div><div>{escape(b)}</div>" for a, b in one.pairs]
        elif one.kind == "table":
            tags = ["th", *["td"] * (len(one.rows) - 1)]
            inside = "".join(
                "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row) + "</tr>"
                for tag, row in zip(tags, one.rows, strict=True)
            )
            parts.append(f"<table>{inside}</table>")
        else:
            parts.append(f"<p>{escape(one.text)}</p>")
    path.write_text(f"<!doctype html><html><body>{''.join(parts)}</body></html>", encoding="utf-8")


def _docx(blocks: Sequence[Block], path: Path) -> None:
    from docx import Document

    document = Document()
    for one in blocks:
        if one.kind == "h":
            document.add_heading(one.text, 2)
        elif one.kind == "list":
            for text in one.rows[0]:
                document.add_paragraph(text, style="List Number")
        elif one.kind == "lines":
            for a, b in one.pairs:
                paragraph = document.add_paragraph()
                paragraph.add_run(f"{a}: ").bold = True
                paragraph.add_run(b)
        elif one.kind == "dots":
            for a, b in one.pairs:
                document.add_paragraph(f"{a}\t{b}")
        elif one.kind in ("grid", "table"):
            rows = one.pairs if one.kind == "grid" else one.rows
            grid = document.add_table(rows=0, cols=len(rows[0]))
            for row in rows:
                for cell, text in zip(grid.add_row().cells, row, strict=True):
                    cell.text = text
        elif one.kind == "stack":
            for a, b in one.pairs:
                document.add_paragraph().add_run(a).bold = True
                document.add_paragraph(b)
        else:
            document.add_paragraph(one.text)
    document.save(str(path))


def _pdf(blocks: Sequence[Block], path: Path) -> None:
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    styles = getSampleStyleSheet()
    story: list[object] = []

    def add(text: str, style: str = "BodyText") -> None:
        story.append(Paragraph(text, styles[style]))

    for one in blocks:
        if one.kind == "h":
            add(escape(one.text), "Heading2")
        elif one.kind == "list":
            for number, text in enumerate(one.rows[0], 1):
                add(f"{number}. {escape(text)}")
        elif one.kind == "lines":
            for a, b in one.pairs:
                add(f"<b>{escape(a)}:</b> {escape(b)}")
        elif one.kind in ("dots", "grid"):
            story += [Table([list(pair) for pair in one.pairs], hAlign="LEFT"), Spacer(1, 8)]
        elif one.kind == "stack":
            # As a row of small heads over their values.
            columns = [list(column) for column in zip(*one.pairs, strict=True)]
            story += [Table(columns, hAlign="LEFT"), Spacer(1, 8)]
        elif one.kind == "table":
            lined = [("GRID", (0, 0), (-1, -1), 0.5, "black")]
            story += [Table([list(row) for row in one.rows], style=lined, hAlign="LEFT")]
            story.append(Spacer(1, 8))
        else:
            add(escape(one.text))
    SimpleDocTemplate(str(path)).build(story)


WRITERS: dict[str, Callable[[Sequence[Block], Path], None]] = {
    "md": _markdown,
    "txt": _text,
    "html": _html,
    "docx": _docx,
    "pdf": _pdf,
}
