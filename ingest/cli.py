"""What the command lines share, and the command ``ingest`` itself."""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import NoReturn, TextIO

from ingest.audit import Event
from ingest.errors import IndexNotWritten, RagError, UsageError
from ingest.records import FileReceipt, IngestReport
from ingest.sources.discover import NO_SUCH_PATH
from ingest.text.terminal import visible, visible_json
from ingest.tracing.environment import start_from_environment

Command = Callable[[argparse.Namespace], int]
NO_MEMORY = 3
POLITE = 5  # of 19, as ``nice`` counts
# In the order in which they are shown.
STATUSES = ("added", "updated", "unchanged", "deleted", "skipped", "failed")


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, visible(f"{self.prog}: {message}; see {self.prog} --help\n"))


class _Visible(logging.Formatter):
    """What the log tells on a terminal, such as the traceback of a file that surprised us."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record))


def run_command(parser: Parser, arguments: Sequence[str] | None) -> int:
    """Run the chosen command and return its exit code. What goes wrong is one line on stderr."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(_Visible())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
            # What an encoding such as ASCII lacks is a "?" rather than the end of the command.
            stream.reconfigure(errors="replace")
    try:
        options = parser.parse_args(arguments)
        start_from_environment()
        command: Command = options.command
        return command(options)
    except SystemExit as stop:
        return int(stop.code or 0)
    except RagError as error:
        show(f"{parser.prog}: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read, such as ``head``, has enough; what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except MemoryError:
        show(f"{parser.prog}: there is not enough memory; end other programs", file=sys.stderr)
        return NO_MEMORY
    except KeyboardInterrupt:
        show(f"{parser.prog}: interrupted; what was finished is kept", file=sys.stderr)
        return 130


def show(text: str, *, file: TextIO | None = None, flush: bool = False) -> None:
    """Print a text, in which names and documents give no orders to the terminal."""
    print(visible(text), file=file, flush=flush)


def add_store_arguments(parser: argparse.ArgumentParser) -> None:
    """``--store`` and ``--collection``."""
    parser.add_argument("--store", metavar="DIR", help="directory of the store (storage)")
    parser.add_argument("--collection", metavar="NAME", help="any text (default)")


def add_ingest_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``ingest``, and its function as ``command``."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files, folders, and web pages (https://…)"
    )
    parser.add_argument(
        "--pages", action="store_true", help="fetch all web pages of the collection again"
    )
    parser.add_argument(
        "--sync",
        action="store_true",
        help="delete documents whose files are gone from PATH, and pages that are",
    )
    parser.add_argument(
        "--reread", action="store_true", help="read unchanged files too, as after an update"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_store_arguments(parser)
    parser.set_defaults(command=_ingest)


def lower_priority() -> None:
    """Lower this process's priority, so that a search in another process goes first.

    Measured beside an ingestion, 10,000 chunks on two cores, p95 of a search: 1.5 times that of an
    idle machine instead of 1.8 to 2.4 (``benchmarks.speed.search``).
    """
    if hasattr(os, "nice"):
        os.nice(max(0, POLITE - os.nice(0)))


def print_json(value: object) -> None:
    """One JSON object on standard output."""
    readable = (sys.stdout.encoding or "").lower().startswith("utf")
    print(visible_json(json.dumps(value, ensure_ascii=not readable, indent=2)))


def audit_command(options: argparse.Namespace, event: Event, names: Sequence[str] = ()) -> None:
    """Write what a command has changed into the audit log, if that is on."""
    from ingest.audit import audit
    from ingest.settings import IndexSettings, load_settings

    given = {"store": options.store, "collection": getattr(options, "collection", None)}
    settings = load_settings(IndexSettings, **given)
    if settings.audit:
        audit(settings.store, event, names, collection=settings.collection)


def receipt_line(receipt: FileReceipt) -> str:
    """One line about one file."""
    pages = f"{receipt.pages} pages, " if receipt.pages else ""
    amount = f" ({pages}{receipt.chunks} chunks)" if receipt.chunks else ""
    reason = f": {receipt.reason}" if receipt.reason else ""
    return f"{receipt.status:9} {receipt.path}{amount}{reason}"


def _ingest(options: argparse.Namespace) -> int:
    from ingest.pipeline import ingest_paths
    from ingest.progress import progress_for_terminal

    paths = [*options.paths, *(_known_pages(options) if options.pages else [])]
    if not paths and not options.pages:
        raise UsageError("nothing to ingest; name a file, a folder or the address of a page")
    lower_priority()
    try:
        report = ingest_paths(
            paths,
            store=options.store,
            collection=options.collection,
            sync=options.sync,
            reread=options.reread,
            progress=progress_for_terminal(),
        )
    except IndexNotWritten as error:
        if error.report is not None:
            _tell(error.report, options)
        raise
    changed = [one.path for one in report.files if one.status != "unchanged"]
    audit_command(options, "ingest", changed)
    _tell(report, options)
    if not options.json:
        _propose_model(options, report)
    missing = [receipt for receipt in report.files if receipt.reason == NO_SUCH_PATH]
    if len(missing) == len(report.files) and missing:
        raise UsageError(f"{missing[0].path}: {NO_SUCH_PATH}")
    return 1 if report.counts["failed"] else 0


def _propose_model(options: argparse.Namespace, report: IngestReport) -> None:
    """After the first ingestion of documents that are mostly not in English: the model for them."""
    from ingest.catalog.view import Catalog
    from ingest.embed.packed_e5 import NAME
    from ingest.settings import DEFAULT_MODEL, IndexSettings, load_settings
    from ingest.store.directory import Store

    if not report.counts["added"]:
        return
    given = {"store": options.store, "collection": options.collection}
    settings = load_settings(IndexSettings, **given)
    with Catalog(Store(settings.store, settings.collection).catalog_path).reading() as view:
        documents = view.documents()
    if len(documents) > report.counts["added"]:
        return  # there were some before
    said = [one.language for one in documents if one.language]
    others = [language for language in said if language != "en"]
    if settings.embedding_model == DEFAULT_MODEL and 2 * len(others) > len(said):
        show(
            f"Most of these documents are not in English, which is all that {DEFAULT_MODEL} knows. "
            "To search them by meaning too: pip install 'rag-app[multilingual]' && "
            f"RAG_EMBEDDING_MODEL={NAME} rag-app reembed"
        )


def _known_pages(options: argparse.Namespace) -> list[str]:
    from ingest.catalog.view import Catalog
    from ingest.run.pages import known_pages
    from ingest.settings import IndexSettings, load_settings
    from ingest.store.directory import Store

    given = {"store": options.store, "collection": options.collection}
    settings = load_settings(IndexSettings, **given)
    with Catalog(Store(settings.store, settings.collection).catalog_path).reading() as view:
        return known_pages(view)


def _tell(report: IngestReport, options: argparse.Namespace) -> None:
    if options.json:
        files = [asdict(receipt) for receipt in report.files]
        print_json({"files": files, "counts": report.counts, "seconds": report.seconds})
    else:
        _print_report(report)


def _print_report(report: IngestReport) -> None:
    counts = report.counts
    for receipt in report.files:
        if receipt.status != "unchanged":
            stream = sys.stderr if receipt.status == "failed" else sys.stdout
            show(receipt_line(receipt), file=stream)
    files = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    show(
        f"{files or 'No files found'}; {counts['chunks']} chunks written in {report.seconds:.1f} s."
    )
