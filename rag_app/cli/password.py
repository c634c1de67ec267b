"""The command ``rag-app password``: the hash of a password for the page."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from ingest.cli import show
from ingest.errors import UsageError


def add_password_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser("password", help="make RAG_PASSWORD, for a login to the chat")
    parser.set_defaults(command=_password)


def _password(_: argparse.Namespace) -> int:
    from rag_app.auth.passwords import hashed

    if sys.stdin.isatty():
        typed = getpass.getpass("Password for the chat: ")
        if getpass.getpass("Once more: ") != typed:
            raise UsageError("The two are not the same; run this again")
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    try:
        known = hashed(typed)
    except ValueError as error:
        raise UsageError(f"This cannot be used: {error}") from None
    show(f"RAG_PASSWORD={known}")
    show("Put this line into .env where rag-app chat is started.", file=sys.stderr)
    return 0
