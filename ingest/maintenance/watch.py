"""Watch folders, and ingest them again whenever they change."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.embed.embedder import Embedder
from ingest.errors import IndexNotWritten, StoreError, StoreLocked, UsageError
from ingest.index.writer import LAG
from ingest.paths import is_hidden, is_inside, path_text
from ingest.pipeline import ingest_paths
from ingest.records import IngestReport
from ingest.settings import IndexSettings
from ingest.store.tuned_model import collection_embedder

# Changes are gathered until none has come for so long, in milliseconds: an editor that saves, or
# a folder that is copied, makes many.
QUIET = 400
GATHERED_AT_MOST = 5_000
# How often to look whether there is still something to do, such as after another writer.
LOOK_AGAIN = 1_000


def watch(
    folders: Sequence[str | os.PathLike[str]],
    settings: IndexSettings,
    *,
    on_report: Callable[[IngestReport | StoreError], None],
    embedder: Embedder | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Ingest folders with ``sync``, now and after each change, until ``stop`` is set.

    ``on_report`` gets the report of each run that changed something, of the first one always;
    StoreLocked while another process is writing, after which it is tried again; and
    IndexNotWritten, after which the index is tried again with the next change. Raises UsageError
    if a folder is missing, and what else ``ingest_paths`` raises.
    """
    from watchfiles import Change, watch

    roots = [Path(folder).resolve() for folder in folders]
    for root in roots:
        if not root.is_dir():
            raise UsageError(f"{root} is not a folder; give one that can be watched")
    embedder = embedder or collection_embedder(settings)
    store = path_text(settings.store.resolve())

    def matters(_: Change, path: str) -> bool:
        inside = next(root for root in roots if Path(path).is_relative_to(root))
        parts = Path(path).relative_to(inside).parts
        return not is_inside(path, store) and not any(map(is_hidden, parts))

    first = waiting = True
    locked = False
    # The first round comes after the watcher has begun, so that no change is lost between the two.
    for changes in watch(
        *roots,
        watch_filter=matters,
        debounce=GATHERED_AT_MOST,
        step=QUIET,
        rust_timeout=LOOK_AGAIN,
        yield_on_timeout=True,
        stop_event=stop,
    ):
        waiting = waiting or bool(changes)
        if not waiting:
            continue
        try:
            report = ingest_paths(
                roots, sync=True, settings=settings, embedder=embedder, index_lag=LAG
            )
        except StoreLocked as error:
            if not locked:
                on_report(error)
            locked = True
            continue
        except IndexNotWritten as error:
            assert error.report is not None, "ingest_paths gives it"
            report = error.report
            on_report(error)
        waiting = locked = False
        if first or any(receipt.status != "unchanged" for receipt in report.files):
            on_report(report)
        first = False
