"""Text without what cannot be shown, or turns what is shown around it."""

from __future__ import annotations

import re

# What a page or its transport cannot carry: control characters and halves of surrogate pairs.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Characters that turn the direction of the text after them, also of text that is not theirs.
TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text with ``\ufffd`` for what cannot be shown."""
    return TURNING.sub("", UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n")))
