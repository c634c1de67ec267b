"""One run of ingestion, to be killed: python -m tests.integration.kill_child FOLDER STORE

Says on standard output what is acknowledged, a line each: ``stored NAME`` or ``deleted NAME`` when
the receipt is given, ``embedded N`` after embedding, ``done`` at the end.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ingest import FileReceipt, ingest_paths
from ingest.catalog import Vectors
from ingest.progress import NoProgress
from tests.synthetic import HashEmbedder


class TellingEmbedder(HashEmbedder):
    """Tells what it embeds."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        say("embedded", str(len(texts)))
        return super().encode(texts)


class Acknowledged(NoProgress):
    """Tells each receipt as it is given."""

    def finished(self, receipt: FileReceipt, work: float) -> None:  # noqa: ARG002
        if receipt.status in ("added", "updated", "unchanged"):
            say("stored", receipt.path)
        else:
            say(receipt.status, receipt.path)


def say(*words: str) -> None:
    print(*words, flush=True)


if __name__ == "__main__":
    ingest_paths(
        [sys.argv[1]],
        store=sys.argv[2],
        sync=True,
        embedder=TellingEmbedder(),
        progress=Acknowledged(),
    )
    say("done")
