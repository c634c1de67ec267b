"""Sets a source as an A4 Word document with the built-in styles (python-docx)."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from sample_data.source import (
    Clause,
    Heading,
    ItemList,
    Note,
    PageBreak,
    Paragraph,
    Source,
    Table,
)

COMPANY = "Larkfield Instruments Ltd"
ZIP_DATE = (2026, 1, 1, 0, 0, 0)
TEXT_WIDTH = 162  # mm


def _page_number(paragraph: WordParagraph) -> None:
    """Add a PAGE field, which python-docx has no call for."""
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _set_up(document: WordDocument, meta: dict[str, str]) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(24)
    section.top_margin = section.bottom_margin = Mm(24)
    section.header.paragraphs[0].text = f"{meta['header']}  |  {meta['docno']}"
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run(f"{COMPANY}, {meta['date']}, page ")
    _page_number(footer)
    document.styles["Normal"].font.size = Pt(10.5)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")

    when = datetime.strptime(meta["date"], "%d %B %Y")
    properties = document.core_properties
    properties.title = f"{meta['title']}: {meta['subtitle']}"
    properties.subject = meta["subject"]
    properties.author = properties.last_modified_by = COMPANY
    properties.created = properties.modified = when
    properties.language = "en-GB"
    properties.comments = ""


def _repeat_header(table: WordTable) -> None:
    row = table.rows[0]._tr.get_or_add_trPr()
    row.append(OxmlElement("w:tblHeader"))


def _table(document: WordDocument, block: Table) -> None:
    if block.caption:
        caption = document.add_paragraph(block.caption, style="Caption")
        caption.paragraph_format.keep_with_next = True
    table = document.add_table(len(block.rows), len(block.rows[0]), style="Table Grid")
    table.autofit = False
    for number, row in enumerate(block.rows):
        for column, text in enumerate(row):
            cell = table.cell(number, column)
            cell.width = Mm(TEXT_WIDTH * block.widths[column] / 100)
            run = cell.paragraphs[0].add_run(text)
            run.bold = number == 0 if block.caption else column == 0
    if block.caption:
        _repeat_header(table)
    document.add_paragraph()


def _add_block(document: WordDocument, block: object) -> None:
    match block:
        case Heading():
            document.add_heading(block.text, block.level)
        case Paragraph():
            document.add_paragraph(block.text)
        case Clause():
            document.add_paragraph(f"{block.label} {block.text}")
        case Note():
            document.add_paragraph(f"{block.word}: {block.text}", style="Intense Quote")
        case ItemList():
            style = "List Number" if block.ordered else "List Bullet"
            for item in block.items:
                document.add_paragraph(item, style=style)
        case Table():
            _table(document, block)
        case PageBreak():
            document.add_page_break()


def _with_fixed_dates(data: bytes) -> bytes:
    """Rewrite the package so that its bytes do not depend on the time of day."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return out.getvalue()


def build_docx(source: Source, path: Path) -> None:
    document = Document()
    _set_up(document, source.meta)
    document.add_paragraph(source.meta["title"], style="Title")
    document.add_paragraph(source.meta["subtitle"], style="Subtitle")
    for block in source.blocks:
        _add_block(document, block)
    buffer = io.BytesIO()
    document.save(buffer)
    path.write_bytes(_with_fixed_dates(buffer.getvalue()))
