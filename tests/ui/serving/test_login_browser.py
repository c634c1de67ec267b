"""The ways in, in real browsers: a provider, by which everybody has conversations of their own,
the address in the terminal, and a password."""

from __future__ import annotations

import json
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from benchmarks.page.served import free_port
from ingest import collection_names
from ingest.store.directory import Store
from rag_app import Conversations
from tests.support.browsers import (
    ANSWERS_WITHIN,
    MARKS,
    Serve,
    answered,
    ask,
    browser,
    go_to,
    page_links,
    serve,
)
from tests.support.oidc_provider import Provider
from tests.support.served import serving
from tests.ui.chat.test_page import QUESTION
from tests.ui.serving.test_login_gate import serious

__all__ = ["browser", "serve"]  # fixtures
pytestmark = MARKS


def serve_with(provider: Provider, serve: Serve, store: Path, folder: Path) -> str:
    port = free_port()
    secrets = provider.settings_file(folder, port)
    allowed = "@firm.example"
    users = {"RAG_ALLOWED_USERS": allowed, "RAG_OWNERS": "bert@firm.example"}
    return serve(store, port=port, RAG_OIDC=str(secrets), **users)


def user(name: str, domain: str = "firm.example") -> dict[str, object]:
    return {"sub": f"{name}-1", "email": f"{name}@{domain}", "email_verified": True}


def log_in(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(address)
    link = page.get_by_role("link", name="Log in")
    expect(link).to_be_visible()
    assert serious(page) == [] and "gardens" not in page.inner_text("body")
    link.click()
    return page


@pytest.mark.long
def test_everybody_has_conversations_of_their_own(
    browser: Browser, serve: Serve, own_store: Path, tmp_path: Path
) -> None:
    with Provider() as provider:
        address = serve_with(provider, serve, own_store, tmp_path)
        for domain in ("firm.example.evil", "\ufb01rm.example", "evil.example@firm.example"):
            provider.user = user("mallory", domain)
            page = log_in(browser, address)
            refused = page.get_by_role("alert").filter(has_text="may not use this page")
            expect(refused).to_be_visible(timeout=ANSWERS_WITHIN)
            assert serious(page) == [] and "gardens" not in page.inner_text("body")
            page.context.close()

        # An answer of the provider that nobody asked for.
        provider.codes["stolen"] = user("anna")
        page = browser.new_page()
        page.goto(f"{address}/oauth2callback?code=stolen&state=x")
        expect(page.get_by_role("alert")).to_have_text("The login did not succeed. Try again.")
        page.close()

        provider.user = user("anna")
        anna = log_in(browser, f"{address}/documents?document=gardens.md")
        expect(anna.get_by_text("All documents")).to_be_visible(timeout=ANSWERS_WITHIN)
        expect(anna).to_have_url(f"{address}/documents?document=gardens.md")
        go_to(anna, "Chat")
        ask(anna, QUESTION)
        expect(anna.locator(".rag-quote")).to_be_visible(timeout=ANSWERS_WITHIN)
        anna.wait_for_url("**/*conversation=*")
        link = anna.url
        expect(anna.get_by_text("anna@firm.example")).to_be_attached()
        # She may only read; he owns.
        assert anna.locator("input[type=file]").count() == 0
        assert anna.get_by_role("button", name="Collections").count() == 0
        assert page_links(anna).filter(has_text="Evaluation").count() == 0
        anna.reload()
        expect(anna.locator(".rag-quote")).to_be_visible(timeout=ANSWERS_WITHIN)

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
        other = anna.context.new_page()
        other.goto(f"{address}/documents")
        expect(other.get_by_role("button", name="Log out")).to_be_visible(timeout=ANSWERS_WITHIN)
        cookies = anna.context.cookies()
        anna.get_by_role("button", name="Log out").click()
        expect(anna.get_by_role("link", name="Log in")).to_be_visible(timeout=ANSWERS_WITHIN)
        expect(other.get_by_role("link", name="Log in")).to_be_visible(timeout=ANSWERS_WITHIN)
        expect(other).to_have_url(f"{address}/documents")
        anna.context.add_cookies([{"name": one["name"], "value": one["value"], "url": address}
                                  for one in cookies])  # fmt: skip
        anna.goto(link)
        expect(anna.get_by_role("link", name="Log in")).to_be_visible()
        for one in (anna, bert):
            one.context.close()


@pytest.mark.long
def test_the_address_in_the_terminal_lets_a_browser_in_for_good(
    browser: Browser, own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = tmp_path / "opened"
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}.new && mv {opened}.new {opened}\n')
    opener.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(opener))
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    with serving(own_store, tmp_path, token=True) as served:
        while not opened.exists():
            time.sleep(0.05)
        file = unquote(urlsplit(opened.read_text()).path)
        assert served.told not in opened.read_text() and served.told in Path(file).read_text()
        assert Path(file).stat().st_mode & 0o077 == 0
        page.goto(f"{served.address}/documents")
        expect(page.get_by_text("Open the address that the terminal shows")).to_be_visible()
        assert serious(page) == []
        page.goto(served.told.replace("/?", "/documents?document=gardens.md&"))
        expect(page.get_by_text("All documents")).to_be_visible(timeout=ANSWERS_WITHIN)
        expect(page).to_have_url(f"{served.address}/documents?document=gardens.md")
        expect(page.get_by_role("button", name="Log out")).to_have_count(0)
        page.reload()
        expect(page.get_by_text("All documents")).to_be_visible(timeout=ANSWERS_WITHIN)
        other = browser.new_page()
        other.goto(served.told[:-1])
        expect(other.get_by_role("alert")).to_contain_text("from before the page was restarted")
        other.close()
    # The server is started again: the token is another, and the browser is still known.
    with serving(own_store, tmp_path, port=urlsplit(served.address).port, token=True) as again:
        assert again.told != served.told
        page.reload()
        expect(page.get_by_text("All documents")).to_be_visible(timeout=ANSWERS_WITHIN)
        known = login_cookie(context)
        for told in (served.told, again.told):
            page.goto(told)
            expect(page).to_have_url(f"{served.address}/")
        assert login_cookie(context) == known, "other pages that are open stay logged in"
        ask(page, QUESTION)
        answered(page, "at nine")
        # A file that the page made is for who is logged in.
        page.get_by_role("button", name="More about When").click()
        page.get_by_role("menuitem", name="Export").click()
        with page.expect_download() as told:
            page.get_by_role("dialog").get_by_role("button", name="Markdown").click()
        assert page.request.get(told.value.url).ok
        assert httpx.get(told.value.url, trust_env=False).status_code == 401
    context.close()


def login_cookie(context: BrowserContext) -> str:
    [known] = [one["value"] for one in context.cookies() if one["name"].startswith("rag-login-")]
    return known
