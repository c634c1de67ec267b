"""What a question for a whole document wishes for."""

from __future__ import annotations

from typing import NamedTuple

# In characters: who asks for a summary of a document says little more than its name.
LONGEST = 300


class Wish(NamedTuple):
    """A summary of what is ``named``, in the asker's words: of all documents, or of the only one,
    if it is "". ``actions``: of what is to be done, and by whom."""

    named: str
    actions: bool = False
