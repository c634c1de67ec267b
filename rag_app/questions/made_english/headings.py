"""Questions of the headings of sections, by rules for English."""

from __future__ import annotations

import re

from rag_app.questions.made_english.naming import small
from rag_app.questions.made_english.wider import is_term

_NUMBERING = "0123456789. "
_HOW_TO = re.compile(r"how to (?P<deed>.+)", re.IGNORECASE)


def of_heading(heading: str, said: str) -> str | None:
    """``Restoring data`` asks: what is there to know about restoring data. None for a heading that
    names nothing. ``said`` is the document's text in lower case, which shows whether a name
    takes an article."""
    heading = heading.strip().rstrip(":.").lstrip(_NUMBERING)
    if heading.endswith("?") or not heading[:1].isalpha() or not 2 <= len(heading.split()) <= 10:
        return None
    if how := _HOW_TO.fullmatch(heading):
        return f"how do I {how['deed']}"
    first, joined, last = heading.partition(" and ")
    if not is_term(heading) and not (joined and is_term(first) and is_term(last)):
        return None
    named = small(heading.lower() if heading.isupper() else heading)
    if f"the {heading.casefold()}" in said:
        named = f"the {named}"
    return f"what is there to know about {named}"
