"""Escape untrusted text for HTML and Streamlit labels.

Documents, names of files, questions and the words of an LLM are not to be trusted: they may hold
HTML, Markdown, and the directives that Streamlit adds to it (``:red[...]``, ``$...$``). Nothing in
them may run, load or link, and a document's words must be shown as they are. So they never meet
Streamlit's Markdown: the page shows them with ``st.html``, as text escaped here. Only an LLM's
answer keeps some Markdown, which a parser without links, images and HTML turns into HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from ingest.text.printable import printable
from ingest.text.wording import capital
from rag_app.grounding.markers import MARKER
from rag_app.messages import say
from rag_app.messages.places import place_of
from rag_app.records import Status
from rag_app.remarks import DOUBTS
from rag_app.ui.widgets.tables import framed_html

# Joined to what follows, these make Streamlit draw a symbol, ``:smile:``, ``->``, or a link,
# ``https://``, ``www.``, ``me@``, even where each sign is escaped.
DRAWN = re.compile(r"(?<=[:@])(?=\w)|(?<=[:<>~=@-])(?=[:+<>=/-])|(?<=www)(?=\.)", re.IGNORECASE)
LONGEST_PREVIEW = 320
MARKERS: dict[Status, str] = {
    "not_found": "rag-marker rag-unsupported",
    "contradicted": "rag-marker rag-unsupported",
    "not_checked": "rag-marker rag-unchecked",
}
WORD_JOINER = "\u2060"
# Stands for something of ours while Markdown is read: of the private area of Unicode.
PLACEHOLDER = "\ue000"
MARKED = re.compile(f"{PLACEHOLDER}(\\d+){PLACEHOLDER}")
FENCE = re.compile(r"^([ >]*(?:`{3,}|~{3,})).*$", re.MULTILINE)
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def escaped(text: str) -> str:
    """The text as HTML that shows exactly this text, also inside an attribute."""
    return html.escape(printable(text), quote=True)


def quoted_as(language: str | None) -> str:
    """The attributes of an element with words of a document, for screen readers and for lines that
    begin at the right."""
    return ' dir="auto"' + (f' lang="{escaped(language)}"' if language else "")


def address_html(address: str) -> str:
    """The address of a web page that a user has ingested, as a link to it; nothing else links."""
    words = f'<bdi class="rag-document">{escaped(address)}</bdi>'
    if not address.startswith(("https://", "http://")):
        return words
    return f'<a href="{escaped(address)}" target="_blank" rel="noopener noreferrer">{words}</a>'


def label(text: str) -> str:
    """The text for a place that reads Markdown and nothing else, such as a button: one line
    that shows exactly this text, with an invisible character where Streamlit would draw."""
    line = " ".join(printable(text).split())
    joined = DRAWN.sub(WORD_JOINER, line)
    return PUNCTUATION.sub(r"\\\1", joined)


def marker_html(number: int, *, standing: Status = "supported", title: str = "") -> str:
    """A marker as it stands in an answer and before its source."""
    kind = MARKERS.get(standing, "rag-marker")
    return f'<span class="{kind}" title="{escaped(title)}">[{number}]</span>'


def cite_html(
    number: int,
    *,
    document: str,
    page: int | None,
    quote: str,
    standing: Status = "supported",
    opens: str | None = None,
    by_ocr: bool = False,
) -> str:
    """A marker beside a sentence, with a preview of what it cites for the pointer and the keyboard.
    ``opens`` is the key of the button that a click on it presses
    (``rag_app.ui.widgets.page_script``)."""
    kind = MARKERS.get(standing, "rag-marker")
    cited = place_of(document, page, by_ocr=by_ocr)
    words = " ".join(quote.split())
    if len(words) > LONGEST_PREVIEW:
        words = words[:LONGEST_PREVIEW].rsplit(" ", 1)[0] + " …"
    doubt = f"{capital(say(DOUBTS[standing]))}. " if standing in DOUBTS else ""
    source = say("Source {number}", number=number)
    looks = "rag-open" if standing == "not_checked" else "rag-doubt"
    opened = "" if opens is None else f' data-opens="{escaped(opens)}"'
    return (
        f'<span class="rag-cite"><button type="button" class="{kind}"{opened} aria-label="'
        f'{escaped(source)}: {doubt}{escaped(cited)}: {escaped(words)}">[{number}]</button>'
        f'<span class="rag-preview" aria-hidden="true"><b>{escaped(cited)}</b>'
        f'<span class="{looks}">{doubt}</span><bdi>“{escaped(words)}”</bdi></span></span>'
    )


def remark_html(status: Status, label: str, reason: str) -> str:
    """What stands after a sentence that is not simply supported: words, so that its looks say
    nothing that a screen reader does not."""
    why = f": </b>{escaped(reason)}" if reason else "</b>"
    return f' <span class="rag-remark-on rag-{status}" role="note"><b>{escaped(label)}{why}</span>'


def markdown_html(
    text: str,
    markers: Mapping[int, Sequence[str]] | None = None,
    doubts: Sequence[tuple[int, str]] = (),
) -> str:
    """An LLM's answer as HTML: emphasis, lists, tables and code, and nothing that links or loads.

    ``markers`` has the HTML of each marker in the order of its appearances; after the last one it
    is repeated. Numbers in brackets that are not in it stay text. ``doubts`` are places in the
    text, rising, each with the HTML that stands there.
    """
    text = text.replace(PLACEHOLDER, "\ufffd")
    for number in range(len(doubts) - 1, -1, -1):
        position = doubts[number][0]
        text = f"{text[:position]}{PLACEHOLDER}{number}{PLACEHOLDER}{text[position:]}"
    # The language of a block of code would become an attribute.
    text = FENCE.sub(r"\1", text)
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.disable(["link", "image", "autolink", "html_inline", "html_block", "reference"])
    parser.add_render_rule("text", _text)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    waiting = {number: list(rendered) for number, rendered in (markers or {}).items()}
    rendered: str = parser.render(printable(text), {"markers": waiting})
    return MARKED.sub(lambda match: doubts[int(match[1])][1], rendered)


def _text(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Any
) -> str:
    """Text between the marks of Markdown, with its markers."""
    waiting: dict[int, list[str]] = env["markers"]

    def marker(match: re.Match[str]) -> str:
        rendered = waiting.get(int(match[1]))
        if not rendered:
            return match[0]
        return rendered.pop(0) if len(rendered) > 1 else rendered[0]

    return MARKER.sub(marker, html.escape(tokens[index].content, quote=True))


def _table_open(*_: Any) -> str:
    return framed_html(PLACEHOLDER, has_tools=True).partition(PLACEHOLDER)[0] + "<table>"


def _table_close(*_: Any) -> str:
    return "</table>" + framed_html(PLACEHOLDER, has_tools=True).partition(PLACEHOLDER)[2]
