"""Text of an HTML page that its own styles make unseen: too small, or in the colour of its ground.

Style sheets are not read. So where a page has one, an element that it could reach, by a class or an
id, is taken to be seen, and a ground that no element gives is not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

_HIDING = {"display": ("none",), "visibility": ("hidden", "collapse")}
_SIZE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)([a-z]+|%)?$")
_SMALLEST_POINTS = 1.0
_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$")
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*(?:[,/]\s*([\d.]+)\s*)?\)$")
_LONGEST_COLOUR = 40
_NAMED = {"white": (255, 255, 255), "black": (0, 0, 0)}
# Each channel may differ by so much, of 255, and nobody sees it.
_ALIKE = 16
# What browsers give a colour or a ground of its own: a link, a marker's yellow.
_OWN_LOOK = frozenset({"a", "mark"})

Colour = tuple[int, ...] | str
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Look:
    """How the text right below an element looks, as far as it is known."""

    small: bool = False
    colour: Colour | None = None
    ground: Colour | None = None

    @property
    def is_unseen(self) -> bool:
        """Whether a reader cannot see it."""
        return self.small or self.colour == "transparent" or _alike(self.colour, self.ground)


class Looks:
    """The looks of the elements of one page, each found once."""

    def __init__(self, *, styled: bool) -> None:
        """``styled`` says whether the page has a style sheet."""
        self._styled = styled
        self._page = Look(ground=None if styled else WHITE)
        self._found: dict[int, Look] = {}

    def of(self, node: LexborNode | None) -> Look:
        """The look of an element, by those above it."""
        above: list[LexborNode] = []
        while node is not None and node.mem_id not in self._found:
            above.append(node)
            node = node.parent
        look = self._page if node is None else self._found[node.mem_id]
        for node in reversed(above):
            look = self._found[node.mem_id] = self._below(node, look)
        return look

    def _below(self, node: LexborNode, look: Look) -> Look:
        attributes = node.attributes if node.is_element_node else {}
        if self._styled and ("class" in attributes or "id" in attributes):
            look = Look()
        if node.tag in _OWN_LOOK:
            look = replace(look, colour=None)
        if not attributes:
            return look
        style = declarations(attributes.get("style") or "")
        ground = style.get("background-color") or style.get("background")
        ground = ground or (attributes.get("bgcolor") or "").strip().lower()
        colour = style.get("color") or (node.tag == "font" and attributes.get("color")) or ""
        if ground:
            # A picture or a gradient is no colour: not known.
            look = replace(look, ground=_colour(ground))
        if "background-image" in style or "background" in attributes:
            look = replace(look, ground=None)
        if colour:
            clipped = any(name.endswith(("background-clip", "text-fill-color")) for name in style)
            look = replace(look, colour=None if clipped else _colour(colour.strip().lower()))
        size = _SIZE.match(style.get("font-size", ""))
        if size:
            look = replace(look, small=_is_small(float(size[1]), size[2]))
        elif "font-size" in style or "font" in style:
            look = replace(look, small=False)
        return look


def declarations(style: str) -> dict[str, str]:
    """The declarations of a ``style`` attribute, names and values in lower case."""
    first, *parts = style.lower().split("/*")
    bare = first + "".join(part.partition("*/")[2] for part in parts)
    pairs = [one.partition(":") for one in bare.split(";")]
    return {
        name.strip(): value.replace("!important", "").strip()
        for name, colon, value in pairs
        if colon
    }


def is_hidden(attributes: Mapping[str, str | None]) -> bool:
    """Whether an element is hidden, with all that is in it."""
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    text = attributes.get("style")
    if not text:
        return False
    style = declarations(text)
    if any(style.get(name) in values for name, values in _HIDING.items()):
        return True
    opacity = _SIZE.match(style.get("opacity", ""))
    return opacity is not None and float(opacity[1]) == 0


def _is_small(size: float, unit: str | None) -> bool:
    return size <= _SMALLEST_POINTS if unit in ("px", "pt") else size == 0


def _colour(text: str) -> Colour | None:
    """Red, green and blue, or a name; None for what is not one colour."""
    if text in _NAMED or len(text) > _LONGEST_COLOUR:
        return _NAMED.get(text)
    if _HEX.match(text):
        digits = text[1:] if len(text) > 5 else "".join(2 * digit for digit in text[1:])
        red, green, blue, *alpha = bytes.fromhex(digits)
        return "transparent" if alpha == [0] else (red, green, blue)
    if found := _RGB.match(text):
        clear = found[4] is not None and float(found[4].strip(".") or 0) == 0
        return "transparent" if clear else tuple(map(int, found.groups()[:3]))
    return text if text.isalpha() and text not in ("inherit", "initial", "unset") else None


def _alike(one: Colour | None, other: Colour | None) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return all(abs(a - b) <= _ALIKE for a, b in zip(one, other, strict=True))
    return one is not None and one == other
