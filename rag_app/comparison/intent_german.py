"""Questions for what two documents say differently, as ``intent_english`` tells them. By rules for
German."""

from __future__ import annotations

import re

from rag_app.comparison.compared import LONGEST, Compared

POLITE = (
    r"(?:(?:bitte|kannst du|können sie|könntest du|könnten sie)[\s,]+)*+(?:(?:mir|uns)\s+)?"
    r"(?:bitte\s+)?"
)
VERSION = (
    r"(?:(?:der|die|den)\s+)?(?:neuen?|neuesten?|letzten?|aktuellen?|vorherigen?|alten?)\s+"
    r"(?:version|fassung|ausgabe)"
)
OF = r"(?:von|vom|des|der)"
CHANGED = r"(?:was\s+hat\s+sich|was\s+wurde|was\s+ist)"
DONE = r"(?:\s+(?:geändert|verändert|neu|anders|hinzugefügt))?"
PAIRS = (
    r"vergleich(?:e|en sie)?\s+(?P<one>.+?)\s+(?:mit|und)\s+(?P<other>.+)",
    r"(?P<one>.+?)\s+(?:mit|und)\s+(?P<other>.+?)\s+vergleichen",
    r"(?:(?:was\s+(?:ist|sind)|nenne?|zeige?)\s+)?(?:die\s+|der\s+|den\s+)?(?:wichtigsten\s+)?"
    r"(?:unterschiede?|änderungen)\s+zwischen\s+(?P<one>.+?)\s+und\s+(?P<other>.+)",
    r"(?:wie|worin)\s+unterscheide[nt]\s+sich\s+(?P<one>.+?)\s+(?:von|und)\s+(?P<other>.+)",
    rf"{CHANGED}\s+zwischen\s+(?P<one>.+?)\s+und\s+(?P<other>.+?){DONE}",
)
VERSIONS = (
    rf"{CHANGED}\s+(?:in|mit|seit|gegenüber)\s+{VERSION}\s+{OF}\s+(?P<one>.+?){DONE}",
    rf"{CHANGED}\s+(?:in|im|an|am|bei|beim)\s+(?P<one>.+?)(?:\s+(?:seit|gegenüber)\s+{VERSION})?"
    r"\s+(?:geändert|verändert|neu|anders)",
    r"(?:vergleich(?:e|en sie)?\s+|unterschiede?\s+zwischen\s+)(?:den|die)\s+"
    rf"(?:beiden\s+|zwei\s+)?(?:versionen|fassungen|ausgaben)\s+{OF}\s+(?P<one>.+)",
)
THE = re.compile(
    r"^(?:de[rnms]|die|das|unser(?:e[nmrs]?)?|mein(?:e[nmrs]?)?|diese[nmrs]?) ", re.IGNORECASE
)


def compared_german(question: str) -> Compared | None:
    """What a German question wants compared; None if it is an ordinary one."""
    if len(question) > LONGEST:
        return None
    text = " ".join(question.split()).rstrip(" ?.!")
    for pattern in (*VERSIONS, *PAIRS):
        if match := re.fullmatch(POLITE + pattern, text, re.IGNORECASE):
            found = {key: _plain(value) for key, value in match.groupdict().items() if value}
            return Compared(**found)
    return None


def _plain(named: str) -> str:
    return THE.sub("", named.strip("\"'“”„‚‘’ ")).strip("\"'“”„‚‘’ ")
