"""A document in a few words: its icon, its name, its size and dates."""

from __future__ import annotations

from collections.abc import Iterable

from rag_app.messages import decimal, say, to_say
from rag_app.messages.counts import in_slides
from rag_app.ui.documents.entries import Entry
from rag_app.ui.documents.receipts import amount
from rag_app.ui.widgets.escape import escaped
from rag_app.ui.widgets.times import format_day

ICONS = {
    "pdf": "picture_as_pdf",
    "docx": "article",
    "pptx": "slideshow",
    "xlsx": "table_chart",
    "xls": "table_chart",
    "xlsb": "table_chart",
    "odt": "article",
    "odp": "slideshow",
    "ods": "table_chart",
    "csv": "table_chart",
    "tsv": "table_chart",
    "html": "language",
    "eml": "mail",
    "epub": "menu_book",
    "json": "data_object",
    "jsonl": "data_object",
    "image": "image",
}
SLIDES = ("pptx", "odp")
UNITS = (to_say("bytes"), "kB", "MB", "GB")


def icon_of(kind: str) -> str:
    """The icon of a kind of document, as Streamlit names it."""
    return f":material/{ICONS.get(kind, 'description')}:"


def name_of(path: str) -> str:
    """The last part of a document's name."""
    return path.rpartition("/")[2] or path


def facts_of(entry: Entry) -> list[str]:
    """Kind, size, pages and date of a document, as far as they are known."""
    facts = (
        entry.kind.upper(),
        format_size(entry.size) if entry.size else "",
        in_slides(entry.pages)
        if entry.pages and entry.kind in SLIDES
        else amount(entry.pages, entry.chunks),
        format_day(entry.modified) if entry.modified else "",
    )
    return [fact for fact in facts if fact]


def joined_html(facts: Iterable[str]) -> str:
    """Facts in one line, each with the direction of its own language."""
    return " · ".join(f"<bdi>{escaped(fact)}</bdi>" for fact in facts)


def format_size(size: int) -> str:
    """``1536`` as ``1.5 kB``."""
    amount, unit = float(size), UNITS[0]
    for unit in UNITS:
        if amount < 1000 or unit == UNITS[-1]:
            break
        amount /= 1000
    digits = 0 if amount >= 10 or unit == UNITS[0] else 1
    return f"{decimal(amount, digits)} {say(unit)}"
