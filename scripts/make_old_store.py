"""Makes a small store with this version, its backup and a conversation, for later versions' tests.

    python scripts/make_old_store.py

Run once for each release, before its version is raised: writes tests/golden/store-VERSION.tar.gz.
What is there is never made again, for it stands for what people have.
"""

from __future__ import annotations

import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

from ingest import ingest_paths
from ingest.maintenance.backup import backup
from ingest.store.directory import Store
from rag_app import Conversation, Conversations, Exchange, open_engine

TEXTS = {
    "lease.md": "# Lease\n\nThe notice period is three months.\n\n## Rent\n\nIt is 900 euros.\n",
    "prices.csv": "Item,Price\nLamp,40\nBell,25\n",
}
QUESTION = "How long is the notice period?"
GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden"


def main() -> None:
    target = GOLDEN / f"store-{version('rag-app')}.tar.gz"
    if target.exists():
        raise SystemExit(f"{target} is there already; raise the version first")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work, "documents")
        folder.mkdir()
        for name, text in TEXTS.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        ingest_paths([folder], store=Path(work, "store"))
        store = Store(Path(work, "store"), "default")
        with open_engine(store=Path(work, "store")) as engine:
            answer = engine.ask(QUESTION)
        Conversations(store).put(Conversation(), Exchange(QUESTION, answer))
        backup(store, Path(work, "backup"))
        with tarfile.open(target, "w:gz") as archive:
            for name in ("documents", "store", "backup"):
                archive.add(Path(work, name), name)
    print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
