"""What is fetched from the web, and what is not, over real connections."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from http.server import BaseHTTPRequestHandler

import pytest

from ingest.errors import PageError, PageGone
from ingest.sources.web import connection
from ingest.sources.web.address import normalized
from ingest.sources.web.connection import is_public
from ingest.sources.web.fetch import Fetcher, Limits, Page
from tests.support.web_server import Answer, WebServer, page


def fetch(server: WebServer, path: str, **limits: object) -> Page:
    given = {"private": True, "seconds": 5, "megabytes": 1, **limits}
    return Fetcher(Limits(**given)).fetch(f"{server.url}/{path}")  # type: ignore[arg-type]


def refusal(server: WebServer, path: str, **limits: object) -> str:
    with pytest.raises(PageError) as refused:
        fetch(server, path, **limits)
    return str(refused.value)


def moved(to: str, status: int = 302) -> Answer:
    return page("", status=status, Location=to)


def endless(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b"more " * 20_000)


def test_a_page_comes_with_what_the_server_says_of_it() -> None:
    text = page("Größe", "text/plain; charset=UTF-8", ETag='"1"', Last_Modified="x")
    with WebServer(a=text) as server:
        found = fetch(server, "a")
        assert found == Page("Größe".encode(), "text/plain", "utf-8", '"1"', "x")
        assert server.asked == ["/robots.txt", "/a"] and server.agents == {"rag-app"}


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
def test_it_may_come_packed(pack) -> None:
    name = "gzip" if pack is gzip.compress else "deflate"
    with WebServer(a=page(pack(b"words " * 1000), Content_Encoding=name)) as server:
        assert fetch(server, "a").data == b"words " * 1000


def test_redirects_are_followed_so_far_and_each_is_checked() -> None:
    hops = {f"hop{number}": moved(f"/hop{number + 1}") for number in range(1, 9)}
    with WebServer(a=moved("b", 301), b=page("here"), **hops, c=moved("file:///etc/passwd")) as s:
        assert fetch(s, "a").data == b"here"
        assert "redirects more than 5 times" in refusal(s, "hop1")
        assert "file:// isn't supported" in refusal(s, "c")


def test_robots_of_each_host_are_obeyed() -> None:
    rules = "User-agent: rag-app\nDisallow: /secret\n\nUser-agent: *\nDisallow: /"
    answers = {"robots.txt": page(rules, "text/plain"), "secret": page("s"), "open": page("o")}
    with WebServer(**answers) as ours, WebServer(there=moved(f"{ours.url}/secret")) as other:
        assert fetch(ours, "open").data == b"o"
        assert "robots.txt" in refusal(ours, "secret") and "/secret" not in ours.asked
        assert "RAG_FETCH_ROBOTS=0" in refusal(other, "there")
        assert fetch(other, "there", robots=False).data == b"s"


@pytest.mark.parametrize(
    ("status", "read"), [(404, True), (401, False), (403, False), (500, False)]
)
def test_what_a_missing_robots_txt_means(status: int, read: bool) -> None:
    with WebServer(**{"robots.txt": page("", status=status), "a": page("a")}) as server:
        if read:
            assert fetch(server, "a").data == b"a"
        else:
            assert "robots.txt" in refusal(server, "a")


def test_what_is_too_large_is_not_taken() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    with WebServer(a=endless, b=page(b"x" * 1_000_001), c=page(bomb, Content_Encoding="gzip")) as s:
        for path in "abc":
            assert refusal(s, path) == "larger than 1 MB"


def test_what_is_too_slow_is_not_waited_for() -> None:
    with WebServer() as server:

        def drop_by_drop(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.end_headers()
            while not server.closing.wait(0.05):
                request.wfile.write(b"x")

        def head_by_drops(request: BaseHTTPRequestHandler) -> None:
            while not server.closing.wait(0.05):
                request.wfile.write(b"H")

        server.answers |= {
            "/a": drop_by_drop,
            "/b": head_by_drops,
            "/c": lambda _: server.closing.wait() and None,
        }
        for path in "abc":
            began = time.monotonic()
            assert "longer than 0.4 s" in refusal(server, path, seconds=0.4)
            assert time.monotonic() - began < 2


def test_a_run_that_is_stopped_does_not_wait() -> None:
    class Enough(Exception):
        pass

    asked = iter(range(100))

    def check() -> None:
        if next(asked) > 8:
            raise Enough

    with WebServer(a=endless) as server, pytest.raises(Enough):
        Fetcher(Limits(megabytes=1000, private=True), check).fetch(f"{server.url}/a")


@pytest.mark.parametrize(
    ("status", "said"),
    [(404, "no such page"), (410, "no such page"), (403, "logs in"), (503, "later"), (418, "418")],
)
def test_other_answers_are_told(status: int, said: str) -> None:
    with WebServer(a=page("words", status=status)) as server:
        with pytest.raises(PageError) as refused:
            fetch(server, "a")
        assert said in str(refused.value)
        assert isinstance(refused.value, PageGone) == (status in (404, 410))


def test_nothing_there_and_no_http_are_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(PageError, match="can't be fetched"):
        Fetcher(Limits(private=True)).fetch(f"http://127.0.0.1:{port}/")
    with WebServer(a=lambda request: request.wfile.write(b"220 ready\r\n") and None) as server:
        assert "can't be fetched" in refusal(server, "a")
    with WebServer(a=page("x", Content_Encoding="br")) as server:
        assert "packed as br" in refusal(server, "a")
    with WebServer(a=page("x", Content_Encoding="gzip")) as server:
        assert "damaged" in refusal(server, "a")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_fetched(host: str) -> None:
    with WebServer(a=page("secret")) as server:
        port = server.url.rpartition(":")[2]
        with pytest.raises(PageError, match="a public address; RAG_FETCH_PRIVATE=1"):
            Fetcher(Limits()).fetch(f"http://{host}:{port}/a")
        assert not server.asked


def test_a_redirect_does_not_lead_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that passes as public sends its readers to one of this machine."""
    monkeypatch.setattr(connection, "is_public", lambda address: str(address) == "127.0.0.1")
    with WebServer(a=page("secret")) as inside:
        to = inside.url.replace("127.0.0.1", "127.0.0.2")
        with WebServer(a=moved(f"{to}/a")) as outside:
            with pytest.raises(PageError, match=r"127\.0\.0\.2 isn't a public address"):
                Fetcher(Limits()).fetch(f"{outside.url}/a")
            assert outside.asked == ["/robots.txt", "/a"] and not inside.asked


def test_a_name_is_looked_up_once_and_that_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """No second answer of a name server can lead elsewhere than the one that was checked."""
    real = socket.getaddrinfo
    asked: list[str] = []

    def rebinding(host, *arguments, **named):
        if host == "rebinding.example":
            asked.append(host)
            host = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return real(host, *arguments, **named)

    with WebServer(a=page("first")) as server:
        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        port = server.url.rpartition(":")[2]
        found = Fetcher(Limits(robots=False, private=True)).fetch(
            f"http://rebinding.example:{port}/a"
        )
        assert found.data == b"first" and len(asked) == 1


def test_every_address_of_a_name_has_to_be_public(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(0, 0, 0, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(PageError, match=r"both\.example isn't a public address"):
        Fetcher(Limits()).fetch("http://both.example/")


@pytest.mark.parametrize(
    "address",
    "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 "
    "255.255.255.255 240.0.0.1 ::1 :: fe80::1 fe80::1%lo fc00::1 ff02::1 fec0::1 "
    "::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 2002:7f00:1::1 2001:db8::1".split(),
)
def test_addresses_that_are_nobody_elses(address: str) -> None:
    assert not any(map(is_public, [connection.ipaddress.ip_address(address)]))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(connection.ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("HTTPS://Example.ORG", "https://example.org/"),
        (" https://example.org:443/a b#part", "https://example.org/a%20b"),
        (
            "http://bücher.example/größe?q=ä",
            "http://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?q=%C3%A4",
        ),
        ("http://[2606:2800::1]:8080/x%20y", "http://[2606:2800::1]:8080/x%20y"),
    ],
)
def test_the_same_page_has_one_name(given: str, name: str) -> None:
    assert normalized(given) == name and normalized(name) == name


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://example.org/a", "ftp:// isn't supported"),
        ("file:///etc/passwd", "file:// isn't supported"),
        ("https://", "isn't a valid host"),
        ("https://a b.example/", "isn't a valid host"),
        ("https://example.org:99999/", "not an address"),
        ("https://ada:secret@example.org/", "a user name or a password in it"),
        ("https://example.org/" + "a" * 2000, "2,000 characters"),
    ],
)
def test_bad_addresses_say_what_is_wrong(address: str, said: str) -> None:
    with pytest.raises(PageError) as refused:
        normalized(address)
    assert said in str(refused.value) and "secret" not in str(refused.value)
