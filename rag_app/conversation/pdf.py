"""A conversation as a PDF, which looks the same everywhere."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import Any

from rag_app.conversation.pdf_fonts import Fonts
from rag_app.conversation.records import Conversation
from rag_app.conversation.written import Block, Cell, written
from rag_app.messages import say

ACCENT, INK, QUIET, LINE = "#0b6b5d", "#1d2226", "#5b6166", "#dcdad3"
# A paragraph is set as a whole: longer ones are cut, so that a hostile one takes no minutes.
LONGEST_PARAGRAPH = 6_000


def to_pdf(conversation: Conversation) -> bytes:
    """The branch that is shown, with its citations numbered, and their sources at the end:
    document, page, exact words. Letters that no font of this machine has become "?"."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    content = written(conversation)
    setting = _Setting()
    story: list[Any] = setting.paragraphs((content.title, True), "title")
    for block in content.blocks:
        story += setting.block(block)
    if content.sources:
        story += setting.paragraphs((say("Sources"), True), "question")
    for source in content.sources:
        doubt = f" ({source.doubt})" if source.doubt else ""
        text = f"{doubt}: “{source.words}”"
        head = setting.fonts.xml(f"[{source.number}] {source.place}", bold=True)
        for number, part in enumerate(_parts(text)):
            xml = setting.fonts.xml(part)
            story.append(setting.paragraph(xml if number else head + xml, "source"))
    file = BytesIO()
    SimpleDocTemplate(
        file, pagesize=A4, title=content.title, author="", leftMargin=24 * mm, rightMargin=24 * mm,
        topMargin=22 * mm, bottomMargin=22 * mm, invariant=1,
    ).build(
        story,
        onFirstPage=partial(_number, setting.fonts),
        onLaterPages=partial(_number, setting.fonts),
    )  # fmt: skip
    return file.getvalue()


class _Setting:
    """How blocks become paragraphs and tables of ReportLab."""

    def __init__(self) -> None:
        from reportlab.lib.styles import ParagraphStyle

        self.fonts = Fonts()
        base = {"fontName": self.fonts.regular, "fontSize": 10, "leading": 15, "textColor": INK}

        def style(name: str, **changes: Any) -> Any:
            return ParagraphStyle(name, **{**base, "spaceAfter": 6, **changes})

        self.styles = {
            "title": style("title", fontSize=18, leading=24, spaceAfter=10),
            "question": style("question", fontSize=12.5, leading=17, spaceBefore=14,
                              textColor=ACCENT),
            "heading": style("heading", fontSize=11, spaceBefore=6),
            "paragraph": style("paragraph"),
            "quote": style("quote", leftIndent=10, borderPadding=2),
            "code": style("code", leftIndent=10, fontSize=9, leading=13),
            "note": style("note", fontSize=9, leading=13, textColor=QUIET),
            "cell": style("cell", fontSize=9, leading=12.5, spaceAfter=0),
            "source": style("source", fontSize=9, leading=13.5),
            "item": style("item", spaceAfter=3),
        }  # fmt: skip

    def paragraph(self, xml: str, style: str, **changes: Any) -> Any:
        """A paragraph of what is XML of ReportLab's own already."""
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph

        look = self.styles[style]
        if changes:
            bullet = changes.pop("bullet", None)
            look = ParagraphStyle(style, parent=look, **changes)
            return Paragraph(xml, look, bulletText=bullet)
        return Paragraph(xml, look)

    def paragraphs(self, words: tuple[str, bool], style: str) -> list[Any]:
        """Plain words, which may be many."""
        text, bold = words
        return [self.paragraph(self.fonts.xml(part, bold=bold), style) for part in _parts(text)]

    def block(self, block: Block) -> list[Any]:
        """A block of the conversation."""
        if block.kind == "table":
            return self._table(block)
        if block.kind == "item":
            indent = 14 * (block.level + 1)
            bullet = self.fonts.known(block.label) or None
            look = {"leftIndent": indent, "bulletIndent": indent - 14, "bullet": bullet}
            return [self.paragraph(self._xml(block.runs), "item", **look)]
        is_bold = block.kind in ("question", "heading")
        if len(block.runs) == 1 and block.runs[0].cites is None:
            return self.paragraphs((block.runs[0].text, is_bold), block.kind)
        return [self.paragraph(self._xml(block.runs, bold=is_bold), block.kind)]

    def _table(self, block: Block) -> list[Any]:
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import LongTable, Spacer

        width = max(map(len, block.rows), default=0)
        if not width:
            return []
        rows = [
            [self.paragraph(self._xml(runs, bold=not number), "cell") for runs in row]
            + [""] * (width - len(row))
            for number, row in enumerate(block.rows)
        ]
        look = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(LINE)),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
        ]
        share = [f"{100 / width:.3f}%"] * width
        table = LongTable(rows, colWidths=share, repeatRows=1, style=look, splitInRow=1)
        return [table, Spacer(0, 8)]

    def _xml(self, runs: Cell, *, bold: bool = False) -> str:
        parts: list[str] = []
        for run in runs:
            xml = self.fonts.xml(run.text, bold=run.bold or bold)
            if run.cites is not None:
                xml = f'<super size="7.5"><font color="{ACCENT}">{xml}</font></super>'
            parts.append(xml)
        return "".join(parts)


def _parts(text: str) -> list[str]:
    """Long words in parts, of which each is a paragraph."""
    return [
        text[at : at + LONGEST_PARAGRAPH] for at in range(0, max(len(text), 1), LONGEST_PARAGRAPH)
    ]


def _number(fonts: Fonts, canvas: Any, template: Any) -> None:
    canvas.setFont(fonts.regular, 8)
    canvas.setFillColor(QUIET)
    canvas.drawRightString(
        template.pagesize[0] - template.rightMargin, 30, str(canvas.getPageNumber())
    )
