"""What a question wants compared."""

from __future__ import annotations

from typing import NamedTuple

# In characters: who asks for a comparison of documents says little more than their names.
LONGEST = 400


class Compared(NamedTuple):
    """The two that are to be compared, in the asker's words; two versions of ``one`` if ``other``
    is ""."""

    one: str
    other: str = ""
