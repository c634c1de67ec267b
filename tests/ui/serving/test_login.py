"""Nobody sees anything of the page before the login, and after it only their own conversations."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse

from benchmarks.page.served import free_port
from ingest.errors import UsageError
from ingest.settings import load_settings
from ingest.store.directory import Store
from rag_app import Conversation, Conversations, Exchange, Feedback
from rag_app.auth.logins import HOUR, Logins, User
from rag_app.auth.passwords import hashed, is_hash, matches
from rag_app.cli.main import main
from rag_app.conversation.records import NOBODY, new_id
from rag_app.conversation.schema import VERSIONS
from rag_app.ui.serving import serve as serving
from rag_app.ui.serving.entry.login_gate import LoginGate
from rag_app.ui.serving.entry.oidc import ProviderEntry, owner_of
from rag_app.ui.serving.entry.ways import TokenEntry
from rag_app.ui.serving.serve import serve
from rag_app.ui.serving.settings import PageSettings
from tests.ui.chat.test_page import QUESTION, ask
from tests.ui.conftest import OpenPage

PASSWORD = "correct horse Ω"
HASH = hashed(PASSWORD)
SECRET = "0123456789abcdef" * 4
AUTH = f"""[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "{SECRET}"
"""


def test_a_page_that_no_gate_stands_before_shows_nothing_where_a_login_is_set(
    open_page: OpenPage, small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_PASSWORD", HASH)
    page = open_page(small_store)
    assert "not set up rightly" in page.error[0].value
    assert not (page.chat_message or page.chat_input or page.file_uploader or page.sidebar)
    assert "gardens" not in str(page) and "rag" not in page.session_state


def test_a_wrong_setting_lets_nobody_in_and_says_nothing(
    open_page: OpenPage, small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_PASSWORD", "the password itself")
    page = open_page(small_store)
    assert "not set up rightly" in page.error[0].value
    assert not page.chat_input and "the password itself" not in str(page)


def test_a_hash_is_of_one_password_and_tells_nothing_of_it() -> None:
    assert matches(PASSWORD, HASH) and not matches(PASSWORD + " ", HASH)
    assert matches("e\u0301tude longue", hashed("\u00e9tude longue"))
    assert hashed(PASSWORD) != HASH
    assert not any(sign in HASH for sign in "$ '\"#\\\n")
    for wrong in ("", "password", HASH[:-3], HASH.replace("32768", "32767"), HASH + ":x",
                  HASH.replace("32768", "1073741824")):  # fmt: skip
        assert not is_hash(wrong), wrong
    with pytest.raises(ValueError, match="at least 8"):
        hashed("short")


def test_the_command_makes_the_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert main(["password"]) == 0
    (tmp_path / ".env").write_text(capsys.readouterr().out)
    known = load_settings(PageSettings).password
    assert known is not None and matches(PASSWORD, known.get_secret_value())
    assert PASSWORD not in (tmp_path / ".env").read_text()
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["password"]) == 2


class TestServing:
    @pytest.fixture
    def started(self, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
        options: list[dict[str, object]] = []
        monkeypatch.setattr(serving, "_run_streamlit", lambda one, *_: options.append(one))
        return options

    @staticmethod
    def start(**reach: object) -> int:
        return serve(store=None, collection=None, port=free_port(), open_browser=False, **reach)  # type: ignore[arg-type]

    def test_others_are_not_served_without_a_login(
        self, started: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for reach in ({"address": "0.0.0.0", "hosts": ["box"]}, {"hosts": ["rag.example.org"]}):
            with pytest.raises(UsageError, match="Others could read"):
                self.start(**reach)
        with pytest.raises(UsageError, match="--host NAME"):
            self.start(address="0.0.0.0", without_login=True)
        assert not started
        self.start(hosts=["localhost"])
        self.start(address="127.0.0.1", hosts=["rag.example.org"], without_login=True)
        monkeypatch.setenv("RAG_PASSWORD", HASH)
        self.start(address="0.0.0.0", hosts=["box"])
        hosts = [options["server.allowedHosts"] for options in started]
        own = ["localhost", "127.0.0.1"]
        assert hosts == [own, [*own, "rag.example.org"], [*own, "box"]]
        addresses = [options["server.address"] for options in started]
        assert addresses == ["127.0.0.1", "127.0.0.1", "0.0.0.0"]
        assert all(options["secrets.files"] == [] for options in started)

    def test_a_provider_needs_its_file_and_who_may_come_in(
        self, started: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        path = tmp_path / "secrets.toml"
        monkeypatch.setenv("RAG_OIDC", str(path))
        with pytest.raises(UsageError, match="RAG_ALLOWED_USERS"):
            self.start()
        monkeypatch.setenv("RAG_ALLOWED_USERS", "*")
        for text, told in (
            (None, "cannot be read"),
            ("[auth", "is not TOML"),
            ("[auth]\n", "redirect_uri, cookie_secret"),
            (AUTH.replace(SECRET, "short"), "too short"),
        ):
            if text is not None:
                path.write_text(text)
            with pytest.raises(UsageError, match=told):
                self.start()
        path.write_text(AUTH)
        self.start(hosts=["rag.example.org"])
        assert len(started) == 1
        monkeypatch.setenv("RAG_PASSWORD", HASH)
        with pytest.raises(UsageError, match="set one"):
            self.start()


def test_who_may_come_in() -> None:
    some = PageSettings(oidc="x", allowed_users="Anna@x.org, @firm.example")
    for email, verified, expected in (
        ("anna@X.org", True, True),
        ("anna@x.org", False, False),
        ("eve@firm.example", True, True),
        ("eve@firm.example.evil", True, False),
        ("firm.example", True, False),
        ("@firm.example", True, False),
        ("", True, False),
        (None, True, False),
        # Letters that become others in lower case, and addresses that can be read in two ways.
        ("eve@\ufb01rm.example", True, False),
        ("\ufb01@firm.example", True, False),
        ("ANNA@x.org", True, True),
        ("anna@\u212a.example", True, False),
        ("eve@evil.example@firm.example", True, False),
        ("eve@firm.example\n", True, False),
    ):
        assert some.allows(email, verified=verified) == expected, email
    assert PageSettings(oidc="x", allowed_users="*").allows(None, verified=False)
    for wrong in ("\ufb01rm.example", "@\ufb01rm.example", "anna", "anna@x@y.org"):
        with pytest.raises(ValueError, match="no address in ASCII"):
            PageSettings(oidc="x", allowed_users=wrong)
    assert owner_of("https://a", "1") != owner_of("https://b", "1")
    assert owner_of("https://a", "") is owner_of(None, "1") is None


class TestOwners:
    """Conversations of several users in one collection."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return Store(tmp_path, "default")

    def test_what_is_anothers_is_not_there(self, store: Store) -> None:
        anna, bert = Conversations(store, "i anna"), Conversations(store, "i bert")
        dialogue = Conversation(id=new_id(), title="Annas")
        exchange = Exchange("When?", error="x", id=new_id())
        anna.put(dialogue, exchange)
        rate = Feedback("up")
        for other in (bert, Conversations(store, NOBODY)):
            assert other.listed() == [] and other.listed("when") == [] and other.rated() == []
            for attempt in (
                lambda kept=other: kept.open(dialogue.id),
                lambda kept=other: kept.rename(dialogue.id, "Mine"),
                lambda kept=other: kept.rate(exchange.id, rate),
                lambda kept=other: kept.put(dialogue, Exchange("Mine", id=new_id())),
                lambda kept=other: kept.put(
                    Conversation(id=new_id()), replace(exchange, question="Mine")
                ),
            ):
                with pytest.raises(UsageError, match="no such conversation"):
                    attempt()
            other.delete(dialogue.id)
            other.show(dialogue.id, "none")
        kept = anna.open(dialogue.id)
        assert (kept.title, kept.shown, len(kept.exchanges)) == ("Annas", exchange.id, 1)
        assert kept.exchanges[0] == exchange
        anna.rate(exchange.id, rate)
        assert len(anna.rated()) == 1 and bert.rated() == []
        bert.put(Conversation(id=new_id()), Exchange("Mine", id=new_id()))
        assert len(anna.listed()) == len(bert.listed()) == 1
        everybody = Conversations(store)
        assert len(everybody.listed()) == 2 and len(everybody.rated()) == 1
        assert everybody.open(dialogue.id) == anna.open(dialogue.id)

    def test_what_an_earlier_version_kept_is_nobodys(self, store: Store) -> None:
        store.create()
        with closing(sqlite3.connect(store.conversations_path)) as old, old:
            old.executescript(f"{VERSIONS[0]}; PRAGMA user_version = 1")
            old.execute("INSERT INTO conversations VALUES ('a', 'Old', '1', '1', NULL)")
        for _ in range(2):  # as it is, and with what the first writing has added
            assert [one.title for one in Conversations(store, NOBODY).listed()] == ["Old"]
            assert Conversations(store, "i anna").listed() == []
            assert len(Conversations(store).listed("old")) == 1
            Conversations(store, NOBODY).rename("a", "Old")
        Conversations(store, "i anna").put(Conversation(id="b"), Exchange("New", id="c"))
        assert [one.id for one in Conversations(store, "i anna").listed()] == ["b"]


def test_a_page_shows_the_conversations_of_who_is_there(
    open_page: OpenPage, small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag_app.ui.page.show_login", lambda: User(f"i {who[0]}"))
    monkeypatch.setattr("rag_app.ui.page.show_logout", lambda _: None)
    who = ["anna"]
    page = ask(open_page(small_store), QUESTION)
    [kept] = Conversations(Store(small_store, "default"), "i anna").listed()
    # The same browser, another user: nothing of the one before is there.
    who[0] = "bert"
    page.run()
    assert not page.chat_message and "When is the garden" not in str(page.button)
    other = open_page(small_store, kept.id)
    assert "no such conversation" in other.warning[0].value
    assert not other.chat_message
    who[0] = "anna"
    assert len(open_page(small_store, kept.id).chat_message) == 2


@pytest.mark.enable_socket
def test_a_provider_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    gone = f"http://127.0.0.1:{free_port()}/.well-known/openid-configuration"
    path = tmp_path / "secrets.toml"
    path.write_text(f'{AUTH}client_id = "x"\nserver_metadata_url = "{gone}"\n')
    entry = ProviderEntry(PageSettings(oidc=path, allowed_users="*"), 1)
    logins = Logins(None, way=entry.way, idle_hours=1, longest_hours=1)

    async def nothing(*_: object) -> None:
        raise AssertionError("Streamlit is reached")

    async def ask() -> httpx.Response:
        gate = LoginGate(nothing, entry=entry, logins=logins, port=1)
        transport = httpx.ASGITransport(gate)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:1") as client:
            return await client.get("/auth/login?next=/documents%3Fa=b")

    answer = asyncio.run(ask())
    assert answer.status_code == 403 and "The login did not succeed. Try again." in answer.text
    assert "next=%2Fdocuments%3Fa%3Db" in answer.text
    assert "127.0.0.1" not in answer.text and "Set-Cookie" not in answer.headers


def test_a_cookie_that_is_too_old_leads_to_the_login() -> None:
    now = [1000.0]
    entry = TokenEntry()
    logins = Logins(None, way=entry.way, idle_hours=1, longest_hours=3, clock=lambda: now[0])

    async def visit() -> list[int]:
        gate = LoginGate(PlainTextResponse("in"), entry=entry, logins=logins, port=1)
        transport = httpx.ASGITransport(gate)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:1") as client:
            told = [(await client.get("/?token=\u00e9")).status_code]
            told.append((await client.get(f"/?token={entry.token}")).status_code)
            for hours in (0.9, 0.9, 0.9, 0.9):
                now[0] += hours * HOUR
                told.append((await client.get("/")).status_code)
            await client.get(f"/?token={entry.token}")
            now[0] += 1.1 * HOUR
            return [*told, (await client.get("/")).status_code]

    assert asyncio.run(visit()) == [403, 303, 200, 200, 200, 401, 401]
