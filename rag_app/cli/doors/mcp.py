"""The command ``mcp``, which serves assistants."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ingest.cli import add_store_arguments, show
from ingest.errors import UsageError

INSTALL = "For rag-app mcp, its library has to be installed: pip install 'rag-app[mcp]'"


def add_mcp_command(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("mcp", help="serve assistants by the Model Context Protocol")
    parser.add_argument(
        "--http",
        type=int,
        metavar="PORT",
        help="over HTTP, to programs of this machine, and not over standard input and output",
    )
    parser.add_argument(
        "--write",
        type=Path,
        metavar="DIR",
        help="let assistants add files of this folder, and delete documents",
    )
    parser.add_argument(
        "--keys",
        action="store_true",
        help="over HTTP, let in only who shows a key (rag-app keys)",
    )
    add_store_arguments(parser)
    parser.set_defaults(command=_mcp)


def _mcp(options: argparse.Namespace) -> int:
    from importlib.util import find_spec

    from ingest.settings import IndexSettings, load_settings
    from rag_app.opening import open_engine

    if find_spec("mcp") is None:
        raise UsageError(INSTALL)
    from rag_app.mcp.serve import LOOPBACK, PATH, serve_http, serve_stdio

    settings = load_settings(IndexSettings, store=options.store, collection=options.collection)
    only = "collection" in settings.model_fields_set
    if options.keys and options.http is None:
        raise UsageError("--keys is for HTTP; give a port with --http")
    with open_engine(settings=settings) as engine:
        if options.http is None:
            serve_stdio(engine, only=only, write=options.write)
        else:
            url = f"http://{LOOPBACK}:{options.http}{PATH}"
            show(f"Serving assistants at {url} (Ctrl-C ends it)", file=sys.stderr)
            serve_http(
                engine, only=only, write=options.write, port=options.http, with_keys=options.keys
            )
    return 0
