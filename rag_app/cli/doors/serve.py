"""The command ``rag-app serve``: the server for programs."""

from __future__ import annotations

import argparse
import importlib.util
from typing import Any

from ingest.cli import add_store_arguments
from ingest.errors import UsageError

PORT = 8502
NEEDED = ("fastapi", "prometheus_client")


def add_serve_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "serve", help="serve programs: OpenAI's API under /v1, and REST under /api"
    )
    add = parser.add_argument
    add("--port", type=int, default=PORT, metavar="N", help=f"port on this machine ({PORT})")
    add("--address", metavar="IP", help="address to listen at, for others too (127.0.0.1)")
    add(
        "--host", action="append", default=[], metavar="NAME",
        help="name by which others reach it; several times for several",
    )  # fmt: skip
    add("--keys", action="store_true", help="ask for a key on this machine too")
    add("--log-questions", action="store_true", help="write the words of questions into the log")
    add_store_arguments(parser)
    parser.set_defaults(command=_serve)


def _serve(options: argparse.Namespace) -> int:
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise UsageError("rag-app serve needs FastAPI; run: pip install 'rag-app[serve]'")
    from rag_app.server.serve import serve

    return serve(
        store=options.store,
        collection=options.collection,
        port=options.port,
        address=options.address,
        hosts=options.host,
        with_keys=options.keys,
        log_questions=options.log_questions,
    )
