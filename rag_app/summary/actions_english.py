"""Sentences that say what somebody is to do. By rules for English."""

from __future__ import annotations

import re

from rag_app.summary.actions import Actions

ENGLISH = Actions(
    heading=re.compile(
        r"\b(?:actions?|action items?|to[ -]?dos?|tasks|next steps|follow[ -]?ups?)\b",
        re.IGNORECASE,
    ),
    # A name or "we" before a verb of duty.
    gives=re.compile(
        r"(?:^|[.;:,] |\band )(?:action:? .+"
        r"|(?:[A-Z][\w.'’-]+(?: (?:and )?[A-Z][\w.'’-]+){0,3}|we)"
        r" (?:will|shall|must|should|is to|are to|has to|have to|needs? to|agreed to"
        r"|(?:was|were) asked to|(?:is|was) tasked with|to) \w)",
    ),
    column=re.compile(r"(?:actions?|tasks?|to[ -]?do|what is to be done)", re.IGNORECASE),
)
