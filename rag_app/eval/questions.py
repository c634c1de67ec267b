"""Questions with known answers, one JSON object a line.

    {"id": "q1", "question": "…", "answerable": true,
     "gold": [{"document": "manual.pdf", "page": 7, "quote": "exact words"}]}

``quote`` and ``page`` may be left out; ``file`` is read as ``document``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import UsageError


@dataclass(frozen=True, slots=True)
class Gold:
    """Where an answer stands. None matches anything."""

    document: str
    page: int | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the passages that answer it: none if the documents cannot."""

    id: str
    text: str
    gold: tuple[Gold, ...]

    @property
    def answerable(self) -> bool:
        """Whether the documents hold an answer."""
        return bool(self.gold)


def read_questions(path: str | Path) -> list[Question]:
    """Read a questions file. Raises UsageError, naming the line, if it is not of the form."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError(f"The questions {path} cannot be read: {reason}") from None
    questions: list[Question] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            questions.append(_question(json.loads(line), number))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}, line {number} is not a question: {error!r}") from None
    if not questions:
        raise UsageError(f"The file {path} holds no questions")
    return questions


def _question(fields: dict[str, Any], number: int) -> Question:
    gold = tuple(
        Gold(entry.get("document") or entry["file"], entry.get("page"), entry.get("quote"))
        for entry in fields.get("gold", ())
    )
    return Question(str(fields.get("id", number)), fields["question"], gold)
