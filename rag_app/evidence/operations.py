"""What a question asks for that has to be worked out from several rows, by the rules of a
language."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.text.analyzer import stems
from rag_app.messages import to_say

AVERAGE = to_say("the average")
SUM = to_say("the sum")
COUNT = to_say("the count")
COMPARISON = to_say("the comparison")
WHOLE_LIST = to_say("the whole list")


class Operations(NamedTuple):
    """How a language asks for an operation.

    ``words`` are the stems of those that ask for one, or name what comes of it; ``measure`` finds
    how things are compared, which a table says by a number; ``kinds`` has patterns of questions
    with what each needs, ``how_many`` asks for a number that a row may have.
    """

    words: frozenset[str]
    measure: re.Pattern[str]
    kinds: tuple[tuple[re.Pattern[str], str], ...]
    how_many: re.Pattern[str]
    language: str

    def of(self, question: str) -> str | None:
        """What a question asks for: "the sum", a message that is not said yet. None if it asks for
        nothing of the kind."""
        text = " ".join(question.split())
        return next((needs for pattern, needs in self.kinds if pattern.search(text)), None)

    def words_of(self, question: str) -> frozenset[str]:
        """The stems of what a question says of an operation: "total", "most expensive"."""
        found = (next(filter(None, one.groups()), "") for one in self.measure.finditer(question))
        return self.words.union(stems(" ".join(found), self.language))
