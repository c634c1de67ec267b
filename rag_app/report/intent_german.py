"""Requests for a report, as ``intent_english`` tells them. By rules for German."""

from __future__ import annotations

import re

from rag_app.questions.polite import FOR_ME_GERMAN as FOR_ME
from rag_app.questions.polite import GERMAN as POLITE

LONGEST = 300
A_REPORT = r"(?:einen|den)\s+(?:[\w-]+\s+){0,3}?bericht\s+(?:über|zu|zum|zur|von|vom)\s++"
REQUEST = re.compile(
    rf"{POLITE}(?:schreib(?:e|en sie)?|erstell(?:e|en sie)?|verfass(?:e|en sie)?){FOR_ME}\s+"
    rf"{A_REPORT}(?P<topic>.+)|{POLITE}{A_REPORT}(?P<asked>.+) (?:schreiben|erstellen|verfassen)",
    re.IGNORECASE,
)


def topic_german(question: str) -> str | None:
    """What a report is asked for on; None if none is asked for."""
    if len(question) > LONGEST:
        return None
    match = REQUEST.fullmatch(" ".join(question.split()).rstrip(" ?.!"))
    return (match["topic"] or match["asked"]).strip("\"'“”„‚‘’ ") or None if match else None
