"""What a receipt or an error says in English, said again in the language that is spoken now."""

from __future__ import annotations

import re
from functools import cache

from rag_app.messages.catalogue import language_now, say, say_many
from rag_app.messages.insights_in_english import INSIGHTS
from rag_app.messages.told_in_english import ERRORS, REASONS, THINGS

ENGLISH = "en"
_ALL = (*REASONS, *ERRORS, *INSIGHTS)
_NAME = re.compile(r"\{(\w+)\}")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_COUNTED = re.compile(r"([\d,]+) (.+)")


def retold(told: object) -> str:
    """A text of ``told_in_english`` or ``insights_in_english``, or several with semicolons between
    them, in the language that is spoken now; what is none of them stays as it is."""
    text = str(told)
    if not text or language_now() == ENGLISH:
        return text
    if (found := _whole(text)) is not None:
        return found
    parts = text.split("; ")
    said: list[str] = []
    while parts:
        # A message may have semicolons of its own: the longest that is one is taken.
        for size in range(len(parts), 0, -1):
            found = _whole("; ".join(parts[:size]))
            if found is not None or size == 1:
                said.append(parts[0] if found is None else found)
                parts = parts[size:]
                break
    return "; ".join(said)


def _whole(text: str) -> str | None:
    """A text that is one message; None if it is none."""
    if text in _plain():
        return say(text)
    if counted := _COUNTED.fullmatch(text):
        count = int(counted[1].replace(",", "") or 0)
        for one, many in THINGS:
            if text in (one.format(count=counted[1]), many.format(count=counted[1])):
                return say_many(one, many, count)
    for template, pattern in _patterns():
        if match := pattern.fullmatch(text):
            return say(template, **{name: _value(told) for name, told in match.groupdict().items()})
    return None


def _value(text: str) -> str | int:
    if _GROUPED.fullmatch(text):
        return int(text.replace(",", ""))  # which each language writes in its own way
    return ", ".join(_whole(one) or one for one in text.split(", "))


@cache
def _plain() -> frozenset[str]:
    return frozenset(one for one in _ALL if "{" not in one)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The messages with values, and how each is recognised; those with more words of their own
    first."""
    found = [one for one in _ALL if "{" in one]
    found.sort(key=lambda one: -len(_NAME.sub("", one)))
    return tuple((one, _pattern(one)) for one in found)


def _pattern(template: str) -> re.Pattern[str]:
    pieces = _NAME.split(template)
    return re.compile(
        "".join(
            f"(?P<{piece}>[^;]{{1,300}}?)" if at % 2 else re.escape(piece)
            for at, piece in enumerate(pieces)
        ),
        re.DOTALL,
    )
