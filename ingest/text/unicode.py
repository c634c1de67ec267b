"""Halves of surrogate pairs: JSON, RTF and the names of files may hold them, UTF-8 cannot."""

from __future__ import annotations

import re

HALVES = re.compile("[\ud800-\udfff]")


def paired(text: str) -> str:
    """The text with halves that belong together as one character, and U+FFFD for all others
    (The Unicode Standard, 3.9, "Unicode Encoding Forms")."""
    if HALVES.search(text) is None:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
