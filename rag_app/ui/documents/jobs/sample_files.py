"""The sample documents: in the wheel inside the package, in a checkout in ``data/``."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[3]
FOLDERS = (PACKAGE / "sample_documents", PACKAGE.parent / "data" / "documents")
# The folder of a collection in which they are, apart from the user's own.
FOLDER = "samples"


def sample_files() -> dict[str, Path]:
    """The files by their paths in the samples' folder, with ``/``; none where they are missing."""
    folder = next((folder for folder in FOLDERS if folder.is_dir()), None)
    if folder is None:
        return {}
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in files}
