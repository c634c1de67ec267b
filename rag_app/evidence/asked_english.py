"""How people ask for what a column of a table is headed. By rules for English."""

from __future__ import annotations

import re

from ingest.text.analyzer import stems

COLUMNS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), frozenset(stems(heads)))
    for pattern, heads in (
        (r"\bcosts?\b|\bhow (?:much|expensive) (?:is|are)\b|\bprices?\b", "price cost fee charge"),
        (r"\bhow (?:heavy|much does .+ weigh)\b|\bweighs?\b", "weight mass"),
        (r"\bhow long\b", "length duration period term"),
        (r"\bhow (?:tall|high)\b", "height"),
        (r"\bhow wide\b", "width"),
        (r"\bhow many .+ (?:in stock|left)\b|\bin stock\b", "stock quantity"),
        (r"^when\b|\bwhat (?:day|date|time)\b", "date day time"),
        (r"^who\b", "name person contact owner"),
        (r"^where\b", "place location room shelf"),
    )
)
