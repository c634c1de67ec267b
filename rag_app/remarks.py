"""Remarks on an LLM's answer: how its claims stand, in words that the page, the terminal and
exports share."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rag_app.grounding.checker import NOT_SAID
from rag_app.grounding.markers import MARKER
from rag_app.messages import say, to_say
from rag_app.records import Answer, Check, Status

LABELS: dict[Status, str] = {
    "derived": to_say("Worked out"),
    "not_found": to_say("Not found in your documents"),
    "contradicted": to_say("Your documents say otherwise"),
    "not_checked": to_say("Couldn't be checked"),
}

# What a citation is to its sentence, where it does not support it.
DOUBTS: dict[Status, str] = {
    "not_found": to_say("does not support its sentence"),
    "contradicted": to_say("contradicts its sentence"),
    "not_checked": to_say("not checked against its sentence"),
}


class Remark(NamedTuple):
    """What is said after a claim, which ends at ``end`` of the answer's text. ``reason`` is empty
    where it would say no more than the label, or than the remark before."""

    end: int
    status: Status
    label: str
    reason: str

    @property
    def text(self) -> str:
        """Both in one line."""
        return f"{self.label}: {self.reason}" if self.reason else self.label


def remarks_on(answer: Answer) -> list[Remark]:
    """A remark on each claim that is not simply supported, in order."""
    found: list[Remark] = []
    unchecked = ""
    for check in _checks(answer):
        if check.status == "supported":
            continue
        reason = (check.reason or "").removeprefix("not checked: ")
        if reason == NOT_SAID:
            reason = ""
        if check.status == "not_checked":
            # Said once, where a whole answer is in a language that is not known.
            reason, unchecked = ("" if reason == unchecked else reason), reason
        found.append(Remark(check.end, check.status, say(LABELS[check.status]), reason))
    return found


def with_remarks(answer: Answer, form: Callable[[str], str]) -> str:
    """The answer's text with each remark, as ``form`` writes it, after its claim."""
    text = answer.text
    for one in reversed(remarks_on(answer)):
        text = f"{text[: one.end]} {form(one.text)}{text[one.end :]}"
    return text


def citation_statuses(answer: Answer) -> tuple[Status, ...]:
    """How each citation stands to the claim that it stands in. One that does not support a claim
    which others support is not found there."""
    waiting: dict[int, list[int]] = {}
    for place, citation in enumerate(answer.citations):
        waiting.setdefault(citation.marker, []).append(place)
    claims: dict[int, Status] = {}
    checks = _checks(answer)
    for match in MARKER.finditer(answer.text):
        if places := waiting.get(int(match[1])):
            place = places.pop(0)
            inside = (one.status for one in checks if one.start <= match.start() < one.end)
            claims[place] = next(inside, "supported")
    return tuple(
        "supported"
        if citation.supported
        else claim
        if (claim := claims.get(place, "not_found")) in ("contradicted", "not_checked")
        else "not_found"
        for place, citation in enumerate(answer.citations)
    )


def _checks(answer: Answer) -> tuple[Check, ...]:
    """Answers that were kept before there were checks have only what is unsupported."""
    return answer.checks or tuple(
        Check(one.start, one.end, "not_found", 0.0, one.reason) for one in answer.unsupported
    )
