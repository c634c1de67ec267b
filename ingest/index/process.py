"""Build the vector index in a child process: python -m ingest.index.process ARGUMENT

Chroma holds what it makes in memory, and a library that crashes takes its process with it. Here
that is neither the program's memory nor its end; what it did not finish means nothing.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

from ingest.catalog.view import Catalog
from ingest.catalog.writer import CatalogWriter
from ingest.errors import RagError, StoreError
from ingest.index import writer as index_writer
from ingest.index.segments import finished
from ingest.index.writer import SegmentPlan
from ingest.lifeline import Lifeline, end_with
from ingest.load.sandbox.confine import forbid_network
from ingest.store.directory import Store
from ingest.tracing.traced import traced

logger = logging.getLogger(__name__)


@traced("index", "CHAIN")
def refresh(store: Store, catalog: CatalogWriter, *, always: bool = True, lag: int = 0) -> None:
    """Update the index of a collection, then compact and vacuum its catalog.

    As ``ingest.index.writer.refresh``, but each segment is made in a process, because Chroma keeps
    in memory what it has made until its process ends. The caller holds the store's write lock.
    Raises IndexNotWritten.
    """
    index_writer.refresh(
        catalog,
        store.index_directory,
        always=always,
        lag=lag,
        make=lambda _, planned, __: make_in_process(store, planned),
    )
    try:
        catalog.tidy_words()
        catalog.vacuum()
    except StoreError as error:
        logger.warning("The catalog keeps what is free in it: %s", error)


def make_in_process(store: Store, planned: SegmentPlan) -> None:
    """Build a segment in a child process. Raises StoreError if it fails, OSError."""
    with Lifeline() as lifeline:
        argument = {
            "root": str(store.root),
            "collection": store.collection,
            "after": planned.after,
            "upto": planned.upto,
            "base": planned.base and planned.base.name,
            "lifeline": lifeline.number,
        }
        process = lifeline.start(
            "ingest.index.process", json.dumps(argument), stdin=subprocess.DEVNULL
        )
        output, _ = process.communicate()
    if process.returncode:
        problem = output.decode(errors="replace").strip()
        raise StoreError(problem or f"its process ended with {process.returncode}")


def main() -> int:
    """Build the segment that the argument describes; a problem goes to standard output."""
    argument = json.loads(sys.argv[1])
    end_with(argument["lifeline"])
    forbid_network()
    store = Store(Path(argument["root"]), argument["collection"])
    directory, after, upto = store.index_directory, argument["after"], argument["upto"]
    base = next((one for one in finished(directory) if one.name == argument["base"]), None)
    try:
        with Catalog(store.catalog_path).reading() as view:
            index_writer.make_segment(view, SegmentPlan(after, upto, base), directory)
    except (RagError, OSError) as error:
        sys.stdout.write(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
