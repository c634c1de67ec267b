"""The command ``rag-app report``: a report on a topic, in sections with numbered sources.

Exit codes: 0 done; 1 done, but not all of it was written, or the documents have nothing on it; 2
wrong use; 3 the store cannot be used, or the LLM until somebody sets something. When it is
interrupted once, the sections that were finished are written all the same.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.cli import add_store_arguments, print_json, show
from ingest.errors import UsageError
from ingest.text.wording import many
from rag_app.cli.filters import add_filter_arguments, filter_of
from rag_app.cli.progress import tell_step
from rag_app.errors import LLMError

if TYPE_CHECKING:
    from rag_app.llm.stop import Stop
    from rag_app.records import Answer

FORMS = ("md", "docx")


def add_report_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("report", help="a report on a topic, with numbered sources")
    add = parser.add_argument
    add("topic", help="what the report is on, in a few words")
    add("--output", type=Path, metavar="FILE", help="write FILE.md or FILE.docx")
    add("--without-llm", action="store_true", help="the documents' own sentences, even with an LLM")
    add("--seconds", type=float, metavar="N", help="begin no section after so many seconds (600)")
    add("--tokens", type=int, metavar="N", help="nor after so many tokens (80,000)")
    add("--json", action="store_true", help="print one JSON object")
    add_filter_arguments(parser)
    add_store_arguments(parser)
    parser.set_defaults(command=_report)


def _report(options: argparse.Namespace) -> int:
    from ingest.settings import load_settings
    from rag_app.llm.stop import Stop
    from rag_app.opening import open_engine
    from rag_app.records import Answer
    from rag_app.report.made import Limits, is_complete
    from rag_app.report.write import write_report
    from rag_app.settings import AnswerSettings

    suffix = _checked(options)
    given = {"seconds": options.seconds, "tokens": options.tokens}
    limits = Limits(**{name: value for name, value in given.items() if value is not None})
    where, stop = filter_of(options), Stop()
    answers = load_settings(AnswerSettings)
    if options.without_llm:
        no_llm = {"openai_api_key": None, "openai_base_url": None, "llm_path": None}
        answers = answers.model_copy(update=no_llm)
    with (
        open_engine(options.store, collection=options.collection, answers=answers) as engine,
        _stopping(stop),
    ):
        *_, answer = write_report(
            engine, options.topic, where, stop=stop, on_step=tell_step, limits=limits
        )
    assert isinstance(answer, Answer)
    if options.output is not None and not answer.refused:
        _write(options, answer, suffix)
    if options.json:
        print_json(asdict(answer))
    else:
        _show(options, answer)
    if answer.failure is not None and answer.failure.must_act:
        return LLMError.exit_code
    return 0 if is_complete(answer) else 1


def _checked(options: argparse.Namespace) -> str:
    """The suffix of the output, without a point. Raises UsageError."""
    for name in ("seconds", "tokens"):
        value = getattr(options, name)
        if value is not None and not value > 0:
            raise UsageError(f"--{name} must be more than 0")
    if options.output is None:
        return "md"
    suffix: str = options.output.suffix.lower()[1:]
    if suffix not in FORMS:
        raise UsageError(f"{options.output} must end in .md or .docx")
    if not options.output.parent.is_dir():
        raise UsageError(f"There is no folder {options.output.parent}; create it first")
    return suffix


@contextmanager
def _stopping(stop: Stop) -> Iterator[None]:
    """Within the context, the first interrupt stops the report, and the second everything."""

    def interrupted(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        show("Stopping; interrupt again to stop at once …", file=sys.stderr)
        stop.set()

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _write(options: argparse.Namespace, answer: Answer, suffix: str) -> None:
    from ingest.atomic_files import write_atomically
    from rag_app.conversation.export import report_file

    try:
        write_atomically(options.output, report_file(options.topic, answer, suffix))
    except OSError as error:
        raise UsageError(f"{options.output} cannot be written: {error.strerror or error}") from None


def _show(options: argparse.Namespace, answer: Answer) -> None:
    from rag_app.conversation.export import report_file

    if answer.refused:
        show("\n\n".join([answer.text, *answer.notes]))
    elif options.output is None:
        show(report_file(options.topic, answer, "md").decode())
    else:
        for note in answer.notes:
            show(f"rag-app: {note}", file=sys.stderr)
        sections = sum(line.startswith("## ") for line in answer.text.splitlines())
        show(f"{options.output}: {many(sections, 'section')}, {answer.seconds:.1f} s")
