"""The command ``chat``, which serves the page."""

from __future__ import annotations

import argparse
from typing import Any

from ingest.cli import Parser


def add_chat_command(commands: Any) -> Parser:
    """Add it to the commands, and return its parser."""
    chat: Parser = commands.add_parser("chat", help="open the chat in the browser")
    chat.add_argument("--port", type=int, default=8501, help="port of the page (8501)")
    chat.add_argument("--no-browser", action="store_true", help="serve the page, do not open it")
    chat.add_argument("--address", metavar="IP", help="listen there too; 0.0.0.0: for all")
    chat.add_argument(
        "--host", action="append", metavar="NAME", help="a name by which others reach the page"
    )
    chat.add_argument(
        "--without-login", action="store_true", help="let in everybody who can reach it"
    )
    chat.set_defaults(command=_chat)
    return chat


def _chat(options: argparse.Namespace) -> int:
    from rag_app.ui.serving.serve import serve

    return serve(
        store=options.store,
        collection=options.collection,
        port=options.port,
        open_browser=not options.no_browser,
        address=options.address,
        hosts=options.host or (),
        without_login=options.without_login,
    )
