"""Styles of an OpenDocument file: what names mean for the look of text and numbers of lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ingest.load.common.numerals import roman
from ingest.load.opendocument.package import FORMAT, PRESENTATION, STYLE, TABLE, TEXT, number

_DEEPEST = 20
_MOST_ROMAN = 4000


@dataclass(frozen=True, slots=True)
class Look:
    """What the look of a text, a sheet or a slide says. ``moved`` is above 0 for raised
    characters and below it for lowered ones."""

    moved: int = 0
    is_struck: bool = False
    is_bold: bool = False
    is_hidden: bool = False


class Styles:
    """The styles of the document and of its file, by their names."""

    def __init__(self, *roots: Any | None) -> None:
        self._styles: dict[tuple[str, str], Any] = {}
        self._lists: dict[str, dict[int, Any]] = {}
        self._looks: dict[tuple[str, str], Look] = {}
        for root in roots:
            if root is None:
                continue
            for style in root.iter(f"{STYLE}style"):
                key = style.get(f"{STYLE}family", ""), style.get(f"{STYLE}name", "")
                self._styles.setdefault(key, style)
            for found in root.iter(f"{TEXT}list-style", f"{TEXT}outline-style"):
                name = found.get(f"{STYLE}name", "") if found.tag.endswith("list-style") else ""
                levels = {number(level, f"{TEXT}level"): level for level in found}
                self._lists.setdefault(name, levels)

    def look(self, family: str, name: str | None) -> Look:
        """How something of a style looks, with what the style's parents say."""
        key = family, name or ""
        found = self._looks.get(key)
        if found is None:
            found = Look()
            for style in reversed(list(self._line(*key))):
                found = _with(found, style)
            self._looks[key] = found
        return found

    def list_level(self, name: str, level: int) -> Any | None:
        """The element that tells how a level of a list is numbered; "" is the list of headings."""
        return self._lists.get(name, {}).get(level)

    def list_of(self, paragraph_style: str | None) -> str | None:
        """The list style that a paragraph style brings with it."""
        for style in self._line("paragraph", paragraph_style or ""):
            if name := style.get(f"{STYLE}list-style-name"):
                return str(name)
        return None

    def _line(self, family: str, name: str) -> Iterator[Any]:
        for _ in range(_DEEPEST):
            style = self._styles.get((family, name))
            if style is None:
                return
            yield style
            name = style.get(f"{STYLE}parent-style-name", "")


class Numbering:
    """Counts the items of lists and headings, and writes their numbers."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._counts: dict[str, dict[int, int]] = {}

    def begin(self, name: str) -> None:
        """A list begins that does not go on with another one."""
        self._counts.pop(name, None)

    def next(self, name: str, level: int, start: int | None = None) -> str:
        """The number of the next item on a level, such as "2.1."; "" if it has none."""
        style = self._styles.list_level(name, level)
        counts = self._counts.setdefault(name, {})
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        if start is None and level not in counts and style is not None:
            start = number(style, f"{TEXT}start-value")
        counts[level] = counts.get(level, 0) + 1 if start is None else start
        if style is None or not style.get(f"{STYLE}num-format"):
            return ""
        shown = min(number(style, f"{TEXT}display-levels"), level)
        parts = [
            _written(counts.get(one, 1), self._styles.list_level(name, one))
            for one in range(level - shown + 1, level + 1)
        ]
        before, after = style.get(f"{STYLE}num-prefix", ""), style.get(f"{STYLE}num-suffix", "")
        return f"{before}{'.'.join(filter(None, parts))}{after}".strip()


def _written(count: int, style: Any | None) -> str:
    form = style.get(f"{STYLE}num-format", "") if style is not None else ""
    text = str(count)
    if form in ("a", "A") and count > 0:
        text = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
    elif form in ("i", "I") and 0 < count < _MOST_ROMAN:
        text = roman(count)
    return "" if not form else text.upper() if form.isupper() else text


def _with(look: Look, style: Any) -> Look:
    for properties in style:
        position = properties.get(f"{STYLE}text-position")
        if position is not None:
            place = position.split()[0] if position.split() else ""
            share = place.rstrip("%")
            moved = {"super": 1, "sub": -1}.get(place, 0)
            if share.lstrip("-").isdecimal():
                moved = int(share)
            look = replace(look, moved=moved)
        for name in ("text-line-through-style", "text-line-through-type"):
            line = properties.get(f"{STYLE}{name}")
            if line is not None:
                look = replace(look, is_struck=line != "none")
        weight = properties.get(f"{FORMAT}font-weight")
        if weight is not None:
            look = replace(look, is_bold=weight in ("bold", "600", "700", "800", "900"))
        for name, hides in (
            (f"{TEXT}display", "none"),
            (f"{TABLE}display", "false"),
            (f"{PRESENTATION}visibility", "hidden"),
        ):
            shown = properties.get(name)
            if shown is not None:
                look = replace(look, is_hidden=shown == hides)
    return look
