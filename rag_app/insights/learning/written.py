"""A learning path as a file to work from, and progress on it in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ingest.atomic_files import write_atomically
from ingest.errors import UsageError
from ingest.text.wording import many, with_page
from rag_app.insights.base.csv_table import write_csv
from rag_app.insights.base.records import to_json
from rag_app.insights.learning.learner import MASTERED, Progress
from rag_app.insights.learning.records import LearningPath, Piece

FORMS = (".md", ".json", ".csv")
# What Markdown would take for its own, in texts of documents.
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>#|~"})


def write_path(file: Path, path: LearningPath) -> None:
    """Write a path as Markdown, JSON or CSV, by the file's ending. Raises UsageError for another
    ending, or where it cannot be written."""
    if file.suffix.lower() not in FORMS:
        raise UsageError(f"{file} ends in none of {', '.join(FORMS)}; give one of these endings")
    if file.suffix.lower() == ".csv":
        write_csv(file, path.rows())
        return
    is_json = file.suffix.lower() == ".json"
    told = json.dumps(to_json(path), ensure_ascii=False, indent=2) if is_json else to_markdown(path)
    try:
        write_atomically(file, told + "\n")
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written ({error.strerror or error}); give another file"
        ) from None


def to_markdown(path: LearningPath) -> str:
    """A heading for each objective, the passages as quotes with where they stand, and questions;
    their answers come at the end, so that the eye does not fall on them."""
    parts, answers = ["# Learning path", *(_plain(note) for note in path.basis.notes)], []
    for number, piece in enumerate(path.pieces, start=1):
        parts += _piece(number, piece)
        for at, check in enumerate(piece.checks, start=1):
            place = with_page(check.answer.document, check.answer.page)
            answers.append(f"- **{number}.{at}** {_plain(check.answer.text)} ({_plain(place)})")
    if answers:
        parts += ["## Answers", "\n".join(answers)]
    return "\n\n".join(parts)


def _piece(number: int, piece: Piece) -> list[str]:
    parts = [f"## {number}. {_plain(piece.objective)}"]
    if piece.needs:
        parts.append(f"Builds on: {_plain('; '.join(piece.needs))}.")
    if piece.is_gap:
        parts.append("The documents have no passage that teaches this.")
    for one in piece.passages:
        place = _plain(with_page(one.place.document, one.place.page))
        parts.append(f"> {_plain(one.place.text)}\n>\n> — {place}")
    if piece.checks:
        asked = (f"- **{number}.{at}** {_plain(check.question)}"
                 for at, check in enumerate(piece.checks, start=1))  # fmt: skip
        parts.append("Questions:\n\n" + "\n".join(asked))
    return parts


def _plain(text: str) -> str:
    return " ".join(text.split()).translate(_MARKS)


def progress_in_words(progress: Progress) -> str:
    """How far somebody is, what to repeat, and what is next."""
    known = mastered(progress.mastery)
    lines = [f"Mastered: {known} of {many(len(progress.mastery), 'objective')}."]
    if progress.due:
        lines.append("To repeat now:")
        lines += [f"  [{check.id}] {check.question}" for check in progress.due]
    if progress.next is None:
        lines.append("Nothing new is left.")
        return "\n".join(lines)
    lines.append(f"Next: {progress.next.objective}")
    for one in progress.next.passages:
        lines.append(f"  {with_page(one.place.document, one.place.page)}")
        lines.append(f"    {' '.join(one.place.text.split())}")
    lines += [f"  [{check.id}] {check.question}" for check in progress.next.checks]
    return "\n".join(lines)


def mastered(mastery: Mapping[str, float | None]) -> int:
    """How many objectives are mastered."""
    return sum(share is not None and share >= MASTERED for share in mastery.values())
