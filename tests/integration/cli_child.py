"""The command line with vectors made of hashes: python -m tests.integration.cli_child COMMAND ...

Nothing else is put in the place of anything, and no model has to be loaded.
"""

from __future__ import annotations

import sys

import ingest.maintenance.reembed
import ingest.pipeline
import rag_app.opening
from rag_app.cli.main import main
from tests.support.synthetic import HashEmbedder

if __name__ == "__main__":
    for module in (ingest.pipeline, ingest.maintenance.reembed, rag_app.opening):
        module.collection_embedder = lambda _: HashEmbedder()
    sys.exit(main())
