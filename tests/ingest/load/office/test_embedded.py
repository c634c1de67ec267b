"""Files that stand in Office files as objects: they are read, or named."""

import struct
from io import BytesIO

import docx
import openpyxl
import pptx
import pytest
from docx.opc.packuri import PackURI as WordName
from docx.opc.part import Part as WordPart
from pptx.opc.package import Part as SlidePart
from pptx.opc.packuri import PackURI as SlideName

from ingest.errors import EmptyFile
from ingest.load.read import load_bytes
from tests.ingest.load.samples import zipped
from tests.support.compound import compound

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def saved(document: object) -> bytes:
    file = BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def prices() -> bytes:
    book = openpyxl.Workbook()
    for row in (("Part", "Price"), ("Mast", 90), ("Rope", 12)):
        book.active.append(row)
    return saved(book)


def dropped(name: str, data: bytes) -> bytes:
    """An OLE file with a file that was dropped into a document ([MS-OLEDS], 2.3.6)."""
    path = f"C:\\docs\\{name}".encode()
    stream = b"\x02\0" + name.encode() + b"\0" + path + b"\0\0\0\x03\0"
    stream += struct.pack("<I", len(path) + 1) + path + b"\0" + struct.pack("<I", len(data)) + data
    return compound({"\x01Ole10Native": struct.pack("<I", len(stream)) + stream})


def word(*objects: tuple[str, bytes]) -> bytes:
    document = docx.Document()
    document.add_paragraph("See below.")
    for number, (kind, data) in enumerate(objects):
        name = WordName(f"/word/embeddings/object{number}.bin")
        part = WordPart(name, "application/octet-stream", data, document.part.package)
        document.part.relate_to(part, OFFICE + kind)
    return saved(document)


def test_files_in_a_word_document_follow_its_text() -> None:
    found = load_bytes(
        word(
            ("package", prices()),
            ("oleObject", dropped("note.txt", b"Call Ann.")),
            ("oleObject", dropped("all.zip", zipped({"in/a.txt": "Packed."}))),
            ("oleObject", compound({"Package": prices()})),
            ("oleObject", dropped("setup.exe", b"MZ\0\0")),
            ("oleObject", compound({"Equation Native": b"x"})),
        ),
        "a.docx",
    )
    sheet = "Sheet\n\nPart: Mast; Price: 90\nPart: Rope; Price: 12"
    assert found.text.split("\n\n", 1)[1] == (
        f"Attachment\n\n{sheet}\n\n"
        "Attachment: note.txt\n\nCall Ann.\n\n"
        "Attachment: all.zip\n\nAttachment: in/a.txt\n\nPacked.\n\n"
        f"Attachment\n\n{sheet}\n\n"
        "Attachment setup.exe is not read: this kind of file isn't supported: Windows program."
    )
    assert found.notes == ("1 object not read",)


def test_files_in_slides_follow_all_slides_and_films_are_told() -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    for name, kind, data in (
        ("embeddings/a.xlsx", "package", prices()),
        ("media/a.mp3", "audio", b"ID3\0"),
    ):
        part = SlidePart(SlideName(f"/ppt/{name}"), "application/x", slide.part.package, data)
        slide.part.relate_to(part, OFFICE + kind)
    found = load_bytes(saved(show), "a.pptx")
    assert found.text == "Attachment\n\nSheet\n\nPart: Mast; Price: 90\nPart: Rope; Price: 12"
    assert (found.title, found.notes) == (None, ("1 recording not read",))


def test_a_document_that_holds_itself_ends() -> None:
    data = word()
    for _ in range(5):
        data = word(("package", data))
    found = load_bytes(data, "a.docx")
    assert found.text.count("See below.") == 4
    assert found.text.endswith("An attachment is not read: more than 3 files in one another.")


def test_what_is_left_out_is_told_where_nothing_is_left() -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    part = SlidePart(SlideName("/ppt/media/a.mp4"), "video/mp4", slide.part.package, b"\0")
    slide.part.relate_to(part, OFFICE + "video")
    with pytest.raises(EmptyFile, match="holds no text; 1 recording not read"):
        load_bytes(saved(show), "a.pptx")
