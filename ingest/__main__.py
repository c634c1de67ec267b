"""``python -m ingest PATH...``: the same as ``rag-app ingest``."""

from __future__ import annotations

import sys

from ingest.cli import Parser, add_ingest_arguments, run_command


def main() -> int:
    """Parse the arguments and ingest."""
    parser = Parser(prog="python -m ingest", description="Read documents into a collection.")
    add_ingest_arguments(parser)
    return run_command(parser, None)


if __name__ == "__main__":
    sys.exit(main())
