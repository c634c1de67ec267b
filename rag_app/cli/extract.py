"""The command ``rag-app extract``: fields of many documents, as a table.

Exit codes: 0 done; 1 done, but some document has no row, or the LLM did not read one, or no field
was found in any; 2 wrong use; 3 the store cannot be used. When it is interrupted, the rows so far
are written all the same.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.cli import add_store_arguments, print_json, show
from ingest.errors import UsageError
from rag_app.cli.filters import add_filter_arguments, filter_of
from rag_app.cli.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag_app.extraction.records import ExtractedRow, Field


def add_extract_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "extract", help="fields of many documents, as a table with a source for each cell"
    )
    add = parser.add_argument
    add(
        "given",
        nargs="*",
        metavar="SCHEMA DOCUMENT",
        help="the file that lists the fields (not with --field), then names of documents, folders "
        "or patterns; none: all documents",
    )
    add(
        "--field",
        action="append",
        metavar="'NAME: KIND'",
        help="a field in place of a SCHEMA; text, number, date, money, name or yes/no, and then "
        "': WORDS' that say what is meant",
    )
    add("--output", type=Path, metavar="FILE", help="write FILE.csv, FILE.xlsx or FILE.json")
    add("--without-llm", action="store_true", help="find the fields by rules, also with an LLM set")
    add("--json", action="store_true", help="print one JSON object")
    add_filter_arguments(parser)
    add_store_arguments(parser)
    parser.set_defaults(command=_extract)


def _extract(options: argparse.Namespace) -> int:
    from ingest.settings import load_settings
    from rag_app.extraction.output import as_json, write_rows, writer_of
    from rag_app.opening import open_engine
    from rag_app.settings import AnswerSettings

    fields, documents = _schema(options)
    if options.output is not None:
        writer_of(options.output.suffix.lower()[1:])
        if not options.output.parent.is_dir():
            raise UsageError(f"There is no folder {options.output.parent}; create it first")
    where = filter_of(options)
    rows: list[ExtractedRow] = []
    answers = load_settings(AnswerSettings)
    if options.without_llm:
        answers = answers.model_copy(
            update={"openai_api_key": None, "openai_base_url": None, "llm_path": None}
        )
    with open_engine(options.store, collection=options.collection, answers=answers) as engine:
        total = len(documents or engine.documents())
        try:
            with progress_bar("Reading documents", total) as tell:
                for row in engine.extract(fields, documents or None, where):
                    rows.append(row)
                    tell(len(rows))
        finally:
            # Also when it is interrupted: what is done is done.
            if options.output is not None and rows:
                _write(options.output, write_rows(fields, rows, options.output.suffix.lower()[1:]))
    if options.json:
        print_json(as_json(fields, rows))
    else:
        _show(options, rows)
    found = any(cell.value is not None for row in rows for cell in row.cells)
    return 1 if not found or any(row.failure or row.note for row in rows) else 0


def _schema(options: argparse.Namespace) -> tuple[tuple[Field, ...], list[str]]:
    """The fields, and the names of the documents. Raises UsageError."""
    from rag_app.extraction.schema import checked, field_of, read_schema

    if options.field:
        return checked(map(field_of, options.field)), list(options.given)
    if not options.given:
        raise UsageError(
            "Say which fields you want: a file that lists them, or --field 'total: money'"
        )
    return read_schema(Path(options.given[0])), list(options.given[1:])


def _show(options: argparse.Namespace, rows: Sequence[ExtractedRow]) -> None:
    from rag_app.extraction.output import place_of
    from rag_app.extraction.records import NOT_FOUND

    for row in rows:
        if row.failure:
            show(f"rag-app: {row.failure}", file=sys.stderr)
        for note in filter(None, [row.note]):
            show(f"rag-app: {row.document}: {note}", file=sys.stderr)
        if row.failure or options.output is not None:
            continue
        show(row.document)
        width = max(len(cell.field) for cell in row.cells)
        for cell in row.cells:
            place = place_of(cell).removeprefix(f"{row.document}, ")
            show(f"  {cell.field:<{width}}  {cell.value or NOT_FOUND}  {place}".rstrip())
            if cell.note:
                show(f"  {'':<{width}}  {cell.note}")
    cells = [cell for row in rows for cell in row.cells if not row.failure]
    found = sum(cell.value is not None for cell in cells)
    there = f" {options.output} has them." if options.output is not None and rows else ""
    show(f"{len(rows)} documents; {found} of {len(cells)} fields found.{there}")


def _write(path: Path, content: bytes) -> None:
    from ingest.atomic_files import write_atomically

    try:
        write_atomically(path, content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from None
