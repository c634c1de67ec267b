"""EPUB books: the pages of HTML in the order in which they are read, the book's *spine*."""

from __future__ import annotations

import posixpath
import re
import zipfile
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from ingest.errors import BrokenFile
from ingest.load.common.charset import decode
from ingest.load.common.compose import compose
from ingest.load.image.inside import Pictures
from ingest.load.office.zipped_xml import broken_package, check_package, parse_xml
from ingest.load.web.html import html_content
from ingest.records import Block, LoadedDocument

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "")
_METADATA = {"creator": "author", "date": "created", "language": "language"}

# Books are XHTML, where any element may close itself; to a reader of HTML that opens it only,
# and an empty <title/> would swallow the page.
_SELF_CLOSED = re.compile(r"<(?!(?:br|hr|img|meta|link|input|col|area|wbr)\b)(\w++)[^<>]*+(?<=/)>")
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)""")


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read an EPUB book. Raises BrokenFile if it is damaged, protected or unreasonably large."""
    check_package(data)
    with broken_package("an EPUB book"), zipfile.ZipFile(BytesIO(data)) as archive:
        book = _Book(archive)
        pictures = Pictures()
        blocks = [block for page in book.pages() for block in _page_blocks(book, page, pictures)]
        found = book.metadata()
    title = found.pop("title", None)
    return compose("epub", blocks, title=title, metadata=found, notes=pictures.notes())


class _Book:
    """The archive and its list of contents (the "package document")."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        container = parse_xml(archive.read(_CONTAINER))
        self._path = unquote(_first(container, "rootfile").get("full-path"))
        self._package = parse_xml(archive.read(self._path))
        self._encrypted = (
            {
                unquote(reference.get("URI", ""))
                for reference in _all(parse_xml(archive.read(_ENCRYPTION)), "CipherReference")
            }
            if _ENCRYPTION in self._names
            else set()
        )

    def pages(self) -> list[str]:
        """The names of the pages in the order of the spine, those that are missing left out."""
        folder = posixpath.dirname(self._path)
        paths: dict[str, str] = {}
        for item in _all(self._package, "item"):
            if item.get("media-type", "") in _PAGES:
                path = posixpath.join(folder, unquote(item.get("href", "")))
                paths[item.get("id", "")] = posixpath.normpath(path)
        wanted = [paths.get(entry.get("idref", "")) for entry in _all(self._package, "itemref")]
        pages = [path for path in wanted if path in self._names and path is not None]
        if self._encrypted.intersection(pages):
            raise BrokenFile("protected by digital rights management")
        if not pages:
            raise BrokenFile("damaged: it lists no pages")
        return list(dict.fromkeys(pages))

    def read(self, name: str) -> bytes:
        """The bytes of a page."""
        return self._archive.read(name)

    def beside(self, page: str, address: str) -> bytes | None:
        """The bytes of what stands at an address in a page, if it is in the book and to be read."""
        folder = posixpath.dirname(page)
        name = posixpath.normpath(posixpath.join(folder, unquote(address)))
        is_there = name in self._names and name not in self._encrypted
        return self._archive.read(name) if is_there else None

    def metadata(self) -> dict[str, str]:
        """Title, author, date and language, as far as the book tells them."""
        found: dict[str, list[str]] = {}
        for element in _first(self._package, "metadata").iter():
            key = {"title": "title", **_METADATA}.get(_local(element))
            text = " ".join((element.text or "").split())
            if key and text:
                found.setdefault(key, []).append(text)
        return {
            key: ", ".join(texts) if key == "author" else texts[0] for key, texts in found.items()
        }


def _page_blocks(book: _Book, page: str, pictures: Pictures) -> list[Block]:
    def on_picture(address: str) -> list[Block]:
        picture = book.beside(page, address)
        return [] if picture is None or address.endswith(".svg") else pictures.blocks(picture)

    data = book.read(page)
    declared = _DECLARED.match(data)
    text = decode(data, declared.group(1).decode("ascii") if declared else None)
    markup = _SELF_CLOSED.sub(r"\g<0></\1>", text)
    return list(html_content(markup, on_picture).blocks)


def _local(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _all(root: Any, name: str) -> list[Any]:
    return [element for element in root.iter() if _local(element) == name]


def _first(root: Any, name: str) -> Any:
    """The first element of a name. Raises LookupError if there is none."""
    return _all(root, name)[0]
