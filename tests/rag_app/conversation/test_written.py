"""Conversations as Word files and PDFs."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
from docx import Document

from rag_app import Conversation, Exchange
from rag_app.answer.draft import QUOTES
from rag_app.conversation.export import FORMS, exported
from tests.rag_app.conversation.test_store import answered

WRITTEN = (
    "**Ice** forms [1] on <b>it</b>, says x & y. Привет, мир.\n\n"
    "- one [1]\n- two\n\n| Part | Price |\n|---|---|\n| 40-1 <i> | £3 [1] |\n\n## After\n\nEnd. [7]"
)
HOSTILE = "\x00\x1b\ud800 ]]> &nbsp; <font name='x'> <img src=x onerror=hit()> %s {0} " + "w" * 9000


def conversation(*exchanges: Exchange) -> Conversation:
    """A conversation in which each goes on from the one before."""
    linked = [exchanges[0]]
    for one in exchanges[1:]:
        linked.append(replace(one, parent=linked[-1].id))
    return Conversation(title="Ice & <snow>", exchanges=tuple(linked), shown=linked[-1].id)


@pytest.fixture
def mixed() -> Conversation:
    quoted = answered(text="Ice *on* it. [1]", model=QUOTES)
    return conversation(answered(text=WRITTEN, model="a-model"), quoted, Exchange("?", error="No."))


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_a_word_file_has_headings_lists_tables_and_numbered_sources(mixed: Conversation) -> None:
    document = Document(BytesIO(exported(mixed, "docx")))
    lines = [one.text for one in document.paragraphs]
    assert lines[0] == "Ice & <snow>"
    assert "Ice forms [1] on <b>it</b>, says x & y. Привет, мир." in lines
    bold = {run.text for one in document.paragraphs for run in one.runs if run.bold}
    assert "Ice" in bold
    assert "•\tone [1]" in lines and "After" in lines and "End. [7]" in lines
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["Part", "Price"],
        ["40-1 <i>", "£3 [1]"],
    ]
    assert "Ice *on* it. [1]" in lines and "No." in lines
    sources = lines[lines.index("Sources") + 1 :]
    assert sources == ["[1] manual.pdf, page 8: “Ice *on* it.”"], "each once"


def test_a_pdf_has_the_same_words(mixed: Conversation) -> None:
    text = text_of(exported(mixed, "pdf"))
    for words in ("Ice & <snow>", "on <b>it</b>, says x & y.", "40-1 <i>", "Ice *on* it.", "No."):
        assert words in text
    assert "[1] manual.pdf, page 8: “Ice *on* it.”" in text
    assert exported(mixed, "pdf") == exported(mixed, "pdf")


@pytest.mark.parametrize("suffix", [form.suffix for form in FORMS])
def test_whatever_was_asked_and_said_is_text(suffix: str) -> None:
    table = f"| a |\n|---|\n| {HOSTILE} |"
    asked = Exchange(HOSTILE, partial=HOSTILE, error=None)
    answer = answered(text=f"{HOSTILE}\n\n{table}\n\n```\n{HOSTILE}\n```", model="m")
    cited = answer.answer
    assert cited is not None
    nasty = replace(cited.citations[0], document=HOSTILE[:200], quote=HOSTILE)
    answer = replace(answer, answer=replace(cited, citations=(nasty,)))
    data = exported(conversation(asked, answer), suffix)
    if suffix == "pdf":
        assert "<img src=x" in text_of(data) and "ReportLab" not in text_of(data)
    if suffix == "docx":
        assert "<img src=x" in "".join(one.text for one in Document(BytesIO(data)).paragraphs)
    assert len(data) > 1000
