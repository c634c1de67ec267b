"""A follow-up question to one that can be searched for by itself.

"And for part-time staff?" finds nothing alone. Where a question points back, or is too short to
say what it is about, the question before it is put in front of it for the search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.words import stems
from rag_app.records import Turn

POINTS_BACK = re.compile(
    r"^(?:and|but|or|so|what about|how about|why|then|also)\b"
    r"|\b(?:it|its|they|them|their|those|these|this|that|he|she|his|her|there|one|ones|same"
    r"|else|other|instead)\b",
    re.IGNORECASE,
)
# A question with fewer words of its own than this is about what was asked before.
WORDS_OF_ITS_OWN = 2


def standalone_question(question: str, history: Sequence[Turn]) -> str:
    """The question, with the last one before it where it needs it."""
    before = [turn.content for turn in history if turn.role == "user"]
    if not before:
        return question
    if POINTS_BACK.search(question) or len(stems(question)) < WORDS_OF_ITS_OWN:
        return f"{before[-1]}\n{question}"
    return question
