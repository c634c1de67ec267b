"""Web pages from their addresses to documents, over real connections, and when they change."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from ingest import FileReceipt, IndexSettings, IngestReport, ingest_paths
from ingest.maintenance.disk_changes import changes_on_disk
from ingest.maintenance.doctor import examine
from ingest.store.directory import Store
from rag_app import open_engine
from rag_app.cli.main import main
from tests.ingest.load.samples import column, pdf
from tests.support.folders import CountingEmbedder, names
from tests.support.web_server import WebServer, page

PDF = pdf([column(["The mast costs 90 pounds."])])
RUSSIAN = "Мачта стоит 90 фунтов."
PRICES = "<title>Prices of 2026</title><main><h1>Prices</h1><p>The mast costs {} pounds.</p></main>"


@pytest.fixture
def ingest(store: Path, counting: CountingEmbedder):
    """Ingest addresses and paths, also of this machine."""

    def ingest(*paths: str | Path, private: bool = True, **options: object) -> IngestReport:
        settings = IndexSettings(store=store, fetch_private=private, fetch_seconds=5)
        return ingest_paths(paths, settings=settings, embedder=counting, **options)  # type: ignore[arg-type]

    return ingest


def only(report: IngestReport) -> FileReceipt:
    (receipt,) = report.files
    return receipt


def test_a_page_answers_with_its_address(ingest, store: Path, folder: Path) -> None:
    with WebServer(prices=page(PRICES.format(90))) as server:
        address = f"{server.url}/prices"
        report = ingest(address, folder)
        assert [one.status for one in report.files] == ["added"] * 4
        with open_engine(store) as engine:
            found = engine.ask("What does the mast cost?").citations[0]
            folders = [one.values for one in engine.filter_fields() if one.name == "folder"]
            document = next(one for one in engine.documents() if one.name == address)
        assert found.document in (address, "sub/c.html")
        assert (document.title, document.kind) == ("Prices of 2026", "html")
        assert document.source == address and folders == [("", server.url, "sub")]


def test_it_is_read_again_only_if_it_has_changed(ingest, store: Path, counting) -> None:
    with WebServer(prices=page(PRICES.format(90), ETag='"1"')) as server:
        address = f"{server.url}/prices"
        assert only(ingest(address)).status == "added"
        embedded = counting.embedded
        assert only(ingest(address + "#part")).status == "unchanged"
        server.answers["/prices"] = page(PRICES.format(95), ETag='"2"')
        assert only(ingest(address)).status == "updated"
        with open_engine(store) as engine:
            assert "95 pounds" in engine.ask("What does the mast cost?").text
        assert counting.embedded > embedded and names(store) == [address]
        # Without anything to ask by, its bytes are compared.
        server.answers["/prices"] = page(PRICES.format(95))
        assert only(ingest(address)).status == "unchanged"


def test_a_page_that_is_gone_answers_until_it_is_to_be_removed(ingest, store: Path) -> None:
    with WebServer(prices=page(PRICES.format(90))) as server:
        address = f"{server.url}/prices"
        ingest(address)
        server.answers.clear()
        gone = only(ingest(address))
        assert gone.status == "failed"
        assert gone.reason == "there is no such page (HTTP 404); what it said before still answers"
        assert names(store) == [address]
        server.answers["/prices"] = page("", status=503)
        assert only(ingest(address, sync=True)).status == "failed" and names(store) == [address]
        server.answers.clear()
        assert only(ingest(address, sync=True)).status == "deleted" and names(store) == []


def test_nothing_is_fetched_that_was_not_named(ingest, store: Path, folder: Path) -> None:
    linked = page('<title>Links</title><p>See <a href="/other">the other</a>.</p>')
    with WebServer(links=linked, other=page("<p>other</p>")) as server:
        ingest(f"{server.url}/links", folder)
        assert server.asked == ["/robots.txt", "/links"]
        settings = IndexSettings(store=store, fetch_private=True)
        assert changes_on_disk(settings).count == 0
        ingest(folder, sync=True)
        assert f"{server.url}/links" in names(store) and len(server.asked) == 2
        assert not examine(Store(store, "default"))


@pytest.mark.parametrize(
    ("kind", "path", "body", "read_as"),
    [
        ("application/pdf", "file", PDF, "pdf"),
        ("application/octet-stream", "file", PDF, "pdf"),
        ("text/plain", "notes", "The mast costs 90 pounds.", "text"),
        ("text/plain", "notes.md", "# Mast\n\n90 pounds.", "markdown"),
        ("text/html", "data.csv", "<p>no file</p>", "html"),
        ("text/csv", "export", "part,price\nmast,90\n", "csv"),
        ("application/json", "api", '{"mast": 90}', "json"),
        (
            "text/plain; charset=windows-1251",
            "russian",
            "Мачта стоит 90 фунтов.".encode("cp1251"),
            "text",
        ),
    ],
)
def test_the_media_type_chooses_the_reader(ingest, store, kind, path, body, read_as) -> None:
    with WebServer(**{path: page(body, kind)}) as server:
        assert only(ingest(f"{server.url}/{path}")).status == "added"
        with open_engine(store) as engine:
            (document,) = engine.documents()
            text = engine.document_text(document.name)
        assert document.kind == read_as
        assert "windows" not in kind or "Мачта" in text


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("video/mp4", b"\0\0\0 ftypisom", "video/mp4 isn't supported"),
        ("image/x-icon", "icon", "image/x-icon isn't supported"),
        ("application/octet-stream", bytes(range(256)), "this kind of file isn't supported"),
        ("application/zip", b"PK\x05\x06" + bytes(18), "archive"),
        ("text/html", "", "the file is empty"),
    ],
)
def test_what_cannot_be_read_says_so(ingest, kind: str, body, said: str) -> None:
    with WebServer(a=page(body, kind)) as server:
        receipt = only(ingest(f"{server.url}/a"))
        assert receipt.status == "failed" and said in (receipt.reason or "")


def test_bad_addresses_cost_only_themselves(ingest, store: Path) -> None:
    with WebServer(a=page(PRICES.format(90))) as server:
        secret = "https://ada:secret@example.org/"
        report = ingest("ftp://example.org/x", f"{server.url}/a", secret)
        assert sorted(one.status for one in report.files) == ["added", "failed", "failed"]
        assert "secret" not in str(report) and names(store) == [f"{server.url}/a"]
        refused = only(ingest(f"{server.url}/b", private=False))
        assert "a public address" in (refused.reason or "")


def test_a_run_can_be_stopped_before_a_page(ingest) -> None:
    stop = threading.Event()
    stop.set()
    with WebServer(a=page("a")) as server:
        assert only(ingest(f"{server.url}/a", stop=stop)).status == "skipped"
        assert not server.asked


def test_the_command_line_takes_addresses(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAG_STORE", str(store))
    with WebServer(a=page(PRICES.format(90))) as server:
        assert main(["ingest", f"{server.url}/a"]) == 1
        assert "RAG_FETCH_PRIVATE=1" in capsys.readouterr().err
        monkeypatch.setenv("RAG_FETCH_PRIVATE", "1")
        assert main(["ingest", f"{server.url}/a"]) == 0
        server.answers["/a"] = page(PRICES.format(95))
        capsys.readouterr()
        assert main(["ingest", "--pages", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["counts"]["updated"] == 1
    assert main(["ingest"]) == 2 and "nothing to ingest" in capsys.readouterr().err
