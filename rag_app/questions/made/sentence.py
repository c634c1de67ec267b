"""What rules make questions for evaluation of, and what they give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LONGEST_TERM = 8  # words


class Ask(NamedTuple):
    """A question, and the words that name what it is about."""

    question: str
    about: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with white space made even, its own words, and the heading above it."""

    text: str
    start: int
    page: int | None
    quote: str
    heading: str


Rule = Callable[[Sentence], Ask | None]


class Making(NamedTuple):
    """The rules of a language, in the order in which a sentence is offered to them, with the kind
    of what they read; and the question for what stands under a heading."""

    rules: Sequence[tuple[str, Rule]]
    of_heading: Callable[[str], str]
    language: str


def words(text: str) -> int:
    """The number of words."""
    return len(text.split())
