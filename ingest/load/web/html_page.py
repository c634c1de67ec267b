"""What has to be known of a whole HTML page to read one of its elements.

A part that is hidden until a reader opens it, by a button or a tab, is content like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.load.web.html_look import Looks, is_hidden
from ingest.records import Block

OnPicture = Callable[[str], Sequence[Block]]
"""Gives the text on the picture at an address that stands in a page."""

_CONTROLS = "[aria-controls], [data-target], [data-bs-target], [role=tab]"
_TITLES = frozenset("h1 h2 h3 h4 h5 h6 summary dt".split())
# What opens over a page, or leads away from it.
_NO_CONTENT_TAGS = frozenset({"nav", "dialog", "menu"})
_NO_CONTENT_ROLES = frozenset("dialog alertdialog menu menubar listbox navigation search".split())
_NEAR = 4


class Page:
    """The looks of a page's elements, which of its hidden parts can be opened, and the text on
    its pictures, where it can be had."""

    def __init__(self, parser: LexborHTMLParser, on_picture: OnPicture | None = None) -> None:
        self._on_picture = on_picture
        styled = parser.css_first("style, link[rel~=stylesheet]") is not None
        self.looks = Looks(styled=styled)
        self._opened = {
            name
            for control in parser.css(_CONTROLS)
            if not is_hidden(control.attributes)
            for name in _targets(control.attributes)
            if name
        }
        self._has_tabs = parser.css_first("[role=tab]") is not None

    def can_be_opened(self, node: LexborNode) -> bool:
        """Whether a hidden element is content that a reader can open."""
        attributes = node.attributes
        if node.tag in _NO_CONTENT_TAGS or attributes.get("role") in _NO_CONTENT_ROLES:
            return False
        return (
            attributes.get("id") in self._opened
            or (self._has_tabs and attributes.get("role") == "tabpanel")
            or attributes.get("hidden") == "until-found"
        )

    def text_on(self, picture: LexborNode) -> Sequence[Block]:
        """The text on a picture."""
        address = picture.attributes.get("src") or ""
        return self._on_picture(address) if self._on_picture and address else ()

    def opens(self, button: LexborNode) -> bool:
        """Whether a button's text is the title of something that it opens."""
        if button.attributes.get("role") == "tab":
            return True
        above = button.parent
        for _ in range(_NEAR):
            if above is None:
                break
            if above.tag in _TITLES:
                return True
            above = above.parent
        return False


def _targets(attributes: Mapping[str, str | None]) -> Iterator[str]:
    """The ids of what a control opens."""
    yield from (attributes.get("aria-controls") or "").split()
    for name in ("data-target", "data-bs-target", "href"):
        yield (attributes.get(name) or "").removeprefix("#")
