"""Questions for what a whole document says, as ``intent_english`` tells them. By rules for
German."""

from __future__ import annotations

import re

from rag_app.questions.polite import FOR_ME_GERMAN as FOR_ME
from rag_app.questions.polite import GERMAN as POLITE
from rag_app.summary.wish import LONGEST, Wish

SUMMARY = r"(?:(?:kurze|knappe)\s+)?(?:zusammenfassung|übersicht|überblick)"
OF = r"\s+(?:von|vom|des|der|über|aus|in|im|zu|zum|zur)\s+"
PATTERNS = (
    rf"fass(?:e|en sie)?{FOR_ME}\s+(?P<matter>.+?)(?:\s+kurz)?\s+zusammen",
    r"(?P<matter>.+?)(?:\s+kurz)?\s+zusammenfassen",
    rf"(?:gib|geben sie|schreib|zeig)(?:e)?{FOR_ME}\s+(?:eine|einen|die|den)\s+{SUMMARY}{OF}"
    r"(?P<matter>.+)",
    rf"{SUMMARY}{OF}(?P<matter>.+)",
    r"(?:worum|um was) geht(?:'s| es)\s+(?:in|im|bei|beim)\s+(?P<matter>.+)",
    r"(?:wovon|von was) handel[nt]\s+(?P<matter>.+)",
    rf"(?:was sind\s+|nenne?{FOR_ME}\s+)?die\s+wichtigsten\s+(?:punkte|aussagen|ergebnisse){OF}"
    r"(?P<matter>.+)",
)
ALL = re.compile(
    r"(?:alles|das alles|(?:alle|aller|allen|die|den|der|meine|meinen|meiner|unsere|diese|diesen)?"
    r" ?(?:dokumente|dokumenten|dateien|unterlagen|texte|texten|sammlung)?|dies(?:es)?|das)",
    re.IGNORECASE,
)
A_DOCUMENT = re.compile(
    r"^(?:(?:das|die|der|den|dem|des|diese[mnrs]?|mein(?:e[mnrs]?)?|unser(?:e[mnrs]?)?) )?"
    r"(?:(?:ganze[nmrs]?) )?(?:(?:dokument|datei|text|pdf)(?:e?s)?(?: |$))?",
    re.IGNORECASE,
)


def wish_german(question: str) -> Wish | None:
    """What of a whole document or collection a German question wishes for; None if it is an
    ordinary one."""
    if len(question) > LONGEST:
        return None
    text = " ".join(question.split()).rstrip(" ?.!")
    for pattern in PATTERNS:
        if match := re.fullmatch(POLITE + pattern, text, re.IGNORECASE):
            matter = match["matter"].strip("\"'“”„‚‘’ ")
            named = "" if ALL.fullmatch(matter) else A_DOCUMENT.sub("", matter).strip("\"'“”„‚‘’ ")
            return Wish(named)
    return None
