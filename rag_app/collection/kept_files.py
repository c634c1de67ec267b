"""What is kept beside a collection because making it takes long: one file of JSON for each request.

It is a cache: what cannot be read is as if it were not there, and the oldest files go first.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from ingest.atomic_files import write_atomically
from ingest.errors import StoreError
from ingest.private import make_directory


class KeptFiles:
    """The files of a folder of the store, of which so many are kept."""

    def __init__(self, folder: Path, most: int) -> None:
        self._folder, self._most = folder, most

    def read(self, kind: str, asked: object) -> Any:
        """What was kept for a request, as values of JSON; None if there is nothing."""
        try:
            return json.loads(self._path(kind, asked).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def keep(self, kind: str, asked: object, value: object) -> None:
        """Keep values of JSON for a request. Raises StoreError where the folder cannot be
        written."""
        try:
            make_directory(self._folder, parents=False)
            write_atomically(self._path(kind, asked), json.dumps(value, ensure_ascii=False))
            self._forget_oldest()
        except OSError as error:
            raise StoreError(
                f"The result cannot be kept in {self._folder} ({error.strerror or error}); check "
                "its rights and the disk's space"
            ) from None

    def _path(self, kind: str, asked: object) -> Path:
        told = json.dumps(asked, sort_keys=True)
        digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return self._folder / f"{kind}-{digest}.json"

    def _forget_oldest(self) -> None:
        with suppress(FileNotFoundError):  # another process forgets them too
            files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
            for path in files[: -self._most]:
                path.unlink()
