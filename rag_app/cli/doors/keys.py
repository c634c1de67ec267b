"""The command ``rag-app keys``: make, list and revoke keys of the server for programs."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.cli import audit_command, print_json, show
from ingest.errors import UsageError

if TYPE_CHECKING:
    from rag_app.auth.keys import Key, Keys, Scope


def add_keys_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command, what it can do, and its arguments."""
    parser = commands.add_parser("keys", help="make, list and revoke keys for rag-app serve")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    make = actions.add_parser("make", help="make a key, and show it this once")
    add = make.add_argument
    add("name", metavar="NAME", help="whose it is, for the audit log")
    add(
        "--scope", default="ask", metavar="SCOPE,SCOPE",
        help="ask (questions, searches), read (documents, conversations), write (uploads, "
        "deletions), admin (everything); by default ask",
    )  # fmt: skip
    add(
        "--only", action="append", default=[], metavar="COLLECTION",
        help="open this collection alone; several times for several",
    )  # fmt: skip
    add("--days", type=float, metavar="N", help="end after so many days")
    add("--per-minute", type=int, metavar="N", help="so many requests a minute")
    add("--per-day", type=int, metavar="N", help="so many questions a day")
    make.set_defaults(command=_make)
    listed = actions.add_parser("list", help="which there are, and what they may do")
    listed.set_defaults(command=_list)
    revoke = actions.add_parser("revoke", help="end a key at once")
    revoke.add_argument("id", metavar="ID", help="as rag-app keys list shows it")
    revoke.set_defaults(command=_revoke)
    for action in (make, listed, revoke):
        action.add_argument("--store", metavar="DIR", help="directory of the store (storage)")
        action.add_argument("--json", action="store_true", help="print one JSON object")


def _make(options: argparse.Namespace) -> int:
    for name in ("days", "per_minute", "per_day"):
        value = getattr(options, name)
        if value is not None and not value > 0:
            raise UsageError(f"--{name.replace('_', '-')} has to be more than 0")
    secret, key = _keys(options).make(
        options.name,
        _scopes(options.scope),
        collections=options.only,
        days=options.days,
        per_minute=options.per_minute,
        per_day=options.per_day,
    )
    audit_command(options, "key", ["make", f"{key.name} ({key.id})"])
    if options.json:
        print_json({"key": secret, **_plain(key)})
        return 0
    show(secret)
    show("It is shown this once, and only its hash is kept.", file=sys.stderr)
    return 0


def _list(options: argparse.Namespace) -> int:
    found = _keys(options).listed()
    if options.json:
        print_json({"keys": [_plain(key) for key in found]})
        return 0
    for key in found:
        only = f", only {', '.join(map(repr, key.collections))}" if key.collections else ""
        ends = (
            "" if key.ends is None else f", {'ended' if key.is_over else 'until'} {key.ends[:16]}"
        )
        limits = "".join(
            f", {most:,} {what}"
            for most, what in ((key.per_minute, "a minute"), (key.per_day, "questions a day"))
            if most is not None
        )
        show(f"{key.id}  {', '.join(key.scopes)}{only}{ends}{limits}  {key.name}")
    if not found:
        show("There are no keys yet; one is made by: rag-app keys make NAME")
    return 0


def _revoke(options: argparse.Namespace) -> int:
    key = _keys(options).revoke(options.id)
    audit_command(options, "key", ["revoke", f"{key.name} ({key.id})"])
    if options.json:
        print_json({"revoked": key.id})
    else:
        show(f"The key {key.id} of {key.name} opens nothing any more.")
    return 0


def _keys(options: argparse.Namespace) -> Keys:
    from ingest.settings import IndexSettings, load_settings
    from rag_app.auth.keys import Keys

    return Keys(Path(load_settings(IndexSettings, store=options.store).store))


def _scopes(text: str) -> tuple[Scope, ...]:
    from rag_app.auth.keys import SCOPES

    wanted = [name.strip() for name in text.split(",")]
    for name in wanted:
        if name not in SCOPES:
            raise UsageError(f"There is no scope {name!r}; there are {', '.join(SCOPES)}")
    return tuple(scope for scope in SCOPES if scope in wanted)


def _plain(key: Key) -> dict[str, Any]:
    return {name: value for name, value in asdict(key).items() if name != "digest"}
