"""What a question wishes for of a whole document, by the rules of its language."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.text.language import question_language
from rag_app.languages import SUMMARIES
from rag_app.summary.intent_english import wish_english
from rag_app.summary.intent_german import wish_german
from rag_app.summary.wish import Wish


def wish_of(question: str, languages: Sequence[str]) -> Wish | None:
    """What of a whole document or collection a question wishes for, to documents in some languages;
    None if it is an ordinary one."""
    language = question_language(question, languages)
    wish = SUMMARIES.of(language, en=wish_english, de=wish_german)
    return wish(question) if wish is not None else None
