"""Find the files under the given paths, and name their documents.

A document's name is its path relative to the root it was ingested from, with ``/``. The root is
the folder that was given, or a wider one that is known already, so that ingesting one file or
one sub-folder again finds the documents that it is about, and doubles none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.errors import PageError
from ingest.paths import is_address, is_hidden, is_inside, is_there, path_text
from ingest.records import KnownFile
from ingest.sources.web.address import normalized, origin_of, without_user

NO_SUCH_PATH = "there is no such file or folder"
LEADS_OUT = "a link that leads out of the folder"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to look at. ``given`` says whether the user named it, and not a folder above it.

    Of a web page, ``address`` is where it is, and ``path`` and ``root`` are of no file.
    """

    path: Path
    root: Path
    given: bool
    address: str | None = None

    @property
    def source(self) -> str:
        """The absolute path, or the address, as the catalog holds it."""
        return self.address or path_text(self.path)

    @property
    def name(self) -> str:
        """The path from the root, or the address."""
        return self.address or path_text(self.path.relative_to(self.root))


@dataclass(slots=True)
class Discovery:
    """All that was found under the given paths.

    ``folders`` are those that were listed whole; ``problems`` are paths that could not be
    looked at and ``passed_over`` those that were left alone, each with the reason.
    """

    files: list[FoundFile] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    passed_over: dict[str, str] = field(default_factory=dict)

    def covers(self, source: str) -> bool:
        """Whether a file at this path would have been found if it were there."""
        if any(is_inside(source, problem) for problem in self.problems):
            return False
        return any(is_inside(source, path_text(folder)) for folder in self.folders)


def discover(
    paths: Iterable[str | os.PathLike[str]],
    known_roots: Sequence[str] = (),
    *,
    leave_out: Path | None = None,
) -> Discovery:
    """Find all files under the paths, each once, in order of path; a text that is an address is a
    web page.

    Hidden files and folders are passed over, and so is the folder ``leave_out`` (the store, which
    may stand among the documents) unless a path lies in it. Links to folders are not followed,
    and a link to a file counts only if its target lies under the same root.
    """
    found = Discovery()
    seen: set[Path] = set()
    pages: set[str] = set()
    for given in paths:
        if isinstance(given, str) and is_address(given):
            _add_page(given, found, pages)
            continue
        path = Path(os.path.realpath(given))
        if path.is_dir():
            root = _widest_root(path, known_roots)
            skipped = None if leave_out is None or path.is_relative_to(leave_out) else leave_out
            files = _walk(path, root, found, skipped)
            found.folders.append(path)
        elif path.exists():
            files = [FoundFile(path, _widest_root(path.parent, known_roots), given=True)]
        else:
            found.problems[path_text(path)] = NO_SUCH_PATH
            continue
        for file in files:
            if file.path not in seen:
                seen.add(file.path)
                found.files.append(file)
    return found


def choose_name(file: FoundFile, known: KnownFile | None, taken: Mapping[str, str]) -> str:
    """The name of a file's document: the one it has, or its path relative to its root.

    ``taken`` says which file has each name. Where another file that is still there has it (of
    another root), the root's own name is put in front.
    """
    if file.address is not None:
        return file.address
    if known is not None and known.root == path_text(file.root):
        return known.name
    name = file.name
    for folder in (file.root, *file.root.parents):
        other = taken.get(name)
        if other is None or other == file.source or not is_there(other):
            return name
        name = f"{path_text(Path(folder.name))}/{name}"
    return file.source


def _add_page(given: str, found: Discovery, seen: set[str]) -> None:
    try:
        address = normalized(given)
    except PageError as error:
        found.problems[without_user(given)] = str(error)
        return
    if address not in seen:
        seen.add(address)
        page = FoundFile(Path("page"), Path(origin_of(address)), given=True, address=address)
        found.files.append(page)


def _widest_root(folder: Path, known_roots: Sequence[str]) -> Path:
    around = [root for root in known_roots if is_inside(path_text(folder), root)]
    return Path(min(around, key=len)) if around else folder


def _walk(folder: Path, root: Path, found: Discovery, leave_out: Path | None) -> list[FoundFile]:
    def note_problem(error: OSError) -> None:
        found.problems[path_text(Path(error.filename))] = error.strerror or str(error)

    files: list[FoundFile] = []
    for place, folders, names in os.walk(folder, onerror=note_problem):
        here = Path(place)
        folders[:] = sorted(
            name for name in folders if not is_hidden(name) and here / name != leave_out
        )
        for name in sorted(names):
            path = here / name
            if is_hidden(name):
                continue
            if path.is_symlink():
                target = Path(os.path.realpath(path))
                if not target.is_relative_to(root):
                    found.passed_over[path_text(path)] = LEADS_OUT
                # Inside, the target itself is found where it stands.
                continue
            files.append(FoundFile(path, root, given=False))
    return files
