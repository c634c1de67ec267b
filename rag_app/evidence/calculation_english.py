"""Questions that ask for more than a passage says: a sum, a mean, a count, the greatest of some. By
rules for English.

What they need is in the rows of a table; the operation is not, and is not looked for.
"""

from __future__ import annotations

import re

from ingest.text.analyzer import stems
from rag_app.evidence.operations import AVERAGE, COMPARISON, COUNT, SUM, WHOLE_LIST, Operations

# "Most expensive", "highest": how things are compared, which a table says by a number.
MEASURE = re.compile(r"\b(?:most|least|fewest|more|less)\s+(\w+)|\b(\w{2,}est)\b", re.IGNORECASE)
NUMBER = r"[$€£]?\d"
ADJECTIVE = r"(?!(?:latest|nearest|rest|best|past|last|first|next|test|west|east)\b)\w{2,}(?:est)"
WORDS = frozenset(
    stems(
        "total sum average median overall combined altogether number count list maximum minimum "
        "percentage percent difference compare compared calculate"
    )
)
KINDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), needs)
    for pattern, needs in (
        (r"\b(?:average|mean (?:of|value)|median)\b", AVERAGE),
        (r"\b(?:total|sum|altogether|combined|in all|add(?:ed)? up)\b", SUM),
        (r"^(?:how many|count|what is the number of)\b", COUNT),
        (
            rf"\bthe (?:most|least|fewest|{ADJECTIVE})\b|\b(?:maximum|minimum)\b",
            COMPARISON,
        ),
        (
            rf"\b(?:more|less|fewer|greater|higher|lower|older|newer|cheaper) than {NUMBER}"
            rf"|\b(?:over|under|above|below|at least|at most|between|exceed\w*) {NUMBER}",
            COMPARISON,
        ),
        (r"^(?:please )?(?:list|show|name|give me) (?:all|every|each)\b", WHOLE_LIST),
    )
)

ENGLISH = Operations(
    WORDS, MEASURE, KINDS, how_many=re.compile(r"\bhow many\b", re.IGNORECASE), language="en"
)
