"""Questions with known answers, one JSON object a line.

    {"id": "q1", "question": "…", "answerable": true,
     "gold": [{"document": "manual.pdf", "page": 7, "quote": "exact words"}]}

``quote`` and ``page`` may be left out; ``file`` is read as ``document``. A question without gold
is one that the documents cannot answer. A line with ``"review": true`` is passed over: a person has
to say first what its gold is (``rag_app.conversation.export``). What else a line has is not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import UsageError


@dataclass(frozen=True, slots=True)
class Gold:
    """Where an answer stands. None matches anything.

    ``span`` is (start, end) in the document's text where it is known; else the quote is sought.
    """

    document: str
    page: int | None = None
    quote: str | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the passages that answer it: none if the documents cannot.

    ``kind`` says how a generated question was made (``rag_app.eval.generate``).
    """

    id: str
    text: str
    gold: tuple[Gold, ...]
    kind: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether the documents hold an answer."""
        return bool(self.gold)


def read_questions(path: str | Path) -> list[Question]:
    """Read a questions file. Raises UsageError, naming the line, if it is not of the form."""
    questions = [
        _question(fields, number, f"{path}, line {number}")
        for number, fields in read_lines(path, "questions")
        if fields.get("review") is not True
    ]
    if not questions and review_notes(path):
        raise UsageError(
            f'All questions of {path} are to be reviewed; put the "gold" of some there, and take '
            'their "review" away'
        )
    if not questions:
        raise UsageError(f"The file {path} holds no questions; write one a line, as JSON")
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise UsageError(f"{path}: two questions have the id {question.id!r}")
        seen.add(question.id)
    return questions


def review_notes(path: str | Path) -> tuple[str, ...]:
    """A sentence on the lines of a questions file that a person has to look at first, if there are
    any. Raises UsageError."""
    count = sum(fields.get("review") is True for _, fields in read_lines(path, "questions"))
    return (f"Lines that are to be reviewed first, and were not asked: {count}.",) if count else ()


def write_questions(path: str | Path, questions: Iterable[Question]) -> None:
    """Write questions so that ``read_questions`` gives them back. Raises UsageError."""
    lines = (json.dumps(_fields(question), ensure_ascii=False) for question in questions)
    try:
        Path(path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The questions cannot be written to {path}: {error.strerror}") from None


def read_lines(path: str | Path, what: str) -> list[tuple[int, dict[str, Any]]]:
    """The objects of a file of JSON lines, each with its line's number, from 1.

    Raises UsageError, naming ``what``, the line and what is wrong.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError(f"The {what} {path} cannot be read: {reason}") from None
    objects: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{path}, line {number} is not JSON: {error}") from None
        if not isinstance(fields, dict):
            raise UsageError(f"{path}, line {number} is not a JSON object in braces")
        objects.append((number, fields))
    return objects


def _question(fields: Mapping[str, Any], number: int, where: str) -> Question:
    text = fields.get("question")
    if not isinstance(text, str) or not text.strip():
        raise UsageError(f'{where}: "question" is missing or not a text')
    entries = fields.get("gold") or ()
    if not isinstance(entries, (list, tuple)):
        raise UsageError(f'{where}: "gold" is not a list')
    gold = tuple(_gold(entry, where) for entry in entries)
    if fields.get("answerable") is True and not gold:
        raise UsageError(f'{where}: the question is "answerable" but has no "gold"')
    return Question(str(fields.get("id", number)), text, gold, fields.get("kind"))


def _gold(entry: Any, where: str) -> Gold:
    if not isinstance(entry, dict):
        raise UsageError(f'{where}: an entry of "gold" is not an object with a "document"')
    document = entry.get("document") or entry.get("file")
    if not isinstance(document, str):
        raise UsageError(f'{where}: an entry of "gold" has no "document"')
    page, quote = entry.get("page"), entry.get("quote")
    if page is not None and (not isinstance(page, int) or isinstance(page, bool) or page < 1):
        raise UsageError(f'{where}: the "page" of a gold entry is not a number from 1')
    if quote is not None and (not isinstance(quote, str) or not quote.strip()):
        raise UsageError(f'{where}: the "quote" of a gold entry is not a text')
    return Gold(document, page, quote)


def _fields(question: Question) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": question.id,
        "question": question.text,
        "answerable": question.answerable,
        "gold": [
            {"document": one.document, "page": one.page, "quote": one.quote}
            for one in question.gold
        ],
    }
    if question.kind is not None:
        fields["kind"] = question.kind
    return fields
