"""The command ``rag-app replay``: recorded answers, made again, and what changed.

Exit codes: 0 nothing changed; 1 something did; 2 wrong use; 3 the store or the LLM cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.cli import add_store_arguments, print_json, show
from ingest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rag_app.answer.record import AnswerRecord, Damaged
    from rag_app.engine import Engine
    from rag_app.replay.replay import Replayed


def add_replay_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "replay", help="make recorded answers again, and say what changed (exit code 1: something)"
    )
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="records: rag-app ask --record FILE, RAG_RECORD")
    add("--id", metavar="ID", help="only the record with this id")
    add("--changed", action="store_true", help="show only those of which something changed")
    add("--offline", action="store_true", help="take the LLM's recorded words; ask no LLM")
    add("--json", action="store_true", help="print one JSON object")
    add_store_arguments(parser)
    parser.set_defaults(command=_replay)


def _replay(options: argparse.Namespace) -> int:
    from rag_app.replay.replay import replay

    records, damaged = _chosen(options)
    for line in damaged:
        show(f"rag-app: {options.file}, line {line.line}: {line.reason}; skipped", file=sys.stderr)
    done: list[Replayed] = []
    with _engines(options) as engine_of:
        for record in records:
            one = replay(engine_of(record.collection.name), record, offline=options.offline)
            done.append(one)
            if not options.json and (one.changes or not options.changed):
                show(format_replayed(one), flush=True)
    changed = sum(bool(one.changes) for one in done)
    if options.json:
        shown = [as_json(one) for one in done if one.changes or not options.changed]
        skipped = [{"line": line.line, "reason": line.reason} for line in damaged]
        counts = {"replayed": len(done), "changed": changed}
        print_json({**counts, "records": shown, "skipped": skipped})
    else:
        show(f"{len(done)} replayed, {changed} changed.")
    return 1 if changed else 0


def _chosen(options: argparse.Namespace) -> tuple[list[AnswerRecord], list[Damaged]]:
    """The records to replay, and the lines that are none."""
    from rag_app.answer.record import Damaged, read_records

    records: list[AnswerRecord] = []
    damaged: list[Damaged] = []
    for one in read_records(options.file):
        if isinstance(one, Damaged):
            damaged.append(one)
        elif options.id is None or one.id == options.id:
            records.append(one)
    if not records:
        which = f" with the id {options.id}" if options.id else ""
        unread = f", {len(damaged)} lines of it cannot be read" if damaged else ""
        raise UsageError(f"{options.file} holds no record{which}{unread}")
    return records, damaged


@contextmanager
def _engines(options: argparse.Namespace) -> Iterator[Callable[[str], Engine]]:
    """Gives the engine of each collection that was recorded, opened once. It records nothing."""
    from ingest.settings import load_settings
    from rag_app.opening import open_engine
    from rag_app.settings import AnswerSettings

    answers = load_settings(AnswerSettings).model_copy(update={"record": None})
    opened: dict[str, Engine] = {}
    with ExitStack() as stack:

        def engine_of(recorded: str) -> Engine:
            name = options.collection or recorded
            if name not in opened:
                engine = open_engine(options.store, collection=name, answers=answers)
                opened[name] = stack.enter_context(engine)
            return opened[name]

        yield engine_of


def format_replayed(one: Replayed) -> str:
    """What became of one record, for a terminal."""
    lines = [f"{one.then.id}  {one.then.time}  {one.then.question}"]
    lines += [f"  {line}" for line in _since(one)]
    changes: Sequence[str] = [change.text for change in one.changes] or ["Nothing changed."]
    lines += ["  " + change.replace("\n", "\n    ") for change in changes]
    return "\n".join(lines) + "\n"


def _since(one: Replayed) -> Iterator[str]:
    """What is good to know and by itself no change of an answer."""
    then, now = one.then, one.now
    if now is not None and now.collection.generation != then.collection.generation:
        moves = now.collection.generation - then.collection.generation
        yield f"(The collection has changed since: {moves:+d} generations.)"
    if now is not None and now.program != then.program:
        yield f"(By version {now.program}, recorded by {then.program}.)"
    if one.offline and then.call is not None:
        yield "(With the recorded words of the LLM.)"


def as_json(one: Replayed) -> dict[str, Any]:
    """What became of one record, as plain values."""
    return {
        "id": one.then.id,
        "question": one.then.question,
        "changed": bool(one.changes),
        "changes": [{"kind": change.kind, "text": change.text} for change in one.changes],
        "offline": one.offline,
        "then": one.then.to_json(),
        "now": one.now.to_json() if one.now else None,
    }
