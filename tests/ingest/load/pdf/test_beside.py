"""PDF: values of forms, notes on pages, attached files."""

from __future__ import annotations

import pytest

from ingest.errors import NoText
from tests.ingest.load.samples import Line, blocks, load, pdf

FIELD = "/Type/Annot/Subtype/Widget/F 4"


def with_objects(
    page: list[Line], annotations: list[str], catalog: str = "", more: str = ""
) -> bytes:
    """A PDF of one page with annotations, as the insides of dictionaries, and further objects.

    Where objects stand is wrong then; PDFium finds them all the same.
    """
    numbers = [50 + index for index in range(len(annotations))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    written = "".join(
        f"{number} 0 obj\n<<{inside}>>\nendobj\n"
        for number, inside in zip(numbers, annotations, strict=True)
    )
    fields = f"/AcroForm<</Fields[{kids}]>>" if FIELD in written else ""
    data = pdf([page]).replace(b"/Type/Catalog", f"/Type/Catalog{fields}{catalog}".encode())
    data = data.replace(b"/Type/Page/", f"/Type/Page/Annots[{kids}]/".encode())
    return data.replace(b"xref\n0", f"{written}{more}xref\n0".encode(), 1)


def test_values_stand_beside_the_words_that_name_them(tmp_path):
    page = [Line(50, 700, "Deputy:"), Line(70, 670, "Paid leave"), Line(70, 640, "Half days")]
    page.append(Line(50, 610, "Reason:"))
    states = "/AP<</N<</Yes<<>>/Off<<>>>>>>"
    data = with_objects(
        page,
        [
            f"{FIELD}/FT/Tx/T(a)/V(Bert Sample)/Rect[120 695 300 712]",
            f"{FIELD}/FT/Btn/T(b)/V/Yes/AS/Yes{states}/Rect[50 666 64 680]",
            f"{FIELD}/FT/Btn/T(c)/V/Off/AS/Off{states}/Rect[50 636 64 650]",
            f"{FIELD}/FT/Ch/Ff 131072/Opt[(Move)(Care)]/T(d)/V(Care)/Rect[120 605 300 622]",
            f"{FIELD}/FT/Tx/T(e)/Rect[120 575 300 592]",
            "/Type/Annot/Subtype/Widget/F 2/FT/Tx/T(f)/V(unseen)/Rect[120 545 300 562]",
        ],
    )
    assert [text for _, text in blocks(load(tmp_path, "a.pdf", data))] == [
        "Deputy: Bert Sample",
        "☒ Paid leave",
        "☐ Half days",
        "Reason: Care",
    ]


def test_notes_follow_their_page(tmp_path):
    data = with_objects(
        [Line(50, 700, "The fee is 1,200 EUR.")],
        [
            "/Type/Annot/Subtype/Text/T(Ann)/Contents(It is 1,100 since May.)/Rect[9 9 20 20]",
            "/Type/Annot/Subtype/FreeText/Contents(Approved.)/Rect[50 640 200 660]",
            "/Type/Annot/Subtype/Popup/Contents(It is 1,100 since May.)/Rect[9 9 20 20]",
        ],
    )
    found = load(tmp_path, "a.pdf", data)
    assert [text for _, text in blocks(found)] == [
        "The fee is 1,200 EUR.",
        "Comment by Ann: It is 1,100 since May.",
        "Approved.",
    ]
    assert found.page_starts == (0,)


def test_attached_files_are_read_or_named(tmp_path):
    names = "/Names<</EmbeddedFiles<</Names[(a)70 0 R(b)72 0 R]>>>>"
    objects = ""
    for number, name, data in ((70, "annex.txt", "The penalty is 1 %."), (72, "a.bin", "\0\1")):
        objects += (
            f"{number} 0 obj\n<</Type/Filespec/F({name})/UF({name})/EF<</F {number + 1} 0 R>>>>\n"
            f"endobj\n{number + 1} 0 obj\n<</Type/EmbeddedFile/Length {len(data)}>>\nstream\n"
            f"{data}\nendstream\nendobj\n"
        )
    data = with_objects([Line(50, 700, "See the annex.")], [], names, objects)
    assert blocks(load(tmp_path, "a.pdf", data)) == [
        ("paragraph", "See the annex."),
        ("h2", "Attachment: annex.txt"),
        ("paragraph", "The penalty is 1 %."),
        (
            "paragraph",
            "Attachment a.bin is not read: .bin files aren't supported.",
        ),
    ]


def test_a_page_without_text_and_without_notes_is_a_scan(tmp_path):
    note = "/Type/Annot/Subtype/Text/Contents(Seen by Ann.)/Rect[9 9 20 20]"
    found = load(tmp_path, "a.pdf", with_objects([], [note]))
    assert (found.text, found.empty_pages) == ("Comment: Seen by Ann.", (1,))
    with pytest.raises(NoText):
        load(tmp_path, "b.pdf", pdf([[]]))
