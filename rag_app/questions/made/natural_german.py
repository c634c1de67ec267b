"""The question that a German sentence or row answers, as ``natural_english`` makes it. By rules for
German."""

from __future__ import annotations

import re
from collections.abc import Set

from rag_app.questions.made.asking_german import POINTING, RULES

ROW = re.compile(r"(?P<head>[^:;]{2,40}): (?P<key>[^;:]{3,50}); (?P<rest>.+)$", re.DOTALL)
CELL = re.compile(r"(?P<head>[^:;]{3,30}): (?P<value>[^;]{1,40})")
# Heads of columns that one asks for, with their gender.
COSTS = re.compile(r"(?:\w*preis|preis\w*|kosten)(?: .{1,10})?$", re.IGNORECASE)
HIGH = re.compile(r"(?:\w*(?:gebühr|miete|kaution|pauschale))$", re.IGNORECASE)
LONG = re.compile(r"(?:\w*(?:frist|garantie|dauer|laufzeit))$", re.IGNORECASE)


def asked_german(text: str, names: Set[str]) -> str | None:  # noqa: ARG001 (nouns have capitals)
    """The question without its capital and its mark; None where no rule is sure."""
    if ROW.match(text):
        return _row(text)
    if text[-1] not in ".;":
        return None
    return next((question for rule in RULES if (question := rule(text))), None)


def _row(text: str) -> str | None:
    """``Teil: Sonnendach; Preis: 12 €`` asks what the roof costs."""
    found = ROW.match(text)
    key = found["key"].strip() if found else ""
    if not found or len(key.split()) > 5 or "," in key or POINTING.search(key):
        return None
    if not re.search(r"[a-zäöüß]{3}", key):
        return None  # a bare code tells a stranger nothing
    for cell in CELL.finditer(found["rest"]):
        head, value = cell["head"].strip(), cell["value"]
        if not re.search(r"\d", value):
            continue
        if COSTS.fullmatch(head):
            return f"was kostet {key}"
        if HIGH.fullmatch(head):
            return f"wie hoch ist die {head} für {key}"
        if LONG.fullmatch(head):
            return f"wie lang ist die {head} für {key}"
    return None
