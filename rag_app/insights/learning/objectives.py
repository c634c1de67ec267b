"""Objectives from a text: one a line, or one a sentence."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.errors import UsageError
from ingest.text.sentences import split_sentences

MOST = 300  # objectives
LONGEST = 500  # characters of one
_BULLET = re.compile(r"(?:[-*•–#>]++|\(?(?:\d{1,3}|[A-Za-z])[.)]) *+(?:\[[ xX]\] *+)?")


def objectives_of(text: str) -> list[str]:
    """The objectives of a text: its lines without bullets and numbers, or, where it has one line
    only, its sentences. Each once.

    Raises UsageError where there is none, or more than can be put in order.
    """
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    if len(lines) == 1:
        lines = [sentence.strip() for sentence in split_sentences(lines[0])]
    cleaned = (" ".join(_without_bullet(line).split())[:LONGEST].rstrip(".;") for line in lines)
    found = list(dict.fromkeys(one for one in cleaned if any(map(str.isalnum, one))))
    if not found:
        raise UsageError("There is no objective; write what is to be learned, one a line")
    if len(found) > MOST:
        raise UsageError(f"{len(found)} objectives are too many; give at most {MOST}")
    return found


def read_objectives(path: Path) -> list[str]:
    """The objectives of a text file. Raises UsageError for one that cannot be read, and what
    ``objectives_of`` raises."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read as text ({error}); give a file in UTF-8, an objective a line"
        ) from None
    return objectives_of(text)


def _without_bullet(line: str) -> str:
    match = _BULLET.match(line)
    return line[match.end() :] if match else line
