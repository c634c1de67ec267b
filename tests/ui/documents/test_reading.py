"""A document that is opened on its page: as pictures of its pages where it has some, else as text;
what it says in short, and questions that it answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app.ui.chat.state import ChatState
from tests.ingest.load.samples import column, pdf
from tests.ui.chat.test_page import press, read, shown
from tests.ui.conftest import OpenPage
from tests.ui.documents.test_documents import documents_page

LONG = (
    "# Harbour\n\nThis guide explains what a visitor has to know about the harbour. "
    "The fee for a berth is 20 pounds a night.\n\n"
    + "The pier is old, and its planks are slippery when the sea is high. "
    * 20
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A document of each kind that is shown in a way of its own. Not to be changed."""
    folder = tmp_path_factory.mktemp("kinds")
    pages = [column(["The lamp burns paraffin."]), column(["The rock is granite."])]
    (folder / "lamps.pdf").write_bytes(pdf(pages))
    slides = Presentation()
    for title in ("Lighthouses", "Lamps"):
        slide = slides.slides.add_slide(slides.slide_layouts[0])
        slide.shapes.title.text = title
    slides.save(str(folder / "lamps.pptx"))
    book = Workbook()
    for row in (("Lamp", "Feet"), ("North", 90), ("South", 70)):
        book.active.append(row)
    book.create_sheet("Boats").append(["Boat", "Length"])
    book.save(folder / "lamps.xlsx")
    (folder / "note.txt").write_text("The pond <b>is</b> deep.", encoding="utf-8")
    (folder / "harbour.md").write_text(LONG, encoding="utf-8")
    store = tmp_path_factory.mktemp("store")
    assert ingest_paths([folder], store=store, embedder=embedder).counts["failed"] == 0
    return store


def opened(page: AppTest, name: str, number: str | None = None) -> AppTest:
    """The page of a document, at a page of it if one is named."""
    if number is not None:
        page.query_params["page"] = number
    return documents_page(page, name)


def test_pages_are_pictures_that_are_turned_and_searched(open_page: OpenPage, store: Path) -> None:
    page = opened(open_page(store), "lamps.pdf")
    assert "Page 1 of 2" in shown(page)
    assert 'alt="Page 1 of lamps.pdf as a picture. Its text is below."' in shown(page)
    press(page, "Next page")
    assert "Page 2 of 2" in shown(page) and "The rock is granite." in shown(page)
    assert "Back to page 1" not in [read(one.label) for one in page.button]
    find = next(one for one in page.text_input if one.label == "Find in this document")
    find.set_value("PARAFFIN").run()
    assert "Page 1 of 2" in shown(page) and shown(page).count("rag-found rag-meant") == 1


@pytest.mark.parametrize(("number", "told"), [("2", "2 of 2"), ("99", "2 of 2"), ("0x", "1 of 2")])
def test_it_opens_at_the_page_that_the_address_names(
    open_page: OpenPage, store: Path, number: str, told: str
) -> None:
    assert f"Page {told}" in shown(opened(open_page(store), "lamps.pdf", number))


def test_slides_sheets_and_texts(open_page: OpenPage, store: Path) -> None:
    page = opened(open_page(store), "lamps.pptx")
    assert "Slide 1 of 2" in shown(page) and "rag-slide" in shown(page)
    assert "2 slides" in shown(page) and "2 pages" not in shown(page)
    page = opened(page, "lamps.xlsx")
    assert "Sheet 1 of 2" in shown(page) and '<th scope="col">Lamp</th>' in shown(page)
    press(page, "Next sheet")
    assert "Boat" in shown(page) and '<th scope="col">Lamp</th>' not in shown(page)
    page = opened(page, "note.txt")
    assert "The pond &lt;b&gt;is&lt;/b&gt; deep." in shown(page)
    assert "In short" not in shown(page), "it is short enough"


def test_a_long_one_is_told_in_short_and_its_questions_are_asked_of_it_alone(
    open_page: OpenPage, store: Path
) -> None:
    page = opened(open_page(store), "harbour.md")
    told = shown(page).split('class="rag-in-short"')[1]
    assert "This guide explains what a visitor has to know about the harbour." in told
    asked = next(one for one in page.button if (one.key or "").startswith("its-question-"))
    question = read(asked.label)
    page = asked.click().run()
    assert f'<p class="rag-question">{question}</p>' in shown(page)
    chat: ChatState = page.session_state["rag"].state_of(ChatState)
    assert chat.branch[0].where == {"document": {"$in": ["harbour.md"]}}
    assert chat.branch[0].answer is not None and "20 pounds" in chat.branch[0].answer.text
