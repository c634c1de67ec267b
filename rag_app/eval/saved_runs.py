"""Evaluations that are kept, in the collection's directory: a file each, which never changes.

A file has two lines of JSON: what a list of them shows, and the whole report. So a list reads no
report, and what one process writes or deletes is whole for every other. A run belongs to who made
it, as conversations do: it may ask what only they have asked.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ingest.atomic_files import write_atomically
from ingest.errors import StoreError, UsageError
from ingest.private import make_directory
from rag_app.answer.record import settings_of
from rag_app.conversation.records import NOBODY
from rag_app.engine import Engine
from rag_app.eval.report import EvalReport

# What an evaluation depends on, of the settings of answers.
TOLD = ("mode", "passages", "neighbours", "reranker", "rerank_candidates", "judge", "unsupported")
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What a list of evaluations shows of one. ``ended`` is a moment, ISO 8601 in UTC; ``figures``
    are the values of those of the report; ``generation`` is that of the documents."""

    id: str
    ended: str
    owner: str
    name: str
    questions: int
    settings: Mapping[str, str]
    figures: Mapping[str, float]
    generation: int


_RUN, _REPORT = TypeAdapter(KeptRun), TypeAdapter(EvalReport)


class KeptRuns:
    """The evaluations of one collection that belong to an ``owner`` (``NOBODY`` where there is no
    login). ``collection_id`` (``Note.id``) says which collection is meant, where another may have
    taken its name. All methods raise StoreError where the directory cannot be used."""

    def __init__(
        self, engine: Engine, owner: str = NOBODY, *, collection_id: str | None = None
    ) -> None:
        self._engine = engine
        self._owner = owner
        self._collection_id = collection_id
        self._folder = engine.store.directory / "evaluations"

    def keep(self, report: EvalReport, engine: Engine | None = None) -> KeptRun:
        """Keep a report, with the settings of the engine that was asked, where that is another
        one. Raises CollectionGone."""
        engine = engine or self._engine
        self._engine.store.check_id(self._collection_id)
        with engine.collection.reading() as view:
            generation = view.generation()
        now = datetime.now(UTC)
        run = KeptRun(
            id=f"{now:%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}",
            ended=now.isoformat(timespec="seconds"),
            owner=self._owner,
            name=report.name,
            questions=report.questions,
            settings=reported_settings(engine),
            figures={name: figure.value for name, figure in report.figures.items()},
            generation=generation,
        )
        try:
            make_directory(self._folder, parents=False)
            lines = (_RUN.dump_json(run).decode(), _REPORT.dump_json(report).decode())
            write_atomically(self._folder / f"{run.id}.jsonl", "\n".join(lines))
        except OSError as error:
            raise self._cannot("kept in", error) from None
        return run

    def listed(self) -> list[KeptRun]:
        """The newest first. What is no run, or is one of a later version, is left out."""
        try:
            paths = sorted(self._folder.glob("*.jsonl"), reverse=True)
        except OSError as error:
            raise self._cannot("read from", error) from None
        runs: list[KeptRun] = []
        for path in paths:
            try:
                with path.open(encoding="utf-8") as file:
                    run = _RUN.validate_json(file.readline())
            except (OSError, ValidationError, UnicodeDecodeError):
                continue
            if run.owner == self._owner:
                runs.append(run)
            if len(runs) == MOST_LISTED:
                break
        return runs

    def open(self, id_: str) -> EvalReport:
        """The report of a run. Raises UsageError if there is none."""
        try:
            first, report = self._path(id_).read_text(encoding="utf-8").split("\n")
            if _RUN.validate_json(first).owner != self._owner:
                raise _not_there()
            return _REPORT.validate_json(report)
        except (OSError, ValueError):
            raise _not_there() from None

    def delete(self, id_: str) -> None:
        """Delete a run for good. Raises UsageError if there is none."""
        self.open(id_)
        try:
            self._path(id_).unlink(missing_ok=True)
        except OSError as error:
            raise self._cannot("deleted from", error) from None

    def _path(self, id_: str) -> Path:
        if not re.fullmatch(r"[0-9a-f-]+", id_):
            raise _not_there()
        return self._folder / f"{id_}.jsonl"

    def _cannot(self, done: str, error: OSError) -> StoreError:
        return StoreError(
            f"Evaluations cannot be {done} {self._folder} ({error.strerror or error}); check its "
            "rights and the disk's space"
        )


def reported_settings(engine: Engine) -> dict[str, str]:
    """The settings that an evaluation depends on, and by what questions are answered."""
    answers = settings_of(engine.answer_settings)
    with engine.collection.reading() as view:
        built_with = view.fingerprint() or {}
    told = {
        "answers": "quotes" if engine.llm is None else engine.llm.model or "an LLM",
        **{name: answers[name] for name in TOLD},
        **{name: built_with.get(name) for name in ("model", "chunk_tokens", "overlap_tokens")},
    }
    return {name: str(value) for name, value in told.items() if value is not None}


def _not_there() -> UsageError:
    return UsageError("There is no such evaluation: it was deleted")
