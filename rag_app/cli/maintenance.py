"""The commands that maintain a store:
``rag-app watch | delete | doctor | reembed | backup | restore``."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.cli import (
    add_store_arguments,
    audit_command,
    lower_priority,
    print_json,
    receipt_line,
    show,
)
from ingest.errors import StoreError

if TYPE_CHECKING:
    from ingest.records import IngestReport
    from ingest.settings import IndexSettings
    from ingest.store.directory import Store


def add_upkeep_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands and their arguments."""
    watch = commands.add_parser("watch", help="mirror folders in the collection, as they change")
    watch.add_argument("folders", nargs="+", metavar="DIR")
    watch.set_defaults(command=_watch)

    delete = commands.add_parser("delete", help="take documents out of the collection")
    delete.add_argument("names", nargs="+", metavar="DOCUMENT", help="as rag-app status lists it")
    delete.set_defaults(command=_delete)

    doctor = commands.add_parser("doctor", help="check the catalog, the index and the files")
    doctor.add_argument("--fix", action="store_true", help="mend what can be mended")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.set_defaults(command=_doctor)

    backup = commands.add_parser("backup", help="write the collection to one file")
    backup.add_argument("file", metavar="FILE")
    backup.set_defaults(command=_backup)

    restore = commands.add_parser("restore", help="put a backup in place of the collection")
    restore.add_argument("file", metavar="FILE")
    restore.add_argument(
        "--sources", action="store_true", help="read the backup's folders again when they change"
    )
    restore.set_defaults(command=_restore)

    reembed = commands.add_parser(
        "reembed", help="change the collection to the model and chunks that are set now"
    )
    reembed.set_defaults(command=_reembed)

    for command in (watch, delete, doctor, reembed, backup, restore):
        add_store_arguments(command)


def _watch(options: argparse.Namespace) -> int:
    from ingest.maintenance.watch import watch

    _, settings = _store(options)
    lower_priority()
    show(f"Watching {', '.join(options.folders)} (Ctrl-C ends it).", flush=True)
    try:
        watch(options.folders, settings, on_report=_print_round)
    except KeyboardInterrupt:
        show("No longer watching.")
    return 0


def _print_round(what: IngestReport | StoreError) -> None:
    """What a round of watching did, a line for each file that is not as before."""
    if isinstance(what, StoreError):
        show(f"{what}. It is tried again by itself.", flush=True)
        return
    now = datetime.now().strftime("%H:%M:%S")
    for receipt in what.files:
        if receipt.status in ("added", "updated", "deleted", "failed"):
            show(f"{now} {receipt_line(receipt)}", flush=True)
    counts = what.counts
    kept = counts["added"] + counts["updated"] + counts["unchanged"]
    show(f"{now} {kept} documents agree with their files.", flush=True)


def _delete(options: argparse.Namespace) -> int:
    from ingest.maintenance.delete import delete_documents

    report = delete_documents(options.names, store=options.store, collection=options.collection)
    audit_command(options, "delete", [receipt.path for receipt in report.files])
    for receipt in report.files:
        show(receipt_line(receipt))
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from ingest.maintenance.doctor import bring_up_to_date, examine, mend

    store, _ = _store(options)
    if options.fix:
        bring_up_to_date(store)
    findings = examine(store)
    if options.fix and findings:
        findings = mend(store, findings)
    if options.json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    for finding in () if options.json else findings:
        remedy = finding.remedy or "rag-app doctor --fix"
        show(f"{finding.what}. To mend it: {remedy}")
    if not findings and not options.json:
        show("The catalog, the index and the files agree.")
    return 1 if findings else 0


def _reembed(options: argparse.Namespace) -> int:
    from ingest.maintenance.reembed import reembed
    from ingest.progress import progress_for_terminal

    _, settings = _store(options)
    lower_priority()
    report = reembed(settings, progress=progress_for_terminal())
    audit_command(options, "reembed")
    chunks = sum(receipt.chunks for receipt in report.files)
    show(
        f"{len(report.files)} documents, {chunks} chunks, are embedded with "
        f"{settings.embedding_model}, in {report.seconds:.1f} s."
    )
    return 0


def _backup(options: argparse.Namespace) -> int:
    from ingest.maintenance.backup import backup

    store, _ = _store(options)
    count = backup(store, Path(options.file))
    show(f"{count} documents are in {options.file}.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from ingest.maintenance.backup import restore

    store, settings = _store(options)

    def confirm(folders: list[str]) -> bool:
        if not options.sources:
            show(
                f"The backup comes from {', '.join(folders[:5])}{' …' if len(folders) > 5 else ''}."
                " Files there are not read again until you ingest their folder, or restore with "
                "--sources."
            )
        return bool(options.sources)

    count = restore(store, Path(options.file), wait_seconds=settings.lock_seconds, confirm=confirm)
    audit_command(options, "restore", [options.file])
    show(f"{count} documents are back in the collection {store.collection!r}.")
    return 0


def _store(options: argparse.Namespace) -> tuple[Store, IndexSettings]:
    from ingest.settings import IndexSettings, load_settings
    from ingest.store.directory import Store

    settings = load_settings(IndexSettings, store=options.store, collection=options.collection)
    return Store(settings.store, settings.collection), settings
