"""Citation markers: as this program writes them, and as an LLM may."""

from __future__ import annotations

import re

# As it stands in every answer: [3].
MARKER = re.compile(r"\[(\d{1,3})\]")
# As an LLM may write it: [1], [1, 2], [2-4], [1][2], 【1】, 【1†source】, [^1], [passage 3].
LLM_MARKER = re.compile(
    r"(?:(?<!\s)\s++)?[\[【［]\s*+(?:(?:passages?|sources?|documents?|doc|refs?|citations?|nos?\.?)\s*+)?[#^]?\s*+"
    r"(?P<numbers>\d+(?:\s*(?:[,;–-]|and)\s*\d+)*)\s*(?:†[^\]】］]{0,40})?[\]】］]",
    re.IGNORECASE,
)
# A range of markers is no longer than this; "[1990-2005]" is none.
LONGEST_RANGE = 20


def numbers_of(numbers: str) -> list[int]:
    """The numbers of a marker of an LLM, those between the two of a range with them."""
    found: list[int] = []
    for one in re.split(r"[,;]|and", numbers):
        first, *more = (int(number[:9]) for number in re.findall(r"\d+", one))
        last = more[-1] if more else first
        found += range(first, last + 1) if 0 <= last - first <= LONGEST_RANGE else [first, last]
    return found
