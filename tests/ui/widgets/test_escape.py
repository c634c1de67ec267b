from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from ingest.text.printable import printable
from rag_app.ui.widgets.escape import (
    WORD_JOINER,
    escaped,
    label,
    markdown_html,
    marker_html,
    remark_html,
)
from rag_app.ui.widgets.tables import tools_html

NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "</div></details><style>*{display:none}</style>",
    "![x](https://evil.example/p.png)",
    "![x][ref]\n\n[ref]: https://evil.example/p.png",
    "[click](javascript:alert(1))",
    "<javascript:alert(1)>",
    "<https://evil.example>",
    "https://evil.example www.evil.example me@evil.example",
    "[1]: https://evil.example\n\nSee [1].",
    "```html\n<script>alert(1)</script>\n```",
    '``` x" onmouseover="alert(1)\ncode\n```',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "| a |\n|---|\n| <b onclick=alert(1)>x</b> |",
    '" onmouseover="alert(1)',
    "$x^2$ $$\ny\n$$ :red[x] :material/home: :smile: -> <= >= --",
    "\x00\x1b[31m\ud800\u202egpj.exe",
]
TAGS = set(
    "p br hr em strong code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 "
    "table thead tbody tr th td span div html head body".split()
)
ATTRIBUTES = {"class", "title", "start", "style", "role", "tabindex", "aria-label"}
STYLES = {None, "text-align:left", "text-align:right", "text-align:center"}
SIGNS = [*"[]()!<>&\"'`*_#|:-$\\/\n x1", "http://", "<img src=x>", "javascript:"]
MARKDOWN = st.lists(st.sampled_from(SIGNS)).map("".join)


def assert_harmless(rendered: str) -> None:
    # A table has its frame and buttons, which hold nothing of the text.
    for node in LexborHTMLParser(rendered.replace(tools_html(), "")).css("*"):
        assert node.tag in TAGS
        assert set(node.attributes) <= ATTRIBUTES
        assert node.attributes.get("style") in STYLES


@pytest.mark.parametrize("text", NASTY)
def test_nothing_runs_loads_or_links(text: str) -> None:
    assert_harmless(markdown_html(text, {1: [marker_html(1, title=text)]}))
    assert_harmless(f'<p title="{escaped(text)}">{escaped(text)}</p>')


@given(MARKDOWN)
def test_no_markdown_runs_loads_or_links(text: str) -> None:
    assert_harmless(markdown_html(text, {1: [marker_html(1)]}))


@given(st.text(st.characters()))
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    rendered = escaped(text)
    assert not set("<>\"'") & set(rendered)
    assert html.unescape(rendered) == printable(text)
    rendered.encode()  # which a half of a surrogate pair would not survive


@given(st.text(st.characters() | st.sampled_from("[]()!<>&`*_#|:-$\\/.1+ ")))
def test_a_label_reads_as_it_is(text: str) -> None:
    rendered = MarkdownIt("commonmark").render(label(text))
    shown = LexborHTMLParser(rendered)
    assert {node.tag for node in shown.css("*")} <= {"html", "head", "body", "p"}
    assert shown.body is not None
    read = shown.body.text().strip().replace(WORD_JOINER, "")
    assert read == " ".join(printable(text).split()).strip().replace(WORD_JOINER, "")


@pytest.mark.parametrize(
    "sign", [":smile:", "->", "<=", ":red[x]", "https://x.y", "www.x.y", "a@b"]
)
def test_a_label_keeps_signs_apart(sign: str) -> None:
    assert WORD_JOINER in label(sign)


def test_an_llm_keeps_emphasis_lists_tables_and_code() -> None:
    rendered = markdown_html("**Two** things:\n\n- `one`\n- _two_\n\n|a|b|\n|-|-|\n|1|2|\n")
    for expected in ("<strong>Two</strong>", "<li><code>one</code></li>", "<em>two</em>", "<td>1"):
        assert expected in rendered


def test_markers_are_shown_in_their_order_and_never_link() -> None:
    chips = {1: ["FIRST", "SECOND"], 2: ["OTHER"]}
    rendered = markdown_html("A [1]. B [2]. C **[1]**. D [1]. E [3]. `[1]`\n\n[1]: http://x", chips)
    assert "A FIRST. B OTHER. C <strong>SECOND</strong>. D SECOND. E [3]." in rendered
    assert "<code>[1]</code>" in rendered
    assert "<a" not in rendered


def test_a_remark_stands_after_its_sentence_whatever_stands_there() -> None:
    text = "The **mast. Is** red.\n\n```py\nx\n```\n\n| a |\n|---|\n| b |"
    doubts = [
        (21, remark_html("contradicted", "No", "the <b> is blue")),
        (text.index("py") + 2, "never"),
        (len(text) - 2, "here"),
    ]
    html = markdown_html(text + "\ue0005\ue000", {}, doubts)
    remark = '<span class="rag-remark-on rag-contradicted" role="note"><b>No: </b>'
    assert f"red. {remark}the &lt;b&gt; is blue</span>" in html
    assert "never" not in html
    assert "<td>bhere</td>" in html
