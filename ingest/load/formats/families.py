"""What the formats are, in the terms that people use: several formats are spreadsheets."""

from __future__ import annotations

FAMILIES: dict[str, tuple[str, ...]] = {
    "pdf": ("pdf",),
    "word": ("docx", "doc"),
    "presentation": ("pptx", "ppt", "odp"),
    "spreadsheet": ("xlsx", "xlsb", "xls", "ods"),
    "opendocument": ("odt", "ods", "odp"),
    "email": ("email", "mbox", "msg"),
    "web page": ("html",),
    "picture": ("image", "svg"),
    "book": ("epub",),
    "rich text": ("rtf",),
    "text": ("text",),
    "markdown": ("markdown",),
    "markup": ("rst", "latex", "org", "asciidoc"),
    "csv": ("csv",),
    "json": ("json", "jsonl"),
    "notebook": ("notebook",),
    "contact": ("contacts",),
    "subtitle": ("subtitles",),
    "feed": ("feed",),
    "code": ("code",),
}
"""The formats of each family; each format of ``ingest.load.formats.detect`` is in one or more."""


def formats_of(called: str) -> tuple[str, ...]:
    """The formats of a family, or the format itself."""
    return FAMILIES.get(called, (called,))
