"""The last report of tuning, kept in the collection's directory, model or no model."""

from __future__ import annotations

import json

from pydantic import TypeAdapter, ValidationError

from ingest.atomic_files import write_atomically
from ingest.errors import StoreError
from ingest.store.directory import Store
from rag_app.tuning.records import TuningReport

REPORT = "tuning.json"


def keep_report(store: Store, report: TuningReport) -> None:
    """Keep a report in place of the one before. Raises StoreError."""
    told = json.dumps(TypeAdapter(TuningReport).dump_python(report, mode="json"), indent=1)
    try:
        write_atomically(store.directory / REPORT, told)
    except OSError as error:
        raise StoreError(
            f"The report cannot be kept in {store.directory} ({error.strerror or error}); check "
            "its rights and the disk's space"
        ) from None


def last_report(store: Store) -> TuningReport | None:
    """The last report; None where there is none, or another version wrote it."""
    try:
        told = json.loads((store.directory / REPORT).read_text(encoding="utf-8"))
        return TypeAdapter(TuningReport).validate_python(told)
    except (OSError, ValueError, ValidationError):
        return None
