"""What a rule of the page's style may cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

STYLES = sorted((REPOSITORY / "rag_app/ui").rglob("*.css"))
RULE = re.compile(r"([^{}]+)\{")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def outside(text: str, ends: str) -> Iterator[str]:
    """The parts of a text between some characters that stand in no bracket."""
    depth, part = 0, ""
    for one in text:
        depth += (one in "([") - (one in ")]")
        if one in ends and not depth:
            yield part
            part = ""
        else:
            part += one
    yield part


def dear(style: str) -> list[str]:
    """Selectors that ask what something holds (``:has``) to change what lies in it or beside it,
    and do not name that by a class."""
    rules = RULE.findall(COMMENT.sub("", style))
    selectors = (one.strip() for rule in rules for one in outside(rule, ","))
    found = []
    for selector in selectors:
        *around, subject = [one for one in outside(selector, " >+~") if one]
        plain = "".join(outside(re.sub(r":[\w-]+\(", "(", subject), "")).split("(")[0]
        if any(":has(" in one for one in around) and "." not in plain:
            found.append(selector)
    return found


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_rule_by_what_is_held_names_what_it_changes_by_a_class(path: Path) -> None:
    # Else Chromium styles the whole page anew for every element that comes or goes: 300 files that
    # were dropped on the page kept it from moving for 14 seconds. A custom property does the same.
    assert not dear(path.read_text(encoding="utf-8"))


def test_dear_rules_are_seen() -> None:
    assert dear(".a:has(.b) [data-x='y'] {} .a:has(.b, .c) > div {} .a:has(.b) + * {}") == [
        ".a:has(.b) [data-x='y']",
        ".a:has(.b, .c) > div",
        ".a:has(.b) + *",
    ]
    assert not dear(".a:has([data-x] > div) {} .a:has(.b) > .c {} [x]:has(> .y) { --z: 1 }")
