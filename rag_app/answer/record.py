"""The whole record of an answer, and the file of records: one JSON object a line.

A record is what it takes to see later what changed (``rag_app.replay.replay``). A file rather than
a directory: a line is appended in one write, so several processes share one file without a lock; it
can be searched with ``grep``, cut with ``head``, and sent to somebody. Nothing is written unless
the setting ``record`` names the file, and no key ever is: settings that hold a secret are left out,
an address goes without user name, password and query.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

from pydantic import SecretStr, TypeAdapter, ValidationError

from ingest.catalog.view import CatalogView
from ingest.errors import UsageError
from rag_app.llm.endpoint import shown_url
from rag_app.records import Answer, LLMCall, Planned, Turn
from rag_app.retrieval.passage import Passage, Ranks
from rag_app.settings import AnswerSettings

# Of the lines that this version writes. It goes up when a reader of the old ones would be wrong.
FORMAT = 1
FILE_NAME = "answers.jsonl"
# Settings that say nothing of an answer: where records go, what it cost, how long it may take.
LEFT_OUT = frozenset(
    "openai_api_key record llm_price_in llm_price_out llm_total_seconds llm_idle_seconds".split()
)


@cache
def program_version() -> str:
    """The version of this program, as it was installed."""
    try:
        return version("rag-app")
    except PackageNotFoundError:
        return "unknown"


@dataclass(frozen=True, slots=True)
class CollectionState:
    """A collection as it was: how often it had changed, with what it is built, and of each document
    that a passage came from, the SHA-256 of its text."""

    name: str
    generation: int
    fingerprint: Mapping[str, Any]
    documents: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage that was found, in the order of the evidence, and where it stood on its way there.
    Its words are those of the chunk, which has this id as long as its document says them."""

    chunk_id: str
    document: str
    page: int | None
    start: int
    end: int
    headings: tuple[str, ...]
    score: float
    ranks: Ranks

    @classmethod
    def of(cls, passage: Passage) -> Ranked:
        """A passage without its words."""
        chunk, name, ranks = passage.chunk, passage.chunk.documents[0], passage.ranks
        ranks = replace(
            ranks,
            similarity=_short(ranks.similarity),
            share=_short(ranks.share),
            score=_short(ranks.score),
        )
        return cls(
            chunk.id, name, chunk.page, chunk.start, chunk.end, chunk.headings,
            round(passage.score, 6), ranks,
        )  # fmt: skip


def _short(number: float | None) -> float | None:
    """A number as a record keeps it: there are many."""
    return None if number is None else round(number, 6)


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """All that made an answer.

    ``answer`` is as it was given: its ``hits`` are the passages in their order, its ``citations``,
    ``unsupported`` and ``notes`` what the checks said. ``call`` is what was asked of the LLM, and
    its words before any check; None where it was not asked. ``rewriting`` is the same for the
    question that stands alone. ``history`` is what was read of the conversation, ``endpoint`` that
    of the LLM, None in quotes mode, ``confidence`` the evidence's, 0 to 1. ``seconds`` are those of
    the parts: "question", "search", "answer". ``passages`` are all that were found, of which the
    first became the hits. ``plan`` is what the LLM said when it was asked for steps, before any
    check of its calls; what came of them is in the answer's ``steps``. ``time`` is UTC.
    """

    question: str
    history: tuple[Turn, ...]
    standalone: str | None
    where: Mapping[str, Any] | None
    collection: CollectionState
    settings: Mapping[str, Any]
    endpoint: str | None
    confidence: float
    rewriting: LLMCall | None
    call: LLMCall | None
    answer: Answer
    seconds: Mapping[str, float]
    passages: tuple[Ranked, ...] = ()
    plan: tuple[Planned, ...] = ()
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    time: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    program: str = field(default_factory=program_version)
    version: int = FORMAT

    def to_json(self) -> dict[str, Any]:
        """As plain values; the ``answer`` is that of ``rag-app ask --json``."""
        head = {name: getattr(self, name) for name in ("version", "id", "time", "program")}
        history = [turn._asdict() for turn in self.history]
        return {**head, **asdict(self), "history": history}

    def beside_answer(self) -> dict[str, Any]:
        """The same without what is kept with it: the answer, its question and its filter."""
        kept = ("answer", "question", "where")
        return {name: value for name, value in self.to_json().items() if name not in kept}


@dataclass(frozen=True, slots=True)
class Damaged:
    """A line of a file that is no record, by its number from 1, and why not."""

    line: int
    reason: str


class Clock:
    """How long each part of an answer took, in seconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._began = self._last = perf_counter()

    def ends(self, part: str) -> None:
        """A part has ended; what comes now is the next."""
        now = perf_counter()
        self.seconds[part], self._last = now - self._last, now

    @property
    def total(self) -> float:
        """Since the beginning."""
        return perf_counter() - self._began


def settings_of(answers: AnswerSettings) -> dict[str, Any]:
    """The settings that an answer depends on, as plain values. No secret is among them."""
    secret = {name for name, value in answers if isinstance(value, SecretStr)}
    settings = answers.model_dump(mode="json", exclude={*LEFT_OUT, *secret})
    if answers.openai_base_url:
        settings["openai_base_url"] = shown_url(answers.openai_base_url)
    return settings


def collection_state(view: CatalogView, name: str, documents: Collection[str]) -> CollectionState:
    """What a collection is now."""
    return CollectionState(
        name, view.generation(), view.fingerprint() or {}, text_digests(view, documents)
    )


def text_digests(view: CatalogView, documents: Collection[str]) -> dict[str, str]:
    """The SHA-256 of the texts of those of some documents that there are."""
    texts = ((document, view.document_text(document)) for document in sorted(documents))
    return {document: text_digest(text) for document, text in texts if text is not None}


def text_digest(text: str) -> str:
    """The SHA-256 of a document's text, by which a record knows it."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def check_place(path: Path | None) -> None:
    """Raise UsageError if records cannot be written there, before anything is asked."""
    if path is not None and path.is_dir():
        raise UsageError(f"{path} is a folder; records go into a file, such as {path / FILE_NAME}")
    if path is not None and not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent} for the records; make it first")


def recorded(path: Path, record: AnswerRecord) -> Answer:
    """Append a record to a file, and give its answer: with a note if that could not be done."""
    try:
        append_record(path, record)
    except OSError as error:
        note = f"This answer is not recorded: {path}: {error.strerror or error}."
        return replace(record.answer, notes=(*record.answer.notes, note))
    return record.answer


def append_record(path: Path, record: AnswerRecord) -> None:
    """Append a record as one line, for its owner's eyes only. Raises OSError.

    What is opened to append is written in one go, other processes' lines before or after it
    (POSIX, write). A line that a killed process or a full disk left half is ended first.
    """
    line = json.dumps(record.to_json(), ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(file).st_size
        if size and os.lseek(file, size - 1, os.SEEK_SET) >= 0 and os.read(file, 1) != b"\n":
            line = b"\n" + line
        if os.write(file, line) != len(line):
            raise OSError(None, "only a part of it could be written; make room on the disk")
    finally:
        os.close(file)


def read_records(path: Path) -> Iterator[AnswerRecord | Damaged]:
    """The records of a file in order, and each line that is none. Raises UsageError if it cannot
    be read."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _read(line, number)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None


@cache
def _adapter() -> Callable[[object], AnswerRecord]:
    return TypeAdapter(AnswerRecord).validate_python


def _read(line: bytes, number: int) -> AnswerRecord | Damaged:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return Damaged(number, "it is not JSON")
    if not isinstance(value, dict) or not isinstance(value.get("version"), int):
        return Damaged(number, "it is no record of an answer")
    if value["version"] > FORMAT:
        return Damaged(number, f"it is of a later version ({value['version']}) of this program")
    try:
        return _adapter()(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        return Damaged(number, f"it is no record of an answer: {place}: {first['msg']}")
