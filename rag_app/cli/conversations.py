"""The commands ``rag-app conversations | feedback``: what was asked in the chat."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.cli import add_store_arguments, print_json, show
from ingest.errors import UsageError
from ingest.text.wording import many

if TYPE_CHECKING:
    from rag_app.conversation.store import Conversations

MOST_LISTED = 1000


def add_conversation_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands and their arguments."""
    conversations = commands.add_parser(
        "conversations", help="list, search and export what was asked in the chat"
    )
    add = conversations.add_argument
    add("--search", default="", metavar="WORDS", help="only those with all of these words")
    add("--export", metavar="ID", help="write one of them to FILE")
    add(
        "--output",
        type=Path,
        metavar="FILE",
        help="Markdown, Word or PDF if it ends in .md, .docx or .pdf, else JSON",
    )
    conversations.set_defaults(command=_conversations)

    feedback = commands.add_parser("feedback", help="what readers of the chat think of its answers")
    feedback.add_argument(
        "--export", type=Path, metavar="FILE", help="write it as questions for rag-app eval FILE"
    )
    feedback.set_defaults(command=_feedback)

    for command in (conversations, feedback):
        command.add_argument("--json", action="store_true", help="print one JSON object")
        add_store_arguments(command)


def _conversations(options: argparse.Namespace) -> int:
    from rag_app.conversation.export import exported

    if (options.export is None) != (options.output is None):
        raise UsageError("--export ID and --output FILE go together")
    kept = _kept(options)
    if options.export is not None:
        conversation = kept.open(options.export)
        _write(options.output, exported(conversation, options.output.suffix.lower()[1:]))
        show(f"“{conversation.title}” is in {options.output}.")
        return 0
    found = kept.listed(options.search, MOST_LISTED)
    if options.json:
        print_json({"conversations": [asdict(summary) for summary in found]})
        return 0
    for summary in found:
        questions = many(summary.exchanges, "question")
        show(f"{summary.id}  {summary.changed[:16].replace('T', ' ')}  {questions:14}"
              f"  {summary.title}")  # fmt: skip
    if not found:
        show("No conversation has these words." if options.search else "Nothing was asked yet.")
    return 0


def _feedback(options: argparse.Namespace) -> int:
    from rag_app.conversation.export import to_questions

    rated = _kept(options).rated()
    if options.export is not None:
        _write(options.export, to_questions(rated).encode("utf-8", "replace"))
    if options.json:
        print_json({"feedback": [exchange.to_json() for exchange in rated]})
        return 0
    for exchange in rated if options.export is None else ():
        assert exchange.feedback is not None
        comment = f"  ({exchange.feedback.comment})" if exchange.feedback.comment else ""
        show(f"{exchange.feedback.verdict:5} {exchange.question}{comment}")
    ups = sum(one.feedback is not None and one.feedback.verdict == "up" for one in rated)
    there = f" {options.export} has them: rag-app eval {options.export}" if options.export else ""
    show(f"{ups} good and {len(rated) - ups} bad answers.{there}")
    return 0


def _kept(options: argparse.Namespace) -> Conversations:
    from ingest.settings import IndexSettings, load_settings
    from ingest.store.directory import Store
    from rag_app.conversation.store import Conversations

    settings = load_settings(IndexSettings, store=options.store, collection=options.collection)
    return Conversations(Store(settings.store, settings.collection))


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from None
