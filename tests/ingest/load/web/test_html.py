"""HTML: structure, tables, what is left out, character sets, and damaged pages."""

from __future__ import annotations

import pytest

from tests.ingest.load.samples import blocks, load, texts


def test_structure(tmp_path):
    document = load(
        tmp_path,
        "a.html",
        """<html lang="en"><head><title>The title</title><meta name="author" content="Ann Lee">
        <style>p{}</style></head><body><h1>Main</h1><p>One <b>bold</b>
        word.<br>Next line.</p><h2>Sub</h2><ul><li>first<ul><li>nested</li></ul></li>
        <li><p>second</p><p>its second paragraph</p></li></ul><ol start="3"><li>three<li>four</ol>
        <dl><dt>Term<dd>definition<dt>Loose</dl><blockquote><p>Quoted.</p></blockquote>
        <pre>if x:\n    y()</pre><details><summary>More</summary>Hidden part</details>
        <figure><img src="a.png" alt="A rain gauge"><figcaption>Figure 1</figcaption></figure>
        </body></html>""",
    )
    assert document.title == "The title"
    assert document.metadata == {"language": "en", "author": "Ann Lee"}
    assert blocks(document) == [
        ("h1", "Main"),
        ("paragraph", "One bold word. Next line."),
        ("h2", "Sub"),
        ("item", "first"),
        ("item", "nested"),
        ("item", "second"),
        ("paragraph", "its second paragraph"),
        ("item", "3. three"),
        ("item", "4. four"),
        ("item", "Term: definition"),
        ("item", "Loose"),
        ("paragraph", "Quoted."),
        ("code", "if x:\n    y()"),
        ("paragraph", "More"),
        ("paragraph", "Hidden part"),
        ("paragraph", "[image: A rain gauge]"),
        ("paragraph", "Figure 1"),
    ]


def test_links(tmp_path):
    document = load(
        tmp_path,
        "a.html",
        """<p>See <a href="https://example.org/a">our page</a>, <a href="/b">this</a>,
        <a href="http://example.org/c">example.org/c</a> or <a href="mailto:a@example.org">Ann</a>.
        <h2><a href="https://example.org/">A heading</a></h2>""",
    )
    assert document.text == (
        "See our page (https://example.org/a), this, example.org/c or Ann (a@example.org).\n\n"
        "A heading"
    )


def test_what_is_left_out(tmp_path):
    document = load(
        tmp_path,
        "a.html",
        """<body><header>Site <nav>Menu</nav></header><nav>Menu</nav><main><header>Kept</header>
        <p>Content</p><p hidden>a</p><p aria-hidden="true">b</p><p style="display: none">c</p>
        <script>d</script><noscript>e</noscript><template>f</template><svg><text>g</text></svg>
        <button>h</button></main><aside>News</aside><footer>Imprint</footer></body>""",
    )
    assert [text for _, text in blocks(document)] == ["Kept", "Content"]


def test_header_with_the_title_stays_where_there_is_no_main(tmp_path):
    document = load(tmp_path, "a.html", "<header><h1>Title</h1></header><p>x</p><footer>f</footer>")
    assert document.text == "Title\n\nx"
    assert document.title == "Title"


def test_page_of_furniture_only_is_not_lost(tmp_path):
    assert load(tmp_path, "a.html", "<nav><p>All there is</p></nav>").text == "All there is"


def test_data_table(tmp_path):
    document = load(
        tmp_path,
        "a.html",
        """<table><caption>Table 1: Codes</caption><thead><tr><th>Code<th>Cause<th>Remark</thead>
        <tbody><tr><td rowspan=2>E1<td>Low <b>battery</b><td><tr><td>Cold<td>x
        <tr><td>E2<td colspan=2>All sorts</table>""",
    )
    assert blocks(document) == [
        ("paragraph", "Table 1: Codes"),
        ("row", "Code: E1; Cause: Low battery"),
        ("row", "Code: E1; Cause: Cold; Remark: x"),
        ("row", "Code: E2; Cause / Remark: All sorts"),
    ]


def test_tables_without_header(tmp_path):
    pairs = "<table><tr><th>Owner<td>Ann<tr><th>Version<td>4</table>"
    assert texts(load(tmp_path, "a.html", pairs), "row") == ["Owner: Ann", "Version: 4"]
    triples = "<table><tr><td>a<td>b<td>c<tr><td>d<td>e<td></table>"
    assert texts(load(tmp_path, "a.html", triples), "row") == ["a | b | c", "d | e"]


def test_table_for_layout_and_nested_table(tmp_path):
    document = load(
        tmp_path,
        "a.html",
        """<table><tr><td><h2>News</h2><p>Text</p></td><td>
        <table><tr><th>A<th>B<tr><td>1<td>2</table></td></tr></table>""",
    )
    assert blocks(document) == [("h2", "News"), ("paragraph", "Text"), ("row", "A: 1; B: 2")]


@pytest.mark.parametrize(
    "data",
    [
        "<p>Prüfstück café</p>".encode(),
        "<p>Prüfstück café</p>".encode("utf-8-sig"),
        "<p>Prüfstück café</p>".encode("utf-16"),
        '<meta charset="iso-8859-1"><p>Prüfstück café</p>'.encode("latin-1"),
        b"<?xml version='1.0' encoding='windows-1252'?>" + "<p>Prüfstück café</p>".encode("cp1252"),
    ],
)
def test_character_sets(tmp_path, data):
    assert load(tmp_path, "a.html", data).text == "Prüfstück café"


def test_declared_japanese(tmp_path):
    data = '<meta charset="iso-2022-jp"><p>日本語</p>'.encode("iso-2022-jp")
    assert load(tmp_path, "a.html", data).text == "日本語"


def test_deep_nesting(tmp_path):
    for tag in ("div", "ul><li", "blockquote", "b", "table><tr><td"):
        document = load(tmp_path, "a.html", f"<{tag}>" * 3_000 + "deep")
        assert document.text == "deep"
    assert load(tmp_path, "a.html", "<div>" * 10_000 + "deep").text == "deep"


def test_broken_markup(tmp_path):
    document = load(tmp_path, "a.html", "<p>One<p>Two</b></div><li>three<td>four &amp; &bogus; <")
    assert "One" in document.text
    assert "four & &bogus;" in document.text


def test_what_a_button_or_a_tab_opens_is_content(tmp_path):
    document = load(
        tmp_path,
        "a.html",
        """<main><h1>Questions</h1>
        <h2><button aria-expanded="false" aria-controls="a">How long is it?</button></h2>
        <div id="a" hidden><p>Twelve metres.</p></div>
        <h2><button data-bs-target="#b">How wide?</button></h2>
        <div id="b" style="display:none"><p>Three metres.</p></div>
        <button role="tab">Sails</button><div role="tabpanel" aria-hidden="true">Two sails.</div>
        <button aria-controls="m">Menu</button><nav id="m" hidden>Home</nav>
        <p hidden>Nobody can open this.</p><button>Buy</button></main>""",
    )
    assert blocks(document) == [
        ("h1", "Questions"),
        ("h2", "How long is it?"),
        ("paragraph", "Twelve metres."),
        ("h2", "How wide?"),
        ("paragraph", "Three metres."),
        ("paragraph", "Sails"),
        ("paragraph", "Two sails."),
    ]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("10<sup>6</sup> cells at 10<sup>−3</sup> m", "10⁶ cells at 10⁻³ m"),
        ("3<sup><a href='#n1'>1</a></sup> months", "3¹ months"),
        ("CO<sub>2</sub>, x<sub>i</sub>, 5<sup>th</sup>", "CO₂, xi, 5th"),
        ("2<sup>n+1</sup>, see<sup>[3]</sup>, see<sup>1, 2</sup>", "2^(n+1), see[3], see¹, ²"),
        ("now <del>99 EUR</del> <ins>79 EUR</ins>", "now ~~99 EUR~~ 79 EUR"),
        ("<s><p>Two.</p><p>Three.</p></s><p>Four.</p>", "~~Two.~~\n\n~~Three.~~\n\nFour."),
        ("<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>", "東京"),
    ],
)
def test_raised_lowered_and_struck_out(tmp_path, markup, text):
    assert load(tmp_path, "a.html", f"<body>{markup}</body>").text == text


def test_a_table_that_marks_no_header(tmp_path):
    page = "<tr><td>Part<td>Price<td>Stock<tr><td>Mast<td>90<td>3<tr><td>Sail<td>45<td>1"
    assert texts(load(tmp_path, "a.html", f"<table>{page}</table>"), "row") == [
        "Part: Mast; Price: 90; Stock: 3",
        "Part: Sail; Price: 45; Stock: 1",
    ]
