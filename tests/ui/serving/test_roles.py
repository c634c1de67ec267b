"""Roles: who may only read is offered nothing else, and the page does nothing else for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from streamlit.testing.v1 import AppTest

from ingest import collection_names
from ingest.errors import UsageError
from ingest.settings import load_settings
from rag_app.ui.serving.roles import REFUSED, may
from rag_app.ui.serving.settings import PageSettings, Role
from rag_app.ui.serving.upload_gate import UploadGate
from tests.ui.chat.test_page import QUESTION, ask, buttons, press, read, shown
from tests.ui.conftest import OpenPage
from tests.ui.documents.test_documents import documents_page, names
from tests.ui.serving.test_audit import events
from tests.ui.serving.test_login import HASH, PASSWORD, log_in

SESSION = "test session id"  # of an AppTest


@pytest.fixture
def page(open_page: OpenPage, own_store: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("RAG_PASSWORD", HASH)
    return log_in(open_page(own_store), PASSWORD)


def offered(page: AppTest) -> set[str]:
    """What a page offers of all that changes something."""
    wanted = {"Collections", "Connect an LLM", "Read its file again", "Delete …"}
    there = wanted.intersection(buttons(page))
    return there | {"upload"} if page.file_uploader else there


@pytest.mark.parametrize(
    ("role", "on_the_chat", "on_a_document"),
    [
        ("read", set(), set()),
        ("add", {"upload"}, {"Read its file again"}),
        ("delete", {"upload"}, {"Read its file again", "Delete …"}),
        (
            None,  # as before there were roles
            {"upload", "Collections", "Connect an LLM"},
            {"Collections", "Read its file again", "Delete …"},
        ),
    ],
)
def test_each_role_is_offered_what_it_may_do(
    page: AppTest,
    monkeypatch: pytest.MonkeyPatch,
    role: str | None,
    on_the_chat: set[str],
    on_a_document: set[str],
) -> None:
    if role is not None:
        monkeypatch.setenv("RAG_PASSWORD_ROLE", role)
    page.run()
    assert offered(page) == on_the_chat
    assert len(ask(page, QUESTION).chat_message) == 2, "and all may ask"
    documents_page(page)
    assert bool(page.file_uploader) == bool(page.checkbox) == (role != "read")
    documents_page(page, "gardens.md")
    assert "locked at nine" in shown(page)
    assert offered(page) == on_a_document


def test_a_button_of_before_does_nothing_that_may_no_longer_be_done(
    page: AppTest, own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(documents_page(page, "gardens.md"), "Delete …")
    monkeypatch.setenv("RAG_PASSWORD_ROLE", "add")
    press(page, "Delete it")
    assert not page.exception
    assert REFUSED in [read(one.value) for one in documents_page(page).error]
    assert "gardens.md" in names(own_store)
    assert events(own_store) == ["login"]
    monkeypatch.setenv("RAG_PASSWORD_ROLE", "own")
    press(page.run(), "Collections")
    page.text_input(key="collection-create").set_value("Second").run()
    monkeypatch.setenv("RAG_PASSWORD_ROLE", "delete")
    press(page, "Create")
    assert "Second" not in collection_names(own_store)
    assert REFUSED in [read(one.value) for one in page.warning]


def test_files_of_those_who_may_only_read_are_refused_by_the_server(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def taken(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("taken")(scope, receive, send)

    client = TestClient(UploadGate(taken))

    def status() -> int:
        return client.delete(f"/_stcore/upload_file/{SESSION}/1").status_code

    page.run()
    assert status() == 200
    monkeypatch.setenv("RAG_PASSWORD_ROLE", "read")
    page.run()
    assert status() == 403


def test_roles_by_account() -> None:
    some = PageSettings(
        oidc="x",
        allowed_users="*",
        owners="Anna@x.org",
        deleters="@firm.example",
        adders="cora@x.org, bert@firm.example",
    )
    for email, verified, expected in (
        ("anna@X.org", True, Role.OWN),
        ("anna@x.org", False, Role.READ),
        ("bert@firm.example", True, Role.DELETE),
        ("cora@x.org", True, Role.ADD),
        ("dora@x.org", True, Role.READ),
        ("", True, Role.READ),
    ):
        assert some.role_of(email, verified=verified) == expected, email
    assert PageSettings(oidc="x", allowed_users="*").role_of(None, verified=False) == Role.OWN


def test_without_a_login_everybody_owns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_PASSWORD_ROLE", "read")
    assert may(Role.OWN)
    monkeypatch.setenv("RAG_PASSWORD_ROLE", "king")
    assert not may(Role.READ)
    with pytest.raises(UsageError, match="password_role"):
        load_settings(PageSettings)
