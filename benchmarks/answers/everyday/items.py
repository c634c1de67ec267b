"""The questions and conversations of this folder, read from their files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DOCUMENTS = HERE / "documents"
HALVES = ("tune", "held")
UNANSWERABLE = "unanswerable"

Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question. ``gold``: of each group one phrase has to be shown; empty if unanswerable."""

    question: str
    kind: str
    half: str
    document: str | None = None
    gold: Groups = ()


@dataclass(frozen=True, slots=True)
class ChainTurn:
    """A question in a conversation. ``gold`` and ``subject`` are None for greetings and thanks.

    What is searched for has to hold one phrase of ``subject`` and none of ``wrong``, which are
    words of a subject that has been left.
    """

    question: str
    gold: Groups | None
    subject: tuple[str, ...] | None
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A conversation of five questions."""

    half: str
    turns: tuple[ChainTurn, ...]


def read_questions() -> list[Question]:
    """The questions, in the order of their file."""
    return [
        Question(
            row["question"],
            row["kind"],
            row["half"],
            row.get("document"),
            _groups(row.get("gold", [])),
        )
        for row in _rows("questions.jsonl")
    ]


def read_chains() -> list[Chain]:
    """The conversations, in the order of their file."""
    return [
        Chain(row["half"], tuple(_turn(turn) for turn in row["turns"]))
        for row in _rows("chains.jsonl")
    ]


def plain(text: str) -> str:
    """A text as phrases are looked for in it: small letters, one kind of space and apostrophe."""
    return " ".join(text.casefold().replace("’", "'").split())


def holds(text: str, groups: Groups) -> bool:
    """Whether a phrase of each group is in a text. A number in it is a whole one: "£94" is not in
    "£940", but in "£94.00"."""
    there = plain(text)
    return all(any(_number(phrase).search(there) for phrase in group) for group in groups)


def names(text: str, phrase: str) -> bool:
    """Whether a word of a text, or some, begin with a phrase: "clean" is in "cleaners"."""
    return bool(re.search(rf"\b{re.escape(plain(phrase))}", plain(text)))


def _number(phrase: str) -> re.Pattern[str]:
    said = plain(phrase)
    before = r"(?<!\d)" if said[0].isdigit() else ""
    after = r"(?!\d)" if said[-1].isdigit() else ""
    return re.compile(before + re.escape(said) + after)


def _turn(row: dict[str, Any]) -> ChainTurn:
    return ChainTurn(
        row["question"],
        None if row["gold"] is None else _groups(row["gold"]),
        None if row["subject"] is None else tuple(row["subject"]),
        tuple(row["not"]),
    )


def _groups(rows: list[list[str]]) -> Groups:
    return tuple(tuple(group) for group in rows)


def _rows(name: str) -> Iterator[dict[str, Any]]:
    for line in (HERE / name).read_text("utf-8").splitlines():
        yield json.loads(line)
