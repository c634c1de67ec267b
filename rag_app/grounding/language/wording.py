"""What the rules need to know of a language: the tables of ``wording.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

TABLES = Path(__file__).with_name("wording.toml")
ENGLISH = "en"

Pair = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, eq=False)  # one of each language
class Wording:
    """The words of one language, in lower case; ``wording.toml`` says what each is for."""

    language: str
    negations: frozenset[str]
    only: frozenset[str]
    limits: frozenset[str]
    denying: frozenset[str]
    lacking: frozenset[str]
    not_only: frozenset[str]
    conditions: frozenset[str]
    particles: frozenset[str]
    yes: frozenset[str]
    averages: frozenset[str]
    possible: frozenset[str]
    universal: frozenset[str]
    must: frozenset[str]
    should: frozenset[str]
    may: frozenset[str]
    earlier: frozenset[str]
    later: frozenset[str]
    partial: frozenset[str]
    besides: frozenset[str]
    being: frozenset[str]
    highest: frozenset[str]
    lowest: frozenset[str]
    upper: frozenset[str]
    lower: frozenset[str]
    comparing: frozenset[str]
    most: frozenset[str]
    least: frozenset[str]
    opposites: tuple[Pair, ...]
    phrases: tuple[tuple[re.Pattern[str], str], ...]
    sources: re.Pattern[str]
    references: re.Pattern[str]
    attributing: re.Pattern[str]
    documents: re.Pattern[str]
    saying: re.Pattern[str]
    appearing: re.Pattern[str]
    findings: re.Pattern[str]

    @property
    def orders(self) -> frozenset[str]:
        """What puts one thing before or after another."""
        return self.earlier | self.later


@cache
def wordings() -> dict[str, Wording]:
    """Each language that the rules know, by its code (ISO 639-1)."""
    tables = tomllib.loads(TABLES.read_text(encoding="utf-8"))
    return {language: _wording(language, table) for language, table in tables.items()}


def wording_of(language: str | None) -> Wording | None:
    """The words of a language; None for one that the rules do not know."""
    return wordings().get(language or ENGLISH)


def _wording(language: str, table: dict[str, Any]) -> Wording:
    sides = (line.split("|") for line in table["opposites"].strip().splitlines())
    opposites = [(frozenset(one.split()), frozenset(other.split())) for one, other in sides]
    phrases = [
        (re.compile(pattern, re.IGNORECASE), word)
        for word, patterns in table["phrases"].items()
        for pattern in patterns
    ]
    words = {
        name: frozenset(table[name].split())
        for name, kind in get_type_hints(Wording).items()
        if kind == frozenset[str]
    }
    return Wording(
        language,
        **words,
        opposites=tuple(opposites),
        phrases=tuple(phrases),
        sources=_beginnings(table["sources"]),
        # "Passage 3", "(documents 1 and 2)": which of them, as a marker says.
        references=re.compile(
            rf"[(]?{_beginnings(_nouns(table['sources'])).pattern}\s\d{{1,2}}(?:\s?(?:,|\w{{1,3}}|&)\s?\d{{1,2}})*\b[)]?",
            re.IGNORECASE,
        ),
        # "Laut Handbuch (Fassung 4)", "According to the policy of 1 May 2026,".
        attributing=re.compile(
            rf"^(?:{table['attributing']})\s[^,()]{{1,60}}(?:\([^)]{{0,60}}\),?\s|,\s)",
            re.IGNORECASE,
        ),
        documents=_beginnings(f"{table['sources']} {table['documents']}"),
        saying=_beginnings(table["saying"]),
        appearing=_beginnings(table["appearing"]),
        findings=_beginnings(table["findings"]),
    )


def _nouns(words: str) -> str:
    """The words that are no pronouns."""
    return " ".join(word for word in words.split() if len(word) > 3)


def _beginnings(words: str) -> re.Pattern[str]:
    # The shortest are whole words, short ones have an ending at most.
    endings = ("", "", r"\w{0,4}", r"\w{0,4}")
    either = "|".join(
        word + (endings[len(word) - 1 : len(word)] or (r"\w*",))[0] for word in words.split()
    )
    return re.compile(rf"\b(?:{either})\b", re.IGNORECASE)
