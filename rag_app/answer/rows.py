"""Rows of tables in a text, as readers write them (``ingest.load.common.tables``): "Article: A-104;
Stock: 22"."""

from __future__ import annotations

import re

ROW = re.compile(r"[^:;\n]{1,80}: [^;\n]*(?:; [^:;\n]{1,80}: [^;\n]*)+")
HEAD = re.compile(r"(?:^|; )([^:;\n]{1,80}): ")


def heads_of(text: str) -> list[str]:
    """The heads of a row's columns, in order; none for what is no row."""
    return HEAD.findall(text) if ROW.fullmatch(text) else []
