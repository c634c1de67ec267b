"""Word documents: what stands beside plain text: comments, links, charts, equations, numbers."""

from __future__ import annotations

import zipfile
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

from tests.ingest.load.samples import blocks, load, texts, with_main_type, zipped
from tests.ingest.load.word.test_docx import append, saved

CHART = """<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart>
<c:ser><c:tx><c:v/><c:strCache><c:pt idx="0"><c:v>Sold</c:v></c:pt></c:strCache></c:tx>
<c:cat><c:pt idx="0"><c:v>May</c:v></c:pt></c:cat><c:val><c:pt idx="0"><c:v>7</c:v></c:pt></c:val>
</c:ser></c:chart></c:chartSpace>"""


@pytest.fixture
def read(tmp_path) -> Callable[[Any], Any]:
    return lambda document: load(tmp_path, "a.docx", saved(document))


def test_comments_follow_their_paragraph_or_table(read):
    document = docx.Document()
    run = document.add_paragraph().add_run("The penalty is 2 percent.")
    document.add_comment(run, text="It is 3 since May.", author="Ann Lee")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["Part", "Price", "Mast", "90"], strict=True):
        cell.text = text
    document.add_comment(table._cells[3].paragraphs[0].runs[0], text="Dearer now.", author="")
    assert blocks(read(document)) == [
        ("paragraph", "The penalty is 2 percent."),
        ("paragraph", "Comment by Ann Lee: It is 3 since May."),
        ("row", "Part: Price"),
        ("row", "Mast: 90"),
        ("paragraph", "Comment: Dearer now."),
    ]


def test_what_is_deleted_or_hidden_is_told(read):
    document = docx.Document()
    paragraph = document.add_paragraph("Seen. ")
    append(paragraph, "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>")
    append(paragraph, "<w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r>")
    found = read(document)
    assert (found.text, found.notes) == ("Seen.", ("1 deleted passage, 1 hidden passage not read",))


def test_links_say_where_they_lead_except_in_headings(read):
    document = docx.Document()
    for paragraph in (document.add_heading(level=1), document.add_paragraph("See ")):
        target = paragraph.part.relate_to(
            "https://example.org/a", RELATIONSHIP_TYPE.HYPERLINK, is_external=True
        )
        link = f'<w:hyperlink r:id="{target}"><w:r><w:t>our page</w:t></w:r></w:hyperlink>'
        append(paragraph, link)
    assert read(document).text == "our page\n\nSee our page (https://example.org/a)"


def test_charts_and_inserted_files(read):
    document = docx.Document()
    package = document.part.package
    for name, kind, data in (
        ("/word/charts/chart1.xml", "chart", CHART),
        ("/word/insert.html", "aFChunk", "<h1>Inserted</h1><p>A page.</p>"),
    ):
        part = Part(PackURI(name), "application/octet-stream", data.encode(), package)
        relation = document.part.relate_to(part, f"http://x.example/relationships/{kind}")
        if kind == "chart":
            space = nsdecls("c")
            append(document.add_paragraph("Sales"), f'<c:chart {space} r:id="{relation}"/>')
        else:
            chunk = OxmlElement("w:altChunk")
            chunk.set(qn("r:id"), relation)
            document.element.body.insert(1, chunk)
    assert blocks(read(document)) == [
        ("paragraph", "Sales"),
        ("row", "May; Sold: 7"),
        ("h1", "Inserted"),
        ("paragraph", "A page."),
    ]


@pytest.mark.parametrize(
    ("omml", "text"),
    [
        ("<m:f><m:num>A</m:num><m:den>B</m:den></m:f>", r"\frac{a}{b}"),
        ("<m:sSup><m:e>T</m:e><m:sup>N</m:sup></m:sSup>", "10^{-6}"),
        ("<m:sSub><m:e>A</m:e><m:sub>B</m:sub></m:sSub>", "a_b"),
        ("<m:rad><m:deg/><m:e>A</m:e></m:rad>", r"\sqrt{a}"),
        ("<m:d><m:e>A</m:e></m:d>", "(a)"),
        (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>A</m:sub><m:sup>T</m:sup>'
            "<m:e>B</m:e></m:nary>",
            r"\sum_a^{10} b",
        ),
        ("<m:func><m:fName>F</m:fName><m:e>A</m:e></m:func>", r"\sin a"),
    ],
)
def test_equations_keep_their_meaning(read, omml, text):
    for letter, written in (("A", "a"), ("B", "b"), ("T", "10"), ("N", "-6"), ("F", "sin")):
        omml = omml.replace(f">{letter}<", f"><m:r><m:t>{written}</m:t></m:r><")
    document = docx.Document()
    append(document.add_paragraph("so "), f"<m:oMath>{omml}</m:oMath>")
    assert read(document).text == f"so {text}"


def test_raised_lowered_and_struck_out_text(read):
    document = docx.Document()
    paragraph = document.add_paragraph("10")
    paragraph.add_run("6").font.superscript = True
    paragraph.add_run(" CO")
    paragraph.add_run("2").font.subscript = True
    paragraph.add_run(" for ")
    paragraph.add_run("99").font.strike = True
    assert read(document).text == "10⁶ CO₂ for ~~99~~"


def test_a_row_that_begins_in_a_later_column(read):
    document = docx.Document()
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["Part", "Price", "-", "90"], strict=True):
        cell.text = text
    row = table.rows[1]._tr
    row.remove(row.tc_lst[0])
    row.insert(0, parse_xml(f'<w:trPr {nsdecls("w")}><w:gridBefore w:val="1"/></w:trPr>'))
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    assert texts(read(document), "row") == ["Price: 90"]


@pytest.mark.parametrize(
    "kind",
    [
        "vnd.ms-word.document.macroEnabled",
        "vnd.openxmlformats-officedocument.wordprocessingml.template",
        "vnd.ms-word.template.macroEnabledTemplate",
    ],
)
def test_templates_and_files_with_macros(tmp_path, kind):
    document = docx.Document()
    document.add_paragraph("The mast is 12 m high.")
    ordinary = "vnd.openxmlformats-officedocument.wordprocessingml.document"
    data = with_main_type(saved(document), f"{ordinary}.main", f"{kind}.main")
    assert load(tmp_path, "a.docm", data).text == "The mast is 12 m high."


def test_strict_open_xml(tmp_path):
    document = docx.Document()
    document.add_heading("Mast", 1)
    document.add_paragraph("It is 12 m high.")
    with zipfile.ZipFile(BytesIO(saved(document))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strict = {
        name: part.replace(b"schemas.openxmlformats.org/", b"purl.oclc.org/ooxml/").replace(
            b"/2006/", b"/"
        )
        if name.endswith((".xml", ".rels")) and name != "[Content_Types].xml"
        else part
        for name, part in parts.items()
    }
    for name in ("_rels/.rels", "word/_rels/document.xml.rels"):
        strict[name] = strict[name].replace(b"ooxml/package/", b"ooxml/package/2006/")
        strict[name] = strict[name].replace(
            b"purl.oclc.org/ooxml/package/", b"schemas.openxmlformats.org/package/"
        )
    assert blocks(load(tmp_path, "a.docx", zipped(strict))) == [
        ("h1", "Mast"),
        ("paragraph", "It is 12 m high."),
    ]
