"""Lone surrogates: JSON, RTF and the names of files may hold them, UTF-8 cannot."""

from __future__ import annotations

import re

HALVES = re.compile("[\ud800-\udfff]")


def paired(text: str) -> str:
    """Join surrogates that belong together to one character; U+FFFD stands for all others
    (The Unicode Standard, 3.9, "Unicode Encoding Forms")."""
    if HALVES.search(text) is None:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
