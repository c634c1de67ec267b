"""The words of a question that stand for something said before, by rules for English."""

from __future__ import annotations

import re

from ingest.text.analyzer import stems
from rag_app.questions.follow_up.topic_english import ASKING, HELPING, SOMEBODY, without_opening

# Words after which an earlier word of the same question can be what a pronoun stands for.
BOUNDARY = (
    r"(?:,|;|:|\b(?:if|when|that|which|who|after|before|while|because|and|or|once|until|how|what"
    r"|where)\b)"
)
# "It" that stands for nothing, and "that" and "there" that point at nothing.
EMPTY = re.compile(
    rf"(?<!what )(?<!which )(?<!who )\b(?:{HELPING}|take|takes|matter|matters)\s+it\b"
    r"(?=.{0,400}\b(?:to|that|if|when)\s+\w)"
    r"|\bit(?:\s+(?:is|was|takes|took)|['’]s)\b(?=.{0,400}\b(?:to|that|if|when)\b)"
    r"|\b(?:does|did|do|will|can)\s+it\s+(?:take|cost|matter|need)\b(?=.{0,400}\bto\b)"
    rf"|\b(?:{HELPING})\s+there\b|\bthere\s+(?:{HELPING})\b"
    r"|\b(?:this|these|those|that)\s+(?:year|month|week|day|morning|evening|summer|winter|spring"
    r"|autumn|time)s?\b"
    r"|\bthose\s+(?:who|of|that|with)\b|\bthe same\s+(?:as|time)\b|\bat the same\b"
    rf"|\b(?!(?:{HELPING}|{ASKING}|for|of|about|by|to|after|before|than|with|like|do|mean)\b)"
    r"[\w'’-]{1,60}+\s+that\s+(?=\w)",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|that|this|those|these|he|she|him|his|her|hers|there"
    r"|(?:the\s+)?(?:first|second|third|fourth|fifth|last|other|latter|former)\s+ones?"
    r"|(?:(?:the|that|this|which)\s+)ones?|(?<=\bof )one(?=\W*$)|(?<=\bget )one(?=\W*$)"
    r"|the (?:latter|former|other|same))\b",
    re.IGNORECASE,
)
PERSON = re.compile(r"^(?:he|she|him|his|her|hers)$", re.IGNORECASE)
OWNING = re.compile(r"^(?:its|their|theirs|his|her|hers)$", re.IGNORECASE)
ORDER = ("first", "second", "third", "fourth", "fifth")
NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)+\b")


def pronoun_in(question: str) -> re.Match[str] | None:
    """The first word that stands for something that the question itself does not name."""
    covered = [match.span() for match in EMPTY.finditer(question)]
    for match in PRONOUN.finditer(question):
        if any(start <= match.start() < end for start, end in covered):
            continue
        before = question[: match.start()]
        if PERSON.match(match[0]) and NAME.search(before):
            continue
        # "Does the station keep its records" says whose they are.
        if OWNING.match(match[0]) and SOMEBODY.search(before):
            continue
        # "… the receipt …, can I claim it" names what it means, in a clause before.
        parts = re.split(BOUNDARY, without_opening(before)[0], flags=re.IGNORECASE)
        if any(len(stems(part)) >= 1 for part in parts[:-1]):
            continue
        return match
    return None
