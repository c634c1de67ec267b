"""The passages that were sent and hold the gold, and an answer with their numbers for markers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.answers.right.items import MARKERS, Gold, Item

# Of a page, so many of the sent passages are cited.
MOST_OF_A_PAGE = 3


class Sent(NamedTuple):
    """A passage as the LLM was sent it. ``document`` and ``page`` are None where only the prompt
    is known."""

    text: str
    document: str | None = None
    page: int | None = None


def places(item: Item, passages: Sequence[Sent]) -> list[list[int]] | None:
    """For each entry of gold the numbers of the passages that hold it; None if one is not held."""
    found = [_holding(gold, item, passages) for gold in item.gold]
    return None if not all(found) else found


def numbered(answer: str, found: Sequence[Sequence[int]]) -> str:
    """An answer whose markers are the numbers of the passages."""

    def replaced(match: re.Match[str]) -> str:
        entries = map(int, re.findall(r"\d+", match[0]))
        numbers = dict.fromkeys(number for entry in entries for number in found[entry - 1])
        space = match[0][: len(match[0]) - len(match[0].lstrip())]
        return space + "".join(f"[{number}]" for number in numbers)

    return MARKERS.sub(replaced, answer)


def _holding(gold: Gold, item: Item, passages: Sequence[Sent]) -> list[int]:
    near = [
        (number, one)
        for number, one in enumerate(passages, start=1)
        if gold.document is None or one.document in (None, gold.document)
    ]
    if gold.quote is not None:
        quote = plain(gold.quote)
        return [number for number, one in near if quote in plain(one.text)][:1]
    if gold.page is not None:
        return [number for number, one in near if one.page == gold.page][:MOST_OF_A_PAGE]
    wanted = words(f"{item.question} {MARKERS.sub('', item.answer)}")
    shares = [(len(wanted & words(one.text)) / len(wanted), -number) for number, one in near]
    best, place = max(shares, default=(0.0, 0))
    return [-place] if best > 0 else []


def plain(text: str) -> str:
    """A text with each run of white space as one space."""
    return " ".join(text.split())


def words(text: str) -> set[str]:
    """Its words and numbers, in lower case; of Chinese and Japanese, the signs."""
    found = re.findall(r"[^\W\u3040-\u9fff]+|[\u3040-\u9fff]", text.replace(",", "").casefold())
    return set(found)
