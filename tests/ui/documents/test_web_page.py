"""A web page that is added by its address, on the page of the documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.web_server import WebServer, page
from tests.ui.chat.test_page import read, shown
from tests.ui.conftest import OpenPage
from tests.ui.documents.test_documents import documents_page, listed, names


def test_an_address_becomes_a_document_that_links_to_it(
    open_page: OpenPage, own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_FETCH_PRIVATE", "1")
    with WebServer(prices=page("<title>Prices</title><p>The mast costs 90 pounds.</p>")) as server:
        address = f"{server.url}/prices"
        at = documents_page(open_page(own_store))
        at.text_input(key="web-page").set_value(f" {address}").run()
        at = documents_page(at)
        assert address in names(own_store) and at.text_input(key="web-page").value == ""
        assert any("Prices" in name for name in listed(at))
        assert f"{address.split('/')[2]} · 1" in [read(one.label) for one in at.button]
        at = documents_page(at, address)
        assert f'href="{address}"' in shown(at)
        server.answers["/prices"] = page("<title>Prices</title><p>The mast costs 95 pounds.</p>")
        at.button[[one.label for one in at.button].index("Read again")].click().run()
        assert "95 pounds" in shown(documents_page(at, address))


def test_one_of_this_machine_is_refused_in_words(open_page: OpenPage, own_store: Path) -> None:
    with WebServer(secret=page("<p>secret</p>")) as server:
        at = documents_page(open_page(own_store))
        at.text_input(key="web-page").set_value(f"{server.url}/secret").run()
        assert "t a public address" in shown(documents_page(at)) and not server.asked
