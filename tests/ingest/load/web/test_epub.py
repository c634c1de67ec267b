"""EPUB books: the order of the spine, what the book says of itself, and damage."""

from __future__ import annotations

import pytest

from ingest.errors import BrokenFile
from tests.ingest.load.samples import blocks, load, zipped

CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
PACKAGE = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>Under Sail</dc:title><dc:creator>Ann Lee</dc:creator><dc:creator>Bo</dc:creator>
<dc:language>en</dc:language><dc:date>1999</dc:date></metadata>
<manifest>
<item id="two" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="one.xhtml" media-type="application/xhtml+xml"/>
<item id="picture" href="a.png" media-type="image/png"/>
<item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/>
</manifest>
<spine><itemref idref="one"/><itemref idref="gone"/><itemref idref="picture"/><itemref idref="two"/>
<itemref idref="one"/></spine></package>"""
ONE = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>'
    "<body><h1>One</h1><p/><p>Text</p></body></html>"
)
TWO = (
    '<?xml version="1.0" encoding="iso-8859-1"?>'
    '<html><body><h1>Two</h1><p>caf\xe9<a id="x"/> noir</p></body></html>'
)
BOOK = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": PACKAGE,
    "OEBPS/one.xhtml": ONE,
    "OEBPS/text/two b.xhtml": TWO.encode("latin-1"),
    "OEBPS/a.png": b"\x89PNG",
}

ENTITIES = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
LAUGHS = f'<!DOCTYPE x [<!ENTITY e0 "lol">{ENTITIES}]><x>&e9;</x>'


def test_pages_in_the_order_of_the_spine(tmp_path):
    for name in ("book.epub", "book", "book.zip"):
        found = load(tmp_path, name, zipped(BOOK))
        assert (found.kind, found.title, found.page_starts) == ("epub", "Under Sail", ())
        assert found.metadata == {"author": "Ann Lee, Bo", "language": "en", "created": "1999"}
        assert blocks(found) == [
            ("h1", "One"),
            ("paragraph", "Text"),
            ("h1", "Two"),
            ("paragraph", "café noir"),
        ]


def encrypted(path: str) -> str:
    return (
        '<encryption><EncryptedData><CipherData><CipherReference URI="'
        f'{path}"/></CipherData></EncryptedData></encryption>'
    )


def test_protected_books(tmp_path):
    fonts = {**BOOK, "META-INF/encryption.xml": encrypted("OEBPS/font.ttf")}
    assert load(tmp_path, "a.epub", zipped(fonts)).title == "Under Sail"
    pages = {**BOOK, "META-INF/encryption.xml": encrypted("OEBPS/one.xhtml")}
    with pytest.raises(BrokenFile, match="protected by digital rights management"):
        load(tmp_path, "a.epub", zipped(pages))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("META-INF/container.xml", "<container/>", "damaged, or not an EPUB book inside"),
        ("META-INF/container.xml", "<container", "damaged: its XML cannot be read"),
        ("OEBPS/book.opf", "<package><metadata/><spine/></package>", "damaged: it lists no pages"),
        ("OEBPS/book.opf", LAUGHS, "damaged"),
        ("OEBPS/one.xhtml", b"\0\1\2", "binary data, not text"),
    ],
)
def test_damaged_books(tmp_path, name, content, reason):
    with pytest.raises(BrokenFile, match=reason):
        load(tmp_path, "a.epub", zipped({**BOOK, name: content}))


def test_no_file_of_the_system_is_fetched(tmp_path):
    (tmp_path / "secret").write_text("secret")
    entity = f'<!DOCTYPE html [<!ENTITY f SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    page = f"{entity}<html><body><p>before &f; after</p></body></html>"
    assert "secret" not in load(tmp_path, "a.epub", zipped({**BOOK, "OEBPS/one.xhtml": page})).text
