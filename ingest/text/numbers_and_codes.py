"""Patterns of numbers and codes as they are written, one for each use.

What a number counts, and how else it may be written, ``rag_app.grounding.facts`` reads.
"""

from __future__ import annotations

import re

# Digits with their points and commas.
DIGITS = r"\d+(?:[.,]\d+)*"
NUMBER = re.compile(DIGITS)
# Letters and digits in one word, such as E22 or WS-40, or digits in three and more parts: 2.3.1.
CODE = re.compile(
    r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[^\W\d_])[^\W_][\w-]*\w(?![\w-])|(?<![\w.])\d+(?:\.\d+){2,}\b"
)
# Any word with a digit in it. What decides whether there is an answer was fitted with this one.
NUMBER_OR_CODE = re.compile(r"(?<![\w-])-*+(\b(?=[\w-]*\d)[\w.,-]*\w)")
