"""Commands over a store, one after the other, as the command line runs them:
python -m tests.integration.poisoned_child COMMANDS, a JSON list of lists of arguments.

Vectors are made of hashes, and nothing else is put in the place of anything. For each command, a
line with its exit code, or of the traceback that a user would see, and its seconds.
"""

from __future__ import annotations

import json
import sys
import time
import traceback

import ingest.pipeline
import rag_app.opening
from rag_app.cli.main import main
from tests.support.synthetic import HashEmbedder

if __name__ == "__main__":
    for module in (ingest.pipeline, rag_app.opening):
        module.collection_embedder = lambda _: HashEmbedder()
    for arguments in json.loads(sys.argv[1]):
        began = time.monotonic()
        print(f"{json.dumps(arguments)}:", file=sys.stderr, flush=True)
        try:
            code: object = main(arguments)
        except BaseException as error:  # noqa: BLE001
            traceback.print_exc()
            code = repr(error)
        print(json.dumps({"code": code, "seconds": time.monotonic() - began}), flush=True)
