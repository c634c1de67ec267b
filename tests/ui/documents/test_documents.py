"""The page of the documents without a browser: its states, over the real engine."""

from __future__ import annotations

import re
import shutil
import threading
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.maintenance.disk_changes import DiskChanges, changes_on_disk
from ingest.settings import IndexSettings
from ingest.store.directory import Store
from rag_app import open_engine
from rag_app.ui import page as ui_page
from rag_app.ui.chat.state import ChatState
from rag_app.ui.documents import changes as news
from rag_app.ui.documents.jobs import sample_files as samples
from rag_app.ui.widgets import followers as follow
from rag_app.ui.widgets.followers import Follower
from tests.conftest import DATA
from tests.ui.chat.test_page import QUESTION, QUOTE, ask, buttons, press, read, shown
from tests.ui.conftest import OpenPage

NASTY = "<img src=x onerror=hit()> :red[x].txt"


def documents_page(page: AppTest, document: str | None = None) -> AppTest:
    """Go to the page of the documents, and on until nothing is on its way."""
    page._page_hash = calc_hash("documents")
    if document is not None:
        page.query_params["document"] = document
    return page.run()


def chat_page(page: AppTest) -> AppTest:
    page._page_hash = calc_hash("")
    page.query_params.clear()  # as Streamlit does
    return page.run()


def send(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    return page.file_uploader[0].set_value([(*file, "text/plain") for file in files]).run()


def search(page: AppTest, words: str) -> AppTest:
    """Search the list for some words."""
    [field] = [one for one in page.text_input if one.label == "Search documents"]
    return field.set_value(words).run()


def listed(page: AppTest) -> list[str]:
    """The documents of the list that can be opened, in its order."""
    return [read(one.label) for one in page.button if re.match("read-[0-9a-f]{16}", one.key or "")]


def confirm(page: AppTest) -> AppTest:
    """Delete what was asked about."""
    return page.button(key="confirm-delete-yes").click().run()


def names(store: Path) -> set[str]:
    with open_engine(store) as engine:
        return {document.name for document in engine.documents()}


def uploads(store: Path) -> set[str]:
    folder = Store(store, "default").uploads_directory
    return {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}


def test_without_documents_the_samples_are_one_click(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two of them; test_page.py has all, in a browser.
    for name in ("glossary.md", "policies/data-retention-notice.txt"):
        (tmp_path / "some" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DATA / "documents" / name, tmp_path / "some" / name)
    monkeypatch.setattr(samples, "FOLDERS", (tmp_path / "some",))
    store = tmp_path / "new"
    page = documents_page(open_page(store))
    assert "There are no documents here yet" in shown(page)
    press(page, "Try the sample documents")
    assert "2 added." in shown(page)
    assert names(store) == {"samples/glossary.md", "samples/policies/data-retention-notice.txt"}
    chat = chat_page(page)
    assert any(name.endswith("?") for name in buttons(chat))
    page = press(documents_page(chat), "Remove samples")
    assert names(store) == set() and uploads(store) == set()
    assert "Try the sample documents" in buttons(page)


def test_the_page_of_a_document_tells_what_came_of_it_and_of_no_other(
    open_page: OpenPage, own_store: Path
) -> None:
    page = documents_page(open_page(own_store))
    send(page, ("lamp.txt", b"The lamp is lit at dusk."), ("empty.txt", b""))
    assert "The file is empty" in shown(page)
    page = documents_page(page, "lamp.txt")
    assert "lit at dusk" in shown(page) and "added" in shown(page)
    assert "The file is empty" not in shown(page)
    page = documents_page(page, "gardens.md")
    assert "Garden rules" in shown(page) and "lamp.txt" not in shown(page)


def test_the_list_is_searched_filtered_and_says_what_was_not_read(
    open_page: OpenPage, own_store: Path
) -> None:
    page = documents_page(open_page(own_store))
    assert listed(page) == ["Garden rules", "LIBRARY LOANS"]
    assert "Named .pdf but is not a PDF" in shown(page) and "3 documents" in shown(page)
    search(page, "LOANS library")
    assert listed(page) == ["LIBRARY LOANS"]
    search(page, "not a pdf")
    assert listed(page) == [] and "broken.pdf" in shown(page)
    search(page, "zanzibar")
    assert "No documents match" in shown(page)
    search(page, "")
    page.selectbox[0].set_value("markdown").run()
    assert listed(page) == ["Garden rules"]
    page.selectbox[0].set_value("").run()
    press(page, "library · 1")
    assert listed(page) == ["LIBRARY LOANS"] and "<b>library</b>" in shown(page)
    press(page, "All documents")
    page.selectbox[1].set_value("not read").run()
    assert listed(page) == [] and "1 document<" in shown(page)


def test_a_document_is_read_and_nothing_of_it_becomes_html(
    open_page: OpenPage, own_store: Path
) -> None:
    page = documents_page(open_page(own_store))
    nasty = f"# A <b>heading</b>\n\n<script>hit()</script> {QUOTE}\n".encode()
    page = send(page, (NASTY, nasty))
    name = next(name for name in names(own_store) if "img" in name)
    page = documents_page(page, name)
    assert "A &lt;b&gt;heading&lt;/b&gt;" in shown(page)
    assert "&lt;script&gt;hit()&lt;/script&gt;" in shown(page)
    assert "<img" not in shown(page) and "<script>hit" not in shown(page)
    page = press(page, "All documents")
    assert name in listed(page) and "document" not in page.query_params
    assert "There is no document" in documents_page(page, "no such").warning[0].value.replace(
        "\\", ""
    )


def test_uploaded_documents_are_deleted_with_their_files_and_only_when_confirmed(
    open_page: OpenPage, own_store: Path
) -> None:
    page = documents_page(open_page(own_store))
    page = send(page, ("one.txt", b"One lamp."), ("two.txt", b"Two lamps."))
    assert uploads(own_store) == {"one.txt", "two.txt"}
    for box in [box for box in page.checkbox if read(box.label).endswith(("one txt", "two txt"))]:
        box.check()
    page.run()
    press(page, "Delete 2")
    assert "2 uploaded files are deleted for good." in shown(page)
    press(page, "Cancel")
    assert names(own_store) >= {"one.txt", "two.txt"}
    press(page, "Delete 2")
    press(page, "Delete 2 documents")
    assert not names(own_store) & {"one.txt", "two.txt"} and uploads(own_store) == set()
    page = documents_page(page, "gardens.md")
    press(page, "Delete")
    assert "The file itself stays in your folder" in shown(page)
    confirm(page)
    assert names(own_store) == {"library/loans.txt"}
    assert "document" not in page.query_params
    page.checkbox[0].check().run()  # the file that was not read
    confirm(press(page, "Delete 1"))
    assert "broken.pdf" not in shown(documents_page(page)).partition("list")[2]
    with open_engine(own_store) as engine:
        assert all(receipt.path != "broken.pdf" for receipt in engine.receipts())


def test_an_archive_goes_with_the_last_of_its_documents(
    open_page: OpenPage, own_store: Path
) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "The archive says that the lamp is blue.")
        archive.writestr("deep/b.txt", "The archive says that the door is red.")
    page = send(documents_page(open_page(own_store)), ("old.zip", packed.getvalue()))
    for name in ("old.zip/a.txt", "old.zip/deep/b.txt"):
        assert "old.zip" in uploads(own_store)
        confirm(press(documents_page(page, name), "Delete"))
    assert uploads(own_store) == set()


def test_what_is_too_much_is_refused_with_a_receipt(
    open_page: OpenPage, own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_UPLOAD_FILES", "1")
    page = documents_page(open_page(own_store))
    page = send(page, ("plans/a.txt", b"The plan."), ("b.txt", b"Two."), (".git/c.txt", b"3"))
    assert "More than 1 file at once" in shown(page)
    assert "1 hidden file is left alone" in shown(page)
    assert len(names(own_store)) == 3


def test_what_changed_on_disk_is_told_and_brought_in(
    open_page: OpenPage, tmp_path: Path, embedder: Embedder
) -> None:
    folder, store = tmp_path / "notes", tmp_path / "store"
    folder.mkdir()
    (folder / "a.txt").write_text("The lamp is green.")
    (folder / "b.txt").write_text("The door is red.")
    ingest_paths([folder], store=store, embedder=embedder)
    (folder / "a.txt").unlink()
    (folder / f"new {NASTY}").write_text("The gate is blue.")
    page = documents_page(open_page(store))
    assert "Last update" in page.expander[0].label and "2 added" in page.expander[0].label
    assert "On disk since then: 1 new, 1 gone." in shown(page)
    assert "<img" not in shown(page)
    press(page, "Update all 2")
    assert names(store) == {"b.txt", f"new {NASTY}"}
    assert "1 added, 1 deleted." in shown(page)
    assert "On disk since then" not in shown(page)
    (folder / "b.txt").write_text("The door is green now.")
    press(documents_page(page, "b.txt"), "Read again")
    assert "The door is green now." in shown(page)


def test_going_to_the_documents_and_back_leaves_the_conversation_as_it_was(
    open_page: OpenPage, own_store: Path
) -> None:
    page = ask(open_page(own_store), QUESTION)
    address = dict(page.query_params)
    assert address
    page = chat_page(documents_page(page))
    assert f"<strong>{QUOTE}" in shown(page)
    assert dict(page.query_params) == address
    page.query_params.clear()
    assert f"<strong>{QUOTE}" in shown(page.run()), "it was sent before the new one was there"
    assert dict(page.query_params) == address


@pytest.mark.parametrize("between_runs", [True, False], ids=["between runs", "in a run"])
def test_an_answer_that_comes_while_another_page_is_shown_is_told(
    open_page: OpenPage, own_store: Path, between_runs: bool
) -> None:
    from rag_app.ui.chat.ask import ask
    from rag_app.ui.session import engine as engines

    page = documents_page(open_page(own_store))
    chat = page.session_state["rag"].state_of(ChatState)
    ask(chat, engines.session_engine(), QUESTION)
    if between_runs:
        (pending,) = chat.pending_answers.values()
        assert pending.wait(30)
    for _ in range(50):  # it is answered on another thread
        if "has been answered" in shown(page.run()):
            break
    assert "Your question has been answered." in shown(page)
    assert f"<strong>{QUOTE}" in shown(chat_page(page))
    assert "has been answered" not in shown(documents_page(page))


def test_what_the_disk_says_is_shown_without_drawing_the_page_anew(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: Embedder
) -> None:
    """A link that was clicked at that moment led to the page that it was clicked on: 2 of 40."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("The mast is high.")
    ingest_paths([tmp_path / "notes"], store=tmp_path / "store", embedder=embedder)
    (tmp_path / "notes" / "b.txt").write_text("So is the tide.")
    drawn_anew: list[bool] = []

    def follow_all(followers: Iterable[Follower | None]) -> bool:
        drawn_anew.append(follow.follow_all(followers))
        return drawn_anew[-1]

    def look_slowly(settings: IndexSettings) -> DiskChanges:
        threading.Event().wait(0.5)
        return changes_on_disk(settings)

    monkeypatch.setattr(ui_page, "follow_all", follow_all)
    monkeypatch.setattr(news, "changes_on_disk", look_slowly)
    page = documents_page(open_page(tmp_path / "store"))
    assert "On disk since then: 1 new." in shown(page)
    assert "Update" in buttons(page)
    assert drawn_anew and not any(drawn_anew)
