"""Boilerplate of an HTML page: navigation, hidden parts, scripts, which are left out."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from ingest.load.web.html_look import is_hidden
from ingest.load.web.html_page import Page

_NEVER_TEXT = frozenset(
    "head script style noscript template svg annotation annotation-xml iframe object embed canvas "
    "audio video select datalist textarea input map rt rp".split()
)
_FURNITURE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search"})
# gmail_quote, yahoo_quoted, protonmail_quote, moz-cite-prefix, gmail_signature, moz-signature: what
# mail programs call the elements that they put round other mails and signatures.
_QUOTE = re.compile(r"quote|cite|signature", re.IGNORECASE)


class Skip:
    """Tells page furniture from content, for the page below one element.

    Navigation is always furniture. A header, footer or aside outside ``main`` and ``article``
    is, with two exceptions for pages that use neither: an aside stays, and so does a header
    that holds the page's ``h1``.
    """

    def __init__(self, root: LexborNode, page: Page, *, keep_furniture: bool) -> None:
        self._keep_furniture = keep_furniture
        self._page = page
        self._has_main = root.css_first("main, article, [role=main]") is not None

    def leaves_out(self, node: LexborNode, tag: str) -> bool:
        """Whether this element, with all that is in it, is left out."""
        if tag in _NEVER_TEXT:
            return True
        if tag == "button" and not self._page.opens(node):
            return True
        attributes = node.attributes
        if attributes and is_hidden(attributes) and not self._page.can_be_opened(node):
            return True
        return not self._keep_furniture and self._is_furniture(node, tag, attributes)

    def is_unseen(self, text: LexborNode) -> bool:
        """Whether a text cannot be seen where it stands."""
        return self._page.looks.of(text.parent).is_unseen

    def _is_furniture(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
        if tag == "nav":
            return True
        is_part = tag in ("header", "footer", "aside")
        if not is_part and attributes.get("role") not in _FURNITURE_ROLES:
            return False
        if self._has_main:
            return not _in_main(node)
        return tag != "aside" and node.css_first("h1") is None


def is_quote(attributes: dict[str, str | None]) -> bool:
    """Whether an element of a mail holds another mail, or the signature, by its class or id."""
    return any(_QUOTE.search(attributes.get(name) or "") for name in ("class", "id"))


def _in_main(node: LexborNode) -> bool:
    above = node.parent
    while above is not None:
        if above.tag in ("main", "article") or above.attributes.get("role") == "main":
            return True
        above = above.parent
    return False
