"""Text of documents for a terminal: nothing in it is an order to the terminal."""

from __future__ import annotations

import re

# C0 but tab and newline, DEL, C1, and what turns the direction of a line: embeddings, overrides
# and isolates (https://www.unicode.org/reports/tr9/).
_ORDERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    r"""A text with its control characters as escapes that can be seen, such as ``\x1b``."""
    return _ORDERS.sub(lambda sign: _escape(sign[0]), text)


def visible_json(text: str) -> str:
    r"""JSON with its control characters as JSON escapes them, ``\u009b``: the same value."""
    return _ORDERS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def _escape(sign: str) -> str:
    return f"\\x{ord(sign):02x}" if ord(sign) < 0x100 else f"\\u{ord(sign):04x}"
