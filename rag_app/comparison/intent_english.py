"""Questions for what two documents say differently. By rules for English.

"Compare the lease and the sublease" is such a question if both are documents (``named_so`` knows),
and an ordinary one otherwise.
"""

from __future__ import annotations

import re

from rag_app.comparison.compared import LONGEST, Compared
from rag_app.questions.polite import ENGLISH as POLITE

BEFORE = POLITE + r"(?:(?:tell|show) (?:me|us)\s+)?"
CHANGED = r"(?:changed|is new|is different|was changed|was added|was removed|differs)"
VERSION = (
    r"(?:(?:the\s+)?(?:new|newest|latest|last|current|previous|old)\s+(?:version|edition|issue))"
)
SINCE = r"(?:since|from|compared (?:to|with))"
WHAT = rf"what(?:'s|\s+has|\s+have)?\s+(?:{CHANGED}|new)"
PAIRS = (
    r"compare\s+(?P<one>.+?)\s+(?:and|with|to|against)\s+(?P<other>.+)",
    r"(?:what(?:'s|\s+is|\s+are)\s+)?(?:the\s+)?(?:main\s+)?(?:differences?|changes)\s+between\s+"
    r"(?P<one>.+?)\s+and\s+(?P<other>.+)",
    r"how\s+(?:does|do|is|are)\s+(?P<one>.+?)\s+(?:differ(?:ent)?|deviate)\s+from\s+(?P<other>.+)",
    rf"{WHAT}\s+(?:between|from)\s+(?P<one>.+?)\s+(?:and|to)\s+(?P<other>.+)",
)
VERSIONS = (
    rf"{WHAT}\s+(?:in|with|{SINCE})\s+{VERSION}\s+of\s+(?P<one>.+)",
    rf"{WHAT}\s+in\s+(?P<one>.+?)(?:\s+{SINCE}\s+{VERSION})?",
    r"(?:compare|(?:show\s+)?(?:the\s+)?(?:differences?|changes)\s+between)\s+"
    r"(?:the\s+)?(?:two\s+|both\s+|last two\s+)?(?:versions|editions|issues)\s+of\s+(?P<one>.+)",
)
THE = re.compile(r"^(?:the|our|my|this|that) ", re.IGNORECASE)


def compared_english(question: str) -> Compared | None:
    """What a question wants compared; None if it is an ordinary one."""
    if len(question) > LONGEST:
        return None
    text = " ".join(question.split()).rstrip(" ?.!")
    # Two versions of one thing first: "compare the two versions of A" names one.
    for pattern in (*VERSIONS, *PAIRS):
        if match := re.fullmatch(BEFORE + pattern, text, re.IGNORECASE):
            found = {key: _plain(value) for key, value in match.groupdict().items() if value}
            return Compared(**found)
    return None


def _plain(named: str) -> str:
    return THE.sub("", named.strip("\"'“”‘’ ")).strip("\"'“”‘’ ")
