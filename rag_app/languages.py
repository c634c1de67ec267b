"""Which rules there are for which languages: the one place that says so.

A rule that reads words reads those of one language, and the module that holds it says of which in
its name (``…_english``, ``…_german``). It is asked about questions and texts in that language only;
in all others the plain path runs, which is right in any. To give a language rules, write the
module, enter the language here, and hand the module over where the others are.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

ENGLISH, GERMAN = "en", "de"
T = TypeVar("T")


class Rules(NamedTuple):
    """Rules of one kind: what they tell, and the languages (ISO 639-1) that have some."""

    what: str
    languages: tuple[str, ...]

    def are_for(self, language: str | None) -> bool:
        """Whether a language has such rules."""
        return language in self.languages

    def of(self, language: str | None, **each: T) -> T | None:
        """That of ``each``, by the code of its language, which is for a language; None if there is
        none. All that the table names have to be given, and no others."""
        if each.keys() != set(self.languages):
            raise TypeError(f"{self.what}: the table has rules for {', '.join(self.languages)}")
        return each.get(language or "")


BOTH = (ENGLISH, GERMAN)
FOLLOW_UPS = Rules("what a follow-up question leaves out", BOTH)
PARTS = Rules("a question that names several things, in parts", BOTH)
COUNTING = Rules("questions that are counted over the whole collection", BOTH)
SUMMARIES = Rules("questions for what a whole document says", BOTH)
ACTIONS = Rules("sentences that give somebody something to do", BOTH)
COMPARISONS = Rules("questions for what two documents say differently", BOTH)
REPORTS = Rules("requests for a report", BOTH)
TABLES = Rules("questions that are computed over rows of tables", BOTH)
OPERATIONS = Rules("questions for a sum, a mean or the greatest of some", BOTH)
COLUMNS = Rules("the column of a table that a question asks for", BOTH)
NEWEST = Rules("which of several versions a question means", BOTH)
CONTRADICTIONS = Rules("sentences of two documents that cannot both be right", BOTH)
SUGGESTIONS = Rules("questions that a person would ask, made of sentences", BOTH)
QUESTIONS = Rules("questions for evaluation, made of sentences", BOTH)
BRIDGES = Rules("a name in the best passage that leads to another", (ENGLISH,))
TURNED = Rules("a question that turns round what a sentence says", (ENGLISH,))
COMPOUNDS = Rules("compounds, and their parts", (GERMAN, "nl"))
MISTYPED = Rules("a word that is one edit away from one that is there", (ENGLISH,))
EVERY = (
    FOLLOW_UPS, PARTS, COUNTING, SUMMARIES, ACTIONS, COMPARISONS, REPORTS, TABLES, OPERATIONS,
    COLUMNS, NEWEST, CONTRADICTIONS, SUGGESTIONS, QUESTIONS, BRIDGES, TURNED, MISTYPED, COMPOUNDS,
)  # fmt: skip
