"""How German asks for an operation over a table: its words as English ones, so that one planner
reads both. Only what stands in a question that begins in German is put into English."""

# ruff: noqa: E501 (a phrase is one line)
from __future__ import annotations

import re

from ingest.text.language import question_language

GERMAN = re.compile(
    r"^\W*(?:welche[rsnm]?|wie viele?|was|wer|wo|wann|nenne|liste|zeige?|gib|wieviele?|in welche[rmn]|durchschnitt"
    r"|summe|anzahl)\b",
    re.IGNORECASE,
)
WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), english)
    for pattern, english in (
        (r"wie ?viele", "how many"), (r"wie ?viel", "how much"),
        (r"wie (?:hoch|groß) (?:ist|sind|war) (?:die|der|das)", "what is the"),
        (r"welche[rsnm]?", "which"), (r"was", "what"), (r"wer", "who"), (r"wann", "when"),
        (r"(?:nenne|liste|zeige?|gib)(?: mir)?", "list"), (r"alle", "all"),
        (r"(?:mehr|größer|höher|länger|teurer|älter|schwerer) als", "more than"),
        (r"(?:weniger|kleiner|niedriger|kürzer|billiger|jünger|leichter|günstiger) als", "less than"),
        (r"mindestens", "at least"), (r"höchstens", "at most"), (r"über", "over"), (r"unter", "under"),
        (r"zwischen", "between"), (r"und", "and"), (r"nach(?= \d)", "after"), (r"vor(?= \d)", "before"),
        (r"seit", "since"), (r"im(?= (?:jahr )?\d| \w+ \d{4})", "in"), (r"im jahr", "in"),
        (r"durchschnittlich\w*|durchschnitt|mittelwert", "average"), (r"summe|gesamt\w*|insgesamt|zusammen", "total"),
        (r"anzahl", "number of"), (r"unterschied|differenz", "difference"), (r"verhältnis", "ratio"),
        (r"(?:höchste|größte|meisten|teuerste|maximale)[nrs]?", "highest"),
        (r"(?:niedrigste|kleinste|wenigsten|billigste|günstigste|minimale)[nrs]?", "lowest"),
        (r"(?:kosten|kostet)", "cost"), (r"pro|je", "per"), (r"ist|sind|hat|haben|gibt es|war|waren|von|vom|der|die|das|den|dem|des|ein|eine|es", "the"),
    )
)  # fmt: skip


def in_english(question: str) -> str:
    """A German question with the words of its operation in English; any other as it is."""
    # "Was" is a word of both.
    if not GERMAN.match(question) or question_language(question, ("de", "en")) != "de":
        return question
    for pattern, english in WORDS:
        question = pattern.sub(english, question)
    return question
