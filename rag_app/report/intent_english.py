"""Requests for a report on a topic, told from questions. By rules for English."""

from __future__ import annotations

import re

from rag_app.questions.polite import ENGLISH as POLITE
from rag_app.questions.polite import FOR_ME_ENGLISH as FOR_ME

LONGEST = 300
REQUEST = re.compile(
    POLITE + r"(?:write|draft|prepare|create|make|compose|produce)(?:\s+(?:me|us))?\s+"
    r"(?:an?|the)\s+(?:[\w-]+\s+){0,3}?report\s+(?:on|about|of|covering)\s+(?P<topic>.+)",
    re.IGNORECASE,
)


def topic_english(question: str) -> str | None:
    """What a report is asked for on; None if none is asked for."""
    if len(question) > LONGEST:
        return None
    match = REQUEST.fullmatch(FOR_ME.sub("", " ".join(question.split()).rstrip(" ?.!")))
    return match["topic"].strip("\"'“”‘’ ") or None if match else None
