"""Changes on a thread of their own: one after the other, cancelled, and nothing half there."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ingest import FileReceipt, IngestReport
from ingest.embed.embedder import Embedder
from ingest.progress import Progress
from rag_app import open_engine
from rag_app.ui.documents.jobs.job_queue import Ingestion, Job
from tests.ui.documents.test_documents import names, uploads


def test_changes_come_one_after_the_other_and_can_be_cancelled() -> None:
    begun, ingestion, left = threading.Event(), Ingestion(), []

    def run(progress: Progress, stop: threading.Event) -> IngestReport:
        begun.set()
        done = FileReceipt("a.txt", "added")
        progress.begin(2, 100.0)
        progress.finished(done, 1.0)
        assert stop.wait(20)
        return IngestReport((done, FileReceipt("b.txt", "skipped", reason="cancelled")), 0.0)

    ingestion.add(Job("First", run, 2))
    ingestion.add(Job("Second", run, 1, leave=lambda: left.append("Second")))
    assert begun.wait(20)
    while not ingestion.done:
        threading.Event().wait(0.01)
    assert ingestion.is_running and ingestion.waiting == 1
    assert ingestion.share == 0.5, "as the files are counted, though it is a small one"
    ingestion.cancel()
    ingestion.wait()
    assert not ingestion.is_running and ingestion.is_cancelled
    assert [(one.path, one.status) for one in ingestion.receipts] == [
        ("a.txt", "added"),
        ("b.txt", "skipped"),
        ("Second", "skipped"),
    ]
    assert left == ["Second"]


def test_of_an_upload_that_is_cancelled_nothing_is_half_there(
    own_store: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state alone: the test runner of Streamlit cannot click while a page is running."""
    from rag_app.ui.documents.jobs.jobs import upload_job
    from rag_app.web.upload_settings import UploadSettings
    from tests.rag_app.web.test_uploads import Sent

    monkeypatch.setenv("RAG_STORE", str(own_store))
    with open_engine(own_store, embedder=embedder) as engine:
        limits = UploadSettings()
        first = upload_job(engine, None, [Sent("kept.txt", b"The first words.")], limits)
        first.run(Ingestion(), threading.Event())
        stop = threading.Event()
        stop.set()
        sent = [Sent("kept.txt", b"Other words."), Sent("plans/new.txt", b"New words.")]
        report = upload_job(engine, None, sent, limits).run(Ingestion(), stop)
    told = {receipt.path: receipt.reason or "" for receipt in report.files}
    assert "what it said before still answers" in told["kept.txt"]
    assert "add it again" in told["plans/new.txt"]
    assert "kept.txt" in names(own_store) and "plans/new.txt" not in names(own_store)
    assert uploads(own_store) == {"kept.txt"}
