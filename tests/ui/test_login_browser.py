"""Two people log in by a provider, in real browsers, each with conversations of their own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ingest import collection_names
from ingest.store import Store
from rag_app import Conversations
from tests.ui.oidc_provider import CLIENT, Provider
from tests.ui.test_browser import ANSWERS_WITHIN, ask, browser, wait_for_port
from tests.ui.test_login import SECRET
from tests.ui.test_page import QUESTION
from tests.ui.test_serve import free_port

__all__ = ["browser"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]


@contextmanager
def served(store: Path, folder: Path, provider: Provider) -> Iterator[str]:
    port = free_port()
    (folder / "secrets.toml").write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\n'
        f'cookie_secret = "{SECRET}"\nclient_id = "{CLIENT}"\nclient_secret = "x"\n'
        f'server_metadata_url = "{provider.issuer}/.well-known/openid-configuration"\n'
    )
    (folder / ".env").write_text(
        f"RAG_OIDC={folder}/secrets.toml\nRAG_ALLOWED_USERS=@firm.example\n"
    )
    command = [sys.executable, "-m", "rag_app.cli", "chat", "--no-browser"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--store", str(store)], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        wait_for_port(port, process)
        yield f"http://localhost:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert "Traceback" not in output, output


def user(name: str, domain: str = "firm.example") -> dict[str, object]:
    return {"sub": f"{name}-1", "email": f"{name}@{domain}", "email_verified": True}


def log_in(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(address)
    button = page.get_by_role("button", name="Log in")
    expect(button).to_be_visible(timeout=ANSWERS_WITHIN)
    assert "gardens" not in page.content()
    button.click()
    return page


def test_everybody_has_conversations_of_their_own(
    browser: Browser, own_store: Path, tmp_path: Path
) -> None:
    with Provider() as provider, served(own_store, tmp_path, provider) as address:
        provider.user = user("mallory", "firm.example.evil")
        page = log_in(browser, address)
        refused = page.get_by_text("may not use this page")
        expect(refused).to_be_visible(timeout=ANSWERS_WITHIN)
        assert "gardens" not in page.content()
        page.context.close()

        provider.user = user("anna")
        anna = log_in(browser, address)
        ask(anna, QUESTION)
        expect(anna.locator("mark")).to_be_visible(timeout=ANSWERS_WITHIN)
        anna.wait_for_url("**/*conversation=*")
        link = anna.url
        expect(anna.get_by_text("anna@firm.example")).to_be_attached()
        anna.reload()
        expect(anna.locator("mark")).to_be_visible(timeout=ANSWERS_WITHIN)

        provider.user = user("bert")
        bert = log_in(browser, address)
        expect(bert.get_by_test_id("stChatInputTextArea")).to_be_visible(timeout=ANSWERS_WITHIN)
        bert.goto(link)
        told = bert.get_by_text("There is no such conversation")
        expect(told).to_be_visible(timeout=ANSWERS_WITHIN)
        assert QUESTION not in bert.content()
        # What is made in one browser is there in the other.
        bert.get_by_role("button", name="Collections").click()
        bert.get_by_label("New collection").fill("Lamps")
        bert.get_by_label("New collection").press("Enter")
        bert.get_by_role("button", name="Create", exact=True).click()
        bert.wait_for_url("**/*collection=Lamps*")
        assert sorted(collection_names(own_store)) == ["Lamps", "default"]
        kept = Conversations(Store(own_store, "default"), f"{provider.issuer} anna-1")
        assert [one.title for one in kept.listed()] == [QUESTION]
        anna.get_by_role("button", name="Log out").click()
        expect(anna.get_by_role("button", name="Log in")).to_be_visible(timeout=ANSWERS_WITHIN)
        for one in (anna, bert):
            one.context.close()
