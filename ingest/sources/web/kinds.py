"""Which reader a web page gets: by its media type, or where that says nothing, by its address."""

from __future__ import annotations

import codecs
import mimetypes
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from ingest.errors import PageError
from ingest.load.formats.detect import FORMATS
from ingest.sources.web.fetch import Page

# Types whose suffix Python does not know, or knows another one of.
_SUFFIXES = {
    "application/xhtml+xml": ".html",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "application/xml": ".xml",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
}
_KNOWN_TYPES = mimetypes.MimeTypes()  # Python's own list: that of the machine is another on each
# Types that say no more than "bytes" and "text".
_BYTES = ("application/octet-stream", "binary/octet-stream", "application/zip")
_TEXT = "text/plain"


def file_name(page: Page, address: str) -> str:
    """The name that the page would have as a file; its suffix chooses the reader where bytes do not
    tell. Raises PageError for a kind that has none."""
    last = PurePosixPath(unquote(urlsplit(address).path)).name
    stem, own = PurePosixPath(last).stem or "page", PurePosixPath(last).suffix.lower()
    own = own if own in FORMATS else ""
    if page.kind in _BYTES:
        return stem + own
    suffix = _suffix_of(page.kind)
    if page.kind.startswith("text/") and suffix in (None, ".txt"):
        return stem + (own if own and own not in (".html", ".htm") else ".txt")
    if suffix is None and _is_office(page.kind):
        return stem + own  # such files tell by their content what they are
    if suffix is None:
        raise PageError(f"{page.kind[:100]} isn't supported; pages, PDFs and texts are read")
    return stem + suffix


def file_bytes(page: Page) -> bytes:
    """The bytes as a file would have them: a text of which only the server says in which character
    set it is, as UTF-8 with a mark, which readers believe."""
    data = page.data or b""
    if not page.charset or not page.kind.startswith("text/"):
        return data
    try:
        if codecs.lookup(page.charset).name in ("utf-8", "ascii"):
            return data  # readers see that by themselves, and find out where it is not true
        return codecs.BOM_UTF8 + data.decode(page.charset).encode("utf-8")
    except (LookupError, UnicodeError):
        return data


def _suffix_of(kind: str) -> str | None:
    if kind in _SUFFIXES:
        return _SUFFIXES[kind]
    known = _KNOWN_TYPES.guess_all_extensions(kind)
    found = next((suffix for suffix in known if suffix in FORMATS), None)
    if found is None and kind.endswith("+json"):
        return ".json"
    return found


def _is_office(kind: str) -> bool:
    return kind.startswith(
        ("application/vnd.openxmlformats", "application/vnd.ms-", "application/x-")
    )
