"""Roles: who may only read is offered nothing else, and the page does nothing else for them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from benchmarks.page.served import free_port
from ingest import collection_names
from ingest.errors import UsageError
from ingest.settings import load_settings
from rag_app.auth.logins import User
from rag_app.ui.serving.roles import REFUSED, may
from rag_app.ui.serving.settings import PageSettings, Role
from tests.support.oidc_provider import Provider
from tests.support.served import serving
from tests.ui.chat.test_page import QUESTION, ask, buttons, press, read, shown
from tests.ui.conftest import OpenPage
from tests.ui.documents.test_documents import confirm, documents_page, names
from tests.ui.serving.test_audit import entries, events
from tests.ui.serving.test_login import HASH
from tests.ui.serving.test_login_gate import run_page, stream, visitor


@pytest.fixture
def page(open_page: OpenPage, own_store: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("RAG_PASSWORD", HASH)
    return open_page(own_store, user=User())


def offered(page: AppTest) -> set[str]:
    """What a page offers of all that changes something."""
    wanted = {"Collections", "Connect an AI model", "Read again", "Delete"}
    there = wanted.intersection(buttons(page))
    return there | {"upload"} if page.file_uploader else there


@pytest.mark.parametrize(
    ("role", "on_the_chat", "on_a_document"),
    [
        ("read", set(), set()),
        ("add", {"upload"}, {"Read again"}),
        ("delete", {"upload"}, {"Read again", "Delete"}),
        (
            None,  # as before there were roles
            {"upload", "Collections", "Connect an AI model"},
            {"Collections", "Connect an AI model", "Read again", "Delete"},
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
    press(documents_page(page, "gardens.md"), "Delete")
    monkeypatch.setenv("RAG_PASSWORD_ROLE", "add")
    confirm(page)
    assert not page.exception
    assert REFUSED in [read(one.value) for one in documents_page(page).error]
    assert "gardens.md" in names(own_store)
    assert events(own_store) == []
    monkeypatch.setenv("RAG_PASSWORD_ROLE", "own")
    press(page.run(), "Collections")
    page.text_input(key="collection-create").set_value("Second").run()
    monkeypatch.setenv("RAG_PASSWORD_ROLE", "delete")
    press(page, "Create")
    assert "Second" not in collection_names(own_store)
    assert REFUSED in [read(one.value) for one in page.warning]


@pytest.mark.slow
@pytest.mark.enable_socket
def test_files_of_those_who_may_only_read_are_refused_by_the_server(
    own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    with Provider() as provider:
        monkeypatch.setenv("RAG_OIDC", str(provider.settings_file(tmp_path, port)))
        monkeypatch.setenv("RAG_ALLOWED_USERS", "*")
        monkeypatch.setenv("RAG_OWNERS", "anna@firm.example")
        monkeypatch.setenv("RAG_ADDERS", "@firm.example")
        with serving(own_store, tmp_path, port=port) as served:
            for email, verified, status in (
                ("anna@firm.example", True, 204),
                ("anna@firm.example", False, 403),
                ("bert@firm.example", True, 204),
                ("cora@other.example", True, 403),
                ("cora@other.example@firm.example", True, 403),
            ):
                provider.user = {"sub": "1", "email": email, "email_verified": verified}
                with visitor(served) as client:
                    client.base_url = httpx.URL(served.address)
                    client.get("/auth/login", follow_redirects=True)
                    with stream(client) as opened:
                        path = f"/_stcore/upload_file/{run_page(opened)}/x"
                        assert client.get("/_stcore/health").is_success
                        token = {"X-Xsrftoken": client.cookies["_streamlit_xsrf"]}
                        file = {"file": ("x.md", b"x")}
                        put = client.put(path, files=file, headers=token)
                        assert put.status_code == status, (email, put.text)
                        assert client.delete(path, headers=token).status_code == 204
    users = [one["user"] for one in entries(own_store) if one["event"] == "login"]
    assert users[:2] == ["anna@firm.example", f"{provider.issuer} 1"], "as the provider knows them"


def test_roles_by_account() -> None:
    some = PageSettings(
        oidc="x",
        allowed_users="*",
        owners="Anna@x.org",
        deleters="@firm.example",
        adders="cora@x.org, bert@firm.example",
    )
    for address, expected in (
        ("anna@X.org", Role.OWN),
        ("bert@firm.example", Role.DELETE),
        ("cora@x.org", Role.ADD),
        ("dora@x.org", Role.READ),
        ("", Role.READ),
        ("bert@\ufb01rm.example", Role.READ),
        ("dora@x.org@firm.example", Role.READ),
    ):
        assert some.role_of(address) == expected, address
    assert PageSettings(oidc="x", allowed_users="*").role_of("") == Role.OWN
    for wrong in ("owners", "deleters", "adders"):
        with pytest.raises(ValueError, match="no address in ASCII"):
            PageSettings(**{"oidc": "x", "allowed_users": "*", wrong: "anna"})


def test_without_a_login_everybody_owns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_PASSWORD_ROLE", "read")
    assert may(Role.OWN)
    monkeypatch.setenv("RAG_PASSWORD_ROLE", "king")
    assert not may(Role.READ)
    with pytest.raises(UsageError, match="password_role"):
        load_settings(PageSettings)
