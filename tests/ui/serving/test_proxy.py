"""The page behind a proxy with TLS, as docs/proxies.md describes one."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from benchmarks.page.served import Served, serving
from tests.conftest import REPOSITORY
from tests.support.browsers import ANSWERS_WITHIN, answered, ask, go_to, in_a_browser, start
from tests.support.proxy import CONNECTIONS, HEADER_SECONDS, Proxy, certificate
from tests.ui.chat.test_page import QUESTION

NAME = "docs.example"
EXAMPLES = (REPOSITORY / "docs" / "proxies.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def served(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    store = Path(shutil.copytree(made_store, folder / "store"))
    with serving(store, folder, "--host", NAME, "--without-login") as page:
        yield page


def port_of(served: Served) -> int:
    port = urlsplit(served.address).port
    assert port
    return port


@in_a_browser
@pytest.mark.parametrize(
    "passes_host",
    [
        pytest.param(True, id="host-passed-on"),
        pytest.param(False, id="host-replaced", marks=pytest.mark.long),
    ],
)
@pytest.mark.long
def test_a_page_behind_a_proxy_answers_and_takes_files(
    served: Served, tmp_path: Path, passes_host: bool
) -> None:
    file = tmp_path / f"lamps-{passes_host}.md"
    file.write_text(f"# Lamps\n\nThe red lamp is lit at seven, says {passes_host}.\n")
    failed: list[str] = []
    with (
        # A browser opens connections ahead, which wait for their turn on a busy machine.
        Proxy(NAME, port_of(served), tmp_path, passes_host=passes_host, header_seconds=60) as proxy,
        sync_playwright() as playwright,
    ):
        rule = f"MAP {NAME}:443 127.0.0.1:{proxy.port}"
        browser = start(playwright, f"--host-resolver-rules={rule}")
        page = browser.new_context(ignore_https_errors=True).new_page()
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.on("response", lambda one: one.status >= 400 and failed.append(one.url))
        page.goto(f"https://{NAME}/")
        ask(page, QUESTION)
        answered(page, "at nine")
        go_to(page, "Documents")
        listed = page.get_by_role("button", name="Garden rules")
        expect(listed).to_be_visible(timeout=ANSWERS_WITHIN)
        page.locator("input[type=file]").first.set_input_files(file)
        expect(page.get_by_role("button", name=file.name)).to_be_visible(timeout=ANSWERS_WITHIN)
        browser.close()
    assert failed == []


@pytest.mark.slow
@pytest.mark.enable_socket
def test_another_name_is_not_answered_behind_a_proxy(served: Served, tmp_path: Path) -> None:
    with Proxy(NAME, port_of(served), tmp_path, body_bytes=1000) as proxy:
        address = f"https://127.0.0.1:{proxy.port}"
        with httpx.Client(base_url=address, verify=False, trust_env=False) as client:
            assert client.get("/", headers={"Host": NAME}).status_code == 200
            assert client.get("/", headers={"Host": "evil.example"}).status_code == 403
            path = "/_stcore/upload_file/a/b"
            headers = {"Host": NAME, "Origin": "https://evil.example"}
            assert client.put(path, headers=headers).status_code == 403
            large = client.put(path, headers={"Host": NAME}, content=b"x" * 1001)
            assert large.status_code == 413


@pytest.mark.slow
@pytest.mark.enable_socket
def test_half_requests_end_at_the_proxy_and_others_are_answered(
    served: Served, tmp_path: Path
) -> None:
    """At the proxy too: the server behind cannot tell its visitors apart."""
    context = ssl._create_unverified_context()
    with Proxy(NAME, port_of(served), tmp_path) as proxy:
        halves = []
        for _ in range(CONNECTIONS):
            half = context.wrap_socket(socket.create_connection(("127.0.0.1", proxy.port)))
            half.sendall(f"GET / HTTP/1.1\r\nHost: {NAME}\r\n".encode())
            halves.append(half)
        address = f"https://127.0.0.1:{proxy.port}"
        with httpx.Client(base_url=address, verify=False, trust_env=False) as client:
            assert client.get("/", headers={"Host": NAME}).status_code == 503
            time.sleep(HEADER_SECONDS)
            assert [half.recv(1) for half in halves] == [b""] * CONNECTIONS
            assert client.get("/", headers={"Host": NAME}).status_code == 200
        for half in halves:
            half.close()


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_takes_its_example(tmp_path: Path) -> None:
    example = re.search(r"```nginx\n(.*?)```", EXAMPLES, re.DOTALL)
    assert example
    pem = certificate(NAME, tmp_path)
    text = re.sub(r"/etc/ssl/docs\.example\.\w+", str(pem), example[1])
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{text}}}\n"
    )
    command = ["nginx", "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True)
    # Its directories may be another user's: that is not the example's fault.
    assert "syntax is ok" in ran.stderr, ran.stderr
