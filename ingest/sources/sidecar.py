"""Sidecars: metadata beside the documents, ``metadata.jsonl`` in any of their folders.

A line is a JSON object that names a file by its path from the sidecar's folder, and says of it
what filters and hits are to know: ``{"document": "sub/file.pdf", "author": "Ada", "tags": ["a"]}``.
Where two sidecars speak of one file, the one nearer to it counts more. Files in an archive are
named as their documents are: ``archive.zip/file.pdf``.

Nothing of it is remembered but what the documents have of it: at each run, what the sidecars say is
compared with that.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.catalog.fields import RESERVED, kind_of
from ingest.errors import BrokenFile, LoadError
from ingest.load.common.compose import plain_values
from ingest.load.formats.detect import BEGINNING
from ingest.load.formats.signatures import binary_kind
from ingest.load.read import read_bytes
from ingest.paths import is_inside, path_text
from ingest.sources.discover import FoundFile
from ingest.text.wording import many

NAME = "metadata.jsonl"
# The file that a line is about.
KEYS = ("document", "file")
EXAMPLE = '{"document": "sub/file.pdf", "author": "Ada"}'
BUILT_IN_WINS = "that name is built in"
NO_FIELD = "only texts, numbers, true, false and lists of them are"
NO_DOCUMENT = "a file of this name is metadata and no document"
NOT_IN_ARCHIVES = (
    "metadata in an archive is not read; put the file beside it, with names such as "
    "archive.zip/file.pdf"
)
# A receipt is read by a person: of each kind of problem, so many are listed.
MOST_LISTED = 5
LONGEST_NAME = 200


@dataclass(slots=True)
class Sidecar:
    """A sidecar that was read: metadata by the absolute path of the file that it is about.

    ``problems`` are clauses about single lines. ``unreadable`` says why nothing could be read.
    """

    folder: str
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    unreadable: str | None = None


class Sidecars:
    """All sidecars of one run, each read when the first file below it is looked at."""

    def __init__(self, most_megabytes: int) -> None:
        self._most_megabytes = most_megabytes
        self._read: dict[str, Sidecar | None] = {}
        self._above: dict[tuple[str, str], tuple[Sidecar, ...]] = {}

    def metadata_of(self, source: str, root: str) -> str | None:
        """All that sidecars say of a file, from the root's down, as JSON with its names in order.

        None if one of them cannot be read: then it is not known.
        """
        said: dict[str, Any] = {}
        for sidecar in self._chain(source.rpartition("/")[0], root):
            if sidecar.unreadable is not None:
                return None
            said.update(sidecar.entries.get(source, {}))
        return json.dumps(said, ensure_ascii=False, sort_keys=True) if said else "{}"

    def at(self, folder: str) -> Sidecar | None:
        """The sidecar in a folder, if there is one."""
        if folder not in self._read:
            path = Path(folder) / NAME
            # A link may lead out of what is ingested.
            is_one = _is_file(path) and not path.is_symlink()
            self._read[folder] = read(path, self._most_megabytes) if is_one else None
        return self._read[folder]

    def _chain(self, folder: str, root: str) -> tuple[Sidecar, ...]:
        """The sidecars that can speak of the files in a folder, the root's first."""
        below: list[str] = []
        while is_inside(folder, root) and (folder, root) not in self._above:
            below.append(folder)
            if folder == root:
                break
            folder = folder.rpartition("/")[0] or "/"
        above = self._above.get((folder, root), ())
        for folder in reversed(below):
            own = self.at(folder)
            above = self._above[folder, root] = above if own is None else (*above, own)
        return above


def is_sidecar(file: FoundFile) -> bool:
    """Whether a file is a sidecar: by its name alone, so that it never becomes a document."""
    return file.path.name == NAME


def read(path: Path, most_megabytes: int) -> Sidecar:
    """Read a sidecar. What is wrong with single lines costs those lines."""
    sidecar = Sidecar(path_text(path.parent))
    try:
        data = bytes(read_bytes(path, most_megabytes))
        if kind := binary_kind(data[:BEGINNING]):  # a picture, say, which has a reader
            raise BrokenFile(f"binary data ({kind}), not text")
    except LoadError as error:
        sidecar.unreadable = str(error)
        return sidecar
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            source, said = _entry(line, sidecar.folder)
        except ValueError as error:
            sidecar.problems.append(f"line {number} is not used: {error}")
            continue
        if source in sidecar.entries:
            first = sidecar.lines[source]
            sidecar.problems.append(f"line {number} replaces line {first}, about the same file")
        built_in = [name for name in said if name in RESERVED or name.startswith("$")]
        nested = [name for name in said if name not in built_in and not _is_field(said[name])]
        for names, why in ((built_in, BUILT_IN_WINS), (nested, NO_FIELD)):
            if names:
                listed = ", ".join(f"“{name[:LONGEST_NAME]}”" for name in names[:MOST_LISTED])
                sidecar.problems.append(f"line {number}: {listed} is not used, {why}")
        sidecar.lines[source] = number
        sidecar.entries[source] = {
            name: value for name, value in said.items() if name not in (*built_in, *nested)
        }
    return sidecar


def format_reason(sidecar: Sidecar, seen_paths: Iterable[str]) -> str:
    """The text for the receipt of a sidecar that was read. ``seen_paths`` are the run's files."""
    seen = set(seen_paths)
    missing = [
        f"line {sidecar.lines[source]}: there is no file {_short(source, sidecar.folder)}"
        for source in sidecar.entries
        if source not in seen and not _is_file(Path(source))
    ]
    count = len(sidecar.entries) - len(missing)
    begin = f"metadata of {many(count, 'file')}"
    return "; ".join([begin, *_some(sidecar.problems), *_some(missing)])


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long, in an archive or a line
        return False


def _short(source: str, folder: str) -> str:
    name = source[len(folder.rstrip("/")) + 1 :]
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


def _entry(line: bytes, folder: str) -> tuple[str, dict[str, Any]]:
    """The absolute path of a file, and what is said of it. Raises ValueError with a clause."""
    try:
        entry = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError(f"not JSON; a line is like {EXAMPLE}") from None
    key = next((key for key in KEYS if isinstance(entry, dict) and key in entry), None)
    path = entry.get(key) if key is not None else None
    if not isinstance(path, str) or not path.strip():
        raise ValueError(f"it names no file; a line is like {EXAMPLE}")
    inside = posixpath.normpath(path.strip())
    if inside.startswith(("/", "../")) or inside in (".", ".."):
        raise ValueError("its path leads out of the folder")
    if not inside.isprintable():  # and no half of a surrogate pair, which no store accepts
        raise ValueError("its path is no path")
    said = {name: value for name, value in entry.items() if name != key and value is not None}
    return f"{folder.rstrip('/')}/{inside}", plain_values(said)


def _is_field(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(kind_of(one) is not None for one in values)


def _some(clauses: list[str]) -> Iterator[str]:
    yield from clauses[:MOST_LISTED]
    if len(clauses) > MOST_LISTED:
        yield f"{len(clauses) - MOST_LISTED:,} more like these"
