"""RTF: characters, structure, and what is left out."""

from __future__ import annotations

import pytest

from ingest.errors import EmptyFile
from tests.ingest.load.samples import blocks, load, texts

FONTS = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset128 Gothic;}}"
STYLES = r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 My heading;}{\s2 heading 2;}{\s3 Other;}}"


def rtf(body: str) -> bytes:
    return (r"{\rtf1\ansi\ansicpg1252\deff0" + FONTS + STYLES + body + "}").encode("cp1252")


@pytest.fixture
def read(tmp_path):
    return lambda body: load(tmp_path, "a.rtf", rtf(body))


def test_paragraphs_headings_title_and_author(read):
    found = read(
        r"{\info{\title Sea\'e9s}{\author Ann Lee}{\operator Bo}}"
        r"\pard\s1 The mast\par\pard\s2 Its {\b height}\par\pard\outlinelevel8 Deep\par"
        r"\pard\plain Text, in"
        "\r\n"
        r"\i  one line\i0 .\par\pard\outlinelevel9\s3 Body.}"
    )
    assert (found.kind, found.title, found.metadata) == ("rtf", "Seaés", {"author": "Ann Lee"})
    assert blocks(found) == [
        ("h1", "The mast"),
        ("h2", "Its height"),
        ("h6", "Deep"),
        ("paragraph", "Text, in one line."),
        ("paragraph", "Body."),
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"caf\'e9 \ldblquote x\rdblquote\emdash y", "café “x”—y"),
        (r"\f1 \'cf\'f0\'e8\'e2\'e5\'f2", "Привет"),
        (r"\f2 \'83\'65\'83X\'83\'67", "テスト"),
        (r"\u1055?\u1088\'3f\uc0\u1080\uc1{\uc2\u1074??}\u-10179?\u-8704?", "Прив😀"),
        (r"a\~b\_c\-d\tab e\line f \{g\} \\h", "a b-cd e f {g} \\h"),
        (r"shown {\v hidden}{\deleted gone}{\*\unknown left out}kept", "shown kept"),
        (r"see {\field{\*\fldinst HYPERLINK x}{\fldrslt the page}} 7", "see the page 7"),
        (r"pic{\*\shppict{\pict\bin2 }}}}ture{\pict 00ff}", "picture"),
        (r"{\upr{ansi}{\*\ud{wide}}} x", "ansi x"),
        (r"plain \*\cs7 star", "plain star"),
    ],
)
def test_characters(read, written, meant):
    assert read(written).text.replace("\xa0", " ") == meant


def test_lists_keep_their_numbers(read):
    item = r"\pard{\listtext %s\tab}\ls1 %s\par"
    body = "".join(item % pair for pair in (("1.", "one"), (r"\bullet", "two"), ("b)", "three")))
    assert texts(read(body), "item") == ["1. one", "two", "b) three"]


def test_tables(read):
    row = r"\trowd\cellx1\cellx2\cellx3\pard\intbl %s\cell %s\cell %s\cell\row"
    cells = [("Part", "Price", "Size"), (r"Ma\par st", "90", ""), ("Sail", "45", "2")]
    found = read(r"Before.\par" + "".join(row % three for three in cells) + r"\pard After.")
    assert blocks(found) == [
        ("paragraph", "Before."),
        ("row", "Part: Ma st; Price: 90"),
        ("row", "Part: Sail; Price: 45; Size: 2"),
        ("paragraph", "After."),
    ]
    marked = r"\trowd\trhdr\pard\intbl 1\cell 2\cell\row\trowd\intbl a\cell b\cell\row"
    assert texts(read(marked), "row") == ["1: a; 2: b"]
    frame = r"\trowd\pard\intbl Alone in a frame.\cell\row"
    assert blocks(read(frame)) == [("paragraph", "Alone in a frame.")]


def test_notes_boxes_and_page_headers(read):
    found = read(
        r"{\header Handbook 3\par}{\footerr Handbook 3\par 7\par}"
        r"The mast\chftn{\footnote\pard It is tall.} stands"
        r"{\shp{\*\shpinst\shpleft1{\sp{\sn a}{\sv 1}}{\shptxt A box.\par}}"
        r"{\shprslt{\*\do{\dptxbxtext A box.\par}}}}.\par Next."
    )
    assert texts(found, "paragraph") == [
        "The mast stands.",
        "It is tall.",
        "A box.",
        "Next.",
        "Handbook 3",
    ]


def test_what_is_cut_off_or_nested_absurdly(tmp_path):
    whole = rtf(r"\pard\s1 Title\par Some text in a paragraph.\par")
    assert "Some text" in load(tmp_path, "a.rtf", whole[:-20]).text
    deep = rtf("{" * 100_000 + "deep" + "}" * 100_000)
    assert load(tmp_path, "b.rtf", deep).text == "deep"
    with pytest.raises(EmptyFile):
        load(tmp_path, "c.rtf", rtf(r"{\pict 00}"))


def test_raised_lowered_and_struck_out_text(tmp_path):
    said = r"{\rtf1 10{\super 6} cells CO\sub 2\nosupersub  now {\strike 99 }79\par}"
    assert load(tmp_path, "a.rtf", said).text == "10⁶ cells CO₂ now ~~99~~ 79"
