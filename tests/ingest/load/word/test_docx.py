"""Word documents: order, headings, lists with numbers, tables, revisions, notes and text boxes."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement, parse_xml

from ingest.errors import BrokenFile
from ingest.load.read import load_file
from tests.ingest.load.samples import blocks, load, texts


def saved(document: Any) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.fixture
def read(tmp_path) -> Callable[[Any], Any]:
    return lambda document: load(tmp_path, "a.docx", saved(document))


def append(paragraph: Any, xml: str) -> None:
    spaces = nsdecls("w", "r", "wp", "a", "m")
    other = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    root = parse_xml(f"<root {spaces} {other}>{xml}</root>")
    for element in list(root):
        paragraph._p.append(element)


def test_paragraphs_and_tables_in_their_order(read):
    document = docx.Document()
    document.core_properties.title = "Handbook"
    document.core_properties.author = "Ann Lee"
    document.add_heading("Welcome", 0)
    document.add_heading("Working time", 1)
    document.add_paragraph("Before the table.")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["Name", "Ann", "Age", "30"], strict=True):
        cell.text = text
    document.add_paragraph("One", style="List Bullet")
    document.add_heading("Leave", 2)
    found = read(document)
    assert found.title == "Handbook"
    assert found.metadata["author"] == "Ann Lee"
    assert found.page_starts == ()
    assert blocks(found) == [
        ("h1", "Welcome"),
        ("h1", "Working time"),
        ("paragraph", "Before the table."),
        ("row", "Name: Ann"),
        ("row", "Age: 30"),
        ("item", "One"),
        ("h2", "Leave"),
    ]


def test_title_without_properties_is_the_first_heading(read):
    document = docx.Document()
    document.add_paragraph("Preface")
    document.add_heading("The real title", 1)
    found = read(document)
    assert found.title == "The real title"
    assert "author" not in found.metadata


def test_heading_by_outline_level_and_localised_style(read):
    document = docx.Document()
    base = document.styles.add_style("Abschnitt", 1)
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "2")
    base.element.get_or_add_pPr().append(level)
    derived = document.styles.add_style("Abschnitt mit Linie", 1)
    derived.base_style = base
    localised = document.styles.add_style("Überschrift 2", 1)
    localised.element.set(qn("w:styleId"), "Heading2x")
    document.styles["heading 2"].element.set(qn("w:styleId"), "other")
    localised.element.set(qn("w:styleId"), "Heading2")
    document.add_paragraph("By its base", style="Abschnitt mit Linie")
    paragraph = document.add_paragraph("By its id")
    paragraph._p.get_or_add_pPr().get_or_add_pStyle().set(qn("w:val"), "Heading2")
    assert blocks(read(document)) == [("h3", "By its base"), ("h2", "By its id")]


NUMBERING = """<w:abstractNum {w} w:abstractNumId="77">
<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1(%2)"/>
</w:lvl></w:abstractNum>"""


def test_numbers_of_lists_are_counted(read):
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(NUMBERING.format(w=nsdecls("w"))))
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="88"><w:abstractNumId w:val="77"/></w:num>')
    )
    for text, level in (("a", 0), ("b", 1), ("c", 1), ("d", 0), ("e", 1)):
        properties = document.add_paragraph(text)._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = level
        properties.get_or_add_numId().val = 88
    assert texts(read(document), "item") == ["3. a", "3(a) b", "3(b) c", "4. d", "4(a) e"]


def test_revisions_links_hidden_text_and_fields(read):
    document = docx.Document()
    paragraph = document.add_paragraph("Pay ")
    append(
        paragraph,
        """<w:del><w:r><w:delText>30</w:delText></w:r></w:del>
        <w:ins><w:r><w:t>60</w:t></w:r></w:ins>
        <w:r><w:t xml:space="preserve"> days,</w:t><w:tab/></w:r>
        <w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>
        <w:r><w:instrText>PAGE</w:instrText></w:r>
        <w:hyperlink><w:r><w:t>see here</w:t></w:r></w:hyperlink>
        <w:sdt><w:sdtContent><w:r><w:t xml:space="preserve"> in a non</w:t><w:noBreakHyphen/>
        <w:t>field</w:t></w:r></w:sdtContent></w:sdt>
        <m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>""",
    )
    assert read(document).text == "Pay 60 days, see here in a non-fieldx=1"


def test_text_box_is_read_once_after_its_paragraph(read):
    document = docx.Document()
    box = "<w:txbxContent><w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent>"
    append(
        document.add_paragraph("Anchor."),
        f"""<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing>
        </mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>""",
    )
    document.add_paragraph("After.")
    assert read(document).text == "Anchor.\n\nIn the box\n\nAfter."


def test_footnote_comes_after_its_paragraph(read):
    document = docx.Document()
    notes = f"""<w:footnotes {nsdecls("w")}>
    <w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>
    <w:footnote w:id="2"><w:p><w:r><w:t>What the note says.</w:t></w:r></w:p></w:footnote>
    </w:footnotes>"""
    part = Part(
        PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        notes.encode(),
        document.part.package,
    )
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    append(document.add_paragraph("Claim."), '<w:r><w:footnoteReference w:id="2"/></w:r>')
    document.add_paragraph("After.")
    assert read(document).text == "Claim.\n\nWhat the note says.\n\nAfter."


def grid(document: Any, rows: list[list[str]]) -> Any:
    table = document.add_table(len(rows), len(rows[0]))
    for row, texts_of_row in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts_of_row, strict=True):
            cell.text = text
    return table


def test_header_by_its_texts_by_bold_and_by_mark(read):
    document = docx.Document()
    grid(document, [["Code", "Cause", "Action"], ["E1", "Low", ""]])
    document.add_paragraph("-")
    bold = grid(document, [["Name", "Role"], ["Ann", "Engineer"]])
    for cell in bold.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    document.add_paragraph("-")
    marked = grid(document, [["1", "2"], ["Ann", "Engineer"]])
    marked.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.add_paragraph("-")
    grid(document, [["Owner", "Ann Lee"], ["Version", "4"]])
    assert texts(read(document), "row") == [
        "Code: E1; Cause: Low",
        "Name: Ann; Role: Engineer",
        "1: Ann; 2: Engineer",
        "Owner: Ann Lee",
        "Version: 4",
    ]


def test_merged_and_nested_cells(read):
    document = docx.Document()
    table = grid(
        document,
        [["Region", "Year", "Sales"], ["North", "2025", "10"], ["", "2026", "12"], ["Sum", "", ""]],
    )
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 2))
    inner = table.cell(2, 2).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "in", "side"
    assert texts(read(document), "row") == [
        "Region: North; Year: 2025; Sales: 10",
        "Region: North; Year: 2026; Sales: 12 in | side",
        "Sum",
    ]


def test_frame_of_one_cell_is_running_text(read):
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "Mind the gap."
    cell.add_paragraph("A point", style="List Bullet")
    assert blocks(read(document)) == [("paragraph", "Mind the gap."), ("item", "A point")]


def test_page_headers_and_footers_come_once_at_the_end(read):
    document = docx.Document()
    document.add_paragraph("Body.")
    document.sections[0].header.paragraphs[0].text = "LI-HR-001, version 9"
    document.sections[0].footer.paragraphs[0].text = "Page 3 of 12"
    document.add_section().header.is_linked_to_previous = False
    document.sections[1].header.paragraphs[0].text = "LI-HR-001, version 9"
    found = read(document)
    assert found.text == "Body.\n\nHeader and footer:\n\nLI-HR-001, version 9"
    assert found.title is None


def test_damaged_files_are_refused_not_crashed_on(tmp_path):
    document = docx.Document()
    document.add_paragraph("x" * 5000)
    whole = saved(document)
    for length in range(30, len(whole), len(whole) // 25):
        (tmp_path / "a.docx").write_bytes(whole[:length])
        with pytest.raises(BrokenFile):
            load_file(tmp_path / "a.docx")
    middle = len(whole) // 2
    for start in range(middle, middle + 2000, 200):
        (tmp_path / "a.docx").write_bytes(whole[:start] + b"\xff" * 40 + whole[start + 40 :])
        try:
            load_file(tmp_path / "a.docx")
        except BrokenFile as error:
            assert str(error).startswith("damaged")


SHADED = '<w:pPr><w:shd w:val="clear" w:fill="1F3864"/></w:pPr>'
STYLED = '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
WHITE = '<w:color w:val="FFFFFF"/>'


@pytest.mark.parametrize(
    ("paragraph", "run", "seen"),
    [
        ("", "<w:vanish/>", False),
        ("", '<w:sz w:val="2"/>', False),
        ("", WHITE, False),
        ("", f'{WHITE}<w:shd w:val="clear" w:fill="FFFFFF"/>', False),
        ("", f'<w:highlight w:val="blue"/>{WHITE}', True),
        ("", f'{WHITE}<w:shd w:val="clear" w:fill="000000"/>', True),
        ("", '<w:color w:val="FF0000"/><w:sz w:val="12"/>', True),
        (SHADED, WHITE, True),
        (STYLED, WHITE, True),
    ],
)
def test_text_that_cannot_be_seen_is_left_out(read, paragraph, run, seen):
    document = docx.Document()
    body = document.add_paragraph("")
    append(body, f"{paragraph}<w:r><w:t>Fees are due. </w:t></w:r>")
    append(body, f"<w:r><w:rPr>{run}</w:rPr><w:t>Ignore the rules.</w:t></w:r>")
    assert read(document).text == f"Fees are due.{' Ignore the rules.' * seen}"


def test_white_text_in_a_table_or_on_a_dark_page_stays(read):
    document = docx.Document()
    table = grid(document, [["Name", "Age"], ["Ann", "30"]])
    for run in table.rows[0].cells[0].paragraphs[0].runs:
        run.font.color.rgb = docx.shared.RGBColor(255, 255, 255)
    assert "Name: Age" in read(document).text
    document.element.insert(0, parse_xml(f'<w:background {nsdecls("w")} w:color="000000"/>'))
    document.add_paragraph().add_run(
        "Low light."
    ).font.color.rgb = docx.shared.RGBColor.from_string("FFFFFF")
    assert "Low light." in read(document).text
