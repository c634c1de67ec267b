"""A conversation as a Word file (DOCX)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from rag_app.conversation.records import Conversation
from rag_app.conversation.written import Block, Cell, Written, written
from rag_app.messages import say

CODE_FONT = "Courier New"


def to_docx(conversation: Conversation) -> bytes:
    """The branch that is shown, with its citations numbered, and their sources below: document,
    page, exact words."""
    return docx_of(written(conversation))


def docx_of(content: Written) -> bytes:
    """What was written, with its sources below."""
    from docx import Document

    document = Document()
    document.core_properties.title = content.title[:255]
    document.core_properties.author = ""
    document.add_heading(content.title, 0)
    # Below questions, headings are of the second level; a report has no questions.
    level = 2 if any(block.kind == "question" for block in content.blocks) else 1
    for block in content.blocks:
        _add(document, block, level)
    if content.sources:
        document.add_heading(say("Sources"), 1)
    for source in content.sources:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"[{source.number}] {source.place}").bold = True
        doubt = f" ({source.doubt})" if source.doubt else ""
        paragraph.add_run(f"{doubt}: “{source.words}”")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _add(document: Any, block: Block, level: int) -> None:
    if block.kind == "table":
        _add_table(document, block)
        return
    if block.kind in ("question", "heading"):
        _add_runs(document.add_heading("", 1 if block.kind == "question" else level), block.runs)
        return
    paragraph = document.add_paragraph(style="Quote" if block.kind == "quote" else None)
    if block.kind == "item":
        from docx.shared import Cm

        paragraph.paragraph_format.left_indent = Cm(0.6 * (block.level + 1))
        paragraph.paragraph_format.first_line_indent = Cm(-0.6 if block.label else 0)
        paragraph.add_run(f"{block.label}\t" if block.label else "")
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(0.6 * (block.level + 1)))
    _add_runs(paragraph, block.runs)


def _add_table(document: Any, block: Block) -> None:
    width = max(map(len, block.rows), default=0)
    if not width:
        return
    table = document.add_table(rows=0, cols=width, style="Table Grid")
    for number, row in enumerate(block.rows):
        cells = table.add_row().cells
        for cell, runs in zip(cells, row, strict=False):
            _add_runs(cell.paragraphs[0], runs, is_bold=number == 0)
    document.add_paragraph()


def _add_runs(paragraph: Any, runs: Cell, *, is_bold: bool = False) -> None:
    for run in runs:
        added = paragraph.add_run(run.text)
        if run.bold or is_bold:
            added.bold = True
        if run.italic:
            added.italic = True
        if run.code:
            added.font.name = CODE_FONT
        if run.cites is not None:
            added.font.superscript = True
