"""The command line: ``rag-app ingest | ask | search | chat | status | eval | calibrate | replay``,
what was asked in the chat, the collections, and upkeep.

Exit codes: 0 done; 1 done, but some files failed, or nothing answered; 2 wrong use; 3 the store,
the memory or the LLM cannot be used (its question is answered by quotes all the same); 130
interrupted. With ``--json``, standard output holds one JSON object and nothing else; errors are one
line on standard error.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, get_args

from ingest.cli import (
    Parser,
    add_ingest_arguments,
    add_store_arguments,
    print_json,
    receipt_line,
    run_command,
    show,
)
from ingest.text.wording import with_page
from rag_app.cli.calibrate import add_calibrate_command
from rag_app.cli.chat import add_chat_command
from rag_app.cli.collections import add_collections_command
from rag_app.cli.conversations import add_conversation_commands
from rag_app.cli.doors.keys import add_keys_command
from rag_app.cli.doors.mcp import add_mcp_command
from rag_app.cli.doors.serve import add_serve_command
from rag_app.cli.doors.shell import ShowVersion, add_completion_command
from rag_app.cli.evaluate import add_eval_command
from rag_app.cli.extract import add_extract_command
from rag_app.cli.filters import add_filter_arguments, filter_of
from rag_app.cli.insights.group import add_insights_commands
from rag_app.cli.maintenance import add_upkeep_commands
from rag_app.cli.password import add_password_command
from rag_app.cli.progress import tell_step
from rag_app.cli.replay import add_replay_command
from rag_app.cli.report import add_report_command
from rag_app.cli.tune import add_tune_command
from rag_app.errors import LLMError
from rag_app.records import Effort, Mode, Status

if TYPE_CHECKING:
    from ingest.records import FileReceipt
    from rag_app.engine import Engine
    from rag_app.records import Answer, Citation


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    return run_command(_parser(), arguments)


def _parser() -> Parser:
    parser = Parser(prog="rag-app", description="Ask questions of your own documents.")
    parser.add_argument("--version", action=ShowVersion, help="print the version")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    ingest = commands.add_parser("ingest", help="read files and folders into the collection")
    add_ingest_arguments(ingest)

    ask = commands.add_parser("ask", help="answer a question, with citations")
    ask.add_argument("question")
    ask.add_argument("-k", type=int, metavar="N", help="passages that the answer is made from (8)")
    ask.add_argument(
        "--effort",
        choices=get_args(Effort),
        help="with an LLM: one search, steps that it plans, or what the question needs (auto)",
    )
    ask.add_argument("--record", metavar="FILE", help="append the whole record of the answer")
    ask.set_defaults(command=_ask)

    search = commands.add_parser("search", help="list the passages nearest to a text")
    search.add_argument("query")
    search.add_argument("-k", type=int, default=10, metavar="N", help="how many (10)")
    search.set_defaults(command=_search)
    for command in (ask, search):
        add_filter_arguments(command)

    explain = commands.add_parser("explain", help="why a passage was found, or was not")
    explain.add_argument("question")
    explain.add_argument("--expect", metavar="WORDS", help="words of the passage you expected")
    explain.add_argument("--document", metavar="NAME", help="the document you expected")
    explain.add_argument("--page", type=int, metavar="N", help="the page of it")
    explain.set_defaults(command=_explain)

    status = commands.add_parser("status", help="what is in the collection; what is not, and why")
    status.set_defaults(command=_status)

    chat = add_chat_command(commands)
    add_serve_command(commands)
    add_keys_command(commands)

    add_report_command(commands)
    add_extract_command(commands)
    add_replay_command(commands)
    add_eval_command(commands)
    add_calibrate_command(commands)
    add_tune_command(commands)
    add_insights_commands(commands)
    add_conversation_commands(commands)
    add_collections_command(commands)
    add_password_command(commands)
    add_mcp_command(commands)
    add_completion_command(commands, parser)
    add_upkeep_commands(commands)
    for command in (ask, search, explain):
        command.add_argument(
            "--reranker", metavar="MODEL", help="cross-encoder to re-rank by: directory or name"
        )
        command.add_argument(
            "--mode", choices=get_args(Mode), help="by meaning, by words, or both (hybrid)"
        )
    for command in (ask, search, explain, status, chat):
        add_store_arguments(command)
    for command in (ask, search, explain, status):
        command.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _ask(options: argparse.Namespace) -> int:
    from rag_app.records import Answer
    from rag_app.report.asked import report_or_answer

    asked, where, effort = options.question, filter_of(options), options.effort
    with _engine(options, passages=options.k) as engine:
        *_, answer = report_or_answer(engine, asked, where=where, effort=effort, on_step=tell_step)
    assert isinstance(answer, Answer)
    if options.json:
        print_json(asdict(answer))
    else:
        show(answer_lines(answer))
    if answer.failure is not None:
        show(f"rag-app: {answer.failure.message}", file=sys.stderr)
        if answer.failure.must_act:
            return LLMError.exit_code
    return 1 if answer.refused else 0


def _search(options: argparse.Namespace) -> int:
    from ingest.catalog.filters import parse_filter
    from rag_app.answer.refusal import refuse_filter

    where = filter_of(options)
    with _engine(options) as engine:
        hits = engine.search(options.query, options.k, where)
        if not hits and (parsed := parse_filter(where)) is not None:
            show(refuse_filter(parsed, engine.filter_fields()).text, file=sys.stderr)
    if options.json:
        print_json({"query": options.query, "hits": [asdict(hit) for hit in hits]})
        return 0 if hits else 1
    for number, hit in enumerate(hits, start=1):
        show(f"{number:2}. {hit.score:.3f}  {with_page(hit.document, hit.page)}")
        show(textwrap.shorten(hit.text, 220, placeholder=" …") + "\n")
    return 0 if hits else 1


def _explain(options: argparse.Namespace) -> int:
    from rag_app.explain import table

    with _engine(options) as engine:
        explanation = engine.explain(
            options.question, options.expect, document=options.document, page=options.page
        )
    if options.json:
        print_json(asdict(explanation))
    else:
        show(table(explanation))
    return 0 if explanation.expected else 1


def _status(options: argparse.Namespace) -> int:
    with _engine(options) as engine:
        status = engine.status()
    if options.json:
        print_json(status)
        return 0
    show(f"Collection {status['collection']!r} in {status['store']}")
    show(f"{len(status['documents'])} documents, {status['chunks']} chunks")
    show(f"Vectors of {status['embedding_model']}, compared by {status['similarity']}")
    show(f"Answers: {status['answers']}")
    if status["address_set_in"]:
        show(f"The LLM's address was set in {status['address_set_in']}")
    show(f"When to refuse: {status['calibration']}")
    if status["reranker"]:
        show(f"Passages are re-ranked by {status['reranker']}")
    for document in status["documents"]:
        pages = f"{document['pages']} pages, " if document["pages"] else ""
        amount = f"{pages}{document['chunks']} chunks, {document['characters']:,} characters"
        same = f", the same bytes as {document['same_as'][0]}" if document["same_as"] else ""
        show(f"  {document['name']} ({amount}{same})")
    receipts = engine.receipts()
    for heading, chosen in (
        ("Not read:", [one for one in receipts if one.is_unread]),
        ("To know:", [one for one in receipts if _has_more_to_say(one)]),
    ):
        if chosen:
            show(heading)
        for receipt in chosen:
            show(f"  {receipt_line(receipt)}")
    return 0


def _has_more_to_say(receipt: FileReceipt) -> bool:
    """Whether a document's receipt says more than the list of documents does."""
    return not receipt.is_unread and receipt.reason is not None and receipt.same_as is None


def _engine(options: argparse.Namespace, passages: int | None = None) -> Engine:
    from ingest.settings import load_settings
    from rag_app.opening import open_engine
    from rag_app.settings import AnswerSettings

    return open_engine(
        options.store,
        collection=options.collection,
        answers=load_settings(
            AnswerSettings,
            passages=passages,
            mode=getattr(options, "mode", None),
            reranker=getattr(options, "reranker", None),
            record=getattr(options, "record", None),
        ),
    )


def answer_lines(answer: Answer, width: int = 88) -> str:
    """An answer for a terminal: the text, then what each marker points at, then the notes."""
    from rag_app.answer.draft import QUOTES
    from rag_app.remarks import citation_statuses, with_remarks

    text = with_remarks(answer, "({})".format)
    paragraphs = [
        part if part.startswith("| ") else textwrap.fill(" ".join(part.split()), width)
        for part in _parts(text)
    ]
    # The rows of a table share a marker, and a line.
    sources = dict.fromkeys(
        _source(citation, standing, answer.text)
        for citation, standing in zip(answer.citations, citation_statuses(answer), strict=True)
    )
    # Why the LLM failed stands on standard error.
    failed = answer.failure.message if answer.failure else None
    notes = [f"Note: {note}" for note in answer.notes if failed is None or failed not in note]
    if answer.standalone is not None:
        notes.insert(0, f"Searched for: {answer.standalone}")
    notes += [f"Step {at}: {step.told}" for at, step in enumerate(answer.steps, start=1)]
    known = {
        "quotes": "quotes from the documents",
        "count": "counted over the whole collection",
        "reply": "nothing was searched for",
        "table": "computed from tables",
        **dict.fromkeys(("summary", "report"), "the documents' own sentences"),
        "comparison": "laid side by side",
    }
    model = known.get(answer.model, answer.model)
    tokens = ""
    if answer.usage:
        about = "about " if answer.usage.estimated else ""
        tokens = f", {about}{answer.usage.prompt_tokens} + {answer.usage.completion_tokens} tokens"
        if answer.usage.cost is not None:
            tokens += f", cost {answer.usage.cost:.4f}"
    if answer.model == QUOTES:  # why the documents' own words stand there is said before them
        paragraphs = [*notes, "", *paragraphs] if notes else paragraphs
        notes = []
    notes.append(f"({model}, {answer.seconds:.1f} s{tokens})")
    return "\n\n".join(filter(None, ["\n".join(paragraphs), "\n".join(sources), "\n".join(notes)]))


def _parts(text: str) -> list[str]:
    """The lines of an answer, with one that is empty wherever there are such."""
    lines = [line.strip() and line for line in text.strip().splitlines()]
    return [line for at, line in enumerate(lines) if line or lines[at - 1]]


def _source(citation: Citation, standing: Status, text: str) -> str:
    from rag_app.remarks import DOUBTS

    place = with_page(citation.document, citation.page, by_ocr=citation.by_ocr)
    line = f"[{citation.marker}] {place}"
    if standing != "supported":
        reason = (citation.reason or "").removeprefix("not checked: ")
        why = f": {reason}" if reason else ""
        line += f"  ({DOUBTS[standing]}{why})"
    if citation.quote in text or citation.cells:  # the words stand in the answer
        return line
    quote = textwrap.shorten(citation.quote, 300, placeholder=" …")
    return line + "\n" + textwrap.indent(textwrap.fill(f"“{quote}”", 84), "    ")
