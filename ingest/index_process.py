"""Makes the vector index in a process of its own: python -m ingest.index_process ARGUMENT

Chroma holds what it makes in memory, and a library that crashes takes its process with it. Here
that is neither the program's memory nor its end; what it did not finish means nothing.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

from ingest import index_writer
from ingest.catalog import Catalog
from ingest.catalog_writer import CatalogWriter
from ingest.errors import IndexNotWritten, RagError, StoreError
from ingest.lifeline import Lifeline, end_with, environment
from ingest.room import give_back_room
from ingest.store import Store

logger = logging.getLogger(__name__)


def refresh(store: Store, catalog: CatalogWriter, *, always: bool = True) -> None:
    """Bring the index of a collection to its catalog's generation, and tidy up after what is gone.

    As ``ingest.index_writer.refresh``, of which nothing is loaded where there is nothing to do.
    The caller holds the store's write lock. Raises IndexNotWritten.
    """
    # A process for each segment: Chroma keeps in memory what it has made until its process ends.
    for _ in index_writer.plan(catalog, store.index_directory, always=always):
        _run(store, always=always)
    try:
        give_back_room(catalog)
    except StoreError as error:
        logger.warning("The catalog keeps its free pages: %s", error)


def _run(store: Store, *, always: bool) -> None:
    with Lifeline() as lifeline:
        argument = {
            "root": str(store.root),
            "collection": store.collection,
            "always": always,
            "lifeline": lifeline.number,
        }
        try:
            process = subprocess.run(
                [sys.executable, "-P", "-m", "ingest.index_process", json.dumps(argument)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=lifeline.passed,
                env=environment(),
                check=False,
            )
        except OSError as error:
            raise IndexNotWritten(_not_written(error.strerror or str(error))) from error
    if process.returncode:
        said = process.stdout.decode(errors="replace").strip()
        raise IndexNotWritten(said or _not_written(f"its process ended with {process.returncode}"))


def _not_written(why: str) -> str:
    return (
        f"The documents are stored, but their index could not be written ({why}); to try again: "
        "rag-app doctor --fix (until then searches compare every vector)"
    )


def main() -> int:
    """Do it, and say on standard output what went wrong."""
    argument = json.loads(sys.argv[1])
    end_with(argument["lifeline"])
    store = Store(Path(argument["root"]), argument["collection"])
    try:
        with Catalog(store.catalog_path).reading() as view:
            index_writer.refresh(view, store.index_directory, always=argument["always"], at_most=1)
    except RagError as error:
        sys.stdout.write(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
