"""Work that is to be killed: python -m tests.integration.kill_child STORE

Each line of standard input is a JSON list: chunk tokens, an operation, its arguments. A process is
forked for it, so that nothing has to be imported again and a kill falls into real work. It says

    ready PID            before it begins
    stored NAME          a document is acknowledged, likewise ``deleted NAME``
    embedded COUNT       so many texts were embedded
    done                 the operation is acknowledged
    ended STATUS         said by its parent, however it ended: 0, or what went wrong
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import chromadb  # noqa: F401 (imported here once, not by each operation)

from ingest import FileReceipt, IndexSettings, ingest_paths
from ingest.catalog.writer import CatalogWriter
from ingest.index import process as index_process
from ingest.index import writer as index_writer
from ingest.maintenance.backup import backup, restore
from ingest.maintenance.doctor import examine, mend
from ingest.maintenance.reembed import reembed
from ingest.progress import NoProgress
from ingest.similarity import Vectors
from ingest.store.directory import Store
from tests.support.synthetic import HashEmbedder


class TellingEmbedder(HashEmbedder):
    """Tells what it has embedded."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        say("embedded", len(texts))
        return super().encode(texts)


class Acknowledged(NoProgress):
    """Tells each receipt as it is given."""

    def finished(self, receipt: FileReceipt, work: float) -> None:  # noqa: ARG002
        stored = receipt.status in ("added", "updated", "unchanged")
        say("stored" if stored else receipt.status, receipt.path)


EMBEDDER = TellingEmbedder()
EMBEDDER.token_spans(["The tokenizer is loaded here."])


def work(store: Path, tokens: int, operation: str, *words: str) -> None:
    """Do one operation as the commands do it."""
    settings = IndexSettings(store=store, chunk_tokens=tokens)
    place = Store(store, settings.collection)
    if operation in ("sync", "add"):
        ingest_paths(
            words,
            sync=operation == "sync",
            settings=settings,
            embedder=EMBEDDER,
            progress=Acknowledged(),
        )
    elif operation == "reread":
        # As if a reader had found something else in each file, so that each is replaced.
        with patch("ingest.run.examine.is_stored", lambda *_: False):
            ingest_paths(
                words, reread=True, settings=settings, embedder=EMBEDDER, progress=Acknowledged()
            )
    elif operation == "delete":
        with place.write_lock(5), CatalogWriter(place.catalog_path) as catalog:
            catalog.delete(words[0])
            say("deleted", words[0])
            index_process.refresh(place, catalog)
    elif operation == "reembed":
        reembed(settings, embedder=EMBEDDER)
    elif operation == "backup":
        backup(place, Path(words[0]))
    elif operation == "restore":
        restore(place, Path(words[0]), wait_seconds=5)
    elif operation == "rebuild":
        with place.write_lock(5):
            index_writer.drop(place.index_directory)
        mend(place, examine(place))
    else:
        raise ValueError(operation)
    say("done")


def say(*words: object) -> None:
    print(*words, flush=True)


def main(store: Path) -> None:
    for line in sys.stdin:
        child = os.fork()
        if not child:
            status = 1
            try:
                say("ready", os.getpid())
                work(store, *json.loads(line))
                status = 0
            finally:
                if status:
                    traceback.print_exc()
                os._exit(status)
        _, status = os.waitpid(child, 0)
        say("ended", os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
