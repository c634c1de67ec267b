"""Nothing of Streamlit is reached before the login, and nothing of another's login after it."""

from __future__ import annotations

import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.page.served import Served
from rag_app.auth import passwords
from rag_app.auth.guesses import MOST
from rag_app.ui.serving.entry.ways import MOST_BYTES
from tests.support.browsers import browser, in_a_browser
from tests.support.served import serving
from tests.ui.serving.test_login import PASSWORD
from tests.ui.test_accessible import LOOKS, SCRIPT, SERIOUS

__all__ = ["browser"]  # fixtures

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

PAGE = {"Accept": "text/html"}
NAME, PROXY = "docs.example", "127.0.0.9"


@pytest.fixture(scope="module")
def served(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setattr(passwords, "N", 16)  # a hash that is checked in no time
        environment.setenv("RAG_PASSWORD", passwords.hashed(PASSWORD))
        environment.setenv("RAG_TRUSTED_PROXIES", PROXY)
        environment.setenv("RAG_UPLOAD_TOTAL_MEGABYTES", "1")
        folder = tmp_path_factory.mktemp("served")
        store = Path(shutil.copytree(made_store, folder / "store"))
        with serving(store, folder, "--host", NAME) as page:
            yield page


def visitor(served: Served, address: str = "127.0.0.1", **headers: str) -> httpx.Client:
    """A client at an address of its own, as far as the server sees."""
    transport = httpx.HTTPTransport(local_address=address)
    return httpx.Client(
        base_url=served.address, transport=transport, trust_env=False, headers=headers, timeout=30
    )


def log_in(client: httpx.Client, password: str = PASSWORD, path: str = "/") -> httpx.Response:
    return client.post(path, data={"password": password})


@pytest.fixture
def anna(served: Served) -> Iterator[httpx.Client]:
    with visitor(served) as client:
        assert log_in(client).status_code == 303
        yield client


def stream(client: httpx.Client, session: str = "") -> ClientConnection:
    """A websocket as the page opens one, which wants a session back."""
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    protocols = ["streamlit", "token", session] if session else ["streamlit", "token"]
    return connect(
        str(client.base_url).replace("http", "ws") + "/_stcore/stream",
        additional_headers={"Cookie": cookies} if cookies else {},
        subprotocols=[Subprotocol(one) for one in protocols],
        proxy=None,
    )


def run_page(opened: ClientConnection) -> str:
    """Have the page drawn to its end, and return the session's id."""
    asked = BackMsg()
    asked.rerun_script.query_string = ""
    opened.send(asked.SerializeToString())
    session = ""
    while True:
        told = ForwardMsg.FromString(opened.recv(timeout=60, decode=False))
        if told.WhichOneof("type") == "new_session":
            session = told.new_session.initialize.session_id
        if told.WhichOneof("type") == "script_finished" and session:
            return session


def test_before_the_login_there_is_nothing_but_it(served: Served) -> None:
    with visitor(served) as client:
        for path in ("/", "/documents", "/?conversation=1", "/nothing/of//this"):
            page = client.get(path, headers=PAGE)
            assert page.status_code == 401 and 'type="password"' in page.text
            assert "script" not in page.text and "streamlit" not in page.text.lower()
        for method, path in (
            ("GET", "/"),
            ("GET", "/static/js/index.js"),
            ("GET", "/media/0123456789abcdef.md"),
            ("GET", "/_stcore/health"),
            ("GET", "/_stcore/host-config"),
            ("PUT", "/_stcore/upload_file/a/b"),
            ("DELETE", "/_stcore/upload_file/a/b"),
            ("POST", "/"),
        ):
            answer = client.request(method, path)
            assert (answer.status_code, answer.text) == (401, "Log in first, in a browser.\n")
        with pytest.raises(InvalidStatus) as refused:
            stream(client)
        assert refused.value.response.status_code == 401


def test_after_the_login_the_same_is_there(anna: httpx.Client) -> None:
    assert "streamlit" in anna.get("/", headers=PAGE).text.lower()
    assert anna.get("/_stcore/health").status_code == 200
    assert anna.get("/media/0123456789abcdef.md").status_code == 404, "Streamlit is asked"
    with stream(anna) as opened:
        assert run_page(opened)
    [cookie] = [one for one in anna.cookies.jar if one.name.startswith("rag-login-")]
    port = urlsplit(str(anna.base_url)).port
    assert cookie.name == f"rag-login-{port}" and not cookie.secure
    assert cookie.has_nonstandard_attr("HttpOnly")


def test_behind_https_the_cookie_is_for_https_only(served: Served) -> None:
    origin = {"Host": NAME, "Origin": f"https://{NAME}"}
    with visitor(served) as client:
        answer = client.post("/", data={"password": PASSWORD}, headers=origin)
    assert answer.status_code == 303 and "Secure" in answer.headers["Set-Cookie"]


def test_the_login_leads_to_the_page_that_was_wanted_and_to_no_other_server(
    served: Served,
) -> None:
    for path, there in (
        ("/documents?document=a%20b", "/documents?document=a%20b"),
        ("//evil.example/x", "/evil.example/x"),
        ("/%5C%5Cevil.example?a=//b", "/evil.example?a=//b"),
        ("/a%3Fb%25", "/a%3Fb%25"),
        ("/\u00e9", "/%C3%A9"),
    ):
        with visitor(served) as client:
            url = served.address + path  # as it is: a base would be put before it
            answer = client.post(url, data={"password": PASSWORD})
            assert (answer.status_code, answer.headers["Location"]) == (303, there)


def test_a_cookie_is_worth_nothing_after_the_logout_and_open_pages_are_closed(
    served: Served,
) -> None:
    with visitor(served) as client, visitor(served) as thief:
        log_in(client)
        thief.cookies.update(client.cookies)
        assert thief.get("/_stcore/health").status_code == 200
        with stream(thief) as opened:
            run_page(opened)
            out = client.post("/logout")
            assert (out.status_code, out.headers["Location"]) == (303, "/")
            assert "Max-Age=0" in out.headers["Set-Cookie"]
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    opened.recv(timeout=10)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1008
        assert thief.get("/_stcore/health").status_code == 401


def test_a_session_is_for_the_login_that_began_it(served: Served, anna: httpx.Client) -> None:
    with stream(anna) as opened:
        session = run_page(opened)
    with visitor(served) as bert:
        log_in(bert)
        with stream(bert, session) as opened:
            assert run_page(opened) != session, "the id alone is not enough"
        put = bert.put(f"/_stcore/upload_file/{session}/x", files={"file": b"x"})
        assert (put.status_code, put.text) == (403, "Forbidden")
    with stream(anna, session) as opened:
        assert run_page(opened) == session, "a connection that was lost loses nothing"


def test_nobody_names_themselves(served: Served) -> None:
    with visitor(served, **{"X-Rag-Login": '{"owner": "", "name": "", "login": "a"}'}) as client:
        assert client.get("/_stcore/health").status_code == 401
        with pytest.raises(InvalidStatus):
            stream(client)


def test_a_guesser_locks_out_nobody_else(served: Served) -> None:
    known = visitor(served, "127.0.0.2")
    assert log_in(known).status_code == 303
    with visitor(served, "127.0.0.2") as guesser:
        for number in range(MOST):
            # Nobody believes what a visitor says of its address.
            headers = {"X-Forwarded-For": f"198.51.100.{number}"}
            answer = guesser.post("/", data={"password": f"guess {number}"}, headers=headers)
            assert answer.status_code == 401 and "This is not the password." in answer.text
        refused = log_in(guesser)
        assert refused.status_code == 429 and "Too many wrong passwords" in refused.text
        assert 200 < int(refused.headers["Retry-After"]) <= 300
        assert known.get("/_stcore/health").status_code == 200, "who is in stays in"
        with visitor(served, "127.0.0.3") as other:
            assert log_in(other).status_code == 303


def test_a_trusted_proxy_is_believed(served: Served) -> None:
    with visitor(served, PROXY, **{"X-Forwarded-For": "198.51.100.1"}) as guesser:
        told = [log_in(guesser, one).status_code for one in [*["wrong"] * MOST, PASSWORD]]
    assert told == [401] * MOST + [429]
    with visitor(served, PROXY, **{"X-Forwarded-For": "198.51.100.2"}) as other:
        assert log_in(other).status_code == 303


def test_what_is_no_form_is_one_line_or_the_page(served: Served) -> None:
    with visitor(served, "127.0.0.4") as client:
        long = client.post("/", data={"password": "x" * MOST_BYTES})
        assert long.status_code == 413 and "This is too long." in long.text
        for data in (b"\xff", b"&".join([b"password=x"] * 20)):
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = client.post("/", content=data, headers=kind)
            assert answer.status_code == 400 and "This is no form" in answer.text
        html = client.post('/"><script>alert(1)</script>', data={"password": "wrong"}).text
        assert "<script>" not in html


def test_uploads_that_come_at_once_are_counted_together(anna: httpx.Client) -> None:
    with stream(anna) as opened:
        session = run_page(opened)
        assert anna.get("/_stcore/health").is_success
        token = anna.cookies["_streamlit_xsrf"]
        own = urlsplit(str(anna.base_url))
        cookies = "; ".join(f"{name}={value}" for name, value in anna.cookies.items())
        body = b"x" * 900_000
        form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.md"\r\n\r\n'
        body = form + body + b"\r\n--b--\r\n"

        def begin(length: str) -> socket.socket:
            lines = [
                f"PUT /_stcore/upload_file/{session}/{secrets.token_hex(4)} HTTP/1.1",
                f"Host: {own.netloc}", f"Cookie: {cookies}", f"X-Xsrftoken: {token}", length,
                "Content-Type: multipart/form-data; boundary=b", "Connection: close",
            ]  # fmt: skip
            sent = socket.create_connection(("127.0.0.1", own.port or 0), timeout=20)
            sent.sendall("\r\n".join([*lines, "", ""]).encode())
            return sent

        # Two fit into twice the limit of 1 MB. None of them has come, and a third is too much.
        coming = [begin(f"Content-Length: {len(body)}") for _ in range(2)]
        for one in coming:
            one.sendall(body[:1000])
        assert b" 413 " in begin(f"Content-Length: {len(body)}").recv(100)
        assert b" 411 " in begin("Transfer-Encoding: chunked").recv(100)
        # One is given up, and its room is free again.
        coming.pop().close()
        for _ in range(50):
            last = begin(f"Content-Length: {len(body)}")
            last.settimeout(0.2)
            with suppress(TimeoutError):
                assert b" 413 " in last.recv(100)
                continue
            break
        last.settimeout(20)
        for one, rest in ((coming[0], body[1000:]), (last, body)):
            one.sendall(rest)
            assert b" 204 " in one.recv(100)


@in_a_browser
def test_a_password_needs_no_script(browser: Browser, served: Served) -> None:
    address = served.address
    for scheme, width in LOOKS:
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
        page.goto(f"{address}/documents")
        page.get_by_label("Password", exact=True).fill("wrong")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_have_text("This is not the password.")
        expect(page.get_by_label("Password", exact=True)).to_be_focused()
        assert serious(page) == []
        page.close()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/documents")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{address}/documents")
    expect(page.get_by_label("Password", exact=True)).to_have_count(0)
    context.close()


def serious(page: Page) -> list[str]:
    """What axe finds on a page that is not Streamlit's."""
    page.evaluate(SCRIPT)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['help']}" for one in found if one["impact"] in SERIOUS]
