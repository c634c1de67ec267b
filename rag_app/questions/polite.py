"""What people say before and after what they want, in patterns for requests. By language."""

from __future__ import annotations

import re

ENGLISH = (
    r"(?:(?:please|(?:can|could|would|will) you(?: please)?|i(?:'d| would) like you to"
    r"|i want you to)[\s,]+)*+(?:please\s+)?"
)
# At the end of a request: "for me", "please".
FOR_ME_ENGLISH = re.compile(r"(?<![\s,]),? (?:for (?:me|us)|please)$", re.IGNORECASE)
GERMAN = (
    r"(?:(?:bitte|kannst du|können sie|könntest du|könnten sie)[\s,]+)*+(?:mir\s+|uns\s+)?"
    r"(?:bitte\s+)?"
)
# Within a request, after its verb.
FOR_ME_GERMAN = r"(?:\s+(?:mir|uns))?(?:\s+bitte)?"
