"""Two people log in by a provider, in real browsers, each with conversations of their own."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from benchmarks.page.served import free_port
from ingest import collection_names
from ingest.store.directory import Store
from rag_app import Conversations
from tests.support.browsers import ANSWERS_WITHIN, MARKS, Serve, ask, browser, serve
from tests.support.oidc_provider import CLIENT, Provider
from tests.ui.chat.test_page import QUESTION
from tests.ui.serving.test_login import SECRET

__all__ = ["browser", "serve"]  # fixtures
pytestmark = MARKS


def serve_with(provider: Provider, serve: Serve, store: Path, folder: Path) -> str:
    port = free_port()
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\n'
        f'cookie_secret = "{SECRET}"\nclient_id = "{CLIENT}"\nclient_secret = "x"\n'
        f'server_metadata_url = "{provider.issuer}/.well-known/openid-configuration"\n'
    )
    allowed = "@firm.example"
    users = {"RAG_ALLOWED_USERS": allowed, "RAG_OWNERS": "bert@firm.example"}
    return serve(store, port=port, RAG_OIDC=str(secrets), **users)


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
    browser: Browser, serve: Serve, own_store: Path, tmp_path: Path
) -> None:
    with Provider() as provider:
        address = serve_with(provider, serve, own_store, tmp_path)
        provider.user = user("mallory", "firm.example.evil")
        page = log_in(browser, address)
        refused = page.get_by_text("may not use this page")
        expect(refused).to_be_visible(timeout=ANSWERS_WITHIN)
        assert "gardens" not in page.content()
        page.context.close()

        provider.user = user("anna")
        anna = log_in(browser, f"{address}/documents?document=gardens.md")
        expect(anna.get_by_text("All documents")).to_be_visible(timeout=ANSWERS_WITHIN)
        expect(anna).to_have_url(f"{address}/documents?document=gardens.md")
        anna.get_by_test_id("stSidebarNavLink").filter(has_text="Chat").click()
        ask(anna, QUESTION)
        expect(anna.locator("mark")).to_be_visible(timeout=ANSWERS_WITHIN)
        anna.wait_for_url("**/*conversation=*")
        link = anna.url
        expect(anna.get_by_text("anna@firm.example")).to_be_attached()
        # She may only read; he owns.
        assert anna.locator("input[type=file]").count() == 0
        assert anna.get_by_role("button", name="Collections").count() == 0
        assert anna.get_by_test_id("stSidebarNavLink").filter(has_text="Evaluation").count() == 0
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
        log = (own_store / "audit.jsonl").read_text()
        done = [(one["event"], one["user"]) for one in map(json.loads, log.splitlines())]
        assert ("login failed", "mallory@firm.example.evil") in done
        assert ("collection", "bert@firm.example") in done
        anna.get_by_role("button", name="Log out").click()
        expect(anna.get_by_role("button", name="Log in")).to_be_visible(timeout=ANSWERS_WITHIN)
        for one in (anna, bert):
            one.context.close()
