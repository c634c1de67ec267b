"""Presentations: slides are pages, titles are headings, notes are kept."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Inches

from ingest.errors import BrokenFile
from tests.ingest.load.samples import blocks, load, texts, with_main_type

RELATIONSHIPS = RELATIONSHIP_TYPE.SLIDE.rpartition("/")[0]
BOX = (Inches(1), Inches(3), Inches(4), Inches(1))


@pytest.fixture
def deck() -> Any:
    return pptx.Presentation()


@pytest.fixture
def read(tmp_path, deck):
    def save_and_load() -> Any:
        stream = BytesIO()
        deck.save(stream)
        return load(tmp_path, "a.pptx", stream.getvalue())

    return save_and_load


def test_slides_titles_bullets_and_notes(deck, read):
    deck.core_properties.title = "Sailing"
    deck.core_properties.author = "Ann Lee"
    first = deck.slides.add_slide(deck.slide_layouts[1])
    # A box that stands in the file before the title.
    first.shapes.add_textbox(*BOX).text_frame.text = "A remark."
    first.shapes.title.text = "The  mast\vand sail"
    first.placeholders[1].text = "It is tall\nIt is white"
    first.notes_slide.notes_text_frame.text = "Say it slowly.\nThen stop."
    deck.slides.add_slide(deck.slide_layouts[6])
    third = deck.slides.add_slide(deck.slide_layouts[5])
    third.shapes.title.text = "The end"
    found = read()
    assert (found.kind, found.title, found.metadata["author"]) == ("pptx", "Sailing", "Ann Lee")
    assert blocks(found) == [
        ("h1", "The mast and sail"),
        ("item", "It is tall"),
        ("item", "It is white"),
        ("paragraph", "A remark."),
        ("paragraph", "Notes: Say it slowly."),
        ("paragraph", "Then stop."),
        ("h1", "The end"),
    ]
    assert found.empty_pages == (2,)
    assert [found.text[start:][:7] for start in found.page_starts] == [
        "The mas",
        "The end",
        "The end",
    ]


def test_text_never_runs_over_the_end_of_a_slide(deck, read):
    for text in (
        "This line has no full stop and is long enough to be taken for prose, is it not",
        "and this one begins with a small letter",
    ):
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        slide.shapes.add_textbox(*BOX).text_frame.text = text
    found = read()
    assert len(found.blocks) == 2
    assert found.title is None


def test_tables_charts_groups_and_pictures(deck, read):
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    table = slide.shapes.add_table(3, 2, *BOX).table
    cells = ["Part", "Price", "Mast", "90", "Sail", "45"]
    for cell, text in zip(table.iter_cells(), cells, strict=True):
        cell.text = text
    data = CategoryChartData()
    data.categories = ["North", "South"]
    data.add_series("Sales", (10, 12.5))
    data.add_series("Costs", (4, 5))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Sales and costs"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(*BOX).text_frame.text = "In a group"
    hidden = slide.shapes.add_textbox(*BOX)
    hidden.text_frame.text = "hidden"
    hidden._element.nvSpPr.cNvPr.set("hidden", "1")
    assert blocks(read()) == [
        ("row", "Part: Mast; Price: 90"),
        ("row", "Part: Sail; Price: 45"),
        ("paragraph", "Sales and costs"),
        ("row", "North; Sales: 10; Costs: 4"),
        ("row", "South; Sales: 12.5; Costs: 5"),
        ("paragraph", "In a group"),
    ]


def test_merged_cells(deck, read):
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    table = slide.shapes.add_table(3, 3, *BOX).table
    for cell, text in zip(
        table.iter_cells(), "Part Price Size Mast 90 3 x 85 2".split(), strict=True
    ):
        cell.text = text
    table.cell(2, 0).text = ""
    table.cell(1, 0).merge(table.cell(2, 0))
    assert texts(read(), "row") == [
        "Part: Mast; Price: 90; Size: 3",
        "Part: Mast; Price: 85; Size: 2",
    ]


def test_what_new_versions_write_in_two_ways_is_read_once(deck, read):
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    box = slide.shapes.add_textbox(*BOX)
    box.text_frame.text = "said once"
    spaces = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    both = parse_xml(
        f"<mc:AlternateContent {spaces}><mc:Choice Requires='a'/><mc:Fallback/>"
        "</mc:AlternateContent>"
    )
    tree = box._element.getparent()
    both[0].append(box._element)
    both[1].append(parse_xml("<old/>"))
    tree.append(both)
    assert texts(read(), "paragraph") == ["said once"]


def test_footer_once_and_no_slide_numbers(deck, read):
    layout = deck.slide_layouts[6]
    for number in (1, 2):
        slide = deck.slides.add_slide(layout)
        for kind, text in (("ftr", "Confidential"), ("sldNum", str(number)), ("dt", "1 May")):
            box = slide.shapes.add_textbox(*BOX)
            box.text_frame.text = text
            box._element.nvSpPr.nvPr.insert(
                0,
                parse_xml(
                    '<p:ph xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
                    f'type="{kind}"/>'
                ),
            )
    assert texts(read(), "paragraph") == ["Confidential"]


def test_damaged_presentation(tmp_path, deck):
    stream = BytesIO()
    deck.save(stream)
    whole = stream.getvalue()
    for length in range(40, len(whole), len(whole) // 9):
        with pytest.raises(BrokenFile):
            load(tmp_path, "a.pptx", whole[:length])


def test_hidden_slides_are_left_out_and_told(deck, read):
    for text in ("Seen", "Not seen"):
        deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = text
    deck.slides[1]._element.set("show", "0")
    found = read()
    assert (found.text, found.notes) == ("Seen", ("1 hidden slide not read",))
    assert (len(found.page_starts), found.empty_pages) == (2, ())


def test_comments_follow_their_slide(deck, read):
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "The mast"
    spaces = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    office = "application/vnd.openxmlformats-officedocument.presentationml"
    for holder, kind, name, xml in (
        (
            slide.part,
            "comments",
            "comments/comment1",
            '<p:cm authorId="1"><p:text>Too tall</p:text></p:cm>',
        ),
        (deck.part, "commentAuthors", "commentAuthors", '<p:cmAuthor id="1" name="Ann"/>'),
    ):
        part = Part(
            PackURI(f"/ppt/{name}.xml"),
            f"{office}.{kind}+xml",
            deck.part.package,
            f"<p:list {spaces}>{xml}</p:list>".encode(),
        )
        holder.relate_to(part, f"{RELATIONSHIPS}/{kind}")
    assert texts(read(), "paragraph") == ["Comment by Ann: Too tall"]


def test_raised_and_struck_out_text_on_a_slide(deck, read):
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    paragraph = slide.shapes.add_textbox(*BOX).text_frame.paragraphs[0]
    for text, name, value in (
        ("10", "b", "0"),
        ("6", "baseline", "30000"),
        (" 99", "strike", "sngStrike"),
    ):
        run = paragraph.add_run()
        run.text = text
        run._r.get_or_add_rPr().set(name, value)
    assert read().text == "10⁶ ~~99~~"


@pytest.mark.parametrize("kind", ["slideshow", "template"])
def test_shows_and_templates(deck, tmp_path, kind):
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "The mast"
    stream = BytesIO()
    deck.save(stream)
    data = with_main_type(stream.getvalue(), "presentation.main", f"{kind}.main")
    assert load(tmp_path, "a.ppsx", data).text == "The mast"
