"""Parts of a question that names two or more things, each a question that can be searched for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

MOST_PARTS = 4
# A part of fewer words is no question.
FEWEST_WORDS = 3


class Part(NamedTuple):
    """A part of a question: the asker's own ``words`` for it, and the ``question`` that it asks.
    ``is_name``: the words are a name, and those of all parts may be one: "Fox and the Hound"."""

    words: str
    question: str
    is_name: bool = False


def bare(token: str) -> str:
    """A word without what stands around it."""
    return token.strip("\"“”„‚‘’'.,;:?!()")


def is_name(token: str) -> bool:
    """Whether a word is written as names are: with a capital, or as a code is, with a digit."""
    word = bare(token)
    starts = word[:1].isupper() or token[:1] in '"“„'
    has_code = any(map(str.isdigit, word)) and any(map(str.isalpha, word))
    return bool(word) and not word.isdigit() and (starts or has_code)


def ends_clause(token: str) -> bool:
    """Whether a comma or the like stands after a word."""
    return token[-1:] in ",;:"


def name_after(tokens: Sequence[str], start: int, small: frozenset[str]) -> int:
    """Where the name that begins at ``start`` ends, with the small words of names inside it;
    ``start`` itself if none begins there."""
    at = end = start
    while at < len(tokens) and (is_name(tokens[at]) or bare(tokens[at]).lower() in small):
        if is_name(tokens[at]):
            end = at + 1
        elif end == start and at > start:
            break
        if ends_clause(tokens[at]):
            break
        at += 1
    return end


def name_before(tokens: Sequence[str], end: int, small: frozenset[str]) -> int:
    """Where the name that ends before ``end`` begins; ``end`` itself if there is none. The first
    word of a question begins with a capital anyway, and is none."""
    at = start = end
    while at > 1 and (is_name(tokens[at - 1]) or bare(tokens[at - 1]).lower() in small):
        if at < end and ends_clause(tokens[at - 1]):
            break
        at -= 1
        if is_name(tokens[at]):
            start = at
        elif start == end:
            break
    return start


def one_for_each(
    tokens: Sequence[str], spans: Sequence[tuple[int, int]], *, are_names: bool
) -> list[Part]:
    """The question of these words once for each of some spans of them, which stand side by side."""
    before, after = tokens[: spans[0][0]], tokens[spans[-1][1] :]
    parts = []
    for start, end in spans:
        words = " ".join(tokens[start:end]).strip(",;: ")
        parts.append(Part(words, f"{' '.join([*before, words, *after])}?", are_names))
    return parts
