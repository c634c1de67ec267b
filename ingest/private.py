"""Rights: what we make is for its owner's eyes only, and what is wider is found and mended.

On systems without such rights (Windows) nothing of this happens.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

HAS_RIGHTS = os.name == "posix"
_DIRECTORY, _FILE = (0o700, 0o600) if HAS_RIGHTS else (0o777, 0o666)
_OTHERS = 0o077


def make_directory(directory: Path, *, parents: bool = True) -> None:
    """Make a directory that only its owner may enter, and with ``parents`` what is missing above.

    One that is there stays as it is. Raises OSError.
    """
    missing = [one for one in directory.parents if parents and not one.exists()]
    for one in reversed(missing):
        one.mkdir(_DIRECTORY, exist_ok=True)
    directory.mkdir(_DIRECTORY, exist_ok=True)


def make_file(path: Path) -> None:
    """Make an empty file that only its owner may read, if there is none.

    A database that SQLite finds so gives its rights to its journals. One that is there is not
    opened: closing it would free the locks that SQLite holds on it. Raises OSError.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE))


def open_to_others(directory: Path) -> Iterator[Path]:
    """The directory and what is in it, as far as others on the machine may reach it."""
    if not HAS_RIGHTS or not directory.stat().st_mode & _OTHERS:
        return
    for path in (directory, *sorted(directory.rglob("*"))):
        with suppress(FileNotFoundError):
            if not path.is_symlink() and path.stat().st_mode & _OTHERS:
                yield path


def close_to_others(directory: Path) -> bool:
    """Take from others their rights to a directory and to all that is in it, and say whether they
    had any. Raises OSError."""
    wide = list(open_to_others(directory))
    for path in wide:
        with suppress(FileNotFoundError):
            path.chmod(path.stat().st_mode & ~_OTHERS)
    return bool(wide)
