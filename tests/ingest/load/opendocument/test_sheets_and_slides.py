"""OpenDocument spreadsheets and presentations: what is shown, and what is hidden."""

from __future__ import annotations

from ingest.load.common.choices import CHOICES, Choices
from ingest.load.read import load_bytes
from tests.ingest.load.opendocument.samples import opendocument

STYLES = (
    '<style:style style:name="gone" style:family="table"><style:table-properties '
    'table:display="false"/></style:style>'
    '<style:style style:name="struck" style:family="table-cell"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="unseen" style:family="drawing-page"><style:drawing-page-properties '
    'presentation:visibility="hidden"/></style:style>'
)


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def sheet(name: str, *rows: str, style: str = "", columns: str = "") -> str:
    start = f'<table:table table:name="{name}" table:style-name="{style}">{columns}'
    return f"{start}{''.join(rows)}</table:table>"


def workbook() -> bytes:
    date = 'office:value-type="date" office:date-value="2025-03-04"'
    note = "<office:annotation><dc:creator>Bo</dc:creator><text:p>net</text:p></office:annotation>"
    prices = sheet(
        "Prices",
        row(cell("Item"), cell("Price"), cell("Cost"), cell("Day"), cell("Share")),
        row(
            cell("Pump"),
            f'<table:table-cell office:value-type="currency" office:value="1250.5">{note}'
            "<text:p>1.250,50 €</text:p></table:table-cell>",
            cell("1"),
            cell("04.03.25", date),
            cell("25 %", 'office:value-type="percentage" office:value="0.25"'),
        ),
        row(
            cell("Hose", 'table:style-name="struck"'),
            '<table:table-cell office:value-type="float" office:value="8"/>',
            cell("2"),
            cell("05.04.25", date.replace("03-04", "04-05")),
            '<table:table-cell table:formula="of:=[.B3]*2"/>',
        ),
        row(cell("Seal"), cell("7"), cell("3"), more='table:visibility="collapse"'),
        row('<table:table-cell table:number-columns-repeated="1024"/>',
            more='table:number-rows-repeated="1048570"'),
        columns='<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse"/>',
    )  # fmt: skip
    merged = sheet(
        "Merged",
        row(cell("Region", 'table:number-rows-spanned="2"'),
            cell("Plan", 'table:number-columns-spanned="2"'), "<table:covered-table-cell/>"),
        row("<table:covered-table-cell/>", cell("H1"), cell("H2")),
        row(cell("North", 'table:number-rows-spanned="2"'), cell("a1"), cell("a2")),
        row("<table:covered-table-cell/>", cell("b1"), cell("b2")),
    )  # fmt: skip
    secret = sheet("Secret", row(cell("hidden"), cell("x")), style="gone")
    return opendocument("spreadsheet", prices + merged + secret, automatic=STYLES)


def test_cells_as_they_are_shown() -> None:
    document = load_bytes(workbook(), "a.ods")
    assert document.kind == "ods"
    assert document.text.split("\n\n") == [
        "Prices",
        "Item: Pump; Price: 1.250,50 €; Day: 2025-03-04; Share: 25 %\n"
        "Item: ~~Hose~~; Price: 8; Day: 2025-04-05; Share: =[.B3]*2",
        "Comment on Pump, 1.250,50 € (B2), by Bo: net",
        "Merged",
        "Region: North; Plan H1: a1; Plan H2: a2\nRegion: North; Plan H1: b1; Plan H2: b2",
    ]
    assert document.notes == (
        "1 hidden sheet, 1 hidden row, 1 hidden column not read"
        if document.notes[0].startswith("1 hidden sheet")
        else "1 hidden row, 1 hidden column, 1 hidden sheet not read",
        "1 formula without a stored result, shown as written; save it again",
    )


def test_what_is_hidden_is_read_if_asked_for() -> None:
    token = CHOICES.set(Choices(hidden=True))
    try:
        text = load_bytes(workbook(), "a.ods").text
        slides = load_bytes(presentation(), "a.odp")
    finally:
        CHOICES.reset(token)
    assert "Cost: 1" in text and "Item: Seal" in text and "Secret" in text
    assert "Plans" in slides.text and slides.notes == ()


def presentation() -> bytes:
    def frame(kind: str, inner: str) -> str:
        box = f"<draw:text-box>{inner}</draw:text-box>"
        return f'<draw:frame presentation:class="{kind}">{box}</draw:frame>'

    listed = "".join(
        f"<text:list-item><text:p>{text}</text:p></text:list-item>" for text in ("Up", "Down")
    )
    rows = "".join(
        row(cell(a), cell(b)) for a, b in (("Pump", "Flow"), ("P1", "12 l"), ("P2", "13 l"))
    )
    notes = (
        f"<presentation:notes>{frame('notes', '<text:p>Say thanks</text:p>')}</presentation:notes>"
    )
    comment = (
        "<office:annotation><dc:creator>Bo</dc:creator><text:p>Why?</text:p></office:annotation>"
    )
    first = (
        frame("outline", f"<text:list>{listed}</text:list>")
        + frame("title", "<text:p>Results</text:p>")
        + f"<draw:frame><table:table>{rows}</table:table></draw:frame>"
        + "<draw:g><draw:custom-shape><text:p>In a shape</text:p></draw:custom-shape></draw:g>"
        + frame("page-number", "<text:p>1</text:p>")
        + notes
        + comment
    )
    second = frame("title", "<text:p>Plans</text:p>")
    pages = (
        f'<draw:page>{first}</draw:page><draw:page draw:style-name="unseen">{second}</draw:page>'
    )
    footer = "<presentation:footer-decl>Internal</presentation:footer-decl>"
    return opendocument("presentation", footer + pages, automatic=STYLES)


def test_slides_are_pages() -> None:
    document = load_bytes(presentation(), "a.odp")
    assert (document.kind, document.title) == ("odp", "Results")
    assert document.text.split("\n\n") == [
        "Results",
        "Up\nDown",
        "Pump: P1; Flow: 12 l\nPump: P2; Flow: 13 l",
        "In a shape",
        "Notes: Say thanks",
        "Comment by Bo: Why?",
        "Internal",
    ]
    assert len(document.page_starts) == 2
    assert document.empty_pages == ()
    assert document.notes == ("1 hidden slide not read",)
