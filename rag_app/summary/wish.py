"""What a question for a whole document wishes for."""

from __future__ import annotations

from typing import NamedTuple


class Wish(NamedTuple):
    """A summary of what is ``named``, in the asker's words: of all documents, or of the only one,
    if it is "". ``actions``: of what is to be done, and by whom."""

    named: str
    actions: bool = False
