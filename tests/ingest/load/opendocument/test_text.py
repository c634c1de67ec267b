"""OpenDocument texts: structure, tables, what stands beside the text, and what is left out."""

from __future__ import annotations

import pytest

from ingest.errors import BrokenFile
from ingest.load.read import load_bytes
from ingest.records import LoadedDocument
from tests.ingest.load.opendocument.samples import flat, opendocument, root
from tests.ingest.load.samples import zipped

BOLD = (
    '<style:style style:name="B" style:family="paragraph">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="Heading" style:family="paragraph" style:parent-style-name="B"/>'
)


def blocks(document: LoadedDocument) -> list[tuple[str, str, int]]:
    return [(b.kind, document.text[b.start : b.end], b.level) for b in document.blocks]


def cell(text: str, more: str = "", style: str = "") -> str:
    inner = f'<text:p text:style-name="{style}">{text}</text:p>'
    return f"<table:table-cell {more}>{inner}</table:table-cell>"


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def test_headings_lists_and_properties() -> None:
    number = '<text:list-level-style-number text:level="{}" style:num-format="1" {}/>'
    styles = (
        '<text:outline-style style:name="Outline">'
        '<text:outline-level-style text:level="1" style:num-format="1"/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/>'
        '</text:outline-style><text:list-style style:name="L">'
        + number.format(1, 'style:num-suffix="."')
        + number.format(2, 'style:num-suffix=")" style:num-format="a"').replace(
            'style:num-format="1" style', "style"
        )
        + "</text:list-style>"
    )
    body = (
        '<text:h text:outline-level="1">Pumps</text:h><text:p>The <text:span>red</text:span>'
        '<text:s text:c="2"/>lamp<text:line-break/>means low oil.</text:p>'
        '<text:h text:outline-level="2">Limits</text:h><text:h text:outline-level="2">Flow</text:h>'
        '<text:list text:style-name="L"><text:list-item><text:p>first</text:p><text:list>'
        "<text:list-item><text:p>inner</text:p></text:list-item></text:list></text:list-item>"
        "<text:list-item><text:p>second</text:p><text:p>goes on</text:p></text:list-item>"
        "</text:list>"
    )
    document = load_bytes(opendocument("text", body, styles=styles, title="Manual"), "a.odt")
    assert document.kind == "odt"
    assert document.title == "Manual"
    assert document.metadata == {"author": "Anna", "created": "2025-03-04T10:00:00"}
    assert blocks(document) == [
        ("heading", "1 Pumps", 1),
        ("paragraph", "The red lamp means low oil.", 0),
        ("heading", "1.1 Limits", 2),
        ("heading", "1.2 Flow", 2),
        ("item", "1. first", 0),
        ("item", "a) inner", 0),
        ("item", "2. second", 0),
        ("item", "goes on", 0),
    ]


def test_tables_name_their_columns() -> None:
    wide = 'table:number-columns-spanned="2"'
    deep = 'table:number-rows-spanned="2"'
    merged = "<table:table><table:table-header-rows>" + row(
        cell("Pump"), cell("Flow", wide), "<table:covered-table-cell/>"
    )
    merged += row(cell(""), cell("H1"), cell("H2")) + "</table:table-header-rows>"
    merged += row(cell("P1", deep), cell("12"), cell("13"))
    merged += row("<table:covered-table-cell/>", cell("14"), cell("15")) + "</table:table>"
    bold = "<table:table>" + row(cell("Part", style="Heading"), cell("Price", style="Heading"))
    bold += row(cell("Hose"), cell("8 €")) + row(cell("Seal"), cell("2 €")) + "</table:table>"
    frame = f"<table:table>{row(cell('Only a frame.'))}</table:table>"
    document = load_bytes(opendocument("text", merged + bold + frame, automatic=BOLD), "a.odt")
    assert blocks(document) == [
        ("row", "Pump: P1; Flow H1: 12; Flow H2: 13", 0),
        ("row", "Pump: P1; Flow H1: 14; Flow H2: 15", 0),
        ("row", "Part: Hose; Price: 8 €", 0),
        ("row", "Part: Seal; Price: 2 €", 0),
        ("paragraph", "Only a frame.", 0),
    ]


def test_what_stands_beside_the_text() -> None:
    math = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow/>'
        '<annotation encoding="StarMath 5.0">{m} over {a}</annotation></semantics></math>'
    )
    chart = root(
        "content",
        "<office:body><office:chart><chart:chart><chart:title><text:p>Sales</text:p></chart:title>"
        "<table:table><table:table-header-rows>"
        + row(cell(""), cell("Euro"))
        + f"</table:table-header-rows>{row(cell('2024'), cell('7'))}</table:table>"
        "</chart:chart></office:chart></office:body>",
    )
    body = (
        "<text:p>It costs 3<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Net.</text:p></text:note-body></text:note> euros"
        "<office:annotation><dc:creator>Bo</dc:creator><dc:date>2025-01-01T00:00:00</dc:date>"
        "<text:p>Really?</text:p></office:annotation>, see "
        '<text:a xlink:href="https://example.com/prices">the list</text:a>.</text:p>'
        "<text:p>Before<draw:frame><draw:text-box><text:p>In a box</text:p></draw:text-box>"
        "</draw:frame></text:p>"
        '<text:p>As <draw:frame><draw:object xlink:href="./Object 1"/></draw:frame> says</text:p>'
        '<text:p><draw:frame><draw:object xlink:href="./Object 2"/></draw:frame></text:p>'
    )
    furniture = (
        "<style:header><text:p>Version 7, internal</text:p></style:header><style:footer><text:p>"
        "Page <text:page-number>3</text:page-number></text:p></style:footer>"
    )
    parts: dict[str, str | bytes] = {"Object 1/content.xml": math, "Object 2/content.xml": chart}
    document = load_bytes(opendocument("text", body, styles=furniture, parts=parts), "a.odt")
    assert document.text.split("\n\n") == [
        "It costs 3 euros, see the list (https://example.com/prices).",
        "Net.",
        "Comment by Bo: Really?",
        "Before",
        "In a box",
        "As {m} over {a} says",
        "Sales",
        "2024; Euro: 7",
        "Header and footer:",
        "Version 7, internal",
    ]


def test_look_of_characters_and_what_is_left_out() -> None:
    styles = "".join(
        f'<style:style style:name="{name}" style:family="text"><style:text-properties {said}/>'
        "</style:style>"
        for name, said in {
            "up": 'style:text-position="super 58%"',
            "down": 'style:text-position="-33% 58%"',
            "gone": 'style:text-line-through-style="solid"',
            "hidden": 'text:display="none"',
        }.items()
    )

    def span(style: str, text: str) -> str:
        return f'<text:span text:style-name="{style}">{text}</text:span>'

    body = (
        '<text:tracked-changes><text:changed-region text:id="c"><text:deletion>'
        "<text:p>twelve</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
        f"<text:p>10{span('up', '6')} of CO{span('down', '2')}, {span('gone', 'not')} 5 kg"
        f"{span('hidden', 'secret')}.</text:p>"
        '<text:section text:display="none"><text:p>Hidden section</text:p></text:section>'
    )
    document = load_bytes(opendocument("text", body, automatic=styles), "a.odt")
    assert document.text == "10⁶ of CO₂, ~~not~~ 5 kg."
    assert document.notes == ("1 deleted passage, 2 hidden passages not read",)


def test_flat_files_and_those_that_cannot_be_read() -> None:
    document = load_bytes(flat("text", "<text:p>All in one.</text:p>"), "a.fodt")
    assert (document.kind, document.text) == ("odt", "All in one.")
    mimetype = "application/vnd.oasis.opendocument.text"
    manifest = "<manifest><encryption-data/></manifest>"
    locked = {"mimetype": mimetype, "META-INF/manifest.xml": manifest, "content.xml": "x"}
    for parts, reason in (
        (locked, "protected by a password"),
        ({"mimetype": mimetype}, "damaged, or not an OpenDocument text inside"),
        ({"mimetype": mimetype, "content.xml": "<a"}, "damaged: its XML cannot be read"),
        ({"mimetype": mimetype, "content.xml": "<a/>"}, "damaged: it has no content"),
    ):
        with pytest.raises(BrokenFile, match=reason):
            load_bytes(zipped(parts), "a.odt")
