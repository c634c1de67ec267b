"""Questions for what two documents say differently, as ``intent_english`` tells them. By rules for
German."""

from __future__ import annotations

import re

from rag_app.comparison.compared import LONGEST, Compared
from rag_app.questions.polite import FOR_ME_GERMAN, GERMAN

VERSION = r"(?:version|fassung|ausgabe|auflage)"
VERSIONS = r"(?:versionen|fassungen|ausgaben|auflagen)"
NEW = r"(?:neuen|neuesten|letzten|aktuellen|vorigen|alten)"
WHAT = r"was\s+(?:hat\s+sich|wurde|ist|änderte\s+sich)"
CHANGED = r"(?:\s+(?:geändert|verändert|neu|anders))?"
PATTERNS = (
    # Two versions of one thing first: they name one.
    rf"{WHAT}\s+(?:an|in|mit|bei)\s+der\s+{NEW}\s+{VERSION}\s+(?:von|vom|des|der)\s+(?P<one>.+?)"
    rf"{CHANGED}",
    rf"{WHAT}\s+(?:an|am|in|im|bei|beim)\s+(?P<one>.+?)"
    rf"(?:\s+(?:seit|gegenüber)\s+der\s+{NEW}\s+{VERSION})?\s+(?:geändert|verändert|neu|anders)",
    rf"(?:vergleiche?{FOR_ME_GERMAN}\s+|(?:die\s+)?unterschiede\s+zwischen\s+)"
    rf"(?:die\s+|den\s+)?(?:beiden\s+|zwei\s+|letzten\s+beiden\s+)?{VERSIONS}\s+"
    r"(?:von|vom|des|der)\s+(?P<one>.+)",
    rf"vergleiche?{FOR_ME_GERMAN}\s+(?P<one>.+?)\s+(?:und|mit)\s+(?P<other>.+)",
    r"(?P<one>.+?)\s+(?:und|mit)\s+(?P<other>.+?)\s+vergleichen",
    r"(?:was\s+(?:ist|sind)\s+|worin\s+bestehen\s+)?(?:der|die)?\s*unterschiede?\s+zwischen\s+"
    r"(?P<one>.+?)\s+und\s+(?P<other>.+)",
    r"(?:worin|wie)\s+unterscheide(?:t|n)\s+sich\s+(?P<one>.+?)\s+(?:und|von)\s+(?P<other>.+)",
)
THE = re.compile(
    r"^(?:(?:das|die|der|den|dem|des|diese[mnrs]?|mein(?:e[mnrs]?)?|unser(?:e[mnrs]?)?) )",
    re.IGNORECASE,
)


def compared_german(question: str) -> Compared | None:
    """What a German question wants compared; None if it is an ordinary one."""
    if len(question) > LONGEST:
        return None
    text = " ".join(question.split()).rstrip(" ?.!")
    for pattern in PATTERNS:
        if match := re.fullmatch(GERMAN + pattern, text, re.IGNORECASE):
            found = {key: _plain(value) for key, value in match.groupdict().items() if value}
            return Compared(**found)
    return None


def _plain(named: str) -> str:
    return THE.sub("", named.strip("\"'“”„‚‘’ ")).strip("\"'“”„‚‘’ ")
