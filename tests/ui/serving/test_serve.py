from __future__ import annotations

import os
import socket
import tomllib
from pathlib import Path

import pytest
from streamlit import config

from benchmarks.page.served import free_port
from ingest.errors import StoreError, UsageError
from rag_app.ui.serving import serve as serving
from rag_app.ui.serving.serve import serve, streamlit_options
from tests.conftest import REPOSITORY


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """The options with which Streamlit would have been started."""
    options: list[dict[str, object]] = []
    monkeypatch.setattr(serving, "_run_streamlit", lambda one, *_: options.append(one))
    return options


def test_the_page_learns_its_store_from_the_environment(
    started: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_STORE", "other")
    monkeypatch.setenv("RAG_COLLECTION", "other")
    port = free_port()
    assert serve(store="here", collection="Étude 1", port=port, open_browser=False) == 0
    assert os.environ["RAG_STORE"] == "here"
    assert os.environ["RAG_COLLECTION"] == "Étude 1"
    assert started[0]["server.port"] == port


def test_it_serves_this_machine_only_and_tells_nobody() -> None:
    options = streamlit_options(port=8501)
    assert options["server.address"] == "127.0.0.1"
    assert options["browser.gatherUsageStats"] is False
    assert options["server.headless"] is True
    assert options["theme.dark.sidebar.backgroundColor"].startswith("#")


def test_no_traceback_goes_to_the_browser() -> None:
    options = streamlit_options(port=8501)
    assert options["client.showErrorDetails"] == "none"


def test_streamlit_knows_every_option() -> None:
    known = set(config.get_config_options())
    assert set(streamlit_options(port=8501)) <= known


def test_nothing_is_fetched_for_the_looks() -> None:
    text = (REPOSITORY / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    css = (REPOSITORY / "rag_app" / "ui" / "page.css").read_text(encoding="utf-8")
    assert tomllib.loads(text)["theme"]["font"] == "sans-serif"
    for words in (text, css):
        assert "http" not in words
        assert "url(" not in words
        assert "@import" not in words


def test_the_copy_in_the_wheel_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "streamlit.toml"
    copy.write_text('[server]\nfileWatcherType = "poll"\n')
    monkeypatch.setattr(serving, "CONFIG_FILES", (tmp_path / "none", copy))
    assert streamlit_options(port=1)["server.fileWatcherType"] == "poll"


def test_what_streamlit_lets_through_is_what_the_setting_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RAG_UPLOAD_MEGABYTES", "7")
    assert streamlit_options(port=1)["server.maxUploadSize"] == 7


@pytest.mark.usefixtures("started")
def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"Port {port} .*--port {port + 1}"):
            serve(store=None, collection=None, port=port, open_browser=False)


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none(port: int) -> None:
    with pytest.raises(UsageError, match="no port"):
        serve(store=None, collection=None, port=port, open_browser=False)


@pytest.mark.usefixtures("started")
def test_a_wrong_store_or_setting_stops_it_before_it_starts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="is a file"):
        serve(store=str(tmp_path / "file"), collection=None, port=8501, open_browser=False)
    with pytest.raises(UsageError, match="collection"):
        serve(store=None, collection="", port=8501, open_browser=False)
