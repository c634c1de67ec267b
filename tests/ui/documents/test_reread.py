"""The page of the documents: files that are read again, and changes that wait for their turn."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ingest import (
    IndexSettings,
    collection_names,
    create_collection,
    delete_collection,
    ingest_paths,
)
from ingest.embed.embedder import Embedder
from ingest.maintenance.disk_changes import DiskChanges
from ingest.store.directory import Store
from rag_app import Engine, open_engine
from rag_app.ui.documents.jobs.job_queue import Ingestion, Job
from rag_app.ui.documents.jobs.jobs import (
    again_job,
    bring_in_job,
    delete_job,
    samples_job,
    upload_job,
)
from rag_app.web.upload_settings import UploadSettings
from tests.conftest import REPOSITORY
from tests.rag_app.web.test_uploads import Sent
from tests.support.folders import read_as_before
from tests.ui.chat.test_page import buttons, press, read, shown
from tests.ui.conftest import OpenPage
from tests.ui.documents.test_documents import documents_page, names, search, send, uploads

SECONDS = 60


@pytest.fixture
def engine(own_store: Path, embedder: Embedder) -> Iterator[Engine]:
    with open_engine(own_store, embedder=embedder) as engine:
        yield engine


@contextmanager
def writing(store: Path) -> Iterator[Callable[[], None]]:
    """Somebody else writes, until the end or until they are told to stop."""
    with ExitStack() as locked:
        locked.enter_context(Store(store, "default").write_lock(0))
        yield locked.close


def wait_for(condition: Callable[[], object]) -> None:
    for _ in range(SECONDS * 100):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come to that")


def told(page: AppTest) -> str:
    """What the page of a document says came of it, as it is read."""
    [html] = [one.value for one in page.html if one.value.startswith('<ul class="rag-receipts">')]
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def upload(engine: Engine, *names: str, collection_id: str | None = None) -> Job:
    sent = [Sent(name, f"The words of {name}.".encode()) for name in names]
    return upload_job(engine, collection_id, sent, UploadSettings())


def test_unchanged_documents_are_read_again(
    open_page: OpenPage, own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = documents_page(open_page(own_store))
    with monkeypatch.context() as earlier:
        read_as_before(earlier)
        send(page, ("one.txt", b"One lamp."), ("two.txt", b"Two lamps."))
    for box in [box for box in page.checkbox if read(box.label).endswith(("one txt", "two txt"))]:
        box.check()
    page.run()
    press(page, "Read 2 again")
    assert "2 updated." in shown(page) and "Read 2 again" not in buttons(page)
    with open_engine(own_store) as engine:
        assert engine.document_text("two.txt") == "Two lamps."
    assert uploads(own_store) == {"one.txt", "two.txt"}
    press(documents_page(page, "one.txt"), "Read again")
    assert told(page) == "unchanged one.txt 1 passage"
    (Store(own_store, "default").uploads_directory / "one.txt").unlink()
    press(page, "Read again")
    gone = "There is no such file or folder; what it said before still answers"
    assert told(page) == f"failed one.txt {gone}"
    assert "One lamp." in shown(page)


def test_a_file_that_was_not_read_is_tried_again(
    open_page: OpenPage, tmp_path: Path, embedder: Embedder
) -> None:
    folder, store = tmp_path / "notes", tmp_path / "store"
    folder.mkdir()
    (folder / "good.txt").write_text("The lamp is green.")
    (folder / "bad.pdf").write_bytes(b"no PDF")
    (folder / "worse.pdf").write_bytes(b"no PDF either")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "secret.txt").write_text("Not to be read.")
    ingest_paths([folder], store=store, embedder=embedder)
    page = documents_page(open_page(store))
    assert buttons(page).count("Retry") == 3
    (folder / "bad.pdf").write_bytes(a_pdf())
    (folder / "worse.pdf").unlink()
    press(page, "Retry 3 failed")
    assert "1 added, 1 skipped, 1 failed." in shown(page)
    assert "There is no such file or folder" in shown(page)
    assert "ingest what it leads to" in shown(page)
    assert names(store) == {"good.txt", "bad.pdf"}
    assert buttons(page).count("Retry") == 2
    (folder / "worse.pdf").write_bytes(a_pdf())
    search(page, "worse")
    press(page, "Retry")
    assert "1 added." in shown(page) or "1 unchanged." in shown(page)
    assert "worse.pdf" in names(store)


def a_pdf() -> bytes:
    return next((REPOSITORY / "data").rglob("*.pdf")).read_bytes()


def test_what_waits_for_another_writer_says_so_and_goes_on_by_itself(
    engine: Engine, own_store: Path
) -> None:
    ingestion = Ingestion()
    with writing(own_store) as stop:
        ingestion.add(upload(engine, "a.txt"))
        wait_for(lambda: ingestion.blocked_by)
        assert ingestion.blocked_by == "another window"
        assert not uploads(own_store), "nothing is kept before its turn"
        holder = Store(own_store, "default").directory / "writer.json"
        note = json.loads(holder.read_text())
        holder.write_text(json.dumps({**note, "process": 1}))
        wait_for(lambda: f"process 1 on {note['host']}, since" in ingestion.blocked_by)
        assert ingestion.is_running and ingestion.error is None
        stop()
        ingestion.wait()
    assert [one.status for one in ingestion.receipts] == ["added"]
    assert "a.txt" in names(own_store)


def test_what_waits_can_be_cancelled_and_nothing_of_it_is_kept(
    engine: Engine, own_store: Path
) -> None:
    ingestion = Ingestion()
    with writing(own_store):
        ingestion.add(upload(engine, "a.txt", "b.txt", "c.exe"))
        ingestion.add(delete_job(engine, None, ["gardens.md"], []))
        wait_for(lambda: ingestion.blocked_by)
        ingestion.cancel()
        ingestion.wait()
    told = [(one.path, one.status, one.reason) for one in ingestion.receipts]
    reason = "cancelled before its turn; add it again"
    assert told == [
        ("Adding 3 files", "skipped", reason),
        ("Deleting gardens.md", "skipped", reason),
    ]
    assert uploads(own_store) == set() and "gardens.md" in names(own_store)


def test_two_sessions_that_upload_at_once_both_get_in(engine: Engine, own_store: Path) -> None:
    sessions = [Ingestion() for _ in range(3)]
    for number, ingestion in enumerate(sessions):
        ingestion.add(upload(engine, f"{number}.txt", "same.txt"))
    for ingestion in sessions:
        ingestion.wait()
        assert ingestion.error is None and len(ingestion.receipts) == 2
    assert names(own_store) >= {"0.txt", "1.txt", "2.txt", "same.txt"}


@pytest.mark.parametrize("comes_back", [False, True])
def test_what_was_meant_for_a_collection_that_is_gone_is_kept_nowhere(
    engine: Engine, own_store: Path, comes_back: bool
) -> None:
    note = engine.store.note
    assert note is not None
    delete_collection("default", store=own_store)
    if comes_back:
        create_collection("default", store=own_store)
    before = sorted(own_store.rglob("*"))
    changes = DiskChanges(new=(str(own_store),), folders=(str(own_store),))
    for job in (
        upload(engine, "a.txt", collection_id=note.id),
        samples_job(engine, note.id),
        again_job(engine, note.id, {"gardens.md": "/nowhere/gardens.md"}),
        delete_job(engine, note.id, ["gardens.md"], []),
        bring_in_job(engine, note.id, changes),
    ):
        ingestion = Ingestion()
        ingestion.add(job)
        ingestion.wait()
        assert "was renamed or deleted meanwhile" in (ingestion.error or "")
        assert not ingestion.can_be_tried_again
    left = {path for path in own_store.rglob("*") if path.name != "write.lock"}
    assert left <= set(before)


def test_a_page_whose_collection_is_deleted_as_files_are_dropped_keeps_nothing(
    open_page: OpenPage, own_store: Path, tmp_path: Path, embedder: Embedder
) -> None:
    (tmp_path / "lamp.txt").write_text("The lamp is kept by Edda Storm.\n")
    settings = IndexSettings(store=own_store, collection="other")
    ingest_paths([tmp_path / "lamp.txt"], settings=settings, embedder=embedder)
    page = open_page(own_store)
    page.query_params["collection"] = "other"
    page = documents_page(page.run())
    assert "lamp.txt" in [read(one.label) for one in page.button]
    delete_collection("other", store=own_store)
    send(page, ("new.txt", b"Something new."))
    assert "was deleted" in read(page.warning[0].value)
    assert "not kept" in read(page.warning[1].value)
    assert collection_names(own_store) == ["default"]
    assert not Store(own_store, "other").directory.exists()


def test_an_empty_store_takes_the_first_files(open_page: OpenPage, tmp_path: Path) -> None:
    page = documents_page(open_page(tmp_path / "new"))
    send(page, ("first.txt", b"The first words."))
    assert names(tmp_path / "new") == {"first.txt"}
