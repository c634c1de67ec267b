"""The gate before the page: other hosts, other pages, frames and Streamlit's other routes."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright
from starlette.types import Receive, Scope, Send
from streamlit import config, net_util
from streamlit.web.server.starlette import starlette_websocket

from benchmarks.page.served import Served
from rag_app.ui.serving.gate import HEADERS, Gate
from tests.support.browsers import ANSWERS_WITHIN, answered, ask, drawn, go_to, in_a_browser, start
from tests.support.served import serving
from tests.ui.chat.test_page import QUESTION
from tests.ui.serving.test_login import HASH, PASSWORD

VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.log("Content Security Policy", event.violatedDirective, event.blockedURI))"""
NAME = "docs.example"
PORT = 8501
STREAM = "/_stcore/stream"


class TestRules:
    """The gate alone, in front of an application that notes what it is given."""

    @staticmethod
    def asked(kind: str = "websocket", method: str = "PUT", **headers: str) -> Scope | None:
        """What the application is given of a request, if it is."""
        passed: list[Scope] = []

        async def app(scope: Scope, _: Receive, __: Send) -> None:
            passed.append(scope)

        async def send(_: object) -> None:
            pass

        gate = Gate(app, port=PORT, names=["localhost", "127.0.0.1"], hosts=[NAME, "b.example"])
        scheme = {"websocket": "ws", "http": "http"}[kind]
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": kind, "scheme": scheme, "path": STREAM, "method": method, "headers": pairs}
        asyncio.run(gate(scope, send, send))  # type: ignore[arg-type]
        return passed[0] if passed else None

    @pytest.mark.parametrize(
        ("host", "origin"),
        [
            (f"localhost:{PORT}", f"http://localhost:{PORT}"),
            (f"LOCALHOST:{PORT}", f"http://localhost:{PORT}"),
            (f"127.0.0.1:{PORT}", f"http://127.0.0.1:{PORT}"),
            (f"{NAME}:{PORT}", f"http://{NAME}:{PORT}"),
            # Behind a proxy with HTTPS, with the port that it has, and with the host that it puts.
            (NAME, f"https://{NAME}"),
            (f"{NAME}:8443", f"https://{NAME}:8443"),
            (f"127.0.0.1:{PORT}", f"https://{NAME}"),
            (f"localhost:{PORT}", "https://b.example"),
        ],
    )
    def test_its_own_pages_pass_and_streamlit_asks_nobody(
        self, host: str, origin: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        passed = self.asked(host=host, origin=origin)
        assert passed is not None

        def asks_the_network() -> str:
            raise AssertionError("the network is asked")

        monkeypatch.setattr(net_util, "get_external_ip", asks_the_network)
        monkeypatch.setattr(net_util, "get_internal_ip", asks_the_network)
        known = {"server.allowedHosts": ["localhost", "127.0.0.1", NAME, "b.example"]}
        monkeypatch.setattr(config, "get_option", lambda name: known.get(name, True))
        given = {key.decode(): value.decode() for key, value in passed["headers"]}
        assert starlette_websocket._is_origin_allowed(given["origin"], given["host"])
        assert self.asked("http", host=host, origin=origin) is not None

    @pytest.mark.parametrize(
        ("host", "origin"),
        [
            (f"localhost:{PORT}", "http://localhost:3000"),
            (f"localhost:{PORT}", f"http://127.0.0.1:{PORT}"),
            (f"localhost:{PORT}", f"https://localhost:{PORT}"),
            (f"localhost:{PORT}", "http://localhost"),
            (f"localhost:{PORT}", "http://evil.example"),
            (f"localhost:{PORT}", f"http://localhost:{PORT}/"),
            (f"localhost:{PORT}", f"http://x@localhost:{PORT}"),
            (f"localhost:{PORT}", f"ftp://localhost:{PORT}"),
            (f"localhost:{PORT}", "null"),
            (f"localhost:{PORT}", ""),
            (f"{NAME}:{PORT}", f"http://{NAME}:9999"),
            (f"{NAME}:{PORT}", f"https://{NAME}"),
            (NAME, f"https://a.{NAME}"),
            (NAME, f"https://{NAME}.evil.example"),
            (NAME, f"http://localhost:{PORT}"),
        ],
    )
    def test_other_pages_do_not(self, host: str, origin: str) -> None:
        assert self.asked(host=host, origin=origin) is None
        assert self.asked("http", host=host, origin=origin) is None
        assert self.asked("http", "GET", host=host, origin=origin) is not None

    @pytest.mark.parametrize(
        "host",
        ["localhost", "localhost:1", "evil.example:8501", "", ":8501", f"x@localhost:{PORT}",
         "localhost:x", f"[::1]:{PORT}"],
    )  # fmt: skip
    def test_other_hosts_are_not_answered(self, host: str) -> None:
        for method in ("GET", "HEAD", "PUT"):
            assert self.asked("http", method, host=host) is None
        assert self.asked(host=host) is self.asked() is None

    def test_who_sends_no_origin_is_no_page(self) -> None:
        assert self.asked(host=f"localhost:{PORT}") is not None
        assert self.asked("http", host=f"localhost:{PORT}") is not None


@pytest.fixture(scope="module")
def served(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAG_PASSWORD", HASH)
        folder = tmp_path_factory.mktemp("served")
        store = Path(shutil.copytree(made_store, folder / "store"))
        with serving(store, folder, "--host", NAME) as page:
            yield page


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    """Somebody who has logged in."""
    with httpx.Client(base_url=served.address, trust_env=False) as client:
        assert client.post("/", data={"password": PASSWORD}).status_code == 303
        yield client


def handshake(served: Served, client: httpx.Client, host: str, origin: str) -> str:
    """What the server says to the opening of a websocket (RFC 6455)."""
    [(cookie, known)] = client.cookies.items()
    port = urlsplit(served.address).port
    lines = [f"GET {STREAM} HTTP/1.1", f"Host: {host}", f"Origin: {origin}", "Upgrade: websocket",
             f"Cookie: {cookie}={known}", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]  # fmt: skip
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        told = b""
        while b"\r\n\r\n" not in told or (b" 403 " in told and not told.endswith(b"\n")):
            told += connection.recv(4096)
    return told.decode("latin-1")


@pytest.mark.slow
@pytest.mark.enable_socket
def test_the_websocket_is_for_its_own_pages(served: Served, client: httpx.Client) -> None:
    own = urlsplit(served.address).netloc
    for host, origin in ((own, served.address), (NAME, f"https://{NAME}"),
                         (own, f"https://{NAME}")):  # fmt: skip
        assert handshake(served, client, host, origin).startswith("HTTP/1.1 101 "), (host, origin)
    for host, origin in ((own, "http://localhost:3000"), (own, "http://evil.example")):
        told = handshake(served, client, host, origin)
        assert told.startswith("HTTP/1.1 403 "), told
        assert told.endswith("Another page asked for this; only its own may.\n")
    told = handshake(served, client, "evil.example", "http://evil.example")
    assert told.startswith("HTTP/1.1 403 ") and told.endswith("; --host names one.\n")


@pytest.mark.slow
@pytest.mark.enable_socket
def test_every_answer_has_the_headers_and_other_routes_are_closed(client: httpx.Client) -> None:
    script = re.search(r'src="\.(/static/js/[^"]+)"', client.get("/").text)
    assert script
    needed = ["/", "/documents", script[1], "/_stcore/health", "/_stcore/host-config"]
    closed = ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/mcp",
              "/_stcore/script-health-check", "/_stcore/bidi-components/x/y.js",
              "/component/x/index.html", "/app/static/x", "/_stcore/%6Detrics"]  # fmt: skip
    for path, status in [*((one, 200) for one in needed), *((one, 404) for one in closed)]:
        answer = client.get(path)
        assert answer.status_code == status, path
        assert HEADERS.items() <= {name: answer.headers.get(name) for name in HEADERS}.items(), path
    refused = client.get("/", headers={"Host": "evil.example"})
    assert refused.status_code == 403 and refused.text.count("\n") == 1
    assert refused.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    put = client.put("/_stcore/upload_file/a/b", headers={"Origin": "http://localhost:1"})
    assert put.status_code == 403 and "Another page" in put.text


@in_a_browser
def test_a_page_works_under_its_policy_by_its_name_and_stays_out_of_frames(
    served: Served, tmp_path: Path
) -> None:
    told: list[str] = []

    def note(message: ConsoleMessage) -> None:
        told.append(message.text)

    port = urlsplit(served.address).port
    (tmp_path / "lamps.md").write_text("# Lamps\n\nThe red lamp is lit at seven.\n")
    with sync_playwright() as playwright:
        browser = start(playwright, f"--host-resolver-rules=MAP {NAME} 127.0.0.1")
        page = browser.new_page()
        page.add_init_script(VIOLATIONS)
        page.on("console", note)
        page.goto(f"http://{NAME}:{port}")
        use(page, tmp_path / "lamps.md")
        assert [line for line in told if "Content Security Policy" in line] == []
        frame = browser.new_page()
        frame.on("console", note)
        with frame.expect_event("console", lambda one: "frame-ancestors" in one.text):
            frame.set_content(f'<iframe src="{served.address}"></iframe>')
        assert frame.frames[1].locator("[data-testid=stApp]").count() == 0
        browser.close()


def use(page: Page, file: Path) -> None:
    """Log in, ask, upload, and look at every page."""
    password = page.get_by_label("Password", exact=True)
    expect(password).to_be_visible(timeout=ANSWERS_WITHIN)
    password.fill(PASSWORD)
    password.press("Enter")
    ask(page, QUESTION)
    answered(page, "at nine")
    go_to(page, "Documents")
    # The chat has a field for files too; the list is this page's alone.
    expect(page.get_by_role("button", name="Garden rules")).to_be_visible(timeout=ANSWERS_WITHIN)
    drawn(page)
    page.locator("input[type=file]").first.set_input_files(file)
    # In the list: what stands in the uploader is there before it has been sent.
    lamps = page.get_by_role("button", name="Lamps", exact=True)
    expect(lamps).to_be_visible(timeout=ANSWERS_WITHIN)
    drawn(page)
    go_to(page, "Evaluation")
    expect(page.get_by_role("heading", name="Evaluation")).to_be_visible(timeout=ANSWERS_WITHIN)
