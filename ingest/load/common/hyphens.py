"""Hyphenation: join words that were divided at the end of a line or a page.

A hyphen at a line's end either divides a word ("cover-/age") or belongs to it ("in-/network").
The document itself is the dictionary. The hyphen stays if one half holds a hyphen or a digit or
the second half begins with a capital, if the hyphenated word occurs elsewhere, or if both halves
occur as words of their own and the joined form does not. Else the halves are joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

HYPHEN = "\x02"
"""What a reader puts at the end of a line in place of a hyphen that may divide a word."""

_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_DIVIDED = re.compile(rf"(?<![\w-])[\w-]+{HYPHEN}\s*[\w-]*")
_LAST = re.compile(r"(?<![\w-])[\w-]++$")
_FIRST = re.compile(r"[\w-]+")

# "pre- and post-war": the hyphen stands for the rest of a word that comes later.
CONJUNCTIONS = frozenset({"and", "or", "to", "und", "oder", "bis", "et", "ou"})


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """The words of these texts, in lower case; divided words are not counted."""
    return frozenset(
        word.casefold() for text in texts for word in _TOKEN.findall(_DIVIDED.sub(" ", text))
    )


def rejoin(left: str, right: str, words: Set[str]) -> str:
    """Join two pieces of text, the first of which ended in a hyphen (not included here)."""
    last, first = _LAST.search(left), _FIRST.match(right)
    if last is None or first is None:
        return f"{left}-{right}"
    head, tail = last.group().casefold(), first.group().casefold()
    if tail in CONJUNCTIONS:
        return f"{left}- {right}"
    return f"{left}{right}" if _is_one_word(head, tail, first.group(), words) else f"{left}-{right}"


def _is_one_word(head: str, tail: str, written: str, words: Set[str]) -> bool:
    if "-" in head or "-" in tail or not head.isalpha() or not tail.isalpha():
        return False
    if not written[0].islower() or f"{head}-{tail}" in words:
        return False
    return head + tail in words or not (head in words and tail in words)
