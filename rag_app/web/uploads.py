"""Uploaded files: checked here, whatever the browser says, and kept in the store."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Protocol

from ingest import FileReceipt
from ingest.atomic_files import write_atomically
from ingest.errors import StoreError
from ingest.load.read import SUFFIXES
from ingest.paths import leads_out
from ingest.private import make_directory
from ingest.records import FileStatus
from ingest.settings import load_settings
from ingest.text.printable import printable
from ingest.text.wording import many
from rag_app.web.upload_settings import MEGABYTE, UploadSettings

# File systems count the bytes of a name, and the store needs some for a file that is not done.
LONGEST_NAME = 200
# Of a path; deeper ones are cut at the front, where they say least.
MOST_FOLDERS = 12
FORBIDDEN = re.compile(r'[\x00-\x1f<>:"|?*]')
# Of a folder that is sent: what systems and programs keep there for themselves.
HIDDEN = (".", "~$", "__MACOSX")


class SentFile(Protocol):
    """A file as Streamlit gives it. Of a folder that was sent, the name is the path in it."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    def getvalue(self) -> bytes: ...


def safe_name(sent: str) -> str:
    """The name under which a file is kept: no folders, nothing hidden, nothing that a file system
    refuses. The same name gives the same document again."""
    last = PurePosixPath(sent.replace("\\", "/")).name
    name = unicodedata.normalize("NFC", printable(last))
    name = FORBIDDEN.sub("_", name).lstrip(".~ ").rstrip(". ")
    suffix = PurePosixPath(name).suffix
    stem = name.removesuffix(suffix)
    while len((stem + suffix).encode()) > LONGEST_NAME and stem:
        stem = stem[:-1]
    return stem + suffix or "document"


def safe_path(sent: str) -> str:
    """The path under which a file is kept, with ``/``: its folders too, each a safe name. A path
    that is absolute or goes upwards keeps only its last name."""
    path = sent.replace("\\", "/")
    if leads_out(path):
        return safe_name(path)
    *folders, last = [part for part in path.split("/") if part not in ("", ".")] or [""]
    return "/".join(map(safe_name, [*folders[-MOST_FOLDERS:], last]))


def sift(
    files: Iterable[SentFile], limits: UploadSettings | None = None
) -> tuple[dict[str, SentFile], list[FileReceipt]]:
    """What can be read, by the path under which it is to be kept, and a receipt for each file that
    is refused; one for all hidden files of a folder."""
    limits = limits or load_settings(UploadSettings)
    chosen: dict[str, SentFile] = {}
    refused: list[FileReceipt] = []
    hidden = total = 0
    for file in files:
        is_of_folder = "/" in file.name.replace("\\", "/")
        if is_of_folder and _is_hidden(file.name):
            hidden += 1
            continue
        path = safe_path(file.name)
        reason = _no_reader(path)
        if reason:
            # In a folder there are always files that are none of our business.
            status: FileStatus = "skipped" if is_of_folder else "failed"
            refused.append(FileReceipt(path, status, reason=reason))
        elif reason := _too_much(file.size, total, len(chosen), limits):
            refused.append(FileReceipt(path, "failed", reason=reason))
        else:
            total += file.size
            chosen[path] = file
    if hidden:
        files_are = f"{many(hidden, 'hidden file')} {'is' if hidden == 1 else 'are'}"
        refused.append(FileReceipt("hidden files", "skipped", reason=f"{files_are} left alone"))
    return chosen, refused


def too_large_receipts(
    files: Iterable[tuple[str, int]], limits: UploadSettings
) -> list[FileReceipt]:
    """What is told of files that are too large by themselves, by names and sizes in bytes."""
    return [
        FileReceipt(safe_path(name), "failed", reason=_too_much(size, 0, 0, limits))
        for name, size in files
    ]


def not_taken_receipt(count: int, limits: UploadSettings) -> FileReceipt:
    """What is told of files that were not taken into memory."""
    most = f"{limits.upload_files:,} files and {limits.upload_total_megabytes:,} MB"
    return FileReceipt(
        many(count, "more file"),
        "failed",
        reason=f"not taken: more than {most} came at once; ingest them from the command line",
    )


def save(data: bytes, path: Path) -> Path:
    """Write a file as a whole or not at all, in place of one with the same name. Raises
    StoreError."""
    try:
        make_directory(path.parent)
        write_atomically(path, data)
    except OSError as error:
        raise StoreError(
            f"The upload cannot be kept in {path.parent} ({error.strerror or error})"
        ) from None
    return path


def remove(paths: Iterable[Path], folder: Path) -> None:
    """Delete files that were kept in a folder, and the folders in it that are empty then. What
    lies elsewhere is left alone. Raises StoreError."""
    for path in paths:
        if not path.is_relative_to(folder):
            continue
        try:
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent == folder or not parent.is_dir() or any(parent.iterdir()):
                    break
                parent.rmdir()
        except OSError as error:
            raise StoreError(
                f"The uploaded file {path} cannot be deleted ({error.strerror or error})"
            ) from None


def _is_hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return any(part.startswith(HIDDEN) for part in parts if part not in (".", ".."))


def _no_reader(path: str) -> str | None:
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in SUFFIXES:
        return None
    return f"{suffix} files aren't supported" if suffix else "its name says no format"


def _too_much(size: int, total: int, count: int, limits: UploadSettings) -> str | None:
    if size > limits.upload_megabytes * MEGABYTE:
        return f"larger than {limits.upload_megabytes} MB; ingest it from the command line instead"
    if count >= limits.upload_files:
        return f"more than {many(limits.upload_files, 'file')} at once; add it again"
    if total + size > limits.upload_total_megabytes * MEGABYTE:
        return f"more than {limits.upload_total_megabytes:,} MB at once; add it again"
    return None
