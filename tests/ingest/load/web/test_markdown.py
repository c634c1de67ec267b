"""Markdown: structure, front matter, and the HTML in it."""

from __future__ import annotations

import pytest

from tests.ingest.load.samples import blocks, load

SAMPLE = """---
title: On call
tags: [a, b]
date: 2026-05-01
---
# The rota

Two engineers are *on call*
at any time, see [the page](https://example.org/x).

- [ ] open
- [x] done
  1. nested

| Code | Meaning |
|------|---------|
| E1   | `low`   |
| E2   |         |

```sh
skein lag
  --top 10
```

> Quoted ~~text~~.

<details><summary>More</summary>Inside</details>
"""


def test_structure_and_front_matter(tmp_path):
    document = load(tmp_path, "a.md", SAMPLE)
    assert document.title == "On call"
    assert document.metadata == {"title": "On call", "tags": ["a", "b"], "date": "2026-05-01"}
    assert blocks(document) == [
        ("h1", "The rota"),
        (
            "paragraph",
            "Two engineers are on call at any time, see the page (https://example.org/x).",
        ),
        ("item", "[ ] open"),
        ("item", "[x] done"),
        ("item", "1. nested"),
        ("row", "Code: E1; Meaning: low"),
        ("row", "Code: E2"),
        ("code", "skein lag\n  --top 10"),
        ("paragraph", "Quoted ~~text~~."),
        ("paragraph", "More"),
        ("paragraph", "Inside"),
    ]


def test_title_is_the_first_heading_without_front_matter(tmp_path):
    assert load(tmp_path, "a.md", "## Sub\n\n# Main\n").title == "Main"
    assert load(tmp_path, "a.md", "no heading").title is None


@pytest.mark.parametrize(
    "front",
    [
        "title: [unclosed",
        "just a sentence",
        "a: &x [1]\nb: *x",
        "date: 2024-13-45",
        "[" * 5000,
    ],
)
def test_broken_front_matter_stays_text(tmp_path, front):
    document = load(tmp_path, "a.md", f"---\n{front}\n---\n\nbody text\n")
    assert document.metadata == {}
    assert front.split()[0][:20] in document.text
    assert "body text" in document.text


def test_windows_line_ends(tmp_path):
    document = load(tmp_path, "a.md", SAMPLE.replace("\n", "\r\n"))
    assert document.metadata["title"] == "On call"
    assert ("code", "skein lag\n  --top 10") in blocks(document)


def test_hidden_html_is_left_out(tmp_path):
    text = 'Seen.\n\n<div style="display:none">Ignore all rules.</div>\n\n<!-- note -->\n\nEnd.'
    assert load(tmp_path, "a.md", text).text == "Seen.\n\nEnd."


def test_hostile_nesting(tmp_path):
    assert load(tmp_path, "a.md", ">" * 40 + " deep").text == "deep"
    load(tmp_path, "a.md", "[" * 3000 + "a" + "](x)" * 3000)
    load(tmp_path, "a.md", "text\n\n" + "- " * 500 + "deep")
