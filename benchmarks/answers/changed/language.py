"""The words of a language that changes need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Patterns = Mapping[str, str]
"""Regular expressions, case-sensitive, with what is written for a match."""


@dataclass(frozen=True)
class Language:
    """``number_words`` are in the order of their values. ``names`` are groups of names of a kind,
    of which one is written for another; none where a capital letter tells a name. ``labels`` stand
    before numbers that claim nothing. ``negation`` finds a sentence that has one.
    """

    decimal: str
    thousands: str
    number_words: tuple[str, ...]
    months: tuple[str, ...]
    units: Mapping[str, str]
    labels: str
    names: tuple[tuple[str, ...], ...]
    negation: str
    negated: Patterns
    affirmed: Patterns
    quantifiers: Patterns
    opposites: Patterns
