"""The command ``rag-app collections``: list, create, rename and delete the collections of a
store."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from ingest.cli import audit_command, print_json, show
from ingest.errors import UsageError
from ingest.text.wording import many


def add_collections_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command, what it can do, and its arguments."""
    parser = commands.add_parser(
        "collections", help="list, create, rename and delete the collections of a store"
    )
    _add_shared(parser, None)
    parser.set_defaults(command=_list)
    actions = parser.add_subparsers(metavar="ACTION")

    listed = actions.add_parser("list", help="which there are, and how much is in them (default)")
    listed.set_defaults(command=_list)
    create = actions.add_parser("create", help="make an empty one")
    create.add_argument("name", metavar="NAME", help="any text")
    create.set_defaults(command=_create)
    rename = actions.add_parser("rename", help="give one another name; all in it stays")
    rename.add_argument("old", metavar="OLD")
    rename.add_argument("new", metavar="NEW", help="any text")
    rename.set_defaults(command=_rename)
    delete = actions.add_parser("delete", help="delete one for good, with its conversations")
    delete.add_argument("name", metavar="NAME")
    delete.add_argument("--yes", action="store_true", help="it is meant")
    delete.set_defaults(command=_delete)
    for action in (listed, create, rename, delete):
        # What was said before the action counts where nothing is said after it.
        _add_shared(action, argparse.SUPPRESS)


def _add_shared(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument(
        "--store", metavar="DIR", default=default, help="directory of the store (storage)"
    )
    parser.add_argument(
        "--json", action="store_true", default=default or False, help="print one JSON object"
    )


def _list(options: argparse.Namespace) -> int:
    from ingest.store.collections import list_collections

    found = list_collections(options.store)
    if options.json:
        print_json({"collections": [asdict(one) for one in found]})
        return 0
    for one in found:
        changed = f"  {one.changed[:16].replace('T', ' ')}" if one.changed else ""
        name = f"{one.name!r}" if one.name is not None else f"(name unknown, in {one.directory})"
        show(f"{many(one.documents, 'document'):>16}  {many(one.chunks, 'chunk'):>14}"
              f"{changed or ' ' * 18}  {name}")  # fmt: skip
    if any(one.name is None for one in found):
        show("A name that is unknown is kept when something is ingested under it.")
    if not found:
        show("There are no collections yet; one is made by: rag-app ingest PATH --collection NAME")
    return 0


def _create(options: argparse.Namespace) -> int:
    from ingest.store.collections import create_collection

    create_collection(options.name, store=options.store)
    audit_command(options, "collection", ["create", options.name])
    return _print(
        options, {"created": options.name}, f"There is a collection {options.name!r} now."
    )


def _rename(options: argparse.Namespace) -> int:
    from ingest.store.collections import rename_collection

    rename_collection(options.old, options.new, store=options.store)
    audit_command(options, "collection", ["rename", options.old, options.new])
    told = f"The collection {options.old!r} is called {options.new!r} now."
    return _print(options, {"renamed": options.old, "name": options.new}, told)


def _delete(options: argparse.Namespace) -> int:
    from ingest.store.collections import delete_collection, list_collections

    if not options.yes:
        there = next(
            (one for one in list_collections(options.store) if one.name == options.name), None
        )
        amount = f", {many(there.documents, 'document')}" if there else ""
        raise UsageError(
            f"This deletes the collection {options.name!r}{amount}, its uploads and conversations "
            "for good; if it is meant, add --yes"
        )
    delete_collection(options.name, store=options.store)
    audit_command(options, "collection", ["delete", options.name])
    return _print(
        options, {"deleted": options.name}, f"The collection {options.name!r} is deleted."
    )


def _print(options: argparse.Namespace, values: dict[str, str], words: str) -> int:
    if options.json:
        print_json(values)
    else:
        show(words)
    return 0
