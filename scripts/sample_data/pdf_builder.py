"""Sets a source as an A4 PDF with running header and footer (reportlab Platypus)."""

from pathlib import Path
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib.colors import HexColor, white
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    ListFlowable,
    ListItem,
    PageTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import PageBreak as PdfPageBreak
from reportlab.platypus import Paragraph as PdfParagraph
from reportlab.platypus import Table as PdfTable
from reportlab.platypus.tableofcontents import TableOfContents

from sample_data.source import (
    Block,
    Clause,
    Heading,
    ItemList,
    Note,
    PageBreak,
    Paragraph,
    Source,
    Table,
)

rl_config.invariant = 1  # no time stamps, so that two runs give the same bytes

COMPANY = "Larkfield Instruments Ltd"
INK, RULE, SHADE = HexColor("#1f3d52"), HexColor("#9fb2be"), HexColor("#e9eff3")
WARN = {"WARNING": HexColor("#b3261e"), "CAUTION": HexColor("#a86400")}
MARGIN, TOP, BOTTOM = 24 * mm, 27 * mm, 24 * mm
WIDTH = A4[0] - 2 * MARGIN
LONGEST_KEPT_WHOLE = 12  # rows; longer tables may run over the page end

BODY = ParagraphStyle(
    "body",
    fontName="Times-Roman",
    fontSize=11,
    leading=15,
    spaceAfter=6,
    alignment=TA_LEFT,
    allowWidows=0,
    allowOrphans=0,
)
CELL = ParagraphStyle("cell", fontName="Helvetica", fontSize=9, leading=11.4)
HEAD_CELL = ParagraphStyle("head cell", CELL, fontName="Helvetica-Bold", textColor=white)
KEY_CELL = ParagraphStyle("key cell", CELL, fontName="Helvetica-Bold")
CAPTION = ParagraphStyle("caption", CELL, fontName="Helvetica-Bold", spaceBefore=4, spaceAfter=3)
TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=25, leading=31, textColor=INK)
SUBTITLE = ParagraphStyle("subtitle", fontName="Helvetica", fontSize=13, leading=18, spaceAfter=10)
BRAND = ParagraphStyle("brand", fontName="Helvetica-Bold", fontSize=9, leading=14, textColor=INK)
H1 = ParagraphStyle(
    "h1",
    fontName="Helvetica-Bold",
    fontSize=15,
    leading=19,
    textColor=INK,
    spaceBefore=12,
    spaceAfter=5,
    keepWithNext=1,
)
H2 = ParagraphStyle("h2", H1, fontSize=11.5, leading=15, spaceBefore=8, spaceAfter=3)
CLAUSE = ParagraphStyle(
    "clause",
    BODY,
    leftIndent=10 * mm,
    bulletIndent=0,
    bulletFontName="Times-Roman",
    bulletFontSize=11,
)
SUBCLAUSE = ParagraphStyle("sub-clause", CLAUSE, leftIndent=17 * mm, bulletIndent=10 * mm)
TOC_LINE = ParagraphStyle("toc", BODY, fontName="Helvetica", spaceAfter=2)


class Document(BaseDocTemplate):
    """Page frame, running lines and the notices that fill the table of contents."""

    def __init__(self, path: Path, meta: dict[str, str]) -> None:
        super().__init__(
            str(path),
            pagesize=A4,
            title=f"{meta['title']}: {meta['subtitle']}",
            author=COMPANY,
            subject=meta["subject"],
            creator="scripts/make_sample_data.py",
        )
        self.meta = meta
        frame = Frame(
            MARGIN,
            BOTTOM,
            WIDTH,
            A4[1] - TOP - BOTTOM,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        self.addPageTemplates(PageTemplate("page", [frame], onPage=self.running_lines))

    def running_lines(self, canvas: Canvas, _doc: BaseDocTemplate) -> None:
        meta, right = self.meta, A4[0] - MARGIN
        head, foot = A4[1] - 17 * mm, 14 * mm
        canvas.saveState()
        canvas.setFont("Helvetica", 8)
        canvas.setStrokeColor(RULE)
        canvas.setFillColor(INK)
        canvas.drawString(MARGIN, head, meta["header"])
        canvas.drawRightString(right, head, meta["docno"])
        canvas.line(MARGIN, head - 2 * mm, right, head - 2 * mm)
        canvas.line(MARGIN, foot + 4 * mm, right, foot + 4 * mm)
        canvas.drawString(MARGIN, foot, f"{COMPANY}, {meta['issue']}, {meta['date']}")
        canvas.drawRightString(right, foot, f"Page {canvas.getPageNumber()}")
        canvas.restoreState()

    def afterFlowable(self, flowable: Flowable) -> None:
        if isinstance(flowable, PdfParagraph) and flowable.style.name in ("h1", "h2"):
            level, text = int(flowable.style.name[1]) - 1, flowable.getPlainText()
            key = f"heading-{self.seq.nextf('heading')}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(text, key, level)
            if level == 0:
                self.notify("TOCEntry", (level, text, self.page, key))

    def beforeDocument(self) -> None:
        self.seq.reset("heading")


def _table(block: Table) -> list[Flowable]:
    control = not block.caption
    rows = []
    for number, row in enumerate(block.rows):
        styles = [CELL] * len(row)
        if control:
            styles[0] = KEY_CELL
        elif number == 0:
            styles = [HEAD_CELL] * len(row)
        rows.append([PdfParagraph(escape(c), s) for c, s in zip(row, styles, strict=True)])
    look = [
        ("GRID", (0, 0), (-1, -1), 0.5, RULE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
    ]
    if control:
        look.append(("BACKGROUND", (0, 0), (0, -1), SHADE))
    else:
        look += [
            ("BACKGROUND", (0, 0), (-1, 0), INK),
            ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, SHADE]),
        ]
    widths = [WIDTH * part / 100 for part in block.widths]
    table = PdfTable(rows, widths, repeatRows=0 if control else 1, style=TableStyle(look))
    if control:
        return [table, Spacer(1, 12)]
    parts = [PdfParagraph(escape(block.caption), CAPTION), table, Spacer(1, 9)]
    if len(rows) <= LONGEST_KEPT_WHOLE:
        return [KeepTogether(parts)]
    return [CondPageBreak(45 * mm), *parts]


def _note(block: Note) -> list[Flowable]:
    colour = WARN[block.word]
    text = f'<font color="{colour.hexval().replace("0x", "#")}"><b>{block.word}:</b></font> '
    table = PdfTable([[PdfParagraph(text + escape(block.text), CELL)]], [WIDTH])
    table.setStyle(
        TableStyle(
            [
                ("LINEBEFORE", (0, 0), (0, -1), 3, colour),
                ("BACKGROUND", (0, 0), (-1, -1), HexColor("#fbf6ec")),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ]
        )
    )
    return [table, Spacer(1, 7)]


def _list(block: ItemList) -> list[Flowable]:
    items = [
        ListItem(PdfParagraph(escape(text), ParagraphStyle("item", BODY, spaceAfter=2.5)))
        for text in block.items
    ]
    kind = "1" if block.ordered else "bullet"
    options = {"bulletFormat": "%s."} if block.ordered else {"start": "\u2022"}
    flow = ListFlowable(
        items,
        bulletType=kind,
        leftIndent=16,
        bulletFontName="Times-Roman",
        bulletFontSize=BODY.fontSize,
        **options,
    )
    return [flow, Spacer(1, 5)]


def _flowables(block: Block, contents: bool) -> list[Flowable]:
    if isinstance(block, Heading):
        return [PdfParagraph(escape(block.text), H1 if block.level == 1 else H2)]
    if isinstance(block, Paragraph):
        return [PdfParagraph(escape(block.text), BODY)]
    if isinstance(block, Clause):
        style = SUBCLAUSE if block.is_sub else CLAUSE
        return [PdfParagraph(escape(block.text), style, bulletText=block.label)]
    if isinstance(block, Note):
        return _note(block)
    if isinstance(block, ItemList):
        return _list(block)
    if isinstance(block, Table):
        return _table(block)
    assert isinstance(block, PageBreak)
    if not contents:
        return [PdfPageBreak()]
    toc = TableOfContents(levelStyles=[TOC_LINE], dotsMinLevel=0)
    return [PdfParagraph("Contents", ParagraphStyle("contents", H1)), toc, PdfPageBreak()]


def build_pdf(source: Source, path: Path) -> None:
    meta = source.meta
    story: list[Flowable] = [
        PdfParagraph("LARKFIELD INSTRUMENTS", BRAND),
        HRFlowable(width="100%", thickness=2, color=INK, spaceAfter=16),
        PdfParagraph(escape(meta["title"]), TITLE),
        PdfParagraph(escape(meta["subtitle"]), SUBTITLE),
    ]
    after_heading = False
    for block in source.blocks:
        if isinstance(block, Heading) and not after_heading:
            story.append(CondPageBreak(38 * mm))
        after_heading = isinstance(block, Heading)
        story += _flowables(block, contents=meta.get("contents") == "yes")
    Document(path, meta).multiBuild(story)
