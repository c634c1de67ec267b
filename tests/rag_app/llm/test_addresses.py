"""The way to a server: addresses, keys, proxies and certificates."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import SecretStr

from rag_app import AnswerSettings
from rag_app.errors import LLMError, LLMRejected, LLMUnreachable
from rag_app.llm.client import ChatModel
from rag_app.llm.from_settings import configured_models
from rag_app.llm.network import BUNDLES, proxy_of
from tests.rag_app.llm.asking import KEY, QUESTION, chat
from tests.support.llm_servers import ScriptedServer, error, reply, status

AZURE = "/openai/deployments/gpt-4o"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
UNREACHABLE = "http://llm.invalid/v1"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def said(model: ChatModel) -> str:
    return model.complete(QUESTION)[0]


@pytest.mark.parametrize("pasted", ["", "/", "/chat/completions", "/chat/completions/", "/models"])
@pytest.mark.parametrize("root", ["/v1", ""])
def test_an_address_with_and_without_its_ends(root: str, pasted: str) -> None:
    with ScriptedServer(reply("Here."), models=("only",)) as server:
        address = server.base_url.removesuffix("/v1") + root + pasted
        model = chat(server, url=address, model=None)
        assert said(model) == "Here."
        assert said(model) == "Here."
        assert server.requests[-1].path == "/v1/chat/completions"


def test_an_address_without_v1_is_tried_as_it_is_first() -> None:
    with ScriptedServer(reply("Here."), root="") as server:
        assert said(chat(server, url=server.base_url.removesuffix("/v1"))) == "Here."
        assert [request.path for request in server.requests] == ["/chat/completions"]


def test_a_server_that_reports_another_address_as_an_error_with_success() -> None:
    unexpected = {"error": "Unexpected endpoint or method. (POST /chat/completions)"}
    script = status(200, unexpected, {"Content-Type": "application/json"}), reply("Here.")
    with ScriptedServer(*script, root="") as server:
        assert said(chat(server, url=server.base_url.removesuffix("/v1"))) == "Here."
        assert server.requests[1].path == "/v1/chat/completions"


def test_a_model_that_is_missing_is_not_looked_for_at_another_address() -> None:
    message = 'model "m" not found, try pulling it first'
    with ScriptedServer(error(404, message), root="") as server:
        with pytest.raises(LLMRejected, match="has no model 'm'; it has: scripted"):
            said(chat(server, url=server.base_url.removesuffix("/v1")))
        assert len(server.requests) == 1


@pytest.mark.parametrize("pasted", ["", "/", "/chat/completions"])
def test_an_azure_deployment(pasted: str) -> None:
    with ScriptedServer(reply("Here."), root=AZURE) as server:
        address = server.base_url.removesuffix("/v1") + AZURE + pasted
        model = chat(server, url=f"{address}?api-version=2024-10-21", model=None)
        assert said(model) == "Here."
        (request,) = server.requests
    assert request.path == f"{AZURE}/chat/completions?api-version=2024-10-21"
    assert request.headers["api-key"] == KEY
    assert request.body["model"] == "gpt-4o"
    assert "api-version" not in str(model.endpoint)


@pytest.mark.parametrize(
    "pasted",
    [
        f"Bearer {KEY}",
        f"bearer  {KEY}\n",
        f'"{KEY}"',
        f"'Bearer {KEY}'\r\n",
        f'Authorization: Bearer "{KEY}"',
    ],
)
def test_a_key_pasted_with_what_stood_around_it(pasted: str) -> None:
    with ScriptedServer(reply("Here.")) as server:
        settings = AnswerSettings(
            openai_api_key=SecretStr(pasted), openai_base_url=f'"{server.base_url}" ', llm_model="m"
        )
        model, _ = configured_models(settings)
        assert model is not None and said(model) == "Here."
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


# Proxies


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9", "ftp://h:9"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_proxy_is_not_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, proxy: str, host: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with ScriptedServer(reply("Here.")) as server:
        assert said(chat(server, url=server.base_url.replace("127.0.0.1", host))) == "Here."


@pytest.mark.parametrize(
    ("url", "excepted", "used"),
    [
        ("http://llm.example/v1", "", True),
        ("http://llm.example/v1", "other.example", True),
        ("http://llm.example/v1", "llm.example", False),
        ("http://llm.example/v1", "a.b, .example", False),
        ("http://llm.example:8080/v1", "llm.example:8080", False),
        ("http://llm.example/v1", "*", False),
        ("http://user:pw@llm.example/v1", "llm.example", False),
        ("http://10.1.2.3/v1", "10.0.0.0/8", False),
        ("http://11.1.2.3/v1", "10.0.0.0/8", True),
        ("http://[::1]:8080/v1", "", False),
        ("http://127.0.0.2/v1", "", False),
    ],
)
def test_no_proxy_is_heeded(
    monkeypatch: pytest.MonkeyPatch, url: str, excepted: str, used: bool
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", excepted)
    assert proxy_of(url) == ("http://proxy.example:3128" if used else None)


def test_an_http_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying(reply_to=b"llm.invalid") as address:
        monkeypatch.setenv("HTTP_PROXY", address)
        with ScriptedServer() as server, pytest.raises(LLMRejected) as caught:
            said(chat(server, url=UNREACHABLE))
    shown = address.replace("user:pw@", "")
    assert f"{UNREACHABLE} by the proxy {shown} answered with status 418" in str(caught.value)


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        (
            "http://user:pw@127.0.0.1:9",
            "by the proxy http://127.0.0.1:9: Connection",
        ),
        ("ftp://127.0.0.1:9", "through the proxy ftp://127.0.0.1:9, which the environment sets"),
    ],
)
def test_a_proxy_is_named_in_the_error(
    monkeypatch: pytest.MonkeyPatch, proxy: str, words: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with ScriptedServer() as server, pytest.raises(LLMUnreachable) as caught:
        said(chat(server, url=UNREACHABLE))
    assert words in str(caught.value)


def test_a_socks_proxy_without_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    if find_spec("socksio"):
        pytest.skip("the library is there")
    monkeypatch.setenv("ALL_PROXY", "socks5://user:pw@127.0.0.1:9")
    with ScriptedServer() as server, pytest.raises(LLMUnreachable) as caught:
        said(chat(server, url=UNREACHABLE))
    assert str(caught.value) == (
        "cannot reach the LLM through the SOCKS proxy socks5://127.0.0.1:9, which the environment "
        "sets: run pip install socksio, or set NO_PROXY=llm.invalid to go without it"
    )


@contextmanager
def proxying(reply_to: bytes) -> Iterator[str]:
    """The address of a proxy that answers one request for that host by itself."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                asked = connection.recv(65536)
                code = b"418 Teapot" if reply_to in asked.split(b"\r\n")[0] else b"400 Bad"
                connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % code)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://user:pw@127.0.0.1:{listening.getsockname()[1]}"
        thread.join(10)


# Certificates


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv(name, str(tmp_path / "missing.pem"))
    with ScriptedServer() as server, pytest.raises(LLMError) as caught:
        said(chat(server, url=UNREACHABLE.replace("http", "https")))
    assert f"the certificates of {name}={tmp_path / 'missing.pem'} cannot be read: No such" in str(
        caught.value
    )


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_an_authority_of_ones_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    command = shutil.which("openssl")
    if command is None:
        pytest.skip("no openssl to make a certificate with")
    made = ["-keyout", tmp_path / "key", "-out", tmp_path / "cert", "-days", "2", "-nodes"]
    of = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    subprocess.run([command, "req", "-x509", *kind, *made, *of], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    for other in BUNDLES:
        monkeypatch.delenv(other, raising=False)
    server = ScriptedServer(reply("Here."))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with server:
        url = server.base_url.replace("http://127.0.0.1", "https://localhost")
        with pytest.raises(LLMUnreachable, match=r"self.signed.*set SSL_CERT_FILE to"):
            said(chat(server, url=url))
        monkeypatch.setenv(name, str(tmp_path / "cert"))
        assert said(chat(server, url=url)) == "Here."
