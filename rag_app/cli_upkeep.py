"""The commands that look after a store: ``rag-app doctor | backup | restore``."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.command import add_store_arguments, print_json

if TYPE_CHECKING:
    from ingest.settings import IndexSettings
    from ingest.store import Store


def add_upkeep_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands and their arguments."""
    doctor = commands.add_parser("doctor", help="check the catalog, the index and the files")
    doctor.add_argument("--fix", action="store_true", help="mend what can be mended")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.set_defaults(command=_doctor)

    backup = commands.add_parser("backup", help="write the collection to one file")
    backup.add_argument("file", metavar="FILE")
    backup.set_defaults(command=_backup)

    restore = commands.add_parser("restore", help="put a backup in place of the collection")
    restore.add_argument("file", metavar="FILE")
    restore.set_defaults(command=_restore)

    for command in (doctor, backup, restore):
        add_store_arguments(command)


def _doctor(options: argparse.Namespace) -> int:
    from ingest.doctor import examine, mend

    store, _ = _store(options)
    findings = examine(store)
    if options.fix and findings:
        findings = mend(store, findings)
    if options.json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    for finding in () if options.json else findings:
        remedy = finding.remedy or "rag-app doctor --fix"
        print(f"{finding.what}. To mend it: {remedy}")
    if not findings and not options.json:
        print("The catalog, the index and the files agree.")
    return 1 if findings else 0


def _backup(options: argparse.Namespace) -> int:
    from ingest.backup import backup

    store, _ = _store(options)
    count = backup(store, Path(options.file))
    print(f"{count} documents are in {options.file}.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from ingest.backup import restore

    store, settings = _store(options)
    count = restore(store, Path(options.file), wait_seconds=settings.lock_seconds)
    print(f"{count} documents are back in the collection {store.collection!r}.")
    return 0


def _store(options: argparse.Namespace) -> tuple[Store, IndexSettings]:
    from ingest.settings import IndexSettings, load_settings
    from ingest.store import Store

    settings = load_settings(IndexSettings, store=options.store, collection=options.collection)
    return Store(settings.store, settings.collection), settings
