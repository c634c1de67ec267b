"""Change detection: what has to be done with each file, nothing or storing what it says now."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

from ingest.catalog.writer import CatalogWriter
from ingest.chunk import ChunkedDocument, Tokens, chunk_document
from ingest.errors import BrokenFile, EmptyFile, LoadError, RagError, UnknownFormat
from ingest.load.archive import members
from ingest.load.formats.detect import detect
from ingest.load.read import ARCHIVE, read_bytes
from ingest.load.sandbox.reader import IsolatedReader
from ingest.paths import is_inside, is_there, path_text
from ingest.progress import Stopped
from ingest.records import (
    DocumentEntry,
    FileReceipt,
    FileState,
    FileStatus,
    KnownFile,
    LoadedDocument,
)
from ingest.run.receipts import STILL_ANSWERS, is_stored, surprise
from ingest.settings import IndexSettings
from ingest.sources.discover import FoundFile, choose_name
from ingest.sources.sidecar import NO_DOCUMENT, NOT_IN_ARCHIVES, Sidecars, format_reason, is_sidecar

logger = logging.getLogger(__name__)

# A file may come to so many chunks, or to one for so many of its bytes, if that is more. Text has
# hundreds of bytes a chunk, tables whose rows repeat wide headers 40; packed files any number.
MOST_CHUNKS = 10_000
LEAST_BYTES = 20
NOTHING = ChunkedDocument((), ())
UNFINISHED = "not all of it was read yet; ingest it again"


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A file that has to be stored, read and cut into chunks.

    ``loaded`` is None if its bytes are stored already, or will be by an earlier one; where it is
    not, what the bytes say takes the place of what they said. ``size`` is in bytes.
    """

    entry: DocumentEntry
    digest: str
    status: FileStatus
    size: int
    loaded: LoadedDocument | None = None
    chunked: ChunkedDocument = NOTHING


# The absolute path of a file, or of one in an archive, and what became of it.
Outcome = tuple[str, FileReceipt | NewDocument]


class Examiner:
    """Compares the files of one run with the catalog, and reads those that are new or changed.

    ``seen_paths`` are the paths that were seen, in archives too; ``opened_archives`` are archives
    that were read: a receipt says so until all of them is stored; ``changed_metadata`` is what
    sidecars say now of files that have not changed, where they said something else before.
    """

    def __init__(
        self,
        catalog: CatalogWriter,
        reader: IsolatedReader,
        tokens: Tokens,
        settings: IndexSettings,
        known: Mapping[str, KnownFile],
        receipts: dict[str, FileReceipt],
        *,
        reread: bool = False,
        on_page: Callable[[str, int, int], None] | None = None,
    ) -> None:
        """With ``reread``, files are read whose bytes are stored already, too. ``on_page`` is told
        of pages that are read by OCR: the file's name, the page, and of how many."""
        self.seen_paths: set[str] = set()
        self.opened_archives: set[str] = set()
        self.changed_metadata: dict[str, str] = {}
        self.sidecars = Sidecars(settings.max_file_megabytes)
        self._catalog = catalog
        self._reader = reader
        self._tokens = tokens
        self._settings = settings
        self._known = known
        self._receipts = receipts
        self._taken = {file.name: source for source, file in known.items()}
        self._reread = reread
        self._on_page = on_page
        self._read_already: set[str] = set()
        # Of bytes that say something else than what is stored of them, the digests.
        self._changed_digests: set[str] = set()
        self._moved_roots: set[str] = set()
        # What is known of files in archives, by the archive's path.
        self._inside: dict[str, list[str]] = defaultdict(list)
        for source, file in known.items():
            parent = source.rpartition("/")[0]
            while len(parent) > len(file.root.rstrip("/")):
                self._inside[parent].append(source)
                parent = parent.rpartition("/")[0]

    def examine(self, file: FoundFile) -> Iterator[Outcome]:
        """Find out what has to be done with a file; for an archive, with each file in it."""
        inside = self._inside.get(file.source, [])
        # An archive that cannot be read, or breaks in the middle, loses nothing.
        self.seen_paths.update([file.source, *inside])
        try:
            state = FileState.of(file.path)
            sources = [source for source in inside or [file.source] if source in self._known]
            before = self._receipts.get(file.source)
            is_whole = before is None or before.reason != UNFINISHED
            if (
                is_whole
                and not self._reread
                and sources
                and all(self._is_as_before(source, file, state) for source in sources)
            ):
                for source in sources:
                    yield source, self.unchanged(source, file)
                return
            data = read_bytes(file.path, self._settings.max_file_megabytes)
            found: set[str] = set()
            if detect(data, file.path.name) == ARCHIVE:
                found = yield from self._examine_archive(file, state, bytes(data))
            else:
                yield file.source, self.outcome(file, state, data)
            # What is no longer in an archive is deleted, since the archive is what has changed.
            for source in inside:
                if source not in found:
                    yield source, FileReceipt(self._known[source].name, "deleted")
        except OSError as error:
            yield file.source, self.failure(file, error.strerror or str(error))
        except LoadError as error:
            yield file.source, self.failure(file, str(error), error)
        except (RagError, Stopped):
            raise  # of the store or the embedder; by the caller
        except Exception as error:
            logger.exception("%r cannot be examined", file.source)
            yield file.source, self.failure(file, surprise(error))

    def examine_sidecar(self, file: FoundFile) -> tuple[str, FileReceipt]:
        """Find out what a sidecar changes, when all other files have been looked at."""
        self.seen_paths.add(file.source)
        name = file.name
        sidecar = self.sidecars.at(path_text(file.path.parent))
        if sidecar is None:  # gone since it was found, or a pipe
            return file.source, FileReceipt(name, "failed", reason="not a regular file")
        for source, known in self._known.items():
            if source not in self.seen_paths and is_inside(source, sidecar.folder):
                self._compare_metadata(source, known.root)
        if sidecar.unreadable is not None:
            reason = f"{sidecar.unreadable}; what it said before still counts"
            return file.source, FileReceipt(name, "failed", reason=reason)
        if sidecar.problems and not sidecar.entries:
            reason = f"{sidecar.problems[0]}; {NO_DOCUMENT}"
            return file.source, FileReceipt(name, "failed", reason=reason)
        before = self._receipts.get(file.source)
        reason = format_reason(sidecar, self.seen_paths)
        changes = any(is_inside(source, sidecar.folder) for source in self.changed_metadata)
        as_before = before is not None and before.reason == reason and not changes
        status: FileStatus = "unchanged" if as_before else "updated" if before else "added"
        return file.source, FileReceipt(name, status, reason=reason)

    def was_left_behind(self, source: str, file: KnownFile) -> bool:
        """Whether a document is of a folder that was found in another place, and its file was
        not there."""
        return file.root in self._moved_roots and not is_there(source) and not is_there(file.root)

    def _is_as_before(self, source: str, file: FoundFile, state: FileState) -> bool:
        known = self._known[source]
        return known.state == state and known.root == path_text(file.root)

    def _examine_archive(
        self, archive: FoundFile, state: FileState, data: bytes
    ) -> Generator[Outcome, None, set[str]]:
        """Each file in an archive. Returns their paths. Raises LoadError."""
        found: set[str] = set()
        unfinished = FileReceipt(archive.name, "skipped", reason=UNFINISHED)
        self._catalog.set_receipt(archive.source, unfinished)
        self._receipts[archive.source] = unfinished
        self.opened_archives.add(archive.source)
        for member in members(data, self._settings.max_file_megabytes, archive.path.name):
            # A name like /etc/passwd, refused below, has a receipt under the archive all the same.
            inside = archive.path / member.name.lstrip("/")
            file = FoundFile(inside, archive.root, given=False)
            self.seen_paths.add(file.source)
            if is_sidecar(file):
                yield file.source, self.failure(file, NOT_IN_ARCHIVES, EmptyFile())
                continue
            found.add(file.source)
            if member.problem is not None:
                yield file.source, self.failure(file, member.problem)
                continue
            yield file.source, self.outcome(file, state, member.data)
        if not found:
            raise EmptyFile("an archive without files")
        return found

    def outcome(
        self, file: FoundFile, state: FileState, data: bytes | bytearray
    ) -> FileReceipt | NewDocument:
        """What has to be done with a file of these bytes, which may be that it cannot be read."""
        try:
            return self._cut(self._examine_bytes(file, state, data))
        except LoadError as error:
            return self.failure(file, str(error), error)
        except (RagError, Stopped):
            raise
        except Exception as error:
            logger.exception("%r cannot be examined", file.source)
            return self.failure(file, surprise(error))

    def _examine_bytes(
        self, file: FoundFile, state: FileState, data: bytes | bytearray
    ) -> FileReceipt | NewDocument:
        """Compare bytes with what is stored, and read them if they are new. Raises LoadError."""
        before = self._known.get(file.source)
        name = choose_name(file, before, self._taken)
        size, digest = len(data), f"{sha256(data).hexdigest()}:{detect(data, file.path.name)}"
        loaded = self._read_again(file, data, digest) if self._reread else None
        as_before = before is not None and (before.digest, before.name) == (digest, name)
        if before is not None and as_before and digest not in self._changed_digests:
            if before.state != state:
                self._catalog.set_state(file.source, state)
            return self.unchanged(file.source, file)
        other = self._known.get(self._taken.get(name, ""))
        if before is None and other is not None and other.root != path_text(file.root):
            self._moved_roots.add(other.root)
        status: FileStatus = "updated" if before or name in self._taken else "added"
        self._taken[name] = file.source
        said = self.sidecars.metadata_of(file.source, path_text(file.root))
        if said is None:
            said = before.metadata if before else "{}"
        entry = DocumentEntry(name, file.source, path_text(file.root), state, said)
        if digest not in self._read_already and self._catalog.content_number(digest) is None:
            loaded = self._load(file, data)
            self._read_already.add(digest)
        return NewDocument(entry, digest, status, size, loaded)

    def _read_again(
        self, file: FoundFile, data: bytes | bytearray, digest: str
    ) -> LoadedDocument | None:
        """What bytes that are stored say now, if it is something else. Raises LoadError."""
        number = self._catalog.content_number(digest)
        if number is None or digest in self._read_already:
            return None
        loaded = self._load(file, data)
        self._read_already.add(digest)
        if is_stored(self._catalog, number, loaded):
            return None
        self._changed_digests.add(digest)
        return loaded

    def _load(self, file: FoundFile, data: bytes | bytearray) -> LoadedDocument:
        """Read bytes. Raises LoadError, and what ``on_page`` raises."""
        on_page = self._on_page and partial(self._on_page, file.path.name)
        return self._reader.load(data, file.path.name, on_page)

    def _cut(self, outcome: FileReceipt | NewDocument) -> FileReceipt | NewDocument:
        """A document with its chunks. Raises BrokenFile where they are far too many."""
        if isinstance(outcome, FileReceipt) or outcome.loaded is None:
            return outcome
        chunked = chunk_document(
            outcome.loaded,
            self._tokens,
            chunk_tokens=self._settings.chunk_tokens,
            overlap_tokens=self._settings.overlap_tokens,
        )
        most = max(MOST_CHUNKS, outcome.size // LEAST_BYTES)
        if len(chunked.chunks) > most:
            many = f"comes to {len(chunked.chunks):,} chunks, of which a file of its size may have"
            raise BrokenFile(f"{many} {most:,}; split it")
        return replace(outcome, chunked=chunked)

    def _compare_metadata(self, source: str, root: str) -> None:
        said = self.sidecars.metadata_of(source, root)
        if said is not None and said != self._known[source].metadata:
            self.changed_metadata[source] = said

    def unchanged(self, source: str, file: FoundFile) -> FileReceipt:
        """The receipt of a file that says what it said before."""
        self._compare_metadata(source, path_text(file.root))
        known, before = self._known[source], self._receipts.get(source)
        if before is not None and not before.is_unread:
            chunks, characters = before.chunks, before.characters
        else:
            number = self._catalog.content_number(known.digest)
            assert number is not None, "a document has a content"
            chunks, _, characters, _ = self._catalog.summary_of(number)
        return FileReceipt(known.name, "unchanged", chunks, known.pages, known.note, characters)

    def failure(self, file: FoundFile, reason: str, error: LoadError | None = None) -> FileReceipt:
        """The receipt of a file that cannot be read, or need not be."""
        known = self._known.get(file.source)
        if known is not None or self._inside.get(file.source):
            reason += f"; {STILL_ANSWERS}"
        name = known.name if known else choose_name(file, None, self._taken)
        # In a folder there are always files that are none of our business; one that was named
        # by hand was meant.
        harmless = isinstance(error, UnknownFormat | EmptyFile) and not file.given
        return FileReceipt(name, "skipped" if harmless else "failed", reason=reason)
