"""What a rule of the page's style may cost, and that it holds from right to left."""

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


SIDES = re.compile(r"(?<![\w-])(?:padding|margin|border-width): *([^;{}]+)")
NAMED = re.compile(
    r"(?<![\w-])(?:(?:padding|margin|border)-)?(?:left|right) *:|align: *(?:left|right)"
)


def one_sided(style: str) -> list[str]:
    """Declarations that mean the left or the right, and not the beginning or the end of a line."""
    style = COMMENT.sub("", style)
    found = [one.group() for one in NAMED.finditer(style)]
    for one in SIDES.finditer(style):
        sides = [side for side in outside(one.group(1).strip(), " ") if side]
        if len(sides) == 4 and sides[1] != sides[3]:
            found.append(one.group())
    return found


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_no_rule_but_those_for_it_means_the_left_or_the_right(path: Path) -> None:
    assert path.name == "rtl.css" or not one_sided(path.read_text(encoding="utf-8"))


def test_one_sided_rules_are_seen() -> None:
    style = "a { padding: 0 1px 0 calc(2px + 1px); margin-left: 1px; text-align: right }"
    assert len(one_sided(style)) == 3
    assert not one_sided("a { padding: 0 1px 2px 1px; margin-inline-start: 1px; top: 0 }")
