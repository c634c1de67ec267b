"""The tools that change a collection: only where they were asked for, and only from one folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from ingest.audit import Event, audit
from ingest.errors import UsageError
from ingest.index.writer import LAG
from ingest.maintenance.delete import delete_documents
from ingest.pipeline import ingest_paths
from ingest.records import FileReceipt
from rag_app.engine import Engine
from rag_app.mcp.engines import Engines
from rag_app.mcp.reading import Collection, told
from rag_app.mcp.replies import Changed

MOST_NAMES = 100

Paths = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=4_000)]],
    Field(min_length=1, max_length=MOST_NAMES, description="paths in the folder that may be read"),
]
Names = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=1_000)]],
    Field(min_length=1, max_length=MOST_NAMES, description="names from list_documents"),
]


class WritingTools:
    """Adding files of one folder, and deleting documents; each call stands in the audit log."""

    def __init__(self, engines: Engines, folder: Path) -> None:
        """Raises UsageError if there is no such folder."""
        self._engines = engines
        self._folder = Path(os.path.realpath(folder.expanduser()))
        if not self._folder.is_dir():
            raise UsageError(f"{folder} is no folder; name the one that files may be added from")

    def add_documents(self, paths: Paths, collection: Collection = None) -> list[Changed]:
        """Read files and folders into the collection, new or changed. Paths are relative to the
        folder that this server was given, and files elsewhere are refused."""
        chosen = [self._allowed(path) for path in paths]
        engine = told(lambda: self._engines.of(collection))
        settings, embedder = engine.index_settings, engine.embedder
        report = told(
            lambda: ingest_paths(
                chosen, settings=settings, embedder=embedder, root=self._folder, index_lag=LAG
            )
        )
        return self._done(engine, "ingest", report.files)

    def delete_documents(self, names: Names, collection: Collection = None) -> list[Changed]:
        """Delete documents from the collection, all or none; their files stay where they are."""
        engine = told(lambda: self._engines.of(collection))
        report = told(lambda: delete_documents(names, settings=engine.index_settings))
        return self._done(engine, "delete", report.files)

    def _allowed(self, path: str) -> Path:
        real = Path(os.path.realpath(self._folder / path))
        if not real.is_relative_to(self._folder):
            raise ToolError(f"{path[:200]} is not in the folder that files may be added from")
        return real

    @staticmethod
    def _done(engine: Engine, event: Event, receipts: Sequence[FileReceipt]) -> list[Changed]:
        settings = engine.index_settings
        changed = [one.path for one in receipts if one.status != "unchanged"]
        if settings.audit:
            audit(settings.store, event, changed, collection=settings.collection)
        return [Changed(one.status, one.path, one.reason) for one in receipts]
