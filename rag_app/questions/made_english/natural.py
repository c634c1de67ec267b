"""The question that an English sentence or row answers. By rules for English."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from rag_app.questions.made_english.asking import RULES, Rule
from rag_app.questions.made_english.naming import (
    POINTING,
    VAGUE,
    VERB,
    small,
    with_article,
    with_names,
)

ROW = re.compile(r"(?P<head>[^:;]{2,40}): (?P<key>[^;:]{3,50}); (?P<rest>.+)$", re.DOTALL)
CELL = re.compile(r"(?P<head>[^:;]{3,30}): (?P<value>[^;]{1,40})")
# Heads of columns that one asks for, and the values that answer.
PRICED = re.compile(r"(?:price|cost|fee|deposit|rate|rent|charge)s?$", re.IGNORECASE)
ASKED = re.compile(
    r"(?:amount|limit|warranty|notice|deadline|allowance|maximum|minimum|duration)$",
    re.IGNORECASE,
)


def asked_english(text: str, names: Set[str]) -> str | None:
    """The question without its capital and its mark, with the capitals of ``names``; None where no
    rule is sure."""
    rules: Sequence[Rule] = (_row,) if ROW.match(text) else RULES
    for rule in rules:
        if text[-1] not in ".;" and rule is not _row:
            return None
        if question := rule(text):
            return with_names(question, names)
    return None


def _row(text: str) -> str | None:
    """``Part: sun shade; Price: £12`` asks for the price of the sun shade."""
    found = ROW.match(text)
    if not found or VERB.search(found["key"]) or VAGUE.search(found["key"]):
        return None
    key = found["key"].strip()
    if not 1 <= len(key.split()) <= 5 or not re.search(r"[a-z]{3}", key) or "," in key:
        return None  # a bare code tells a stranger nothing
    if POINTING.match(key):
        return None
    for cell in CELL.finditer(found["rest"]):
        head, value = cell["head"].strip(), cell["value"]
        if re.search(r"\d", value) and PRICED.search(head) and len(head.split()) <= 2:
            return f"what is the {head.lower()} of {with_article(key)}"
        if ASKED.search(head) and len(head.split()) <= 2 and re.search(r"\w{2}", value):
            # "Allowance: Tools; Amount: £120" is the allowance for tools.
            if head.lower() == "amount":
                return f"what is the {found['head'].lower()} for {small(key)}"
            return f"what is the {head.lower()} for {with_article(key, 'a')}"
    return None
