"""Questions that ask for more than a passage says: a sum, a mean, a count, the greatest of some. By
rules for English.

What they need is in the rows of a table; the operation is not, and is not looked for.
"""

from __future__ import annotations

import re

from ingest.text.analyzer import stems

# Words that ask for an operation, or name what comes of it.
OPERATIONS = frozenset(
    stems(
        "total sum average median overall combined altogether number count list maximum minimum "
        "percentage percent difference compare compared calculate"
    )
)
# "Most expensive", "highest": how things are compared, which a table says by a number.
MEASURE = re.compile(r"\b(?:most|least|fewest|more|less)\s+(\w+)|\b(\w{2,}est)\b", re.IGNORECASE)
NUMBER = r"[$€£]?\d"
ADJECTIVE = r"(?!(?:latest|nearest|rest|best|past|last|first|next|test|west|east)\b)\w{2,}(?:est)"
KINDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), needs)
    for pattern, needs in (
        (r"\b(?:average|mean (?:of|value)|median)\b", "the average"),
        (r"\b(?:total|sum|altogether|combined|in all|add(?:ed)? up)\b", "the sum"),
        (r"^(?:how many|count|what is the number of)\b", "the count"),
        (
            rf"\bthe (?:most|least|fewest|{ADJECTIVE})\b|\b(?:maximum|minimum)\b",
            "the comparison",
        ),
        (
            rf"\b(?:more|less|fewer|greater|higher|lower|older|newer|cheaper) than {NUMBER}"
            rf"|\b(?:over|under|above|below|at least|at most|between|exceed\w*) {NUMBER}",
            "the comparison",
        ),
        (r"^(?:please )?(?:list|show|name|give me) (?:all|every|each)\b", "the whole list"),
    )
)


def operation_of(question: str) -> str | None:
    """What a question asks for that has to be worked out from several rows: "the sum". None if it
    asks for nothing of the kind."""
    text = " ".join(question.split())
    return next((needs for pattern, needs in KINDS if pattern.search(text)), None)


def operation_words(question: str) -> frozenset[str]:
    """The stems of what a question says of an operation: "total", "most expensive"."""
    found = (first or second for first, second in MEASURE.findall(question))
    return OPERATIONS.union(stems(" ".join(found)))
