"""The status of a quote: whether its document still has these words, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag_app.answer.record import text_digest
from rag_app.messages import to_say

DELETED = to_say("This document is no longer in the collection. Its words are shown as they were.")
CHANGED = to_say("This document was changed after this answer. Its words are shown as they were.")
MOVED = to_say(
    "This document was changed after this answer. These words stand elsewhere in it now."
)
SAME_WORDS = to_say("This document was changed after this answer; these words are as they were.")


@dataclass(frozen=True, slots=True)
class QuoteStatus:
    """``start`` is where the words stand in the document's text now, None where they do not;
    ``note`` is what a reader has to know of it, if anything: a message to be said."""

    start: int | None = None
    note: str | None = None

    @property
    def word(self) -> str:
        """What has become of the document, in a word."""
        return "deleted" if self.note == DELETED else "changed"


UNKNOWN = QuoteStatus()


def quote_status_of(
    quote: str, start: int, text: str | None, digest: str | None = None
) -> QuoteStatus:
    """Where words that stood at ``start`` stand in the ``text`` of now, None if there is none.
    ``digest`` is that of the text as it was then, if that is known.

    Nothing else is ever given out for them: words that stand in a changed text more than once, and
    not where they did, are as good as gone.
    """
    if text is None:
        return QuoteStatus(None, DELETED)
    if text[start : start + len(quote)] == quote:
        is_same = digest is None or digest == text_digest(text)
        return QuoteStatus(start, None if is_same else SAME_WORDS)
    if text.count(quote) == 1:
        return QuoteStatus(text.index(quote), MOVED)
    return QuoteStatus(None, CHANGED)


def text_digests_of(record: Mapping[str, Any] | None) -> Mapping[str, str]:
    """The digests of the documents' texts when an answer was given, by name, as its record has
    them; none of those that were not read for it."""
    digests: Mapping[str, str] = (record or {}).get("collection", {}).get("documents", {})
    return digests
