"""The date of a document: from its metadata, its name, or its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Fields of one's own in which a document's date may stand, the surest first.
DATES = ("date", "published", "issued", "effective", "year", "created")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def dated(name: str, metadata: Mapping[str, Any], modified: str | None) -> tuple[str, bool] | None:
    """The date of a document, as YYYY, YYYY-MM or YYYY-MM-DD, and whether the document gives it
    itself, in its metadata or name, rather than its file (``modified``); None if there is none."""
    for field in DATES:
        value = str(metadata.get(field) or "")
        # What makes files reproducible writes the first day of an epoch or of 2000: no date.
        if YEAR.match(value) and not value.startswith(("1970-01-01", "1980-01-01", "2000-01-01")):
            return value[:10], True
    if found := re.search(r"(?<!\d)((?:19|20)\d\d)(?:[-_.](\d\d)(?:[-_.](\d\d))?)?(?!\d)", name):
        return "-".join(part for part in found.groups() if part), True
    return (modified[:10], False) if modified else None
